/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/sys.h>

#include "elf_fields.h"

static uint16_t u16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t u32(const uint8_t *p)
{
	return u16(p) | (uint32_t)u16(p + 2) << 16;
}

static uint64_t u64(const uint8_t *p)
{
	return u32(p) | (uint64_t)u32(p + 4) << 32;
}

static uint64_t word(const uint8_t *p, bool is64, size_t at32, size_t at64)
{
	return is64 ? u64(p + at64) : u32(p + at32);
}

static enum elf_fault check_ident(const uint8_t *p, size_t len, uint64_t *value)
{
	*value = len;
	if (len < 16)
		return ELF_TOO_SHORT;
	*value = u32(p);
	if (u32(p) != 0x464c457f)
		return ELF_BAD_MAGIC;
	*value = p[4];
	if (p[4] != 1 && p[4] != 2)
		return ELF_BAD_CLASS;
	*value = p[5];
	if (p[5] != 1)
		return ELF_BAD_DATA;
	*value = p[6];
	if (p[6] != 1)
		return ELF_BAD_VERSION;
	*value = len;
	return len < (p[4] == 2 ? 64 : 52) ? ELF_TOO_SHORT : ELF_OK;
}

enum elf_fault elf_read_head(const uint8_t *p, size_t len, uint16_t machine, struct elf_head *head,
			     uint64_t *value)
{
	enum elf_fault what = check_ident(p, len, value);
	const uint8_t *tail;

	if (what != ELF_OK)
		return what;
	head->is64 = p[4] == 2;
	head->type = u16(p + 16);
	head->machine = u16(p + 18);
	head->entry = word(p, head->is64, 24, 24);
	head->phoff = word(p, head->is64, 28, 32);
	head->shoff = word(p, head->is64, 32, 40);
	tail = p + (head->is64 ? 54 : 42);
	head->phentsize = u16(tail);
	head->phnum = u16(tail + 2);
	head->shentsize = u16(tail + 4);
	head->shnum = u16(tail + 6);
	head->shstrndx = u16(tail + 8);

	*value = head->type;
	if (head->type != 2 && head->type != 3)
		return ELF_BAD_TYPE;
	*value = head->machine;
	if (machine && head->machine != machine)
		return ELF_BAD_MACHINE;
	*value = u32(p + 20);
	if (u32(p + 20) != 1)
		return ELF_BAD_VERSION;
	*value = 0;
	if (!head->phnum || !head->phoff)
		return ELF_NO_PHDRS;
	*value = head->phentsize;
	if (head->phentsize < (head->is64 ? 56 : 32))
		return ELF_BAD_PHENT;
	*value = head->shentsize;
	if (head->shoff && head->shnum && head->shentsize < (head->is64 ? 64 : 40))
		return ELF_BAD_SHENT;
	return ELF_OK;
}

void elf_read_phdr(const uint8_t *p, bool is64, struct elf_phdr_fields *ph)
{
	ph->type = u32(p);
	ph->flags = u32(p + (is64 ? 4 : 24));
	ph->offset = word(p, is64, 4, 8);
	ph->vaddr = word(p, is64, 8, 16);
	ph->paddr = word(p, is64, 12, 24);
	ph->filesz = word(p, is64, 16, 32);
	ph->memsz = word(p, is64, 20, 40);
}

void elf_read_shdr(const uint8_t *p, bool is64, struct elf_shdr_fields *sh)
{
	sh->name = u32(p);
	sh->type = u32(p + 4);
	sh->addr = word(p, is64, 12, 16);
	sh->offset = word(p, is64, 16, 24);
	sh->size = word(p, is64, 20, 32);
}

enum elf_fault elf_check_segment(const struct elf_phdr_fields *ph, uint64_t *value)
{
	*value = ph->filesz;
	if (ph->filesz > ph->memsz)
		return ELF_SEG_FILESZ;
	*value = ph->paddr;
	if (ph->memsz > UINT64_MAX - ph->paddr || ph->memsz > UINT64_MAX - ph->vaddr)
		return ELF_SEG_WRAPS;
	return ELF_OK;
}

bool elf_is_rsc_name(const uint8_t *strtab, uint64_t size, uint32_t name)
{
	static const char wanted[] = ".resource_table";

	return name < size && size - name >= sizeof(wanted) &&
	       memcmp(strtab + name, wanted, sizeof(wanted)) == 0;
}
