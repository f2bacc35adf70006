/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "elf_build.h"

void build_put(struct build *b, size_t at, int width, uint64_t value)
{
	while (width--) {
		b->img[at++] = (uint8_t)value;
		value >>= 8;
	}
}

/* A word of the class: 4 or 8 bytes, at the class's offset. */
static void word(struct build *b, size_t base, size_t at32, size_t at64, uint64_t value)
{
	build_put(b, base + (b->is64 ? at64 : at32), b->is64 ? 8 : 4, value);
}

size_t build_phdr(const struct build *b, unsigned int i)
{
	return b->is64 ? 64 + 56 * i : 52 + 32 * i;
}

size_t build_shdr(const struct build *b, unsigned int i)
{
	return BUILD_SHDRS + (b->is64 ? 64 : 40) * i;
}

static void head(struct build *b)
{
	size_t tail = b->is64 ? 52 : 40;

	memcpy(b->img, "\177ELF", 4);
	b->img[4] = b->is64 ? 2 : 1;
	b->img[5] = 1;
	b->img[6] = 1;
	build_put(b, 16, 2, 2);
	build_put(b, 18, 2, b->machine);
	build_put(b, 20, 4, 1);
	word(b, 0, 24, 24, b->entry);
	word(b, 0, 28, 32, build_phdr(b, 0));
	word(b, 0, 32, 40, b->stripped ? 0 : BUILD_SHDRS);
	build_put(b, tail, 2, b->is64 ? 64 : 52);
	build_put(b, tail + 2, 2, b->is64 ? 56 : 32);
	build_put(b, tail + 4, 2, 3); /* a note comes first */
	build_put(b, tail + 6, 2, b->is64 ? 64 : 40);
	build_put(b, tail + 8, 2, b->stripped ? 0 : 3);
	build_put(b, tail + 10, 2, b->stripped ? 0 : 1);
}

static void segment(struct build *b, unsigned int i, uint32_t type, uint64_t offset, uint64_t at,
		    uint64_t filesz, uint64_t memsz)
{
	size_t p = build_phdr(b, i);

	build_put(b, p, 4, type);
	build_put(b, p + (b->is64 ? 4 : 24), 4, 5);
	word(b, p, 4, 8, offset);
	word(b, p, 8, 16, b->vaddr + at);
	word(b, p, 12, 24, b->paddr + at);
	word(b, p, 16, 32, filesz);
	word(b, p, 20, 40, memsz);
}

static void section(struct build *b, unsigned int i, uint32_t name, uint32_t type, uint64_t addr,
		    uint64_t offset, uint64_t size)
{
	size_t s = build_shdr(b, i);

	build_put(b, s, 4, name);
	build_put(b, s + 4, 4, type);
	word(b, s, 12, 16, addr);
	word(b, s, 16, 24, offset);
	word(b, s, 20, 32, size);
}

void build_elf(struct build *b)
{
	static const char names[] = "\0.shstrtab\0.resource_table";

	memset(b->img, 0, sizeof(b->img));
	head(b);
	segment(b, 0, 4, 0, 0, 16, 16);
	segment(b, 1, 1, BUILD_TEXT, 0, 0x100, 0x100);
	segment(b, 2, 1, BUILD_DATA, 0x10000, 0x200, 0x800);
	memset(b->img + BUILD_TEXT, 0x11, 0x100);
	memset(b->img + BUILD_DATA, 0x22, 0x200);
	if (b->rsc_size)
		memcpy(b->img + BUILD_DATA, b->rsc, b->rsc_size);
	b->len = BUILD_DATA + 0x200;
	if (b->stripped)
		return;
	memcpy(b->img + BUILD_NAMES, names, sizeof(names));
	section(b, 1, 1, 3, 0, BUILD_NAMES, sizeof(names));
	section(b, 2, b->rsc_size ? 11 : 1, 1, b->vaddr + 0x10000, BUILD_DATA, b->rsc_size);
	b->len = build_shdr(b, 3);
}
