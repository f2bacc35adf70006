/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The notes are those of Linux on the client's machine, because that is what debuggers know:
 * NT_PRSTATUS with the registers, NT_PRPSINFO, NT_AUXV of a process; and one of our own ("MICA",
 * type 1: reason and hash of the image, NUL-terminated each), which comes first.
 */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core_elf.h"
#include "machine.h"

#define NOTE_MICA 1u
#define PAGE	  4096u
#define CHUNK	  (64u << 10)

/* struct elf_prstatus of 64-bit Linux up to pr_reg. */
struct prstatus_head {
	int32_t si_signo, si_code, si_errno;
	int16_t cursig;
	int16_t pad;
	uint64_t sigpend, sighold;
	int32_t pid, ppid, pgrp, sid;
	uint64_t times[8]; /* user, system, and of children */
};
_Static_assert(sizeof(struct prstatus_head) == 112, "offset of pr_reg");

struct prpsinfo {
	int8_t state, sname, zomb, nice;
	uint32_t pad;
	uint64_t flag;
	uint32_t uid, gid;
	int32_t pid, ppid, pgrp, sid;
	char fname[16];
	char psargs[80];
};
_Static_assert(sizeof(struct prpsinfo) == 136, "struct elf_prpsinfo");

/* pr_reg follows, then pr_fpvalid and padding. */
_Static_assert(sizeof(struct prstatus_head) + 34 * 8 + 8 == 392, "arm64");
_Static_assert(sizeof(struct prstatus_head) + 27 * 8 + 8 == 336, "x86-64");
_Static_assert(sizeof(struct prstatus_head) + 32 * 8 + 8 == 376, "riscv64");

struct buffer {
	uint8_t *data;
	size_t len, cap;
};

static int put(struct buffer *b, const void *data, size_t len)
{
	if (len > b->cap - b->len)
		return -1;
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	return 0;
}

static int put_note(struct buffer *b, const char *owner, uint32_t type, const void *desc,
		    size_t len)
{
	static const uint8_t zero[4];
	Elf64_Nhdr head = { .n_namesz = (uint32_t)strlen(owner) + 1,
			    .n_descsz = (uint32_t)len,
			    .n_type = type };

	return put(b, &head, sizeof(head)) || put(b, owner, head.n_namesz) ||
			       put(b, zero, -head.n_namesz & 3) || put(b, desc, len) ||
			       put(b, zero, -len & 3)
		       ? -1
		       : 0;
}

static int put_prstatus(struct buffer *b, const struct core_image *core)
{
	struct {
		struct prstatus_head head;
		uint64_t reg[MICA_CRASH_INFO_REGS + 1];
	} st = { 0 };
	unsigned int n = mica_machine(core->machine)->n_regs;

	st.head.si_signo = core->signal;
	st.head.cursig = (int16_t)core->signal;
	st.head.pid = core->pid;
	for (unsigned int i = 0; core->crash->found && i < n && i < core->crash->n_regs; i++)
		st.reg[i] = core->crash->reg[i];
	return put_note(b, "CORE", NT_PRSTATUS, &st, sizeof(st.head) + (n + 1) * sizeof(uint64_t));
}

static int put_notes(struct buffer *b, const struct core_image *core)
{
	struct prpsinfo info = { .sname = 'X', .zomb = 0, .pid = core->pid };
	char own[MICA_ERROR_TEXT + 80];
	size_t len;

	snprintf(own, sizeof(own) - 66, "%s", core->reason);
	len = strlen(own) + 1;
	len += (size_t)snprintf(own + len, 66, "%s", core->sha256) + 1;
	/* Names longer than the field are cut, as the kernel does. */
	snprintf(info.fname, sizeof(info.fname), "%.15s", core->name);
	snprintf(info.psargs, sizeof(info.psargs), "%.79s", core->name);
	return put_note(b, "MICA", NOTE_MICA, own, len) || put_prstatus(b, core) ||
			       put_note(b, "CORE", NT_PRPSINFO, &info, sizeof(info)) ||
			       (core->auxv_len &&
				put_note(b, "CORE", NT_AUXV, core->auxv, core->auxv_len))
		       ? -1
		       : 0;
}

uint64_t core_bytes(const struct core_image *core)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < core->n_seg; i++)
		sum += core->seg[i].filesz;
	return sum;
}

