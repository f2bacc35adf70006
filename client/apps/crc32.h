/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CRC32_H
#define CRC32_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 as in zlib (IEEE 802.3, reflected): crc32(crc32(0, a), b) is that of a and b in a row. */
uint32_t crc32(uint32_t crc, const void *data, size_t len);

#endif /* CRC32_H */
