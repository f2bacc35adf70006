// SPDX-License-Identifier: BSD-3-Clause
/* What nobody wrote of a stack is still paint, unless a thread needed more than it has. */
#include <string.h>

#include "bare.h"
#include "kernel.h"
#include "mica_client.h"

#define PAINT 0xA5

void bare_stack_paint(struct k_thread *t)
{
	memset(t->stack, PAINT, t->stack_size);
}

void bare_stack_check(const struct k_thread *t)
{
	const uint64_t paint = PAINT * 0x0101010101010101ull, *end = t->stack;

	if (t->state != K_DEAD && (end[0] != paint || end[1] != paint))
		mica_panic("stack overflow");
}

size_t k_arch_stack_used(const struct k_thread *t)
{
	const unsigned char *p = t->stack;
	size_t unused = 0;

	while (unused < t->stack_size && p[unused] == PAINT)
		unused++;
	return t->stack_size - unused;
}
