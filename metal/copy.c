/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies between ordinary and shared memory. The shared side may be mapped as Device memory on
 * arm64, where an access that is not naturally aligned faults; therefore volatile words, which a
 * compiler neither merges nor turns into a call of memcpy.
 */
#include <metal/io.h>

typedef volatile metal_shared64_t shared_word;

#define WORD sizeof(metal_shared64_t)

static size_t to_alignment(const volatile void *p, size_t len)
{
	size_t head = -(uintptr_t)p % WORD;

	return head < len ? head : len;
}

static void bytes_out(volatile uint8_t *to, const uint8_t *from, size_t len)
{
	while (len--)
		*to++ = *from++;
}

static void bytes_in(uint8_t *to, const volatile uint8_t *from, size_t len)
{
	while (len--)
		*to++ = *from++;
}

void metal_copy_to_shared(void *shared, const void *src, size_t len)
{
	volatile uint8_t *to = shared;
	const uint8_t *from = src;
	size_t head = to_alignment(to, len);
	uint64_t word;

	bytes_out(to, from, head);
	to += head;
	from += head;
	for (len -= head; len >= WORD; len -= WORD, to += WORD, from += WORD) {
		memcpy(&word, from, WORD);
		*(shared_word *)to = word;
	}
	bytes_out(to, from, len);
}

void metal_copy_from_shared(void *dst, const void *shared, size_t len)
{
	const volatile uint8_t *from = shared;
	uint8_t *to = dst;
	size_t head = to_alignment(from, len);
	uint64_t word;

	bytes_in(to, from, head);
	to += head;
	from += head;
	for (len -= head; len >= WORD; len -= WORD, to += WORD, from += WORD) {
		word = *(const shared_word *)from;
		memcpy(to, &word, WORD);
	}
	bytes_in(to, from, len);
}

void metal_set_shared(void *shared, unsigned char value, size_t len)
{
	volatile uint8_t *to = shared;
	size_t head = to_alignment(to, len);
	uint64_t word = value * 0x0101010101010101ull;

	len -= head;
	while (head--)
		*to++ = value;
	for (; len >= WORD; len -= WORD, to += WORD)
		*(shared_word *)to = word;
	while (len--)
		*to++ = value;
}
