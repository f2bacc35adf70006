/* SPDX-License-Identifier: BSD-3-Clause */
#include <elf.h>
#include <fcntl.h>
#include <stddef.h>

#include "flags.h"

/* Those that are equal everywhere. O_TMPFILE has a bit of its own beside O_DIRECTORY. */
#define EQUAL                                                                                  \
	(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK | O_DSYNC | \
	 O_ASYNC | O_NOATIME | O_CLOEXEC | O_SYNC | O_PATH | (O_TMPFILE & ~O_DIRECTORY))

struct numbers {
	uint32_t directory, nofollow, direct; /* LARGEFILE means nothing on 64 bits */
};

static const struct numbers arm = { 040000, 0100000, 0200000 };
static const struct numbers generic = { 0200000, 0400000, 040000 };
/* This machine's, by its own headers. */
static const struct numbers host = { O_DIRECTORY, O_NOFOLLOW, O_DIRECT };

static const struct {
	unsigned int machine;
	const struct numbers *numbers;
} machines[] = {
	{ EM_AARCH64, &arm },
	{ EM_ARM, &arm },
	{ EM_X86_64, &generic },
	{ EM_RISCV, &generic },
};

static const struct numbers *client = &host;

void flags_init(unsigned int elf_machine)
{
	client = &host;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		if (machines[i].machine == elf_machine)
			client = machines[i].numbers;
	}
}

int flags_from_client(uint32_t flags)
{
	uint32_t out = flags & EQUAL;

	out |= flags & client->directory ? O_DIRECTORY : 0u;
	out |= flags & client->nofollow ? O_NOFOLLOW : 0u;
	out |= flags & client->direct ? O_DIRECT : 0u;
	return (int)out;
}

uint32_t flags_to_client(int flags)
{
	uint32_t in = (uint32_t)flags, out = in & EQUAL;

	out |= in & O_DIRECTORY ? client->directory : 0u;
	out |= in & O_NOFOLLOW ? client->nofollow : 0u;
	out |= in & O_DIRECT ? client->direct : 0u;
	return out;
}
