/* SPDX-License-Identifier: BSD-3-Clause */
/* All that is needed of a C library; the SDK provides them. */
#ifndef METAL_SYSTEM_STRING_H
#define METAL_SYSTEM_STRING_H

#include <stddef.h>
#include <metal/compiler.h>

METAL_C_BEGIN

void *memcpy(void *METAL_RESTRICT dst, const void *METAL_RESTRICT src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

METAL_C_END

#endif /* METAL_SYSTEM_STRING_H */
