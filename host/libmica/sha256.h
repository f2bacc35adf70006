/* SPDX-License-Identifier: BSD-3-Clause */
/* SHA-256 of whole images: by the processor's own instructions where it has them. */
#ifndef MICA_SHA256_H
#define MICA_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32

void sha256(uint8_t hash[SHA256_BYTES], const void *data, size_t len);

/* ---- arch/ ---- */

extern const uint32_t sha256_k[64];
/* Has this processor such instructions? Asked once. */
bool sha256_arch_there(void);
/* n blocks of 64 bytes into the state, FIPS 180-4 section 6.2.2. Only where they are there. */
void sha256_arch_blocks(uint32_t state[8], const uint8_t *data, size_t n);

#endif /* MICA_SHA256_H */
