// SPDX-License-Identifier: BSD-3-Clause
/* The log ring, struct mica_log_ring: this side writes lines and never waits for the other. */
#include <string.h>

#include <metal/atomic.h>

#include "fmt.h"
#include "session.h"

/* Written with interrupts off; a line is short. One core writes. */
static struct {
	struct mica_log_ring *ring; /* NULL: the host has agreed to none */
	uint32_t size, head;
} out;

static uint32_t ring_bytes(size_t len)
{
	uint32_t size = 1;

	while (size <= (len - sizeof(struct mica_log_ring)) / 2)
		size *= 2;
	return size;
}

/* At start, and again with each host: a later one may not know of it, or of its place. */
void sdk_log_open(struct session *s)
{
	const struct fw_rsc_trace *t = s->trace;
	struct mica_log_ring *ring = NULL;
	uint32_t len = 0;

	if (s->acked & MICA_F_LOG && t) {
		len = metal_shared_read32(&t->len);
		if (len > sizeof(*ring) + MICA_LOG_LINE)
			ring = mica_chip_to_va(metal_shared_read32_acquire(&t->da), len);
	}
	if (ring && ring != out.ring) {
		out.size = ring_bytes(len);
		out.head = 0;
		metal_shared_write32(&ring->head, 0);
		metal_shared_write32(&ring->size, out.size);
		mica_chip_wmb();
		metal_shared_write32_release(&ring->magic, MICA_LOG_MAGIC);
	}
	out.ring = ring;
}

static void put(const char *line, uint32_t len)
{
	struct mica_log_ring *ring = out.ring;
	uint32_t at = out.head & (out.size - 1), first = out.size - at;

	first = first < len ? first : len;
	metal_copy_to_shared(ring->data + at, line, first);
	metal_copy_to_shared(ring->data, line + first, len - first);
	mica_chip_wmb();
	metal_shared_write32_release(&ring->head, out.head + len);
	mica_chip_mb();
	/* It has read all before this line, so it sleeps; otherwise it was told already. */
	if (metal_shared_read32_acquire(&ring->seen) == out.head)
		sdk_ring(&sdk_session);
	out.head += len;
}

void mica_log(enum mica_log_level level, const char *format, ...)
{
	char line[MICA_LOG_LINE];
	unsigned long key;
	va_list args;
	size_t len;

	if (!out.ring)
		return;
	len = fmt(line, sizeof(line) - 1, "<%u>", (unsigned int)level & 7u);
	va_start(args, format);
	len += fmt_v(line + len, sizeof(line) - 1 - len, format, args);
	va_end(args);
	for (size_t i = 0; i < len; i++)
		if (line[i] == '\n')
			line[i] = ' ';
	line[len++] = '\n';
	key = mica_os_critical_enter();
	if (out.ring)
		put(line, (uint32_t)len);
	mica_os_critical_exit(key);
}
