/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ELF loader of remoteproc: takes the headers range by range, in any order the store delivers
 * them, and checks them before it believes them. Sizes are bounded before memory is taken.
 */
#include <metal/alloc.h>
#include <metal/utilities.h>
#include <openamp/elf_loader.h>

#include "elf_fields.h"

#define MAX_PHDRS 128u /* its index travels in ELF_NEXT_SEGMENT_MASK */
#define MAX_SHDRS 4096u
#define MAX_NAMES 0x40000u

enum piece { HEAD, PHDRS, SHDRS, NAMES, PIECES };

struct elf_info {
	struct elf_head head;
	uint8_t raw[ELF_EHDR_MAX];
	struct {
		uint8_t *bytes;
		uint64_t offset;
		size_t len, have;
	} piece[PIECES];
	enum piece next; /* the one being collected; PIECES: all there */
};

int elf_identify(const void *img_data, size_t len)
{
	static const uint8_t magic[SELFMAG] = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3 };
	const uint8_t *p = img_data;

	if (!p || len < EI_NIDENT || memcmp(p, magic, SELFMAG) != 0)
		return -RPROC_EINVAL;
	return p[EI_CLASS] == ELFCLASS32 || p[EI_CLASS] == ELFCLASS64 ? 0 : -RPROC_EINVAL;
}

static struct elf_info *new_info(const uint8_t *img, size_t len)
{
	struct elf_info *info;

	if (elf_identify(img, len))
		return NULL;
	info = metal_allocate_memory(sizeof(*info));
	if (!info)
		return NULL;
	memset(info, 0, sizeof(*info));
	info->piece[HEAD].bytes = info->raw;
	info->piece[HEAD].len = img[EI_CLASS] == ELFCLASS64 ? 64 : 52;
	return info;
}

static int expect(struct elf_info *info, enum piece which, uint64_t offset, uint64_t len,
		  uint64_t most)
{
	if (len > most || offset > SIZE_MAX - most)
		return -RPROC_EINVAL;
	info->next = which;
	info->piece[which].offset = offset;
	info->piece[which].len = (size_t)len;
	info->piece[which].bytes = metal_allocate_memory((unsigned int)len);
	return info->piece[which].bytes ? 0 : -RPROC_ENOMEM;
}

static int have_head(struct elf_info *info)
{
	uint64_t value;

	if (elf_read_head(info->raw, info->piece[HEAD].len, 0, &info->head, &value) != ELF_OK)
		return -RPROC_EINVAL;
	return expect(info, PHDRS, info->head.phoff,
		      (uint64_t)info->head.phnum * info->head.phentsize,
		      (uint64_t)MAX_PHDRS * info->head.phentsize);
}

static void phdr(const struct elf_info *info, unsigned int i, struct elf_phdr_fields *ph)
{
	elf_read_phdr(info->piece[PHDRS].bytes + (size_t)i * info->head.phentsize, info->head.is64,
		      ph);
}

static int have_phdrs(struct elf_info *info)
{
	struct elf_phdr_fields ph;
	unsigned int i;
	uint64_t value;

	for (i = 0; i < info->head.phnum; i++) {
		phdr(info, i, &ph);
		if (ph.type == ELF_PT_LOAD && elf_check_segment(&ph, &value) != ELF_OK)
			return -RPROC_EINVAL;
	}
	if (!info->head.shoff || !info->head.shnum || !info->head.shstrndx) {
		info->next = PIECES; /* stripped: no sections, no resource table */
		return 0;
	}
	return expect(info, SHDRS, info->head.shoff,
		      (uint64_t)info->head.shnum * info->head.shentsize,
		      (uint64_t)MAX_SHDRS * info->head.shentsize);
}

static int have_shdrs(struct elf_info *info)
{
	struct elf_shdr_fields sh;

	if (info->head.shstrndx >= info->head.shnum)
		return -RPROC_EINVAL;
	elf_read_shdr(info->piece[SHDRS].bytes + (size_t)info->head.shstrndx * info->head.shentsize,
		      info->head.is64, &sh);
	if (!sh.size) {
		info->next = PIECES;
		return 0;
	}
	return expect(info, NAMES, sh.offset, sh.size, MAX_NAMES);
}

/* The piece that was collected is complete: look at it, say what comes next. */
static int piece_done(struct elf_info *info)
{
	switch (info->next) {
	case HEAD:
		return have_head(info);
	case PHDRS:
		return have_phdrs(info);
	case SHDRS:
		return have_shdrs(info);
	default:
		info->next = PIECES;
		return 0;
	}
}

/* Copy what offset ... offset + len - 1 has of the piece, in order. True: complete. */
static bool collect(struct elf_info *info, const uint8_t *img, size_t offset, size_t len)
{
	uint64_t want = info->piece[info->next].offset + info->piece[info->next].have;
	size_t n, left = info->piece[info->next].len - info->piece[info->next].have;

	if (left && want >= offset && want - offset < len) {
		n = metal_min(left, len - (size_t)(want - offset));
		memcpy(info->piece[info->next].bytes + info->piece[info->next].have,
		       img + (want - offset), n);
		info->piece[info->next].have += n;
		left -= n;
	}
	return !left;
}

