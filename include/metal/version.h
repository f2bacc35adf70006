/* SPDX-License-Identifier: BSD-3-Clause */
/* The version of the library that is linked; METAL_VER_* is what was compiled against. */
#ifndef METAL_VERSION_H
#define METAL_VERSION_H

#include <metal/compiler.h>
#include <metal/config.h>

METAL_C_BEGIN

int metal_ver_major(void);
int metal_ver_minor(void);
int metal_ver_patch(void);
/* "1.8.0" */
const char *metal_ver(void);

METAL_C_END

#endif /* METAL_VERSION_H */
