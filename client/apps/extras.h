/* SPDX-License-Identifier: BSD-3-Clause */
/* What some variants do. */
#ifndef EXTRAS_H
#define EXTRAS_H

/* Session thread: endpoints of older images. */
void extras_rtthread_open(void);
void extras_uniproton_open(void);

/* Echoes bulk messages. */
void extras_umt_open(void);

void extras_umt_hostile_open(void);

/* What the benchmark talks to. */
void extras_bench_open(void);

/* Before the kernel starts: test it without any host. */
void standalone_start(void);

#endif /* EXTRAS_H */
