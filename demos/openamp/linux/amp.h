/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts of libmetal_amp_demo. Each gives 0, 1 for a wrong result, or what port_trouble() gave.
 */
#ifndef AMP_H
#define AMP_H

#include <stdbool.h>
#include <metal/io.h>

/* Until the word is `value`; followed: the client has come already. spin: without sleeping. */
int amp_wait(struct metal_io_region *io, unsigned long offset, uint32_t value, bool followed);
int amp_spin(struct metal_io_region *io, unsigned long offset, uint32_t value);

int amp_shared_memory(struct metal_io_region *io);
int amp_atomic(struct metal_io_region *io);
int amp_latency(struct metal_io_region *io);
int amp_throughput(struct metal_io_region *io);
int amp_irq(struct metal_io_region *io);
int amp_irq_latency(struct metal_io_region *io);

/* doorbell.c: of the client, through load_fw's or its own descriptors. 0, or a negative errno after
 * a line that says why. */
int doorbell_open(void);
void doorbell_close(void);
int doorbell_ring(void);
/* False: none came within that time. */
bool doorbell_wait(int timeout_ms);

#endif /* AMP_H */
