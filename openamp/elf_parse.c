/* SPDX-License-Identifier: BSD-3-Clause */
/* Checked access to an ELF image in memory. */
#include <metal/sys.h>

#include "elf_fields.h"

static int fault(struct elf_image *img, enum elf_fault what, uint64_t value)
{
	img->fault = what;
	img->value = value;
	return -1;
}

/* Are size bytes from offset on inside the image? */
static bool inside(const struct elf_image *img, uint64_t offset, uint64_t size)
{
	return offset <= img->len && size <= img->len - offset;
}

static void phdr(const struct elf_image *img, uint32_t i, struct elf_phdr_fields *ph)
{
	elf_read_phdr(img->data + img->phoff + (uint64_t)i * img->phentsize, img->is64, ph);
}

static void shdr(const struct elf_image *img, uint32_t i, struct elf_shdr_fields *sh)
{
	elf_read_shdr(img->data + img->shoff + (uint64_t)i * img->shentsize, img->is64, sh);
}

static bool loadable(const struct elf_phdr_fields *ph)
{
	return ph->type == ELF_PT_LOAD && (ph->memsz || ph->filesz);
}

static int check_segments(struct elf_image *img)
{
	struct elf_phdr_fields ph;
	enum elf_fault what;
	uint64_t value;
	uint32_t i;

	if (!inside(img, img->phoff, (uint64_t)img->phnum * img->phentsize))
		return fault(img, ELF_PHDRS_OUTSIDE, img->phoff);
	for (i = 0; i < img->phnum; i++) {
		phdr(img, i, &ph);
		if (!loadable(&ph))
			continue;
		img->index = i;
		what = elf_check_segment(&ph, &value);
		if (what != ELF_OK)
			return fault(img, what, value);
		if (!inside(img, ph.offset, ph.filesz))
			return fault(img, ELF_SEG_OUTSIDE, ph.offset);
		img->loads++;
	}
	img->index = 0;
	return img->loads ? 0 : fault(img, ELF_NO_SEGMENTS, 0);
}

/* Where size bytes at a virtual address will be loaded. */
static bool loaded_at(const struct elf_image *img, uint64_t vaddr, uint64_t size, uint64_t *paddr)
{
	struct elf_phdr_fields ph;
	uint32_t i;

	for (i = 0; i < img->phnum; i++) {
		phdr(img, i, &ph);
		if (!loadable(&ph) || vaddr < ph.vaddr || vaddr - ph.vaddr >= ph.memsz ||
		    size > ph.memsz - (vaddr - ph.vaddr))
			continue;
		*paddr = ph.paddr + (vaddr - ph.vaddr);
		return true;
	}
	return false;
}

static int take_rsc_table(struct elf_image *img, const struct elf_shdr_fields *sh)
{
	if (!sh->size)
		return 0;
	if (sh->type == ELF_SHT_NOBITS || !inside(img, sh->offset, sh->size))
		return fault(img, ELF_RSC_OUTSIDE, sh->offset);
	if (!loaded_at(img, sh->addr, sh->size, &img->rsc_paddr))
		return fault(img, ELF_RSC_NOT_LOADED, sh->addr);
	img->rsc_offset = sh->offset;
	img->rsc_addr = sh->addr;
	img->rsc_size = sh->size;
	return 0;
}

static int find_rsc_table(struct elf_image *img, uint16_t shstrndx)
{
	struct elf_shdr_fields names, sh;
	uint32_t i;

	if (!img->shoff || !img->shnum)
		return 0;
	if (!inside(img, img->shoff, (uint64_t)img->shnum * img->shentsize))
		return fault(img, ELF_SHDRS_OUTSIDE, img->shoff);
	if (!shstrndx)
		return 0; /* sections without names */
	if (shstrndx >= img->shnum)
		return fault(img, ELF_STRTAB_OUTSIDE, shstrndx);
	shdr(img, shstrndx, &names);
	if (!inside(img, names.offset, names.size))
		return fault(img, ELF_STRTAB_OUTSIDE, names.offset);
	for (i = 0; i < img->shnum; i++) {
		shdr(img, i, &sh);
		if (elf_is_rsc_name(img->data + names.offset, names.size, sh.name))
			return take_rsc_table(img, &sh);
	}
	return 0;
}

