/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes an ELF core file of a 64-bit client: notes, then memory. Blocks: worker threads. */
#ifndef MICA_CORE_ELF_H
#define MICA_CORE_ELF_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "mica/client.h"

#define CORE_SEGMENTS_MAX 4096u

/* Memory [va, va + memsz), of which filesz bytes go into the file; the rest reads as what the
 * client's own file has there, or 0. flags: PF_*. */
struct core_segment {
	uint64_t va, memsz, filesz;
	uint32_t flags;
};

struct core_image {
	uint16_t machine; /* EM_* */
	pid_t pid;
	int signal;
	const char *name;		     /* of the client */
	const char *reason;		     /* one line */
	const char *sha256;		     /* of its image */
	const struct mica_crash_info *crash; /* registers, if found; else 0 */
	const void *auxv;		     /* of a process; NULL: none */
	size_t auxv_len;
	const struct core_segment *seg;
	unsigned int n_seg;
	/* len bytes of memory at va; what cannot be read is left as it is: zeroed before. */
	void (*read)(void *arg, uint64_t va, void *buf, size_t len);
	void *arg;
};

/* Bytes of memory in the file. */
uint64_t core_bytes(const struct core_image *core);
/* fd: a new, empty file. 0 or -errno. Pages of zeros become holes. */
int core_write(int fd, const struct core_image *core);
/* The reason that was written into it; empty if this is no such file. */
void core_read_reason(int fd, char *reason, size_t size);

#endif /* MICA_CORE_ELF_H */
