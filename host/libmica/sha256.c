/* SPDX-License-Identifier: BSD-3-Clause */
/* FIPS 180-4: padding (5.1.1) and first state (5.3.3); the rest is in arch/ or libsodium's. */
#include <pthread.h>
#include <string.h>

#include <sodium.h>

#include "sha256.h"

#define BLOCK 64

/* 4.2.2 */
const uint32_t sha256_k[64] __attribute__((aligned(16))) = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static bool there;

static void ask(void)
{
	there = sha256_arch_there();
}

static void put_be(uint8_t *to, uint64_t value, unsigned int bytes)
{
	while (bytes--) {
		to[bytes] = (uint8_t)value;
		value >>= 8;
	}
}

void sha256(uint8_t hash[SHA256_BYTES], const void *data, size_t len)
{
	static pthread_once_t asked = PTHREAD_ONCE_INIT;
	uint32_t state[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	uint8_t last[2 * BLOCK] = { 0 };
	size_t rest = len % BLOCK, blocks = rest + 9 > BLOCK ? 2 : 1;

	pthread_once(&asked, ask);
	if (!there) {
		crypto_hash_sha256(hash, data, len);
		return;
	}
	if (len / BLOCK)
		sha256_arch_blocks(state, data, len / BLOCK);
	if (rest)
		memcpy(last, (const uint8_t *)data + len - rest, rest);
	last[rest] = 0x80;
	put_be(last + blocks * BLOCK - 8, (uint64_t)len * 8, 8);
	sha256_arch_blocks(state, last, blocks);
	for (unsigned int i = 0; i < 8; i++)
		put_be(hash + 4 * i, state[i], 4);
}
