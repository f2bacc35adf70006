/* SPDX-License-Identifier: BSD-3-Clause */
/* The SHA extensions of x86: the state lies in two registers as ABEF and CDGH. */
#include <cpuid.h>
#include <immintrin.h>

#include "../../sha256.h"

#define SHA_NI	     (1u << 29) /* leaf 7, EBX */
#define SSSE3	     (1u << 9)	/* leaf 1, ECX */
#define SSE41	     (1u << 19)
#define INSTRUCTIONS __attribute__((target("sha,ssse3,sse4.1")))

bool sha256_arch_there(void)
{
	unsigned int a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & SSSE3) || !(c & SSE41))
		return false;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & SHA_NI;
}

/* Four rounds, and the four words of the schedule that come 16 rounds later. */
INSTRUCTIONS static void rounds(__m128i *abef, __m128i *cdgh, __m128i w[4], unsigned int i)
{
	const __m128i *k = (const __m128i *)sha256_k;
	__m128i now = w[0], wk = _mm_add_epi32(now, _mm_load_si128(&k[i]));
	__m128i next =
		_mm_add_epi32(_mm_sha256msg1_epu32(w[0], w[1]), _mm_alignr_epi8(w[3], w[2], 4));

	*cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, wk);
	*abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(wk, 0x0e));
	w[0] = w[1];
	w[1] = w[2];
	w[2] = w[3];
	w[3] = _mm_sha256msg2_epu32(next, w[2]);
}

INSTRUCTIONS void sha256_arch_blocks(uint32_t state[8], const uint8_t *data, size_t n)
{
	const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0bll, 0x0405060700010203ll);
	__m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0x1b);
	__m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
	__m128i abef = _mm_unpackhi_epi64(efgh, abcd), cdgh = _mm_unpacklo_epi64(efgh, abcd);

	for (; n; n--, data += 64) {
		__m128i abef_before = abef, cdgh_before = cdgh, w[4];

		for (unsigned int i = 0; i < 4; i++)
			w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(data + 16 * i)),
						big_endian);
		for (unsigned int i = 0; i < 16; i++)
			rounds(&abef, &cdgh, w, i);
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	abcd = _mm_unpackhi_epi64(cdgh, abef);
	efgh = _mm_unpacklo_epi64(cdgh, abef);
	_mm_storeu_si128((__m128i *)state, _mm_shuffle_epi32(abcd, 0x1b));
	_mm_storeu_si128((__m128i *)(state + 4), _mm_shuffle_epi32(efgh, 0x1b));
}
