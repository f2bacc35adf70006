/* SPDX-License-Identifier: BSD-3-Clause */
/* libmetal's shared memory demo: what both halves know. Words and buffers from the base on; tx is
 * Linux to client. */
#ifndef DEMO_SHMEM_H
#define DEMO_SHMEM_H

#include <stdint.h>

#define SHMEM_CONTROL	0x0u
#define SHMEM_TX_AVAIL	0x4u /* messages sent so far */
#define SHMEM_TX_USED	0x8u /* of which taken */
#define SHMEM_RX_AVAIL	0xCu
#define SHMEM_RX_USED	0x10u
#define SHMEM_TO_CLIENT 0x14u
#define SHMEM_TO_LINUX	0x800u
#define SHMEM_BUFFER	0x400u

#define SHMEM_IDLE  0u
#define SHMEM_START 1u

struct shmem_head {
	uint32_t index;
	uint32_t length; /* bytes that follow */
};

#endif /* DEMO_SHMEM_H */