static int write_at(int fd, const void *data, size_t len, uint64_t at)
{
	const uint8_t *p = data;

	while (len) {
		ssize_t n = pwrite(fd, p, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		p += n;
		len -= (size_t)n;
		at += (uint64_t)n;
	}
	return 0;
}

static uint64_t page_up(uint64_t v)
{
	return (v + PAGE - 1) & ~(uint64_t)(PAGE - 1);
}

static int write_head(int fd, const struct core_image *core, const struct buffer *notes,
		      uint64_t *data_at)
{
	unsigned int n = core->n_seg + 1;
	Elf64_Phdr *ph = calloc(n, sizeof(*ph));
	Elf64_Ehdr eh = { .e_type = ET_CORE,
			  .e_machine = core->machine,
			  .e_version = EV_CURRENT,
			  .e_phoff = sizeof(eh),
			  .e_ehsize = sizeof(eh),
			  .e_phentsize = sizeof(*ph),
			  .e_phnum = (uint16_t)n };
	uint64_t at = sizeof(eh) + n * sizeof(*ph);
	int rc;

	if (!ph)
		return -ENOMEM;
	memcpy(eh.e_ident, ELFMAG, SELFMAG);
	eh.e_ident[EI_CLASS] = ELFCLASS64;
	eh.e_ident[EI_DATA] = ELFDATA2LSB;
	eh.e_ident[EI_VERSION] = EV_CURRENT;
	ph[0] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = at, .p_filesz = notes->len };
	*data_at = page_up(at + notes->len);
	at = *data_at;
	for (unsigned int i = 0; i < core->n_seg; i++) {
		const struct core_segment *s = &core->seg[i];

		ph[i + 1] = (Elf64_Phdr){ .p_type = PT_LOAD,
					  .p_flags = s->flags,
					  .p_offset = at,
					  .p_vaddr = s->va,
					  .p_paddr = s->va,
					  .p_filesz = s->filesz,
					  .p_memsz = s->memsz,
					  .p_align = PAGE };
		at += page_up(s->filesz);
	}
	rc = ftruncate(fd, (off_t)at) < 0 ? -errno : 0;
	if (!rc)
		rc = write_at(fd, &eh, sizeof(eh), 0);
	if (!rc)
		rc = write_at(fd, ph, n * sizeof(*ph), sizeof(eh));
	if (!rc)
		rc = write_at(fd, notes->data, notes->len, ph[0].p_offset);
	free(ph);
	return rc;
}

static bool all_zero(const uint8_t *p, size_t len)
{
	return !len || (!p[0] && !memcmp(p, p + 1, len - 1));
}

static int write_memory(int fd, const struct core_image *core, uint64_t at)
{
	uint8_t *buf = malloc(CHUNK);
	int rc = buf ? 0 : -ENOMEM;

	for (unsigned int i = 0; !rc && i < core->n_seg; i++) {
		const struct core_segment *s = &core->seg[i];

		for (uint64_t off = 0; !rc && off < s->filesz; off += CHUNK) {
			size_t len = s->filesz - off < CHUNK ? (size_t)(s->filesz - off) : CHUNK;

			memset(buf, 0, len);
			core->read(core->arg, s->va + off, buf, len);
			for (size_t p = 0; !rc && p < len; p += PAGE) {
				size_t part = len - p < PAGE ? len - p : PAGE;

				if (!all_zero(buf + p, part))
					rc = write_at(fd, buf + p, part, at + off + p);
			}
		}
		at += page_up(s->filesz);
	}
	free(buf);
	return rc;
}

int core_write(int fd, const struct core_image *core)
{
	struct buffer notes = { .cap = 8192 + core->auxv_len };
	uint64_t at;
	int rc;

	if (core->n_seg > CORE_SEGMENTS_MAX)
		return -E2BIG;
	notes.data = malloc(notes.cap);
	if (!notes.data)
		return -ENOMEM;
	rc = put_notes(&notes, core) ? -E2BIG : write_head(fd, core, &notes, &at);
	free(notes.data);
	if (!rc)
		rc = write_memory(fd, core, at);
	if (!rc && fsync(fd) < 0)
		rc = -errno;
	return rc;
}

void core_read_reason(int fd, char *reason, size_t size)
{
	char note[sizeof(Elf64_Nhdr) + 8 + MICA_ERROR_TEXT];
	Elf64_Nhdr head;
	Elf64_Ehdr eh;
	Elf64_Phdr ph;
	ssize_t n;

	reason[0] = '\0';
	if (pread(fd, &eh, sizeof(eh), 0) != (ssize_t)sizeof(eh) ||
	    memcmp(eh.e_ident, ELFMAG, SELFMAG) || eh.e_type != ET_CORE ||
	    pread(fd, &ph, sizeof(ph), (off_t)sizeof(eh)) != (ssize_t)sizeof(ph) ||
	    ph.p_type != PT_NOTE || ph.p_offset > INT64_MAX)
		return;
	n = pread(fd, note, sizeof(note) - 1, (off_t)ph.p_offset);
	if (n < (ssize_t)sizeof(head) + 8)
		return;
	note[n] = '\0';
	memcpy(&head, note, sizeof(head));
	if (head.n_type != NOTE_MICA || memcmp(note + sizeof(head), "MICA", 5) != 0)
		return;
	snprintf(reason, size, "%s", note + sizeof(head) + 8);
}
