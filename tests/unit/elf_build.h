/* SPDX-License-Identifier: BSD-3-Clause */
/* Small ELF images made in memory, field by field, so that a test can spoil any of them. */
#ifndef ELF_BUILD_H
#define ELF_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUILD_MAX   0x4000u
#define BUILD_TEXT  0x1000u /* file offset of the first segment */
#define BUILD_DATA  0x2000u /* of the second */
#define BUILD_NAMES 0x3000u
#define BUILD_SHDRS 0x3100u

struct build {
	bool is64;
	uint16_t machine;
	uint64_t paddr, vaddr; /* of the first segment; the second is 0x10000 behind it */
	uint64_t entry;
	const void *rsc; /* resource table, at the start of the second segment */
	uint32_t rsc_size;
	bool stripped;
	uint8_t img[BUILD_MAX];
	size_t len;
};

/* Fill in img and len. Segment 0: 0x100 bytes of 0x11; segment 1: 0x200 bytes of 0x22 (or the
 * table, then 0x22), 0x800 bytes of memory. */
void build_elf(struct build *b);

/* Change a field of header, program header i or section header i: offsets as in the class. */
void build_put(struct build *b, size_t at, int width, uint64_t value);
size_t build_phdr(const struct build *b, unsigned int i);
size_t build_shdr(const struct build *b, unsigned int i);

#endif /* ELF_BUILD_H */