static int state_of(const struct elf_info *info)
{
	static const int states[] = {
		[HEAD] = ELF_STATE_INIT,
		[PHDRS] = ELF_STATE_WAIT_FOR_PHDRS,
		[SHDRS] = ELF_STATE_WAIT_FOR_SHDRS | RPROC_LOADER_READY_TO_LOAD,
		[NAMES] = ELF_STATE_WAIT_FOR_SHSTRTAB | RPROC_LOADER_READY_TO_LOAD,
		[PIECES] = ELF_STATE_HDRS_COMPLETE | RPROC_LOADER_READY_TO_LOAD,
	};

	return states[info->next];
}

int elf_load_header(const void *img_data, size_t offset, size_t len, void **img_info,
		    int last_load_state, size_t *noffset, size_t *nlen)
{
	struct elf_info *info;
	int ret;

	(void)last_load_state;
	if (!img_info || !noffset || !nlen || (!img_data && len))
		return -RPROC_EINVAL;
	if (!*img_info) {
		if (offset)
			return -RPROC_EINVAL;
		*img_info = new_info(img_data, len);
		if (!*img_info)
			return -RPROC_EINVAL;
	}
	info = *img_info;
	while (info->next != PIECES && collect(info, img_data, offset, len)) {
		ret = piece_done(info);
		if (ret)
			return ret;
	}
	*noffset = 0;
	*nlen = 0;
	if (info->next != PIECES) {
		*noffset = (size_t)info->piece[info->next].offset + info->piece[info->next].have;
		*nlen = info->piece[info->next].len - info->piece[info->next].have;
	}
	return state_of(info);
}

int elf_load(struct remoteproc *rproc, const void *img_data, size_t offset, size_t len,
	     void **img_info, int last_load_state, metal_phys_addr_t *da, size_t *noffset,
	     size_t *nlen, unsigned char *padding, size_t *nmemsize)
{
	const struct elf_info *info;
	struct elf_phdr_fields ph;
	unsigned int i;

	(void)rproc;
	(void)img_data;
	(void)offset;
	(void)len;
	if (!img_info || !*img_info || !da || !noffset || !nlen || !padding || !nmemsize ||
	    !(last_load_state & (int)RPROC_LOADER_READY_TO_LOAD))
		return -RPROC_ERR_LOADER_STATE;
	info = *img_info;
	*da = RPROC_LOAD_ANYADDR;
	*noffset = 0;
	*nlen = 0;
	*nmemsize = 0;
	*padding = 0;
	for (i = last_load_state & (int)ELF_NEXT_SEGMENT_MASK; i < info->head.phnum; i++) {
		phdr(info, i, &ph);
		if (ph.type != ELF_PT_LOAD || !ph.memsz)
			continue;
		*da = (metal_phys_addr_t)ph.paddr;
		*noffset = (size_t)ph.offset;
		*nlen = (size_t)ph.filesz;
		*nmemsize = (size_t)ph.memsz;
		return (last_load_state & ~(int)ELF_NEXT_SEGMENT_MASK) | (int)(i + 1);
	}
	return (last_load_state & ~(int)ELF_NEXT_SEGMENT_MASK) | (int)RPROC_LOADER_LOAD_COMPLETE;
}

void elf_release(void *img_info)
{
	struct elf_info *info = img_info;
	int i;

	if (!info)
		return;
	for (i = PHDRS; i < PIECES; i++)
		metal_free_memory(info->piece[i].bytes);
	metal_free_memory(info);
}

metal_phys_addr_t elf_get_entry(void *img_info)
{
	const struct elf_info *info = img_info;

	return info ? (metal_phys_addr_t)info->head.entry : METAL_BAD_PHYS;
}

uint16_t elf_info_machine(const void *img_info)
{
	return ((const struct elf_info *)img_info)->head.machine;
}

/* The loaded address of a section, which must lie in one segment. */
static bool section_da(const struct elf_info *info, const struct elf_shdr_fields *sh,
		       metal_phys_addr_t *da)
{
	struct elf_phdr_fields ph;
	unsigned int i;

	for (i = 0; i < info->head.phnum; i++) {
		phdr(info, i, &ph);
		if (ph.type != ELF_PT_LOAD || sh->addr < ph.vaddr ||
		    sh->addr - ph.vaddr >= ph.memsz || sh->size > ph.memsz - (sh->addr - ph.vaddr))
			continue;
		*da = (metal_phys_addr_t)(ph.paddr + (sh->addr - ph.vaddr));
		return true;
	}
	return false;
}

int elf_locate_rsc_table(void *img_info, metal_phys_addr_t *da, size_t *offset, size_t *size)
{
	const struct elf_info *info = img_info;
	struct elf_shdr_fields sh;
	unsigned int i;

	if (!info || !da || !offset || !size || !info->piece[NAMES].len || info->next != PIECES)
		return -RPROC_EINVAL;
	for (i = 0; i < info->head.shnum; i++) {
		elf_read_shdr(info->piece[SHDRS].bytes + (size_t)i * info->head.shentsize,
			      info->head.is64, &sh);
		if (!elf_is_rsc_name(info->piece[NAMES].bytes, info->piece[NAMES].len, sh.name))
			continue;
		if (!sh.size || sh.type == ELF_SHT_NOBITS || !section_da(info, &sh, da))
			return -RPROC_EINVAL;
		*offset = (size_t)sh.offset;
		*size = (size_t)sh.size;
		return 0;
	}
	return -RPROC_EINVAL;
}

const struct loader_ops elf_ops = {
	.load_header = elf_load_header,
	.load_data = elf_load,
	.locate_rsc_table = elf_locate_rsc_table,
	.release = elf_release,
	.get_entry = elf_get_entry,
};
