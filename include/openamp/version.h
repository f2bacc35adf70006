/* SPDX-License-Identifier: BSD-3-Clause */
/* The version of the library that is linked; OPENAMP_VERSION* is what was compiled against. */
#ifndef OPENAMP_VERSION_H
#define OPENAMP_VERSION_H

#include <metal/compiler.h>
#include <openamp/version_def.h>

METAL_C_BEGIN

int openamp_version_major(void);
int openamp_version_minor(void);
int openamp_version_patch(void);
/* "1.8.0" */
const char *openamp_version(void);

METAL_C_END

#endif /* OPENAMP_VERSION_H */
