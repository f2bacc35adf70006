/* SPDX-License-Identifier: BSD-3-Clause */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core_process.h"
#include "files.h"

#define AUXV_MAX 4096u
#define PAGE	 4096u

/* What is read but not in memory yet is in a file, or 0; what the kernel itself would not dump is
 * left out (devices, shadow memory of sanitizers). */
static void finish(struct core_process *p, struct core_segment *s, bool resident, const char *flags)
{
	if (!s->memsz || p->n_seg == CORE_SEGMENTS_MAX || strstr(flags, " dd") ||
	    strstr(flags, " io"))
		return;
	s->filesz = resident && s->flags & PF_R ? s->memsz : 0;
	p->seg[p->n_seg++] = *s;
}

/* /proc/PID/smaps: a line "FROM-TO PERM ...", then lines "Key: value", VmFlags last. */
static int read_maps(struct core_process *p, pid_t pid)
{
	struct core_segment s = { 0 };
	char line[512], path[64];
	bool resident = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		unsigned long long from, to, kb;
		char perm[8];

		if (sscanf(line, "%llx-%llx %7s", &from, &to, perm) == 3 && from < to) {
			s = (struct core_segment){ .va = from, .memsz = to - from };
			s.flags = (perm[0] == 'r' ? PF_R : 0) | (perm[1] == 'w' ? PF_W : 0) |
				  (perm[2] == 'x' ? PF_X : 0);
			resident = false;
		} else if (sscanf(line, "Rss: %llu", &kb) == 1) {
			resident = kb != 0;
		} else if (!strncmp(line, "VmFlags:", 8)) {
			finish(p, &s, resident, line);
			s.memsz = 0;
		}
	}
	fclose(f);
	return p->n_seg ? 0 : -ESRCH;
}

static int read_auxv(struct core_process *p, pid_t pid)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/auxv", (int)pid);
	p->auxv = malloc(AUXV_MAX);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 || !p->auxv ? -1 : read(fd, p->auxv, AUXV_MAX);
	if (fd >= 0)
		close(fd);
	p->auxv_len = n > 0 ? (size_t)n : 0;
	return p->auxv ? 0 : -ENOMEM;
}

int core_process_open(struct core_process *p, pid_t pid)
{
	char path[64];
	int rc;

	memset(p, 0, sizeof(*p));
	p->mem = -1;
	p->seg = calloc(CORE_SEGMENTS_MAX, sizeof(*p->seg));
	if (!p->seg)
		return -ENOMEM;
	rc = read_maps(p, pid);
	if (!rc)
		rc = read_auxv(p, pid);
	if (rc)
		return rc;
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	p->mem = open(path, O_RDONLY | O_CLOEXEC);
	return p->mem < 0 ? -errno : 0;
}

void core_process_close(struct core_process *p)
{
	if (p->mem >= 0)
		close(p->mem);
	free(p->seg);
	free(p->auxv);
}

void core_process_read(void *arg, uint64_t va, void *buf, size_t len)
{
	struct core_process *p = arg;
	uint8_t *to = buf;

	while (len) {
		ssize_t n = pread(p->mem, to, len, (off_t)va);

		/* A page that cannot be had is left out. */
		if (n <= 0)
			n = (ssize_t)(PAGE - va % PAGE);
		if ((size_t)n > len)
			n = (ssize_t)len;
		to += n;
		va += (uint64_t)n;
		len -= (size_t)n;
	}
}
