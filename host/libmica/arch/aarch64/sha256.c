/* SPDX-License-Identifier: BSD-3-Clause */
/* The Cryptographic Extension's SHA-256 instructions (FEAT_SHA256). */
#include <arm_neon.h>
#include <sys/auxv.h>

#include <asm/hwcap.h>

#include "../../sha256.h"

#define INSTRUCTIONS __attribute__((target("+crypto")))

bool sha256_arch_there(void)
{
	return getauxval(AT_HWCAP) & HWCAP_SHA2;
}

/* Four rounds, and the four words of the schedule that come 16 rounds later. */
INSTRUCTIONS static void rounds(uint32x4_t *abcd, uint32x4_t *efgh, uint32x4_t w[4], unsigned int i)
{
	uint32x4_t wk = vaddq_u32(w[0], vld1q_u32(&sha256_k[4 * i])), before = *abcd;
	uint32x4_t next = vsha256su1q_u32(vsha256su0q_u32(w[0], w[1]), w[2], w[3]);

	*abcd = vsha256hq_u32(before, *efgh, wk);
	*efgh = vsha256h2q_u32(*efgh, before, wk);
	w[0] = w[1];
	w[1] = w[2];
	w[2] = w[3];
	w[3] = next;
}

INSTRUCTIONS void sha256_arch_blocks(uint32_t state[8], const uint8_t *data, size_t n)
{
	uint32x4_t abcd = vld1q_u32(state), efgh = vld1q_u32(state + 4);

	for (; n; n--, data += 64) {
		uint32x4_t abcd_before = abcd, efgh_before = efgh, w[4];

		for (unsigned int i = 0; i < 4; i++)
			w[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(data + 16 * i)));
		for (unsigned int i = 0; i < 16; i++)
			rounds(&abcd, &efgh, w, i);
		abcd = vaddq_u32(abcd, abcd_before);
		efgh = vaddq_u32(efgh, efgh_before);
	}
	vst1q_u32(state, abcd);
	vst1q_u32(state + 4, efgh);
}
