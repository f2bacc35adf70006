/* SPDX-License-Identifier: BSD-3-Clause */
/* No instructions that are known here. */
#include <stdlib.h>

#include "../../sha256.h"

bool sha256_arch_there(void)
{
	return false;
}

void sha256_arch_blocks(uint32_t state[8], const uint8_t *data, size_t n)
{
	(void)state;
	(void)data;
	(void)n;
	abort(); /* nobody asks for what is not there */
}
