/* SPDX-License-Identifier: BSD-3-Clause */
/* ELF headers of either class, taken apart byte by byte: no alignment, no structures assumed. */
#ifndef ELF_FIELDS_H
#define ELF_FIELDS_H

#include <openamp/elf_parse.h>

#define ELF_EHDR_MAX   64u
#define ELF_PT_LOAD    1u
#define ELF_SHT_NOBITS 8u

struct elf_head {
	bool is64;
	uint16_t type, machine;
	uint64_t entry, phoff, shoff;
	uint16_t phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_phdr_fields {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz;
};

struct elf_shdr_fields {
	uint32_t name, type;
	uint64_t addr, offset, size;
};

/* machine 0: any. ELF_OK or the fault, with its value. */
enum elf_fault elf_read_head(const uint8_t *p, size_t len, uint16_t machine, struct elf_head *head,
			     uint64_t *value);
/* p has phentsize / shentsize bytes, which elf_read_head() found large enough. */
void elf_read_phdr(const uint8_t *p, bool is64, struct elf_phdr_fields *ph);
void elf_read_shdr(const uint8_t *p, bool is64, struct elf_shdr_fields *sh);

/* A loadable segment by itself, without the file it is in. */
enum elf_fault elf_check_segment(const struct elf_phdr_fields *ph, uint64_t *value);

/* Is name, at this offset of a string table of size bytes, the resource table's? */
bool elf_is_rsc_name(const uint8_t *strtab, uint64_t size, uint32_t name);

/* e_machine of what elf_load_header() collected, once its headers are complete. */
uint16_t elf_info_machine(const void *img_info);

#endif /* ELF_FIELDS_H */