int elf_image_open(struct elf_image *img, const void *data, size_t len, uint16_t machine)
{
	struct elf_head head;
	enum elf_fault what;
	uint64_t value;

	memset(img, 0, sizeof(*img));
	img->data = data;
	img->len = len;
	what = elf_read_head(data, len, machine, &head, &value);
	if (what != ELF_OK)
		return fault(img, what, value);
	img->is64 = head.is64;
	img->type = head.type;
	img->machine = head.machine;
	img->entry = head.entry;
	img->phoff = head.phoff;
	img->phnum = head.phnum;
	img->phentsize = head.phentsize;
	img->shoff = head.shoff;
	img->shnum = head.shnum;
	img->shentsize = head.shentsize;
	if (check_segments(img))
		return -1;
	return find_rsc_table(img, head.shstrndx);
}

int elf_image_segments(struct elf_image *img, int (*fn)(void *arg, const struct elf_segment *seg),
		       void *arg)
{
	struct elf_phdr_fields ph;
	struct elf_segment seg;
	uint32_t i;
	int ret;

	for (i = 0; i < img->phnum; i++) {
		phdr(img, i, &ph);
		if (!loadable(&ph))
			continue;
		seg = (struct elf_segment){
			.paddr = ph.paddr,
			.vaddr = ph.vaddr,
			.offset = ph.offset,
			.data = img->data + ph.offset,
			.filesz = ph.filesz,
			.memsz = ph.memsz,
			.flags = ph.flags,
		};
		ret = fn(arg, &seg);
		if (ret) {
			img->index = i;
			return fault(img, ELF_CALLBACK, (uint64_t)(int64_t)ret);
		}
	}
	return 0;
}

uint64_t elf_image_phys(const struct elf_image *img, uint64_t vaddr)
{
	struct elf_phdr_fields ph;
	uint64_t paddr;

	/* Started with the MMU off: an entry that is a load address already is meant as one. */
	for (uint32_t i = 0; i < img->phnum; i++) {
		phdr(img, i, &ph);
		if (loadable(&ph) && vaddr >= ph.paddr && vaddr - ph.paddr < ph.memsz)
			return vaddr;
	}

	return loaded_at(img, vaddr, 1, &paddr) ? paddr : vaddr;
}

const char *elf_fault_text(enum elf_fault what)
{
	static const char *const texts[] = {
		[ELF_OK] = "ELF image is sound",
		[ELF_TOO_SHORT] = "file is too short for an ELF image",
		[ELF_BAD_MAGIC] = "file is not an ELF image",
		[ELF_BAD_CLASS] = "ELF class is neither 32-bit nor 64-bit",
		[ELF_BAD_DATA] = "ELF image is not little-endian",
		[ELF_BAD_VERSION] = "ELF version is not 1",
		[ELF_BAD_TYPE] = "ELF image is not an executable",
		[ELF_BAD_MACHINE] = "ELF image is for another machine",
		[ELF_BAD_PHENT] = "ELF program header size is wrong",
		[ELF_NO_PHDRS] = "ELF image has no program headers",
		[ELF_PHDRS_OUTSIDE] = "ELF program headers lie outside the file",
		[ELF_SEG_OUTSIDE] = "ELF segment lies outside the file",
		[ELF_SEG_FILESZ] = "ELF segment is larger in the file than in memory",
		[ELF_SEG_WRAPS] = "ELF segment goes beyond the address space",
		[ELF_NO_SEGMENTS] = "ELF image has nothing to load",
		[ELF_BAD_SHENT] = "ELF section header size is wrong",
		[ELF_SHDRS_OUTSIDE] = "ELF section headers lie outside the file",
		[ELF_STRTAB_OUTSIDE] = "ELF section names lie outside the file",
		[ELF_RSC_OUTSIDE] = "resource table lies outside the file",
		[ELF_RSC_NOT_LOADED] = "resource table is in no loadable segment",
		[ELF_CALLBACK] = "segment was refused",
	};

	return (unsigned int)what < ELF_FAULTS ? texts[what] : "unknown fault";
}

const char *elf_machine_name(uint16_t machine)
{
	switch (machine) {
	case 3:
		return "x86";
	case 40:
		return "Arm";
	case 62:
		return "x86-64";
	case 183:
		return "AArch64";
	case 243:
		return "RISC-V";
	case 258:
		return "LoongArch";
	default:
		return NULL;
	}
}
