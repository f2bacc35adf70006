/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MICA_SHA256_H
#define MICA_SHA256_H

#include <stddef.h>

/* FIPS 180-4, as 64 hexadecimal digits and a NUL. */
void mica_sha256_hex(const void *data, size_t len, char out[65]);

#endif /* MICA_SHA256_H */
