/* SPDX-License-Identifier: BSD-3-Clause */
/* Endpoints of variants that stand for older images. Called in the session thread. */
#ifndef EXTRAS_H
#define EXTRAS_H

void extras_rtthread_open(void);
void extras_uniproton_open(void);

#endif /* EXTRAS_H */
