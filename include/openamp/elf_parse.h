/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checked ELF parser: ELF32 and ELF64, little-endian, executables, from memory. Needs no ELF
 * structures of its own, so that it goes together with <elf.h>. Never reads outside the image and
 * runs in time linear in the number of headers (at most 65535).
 */
#ifndef OPENAMP_ELF_PARSE_H
#define OPENAMP_ELF_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <metal/compiler.h>

METAL_C_BEGIN

enum elf_fault {
	ELF_OK,
	ELF_TOO_SHORT,	    /* value: bytes there are */
	ELF_BAD_MAGIC,	    /* value: first four bytes, as a little-endian number */
	ELF_BAD_CLASS,	    /* value: EI_CLASS */
	ELF_BAD_DATA,	    /* value: EI_DATA; big-endian */
	ELF_BAD_VERSION,    /* value: e_version */
	ELF_BAD_TYPE,	    /* value: e_type; neither ET_EXEC nor ET_DYN */
	ELF_BAD_MACHINE,    /* value: e_machine */
	ELF_BAD_PHENT,	    /* value: e_phentsize */
	ELF_NO_PHDRS,	    /* value: 0 */
	ELF_PHDRS_OUTSIDE,  /* value: e_phoff */
	ELF_SEG_OUTSIDE,    /* value: p_offset; the file is cut or lies */
	ELF_SEG_FILESZ,	    /* value: p_filesz; larger than p_memsz */
	ELF_SEG_WRAPS,	    /* value: p_paddr; end of the segment wraps */
	ELF_NO_SEGMENTS,    /* value: 0; nothing to load */
	ELF_BAD_SHENT,	    /* value: e_shentsize */
	ELF_SHDRS_OUTSIDE,  /* value: e_shoff */
	ELF_STRTAB_OUTSIDE, /* value: offset */
	ELF_RSC_OUTSIDE,    /* value: sh_offset of .resource_table */
	ELF_RSC_NOT_LOADED, /* value: its address; in no loadable segment */
	ELF_CALLBACK,	    /* value: what the caller's segment function returned */
	ELF_FAULTS,
};

struct elf_segment {
	uint64_t paddr;
	uint64_t vaddr;
	uint64_t offset; /* of data in the image */
	const void *data;
	uint64_t filesz;
	uint64_t memsz;
	uint32_t flags; /* PF_X 1, PF_W 2, PF_R 4 */
};

struct elf_image {
	const uint8_t *data;
	size_t len;
	bool is64;
	uint16_t type;
	uint16_t machine;
	uint64_t entry; /* as in the file: a virtual address; see elf_image_phys() */
	uint64_t phoff, shoff;
	uint32_t phnum, shnum;
	uint16_t phentsize, shentsize;
	uint32_t loads; /* PT_LOAD segments with memsz > 0 */
	/* .resource_table; size 0: none */
	uint64_t rsc_offset; /* in the image */
	uint64_t rsc_addr;   /* sh_addr */
	uint64_t rsc_paddr;  /* where it will be loaded */
	uint64_t rsc_size;
	/* Valid when a call failed: */
	enum elf_fault fault;
	uint64_t value;
	uint32_t index; /* of the program header concerned */
};

/*
 * Check everything. data must stay as it is and as long as img is used. machine: EM_* that is
 * wanted, 0 any. 0, or -1 with img->fault and value. An image without sections (stripped) has no
 * resource table, which is no error.
 */
int elf_image_open(struct elf_image *img, const void *data, size_t len, uint16_t machine);

/*
 * Call fn for each PT_LOAD segment with memsz > 0, in file order. fn returns 0 to go on. 0, or -1
 * with img->fault ELF_CALLBACK and value = what fn returned.
 */
int elf_image_segments(struct elf_image *img, int (*fn)(void *arg, const struct elf_segment *seg),
		       void *arg);

/* Physical address of a virtual one, by the segment that holds it; the same where none does. */
uint64_t elf_image_phys(const struct elf_image *img, uint64_t vaddr);

/* Plain English: "program headers lie outside the file". The caller adds the value. */
const char *elf_fault_text(enum elf_fault fault);

/* "AArch64" ..., NULL for an unknown one. */
const char *elf_machine_name(uint16_t machine);

METAL_C_END

#endif /* OPENAMP_ELF_PARSE_H */
