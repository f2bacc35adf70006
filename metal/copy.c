/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies between ordinary and shared memory. The shared side may be mapped as Device memory on
 * arm64, where an access that is not naturally aligned faults; therefore volatile words, which a
 * compiler neither merges nor turns into a call of memcpy.
 */
#include <metal/io.h>

typedef volatile metal_shared64_t shared_word;

#define WORD sizeof(metal_shared64_t)

/* Two words at once where there are such registers, else one after the other. */
typedef uint64_t pair __attribute__((vector_size(2 * WORD), may_alias));
typedef uint64_t word_pair __attribute__((vector_size(2 * WORD), may_alias, aligned(WORD)));

/* A word of ordinary memory at any address, without a call of memcpy per word. */
struct loose_word {
	uint64_t v;
} __attribute__((packed, may_alias));

static uint64_t get_word(const uint8_t *p)
{
	return (uintptr_t)p % WORD ? ((const struct loose_word *)p)->v
				   : *(const metal_shared64_t *)p;
}

static void put_word(uint8_t *p, uint64_t word)
{
	if ((uintptr_t)p % WORD)
		((struct loose_word *)p)->v = word;
	else
		*(metal_shared64_t *)p = word;
}

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

/* Words on both sides, as headers and most messages are. */
static bool all_words(const volatile void *a, const volatile void *b, size_t len)
{
	return (((uintptr_t)a | (uintptr_t)b | len) & (WORD - 1)) == 0;
}

/* Both sides and the length are multiples of a word. The shared side's pairs are aligned. */
static void words_out(volatile uint8_t *to, const uint8_t *from, size_t len)
{
	if (len && (uintptr_t)to % sizeof(pair)) {
		*(shared_word *)to = *(const metal_shared64_t *)from;
		to += WORD, from += WORD, len -= WORD;
	}
	for (; len >= 4 * sizeof(pair); len -= 4 * sizeof(pair)) {
		volatile pair *line = (volatile pair *)to;
		const word_pair *mine = (const word_pair *)from;

		line[0] = mine[0];
		line[1] = mine[1];
		line[2] = mine[2];
		line[3] = mine[3];
		to += 4 * sizeof(pair), from += 4 * sizeof(pair);
	}
	for (; len >= sizeof(pair); len -= sizeof(pair), to += sizeof(pair), from += sizeof(pair))
		*(volatile pair *)to = *(const word_pair *)from;
	if (len)
		*(shared_word *)to = *(const metal_shared64_t *)from;
}

static void words_in(uint8_t *to, const volatile uint8_t *from, size_t len)
{
	if (len && (uintptr_t)from % sizeof(pair)) {
		*(metal_shared64_t *)to = *(const shared_word *)from;
		to += WORD, from += WORD, len -= WORD;
	}
	for (; len >= sizeof(pair); len -= sizeof(pair), to += sizeof(pair), from += sizeof(pair))
		*(word_pair *)to = *(const volatile pair *)from;
	if (len)
		*(metal_shared64_t *)to = *(const shared_word *)from;
}

/* In a minimal client: words where both sides have such an address, bytes elsewhere. */
static void copy(volatile uint8_t *to, const volatile uint8_t *from, size_t len)
{
	size_t step;

	for (; len; len -= step, to += step, from += step) {
		step = len >= WORD && !(((uintptr_t)to | (uintptr_t)from) % WORD) ? WORD : 1;
		if (step == WORD)
			*(shared_word *)to = *(const shared_word *)from;
		else
			*to = *from;
	}
}

void metal_copy_to_shared(void *shared, const void *src, size_t len)
{
	volatile uint8_t *to = shared;
	const uint8_t *from = src;
	size_t head;

	if (METAL_IS_MINIMAL) {
		copy(to, from, len);
		return;
	}
	if (all_words(shared, src, len)) {
		words_out(to, from, len);
		return;
	}
	head = to_alignment(to, len);
	bytes_out(to, from, head);
	to += head;
	from += head;
	for (len -= head; len >= WORD; len -= WORD, to += WORD, from += WORD)
		*(shared_word *)to = get_word(from);
	bytes_out(to, from, len);
}

void metal_copy_from_shared(void *dst, const void *shared, size_t len)
{
	const volatile uint8_t *from = shared;
	uint8_t *to = dst;
	size_t head;

	if (METAL_IS_MINIMAL) {
		copy(to, from, len);
		return;
	}
	if (all_words(dst, shared, len)) {
		words_in(to, from, len);
		return;
	}
	head = to_alignment(from, len);
	bytes_in(to, from, head);
	to += head;
	from += head;
	for (len -= head; len >= WORD; len -= WORD, to += WORD, from += WORD)
		put_word(to, *(const shared_word *)from);
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
