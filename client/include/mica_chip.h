/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Porting layer, chip axis: what the SDK needs from the chip and the board. Nothing here knows
 * the RTOS, except that a doorbell interrupt is connected through it. docs/porting.md.
 */
#ifndef MICA_CHIP_H
#define MICA_CHIP_H

#include <stddef.h>
#include <stdint.h>

/* Kinds of doorbell, the numbers of the kernel ABI. */
#define MICA_DB_NONE	0u
#define MICA_DB_SGI	1u
#define MICA_DB_SBI_IPI 2u
#define MICA_DB_MMIO	3u
#define MICA_DB_POLL	6u /* nothing to raise: the host looks by itself */

struct mica_chip_doorbell {
	uint32_t kind;		 /* how the host is signalled */
	uint32_t kind_to_client; /* how this core is; 0: as kind */
	uint32_t to_host;
	uint32_t to_client;
	uint32_t value;	 /* MMIO: what to write, 32 bits */
	uint64_t addr;	 /* MMIO: where */
	uint64_t target; /* physical id of the core to signal */
};

/* The doorbell of hosts that negotiate none (arm64: SGI 7 to core 0). */
void mica_chip_doorbell_default(struct mica_chip_doorbell *db);
/*
 * Connect and enable the doorbell from the host. isr runs in interrupt context, after the
 * interrupt was acknowledged. A second call replaces the first. -1: number out of range for this
 * chip (it comes from the host), nothing changed.
 */
int mica_chip_doorbell_connect(const struct mica_chip_doorbell *db, void (*isr)(void *arg),
			       void *arg);
/* All earlier stores to shared memory are visible to the host before it is signalled. */
void mica_chip_doorbell_raise(const struct mica_chip_doorbell *db);

/*
 * Memory outside the communication memory that the host needs mapped to itself, readable, writable
 * and executable, to stop this core by force (vendor entry, stop_da). Nothing to do where addresses
 * are not translated or the host can do without. May be called again with the
 * same memory; size 0: there is none. -1: this chip cannot.
 */
int mica_chip_map_stop(uint64_t da, size_t size);

/* Power this core off. The image is loaded afresh at the next start: nothing needs saving. */
_Noreturn void mica_chip_power_off(void);

/* Resource table in use: as linked, or where the host put it. *size: bytes that may be touched. */
void *mica_chip_resource_table(size_t *size);

/*
 * Memory map: device address (what the host writes in tables and rings) to pointer and back.
 * NULL unless all `size` bytes are communication memory that this image has mapped.
 * mica_chip_to_da: MICA_CHIP_NO_DA for a pointer outside it.
 */
#define MICA_CHIP_NO_DA UINT64_MAX
void *mica_chip_to_va(uint64_t da, size_t size);
uint64_t mica_chip_to_da(const void *va);
/* First device address of the communication memory, and how much of it is mapped. */
uint64_t mica_chip_comm(size_t *size);

/* To the point of coherency; nothing to do where communication memory is not cacheable. */
void mica_chip_cache_clean(const void *va, size_t size);
void mica_chip_cache_invalidate(void *va, size_t size);

/* Shared-memory barriers, outer shareable: full, loads before, stores before. */
void mica_chip_mb(void);
void mica_chip_rmb(void);
void mica_chip_wmb(void);

#endif /* MICA_CHIP_H */
