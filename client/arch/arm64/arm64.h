/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the arm64 port. */
#ifndef ARM64_H
#define ARM64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define read_sysreg(name)                                         \
	({                                                        \
		uint64_t value_;                                  \
		__asm__ volatile("mrs %0, " name : "=r"(value_)); \
		value_;                                           \
	})
#define write_sysreg(name, value) \
	__asm__ volatile("msr " name ", %0" ::"r"((uint64_t)(value)) : "memory")
#define isb()	  __asm__ volatile("isb" ::: "memory")
#define dsb(kind) __asm__ volatile("dsb " kind ::: "memory")
#define dmb(kind) __asm__ volatile("dmb " kind ::: "memory")

/* Bits of MPIDR_EL1 that name a core: Aff3, Aff2, Aff1, Aff0. */
#define MPIDR_AFFINITY 0xFF00FFFFFFull

static inline uint32_t mmio_read32(uint64_t addr)
{
	return *(volatile uint32_t *)addr;
}

static inline void mmio_write32(uint64_t addr, uint32_t value)
{
	*(volatile uint32_t *)addr = value;
}

static inline uint64_t mmio_read64(uint64_t addr)
{
	return *(volatile uint64_t *)addr;
}

/* mmu.c: identity map, caches on. comm: communication memory to map. */
void arm64_mmu_on(uint64_t comm, size_t comm_size);

/*
 * gic.c: this core's interface and redistributor, whatever the version; the distributor belongs
 * to Linux, except the registers that GICv2 banks per core.
 */
int arm64_gic_init(void);
void arm64_gic_enable(uint32_t intid);
void arm64_gic_disable(uint32_t intid);
void arm64_gic_send_sgi(uint32_t sgi, uint64_t mpidr);
void arm64_gic_off(void);
/* Interrupt number, 1020 and above: none. ack must be given back with eoi. */
uint32_t arm64_gic_ack(uint32_t *ack);
void arm64_gic_eoi(uint32_t ack);
/* Without Linux there is nobody who switches the distributor on. */
void arm64_gic_distributor_on(void);

struct arm64_gic_ops {
	int (*init)(void);
	void (*enable)(uint32_t intid);
	void (*disable)(uint32_t intid);
	void (*send_sgi)(uint32_t sgi, uint64_t mpidr);
	uint32_t (*ack)(void);
	void (*eoi)(uint32_t ack);
	void (*off)(void);
	void (*distributor_on)(void);
};

extern const struct arm64_gic_ops arm64_gicv2, arm64_gicv3;

/* timer.c */
void arm64_timer_init(void);
void arm64_timer_off(void);

/* chip.c */
void arm64_doorbell_irq(uint32_t sgi);

/* debug.c: true if a debugger dealt with the exception */
struct mica_gdb_frame;
uint64_t arm64_debug(struct mica_gdb_frame *frame);
/* In the doorbell's interrupt; spsr: as it will be restored. */
void arm64_debug_irq(uint64_t *spsr);

/* psci.c */
void arm64_psci_init(bool entered_at_el2);
_Noreturn void arm64_psci_cpu_off(void);
_Noreturn void arm64_psci_system_off(void);
/* 0, or PSCI's error below 0; state: 0 on, 1 off, 2 on its way. */
int arm64_psci_cpu_on(uint64_t mpidr, uint64_t entry);
int arm64_psci_affinity_info(uint64_t mpidr);

/* smp.c, start.S */
void arm64_secondary_start(void);
/* This core was brought up by the image. */
bool arm64_is_secondary(void);

/* main.c; names known to the assembly files */
_Noreturn void arm64_main(bool entered_at_el2);
void arm64_irq(uint64_t *saved);
struct fatal_frame;
/* frame NULL: not from an exception. */
_Noreturn void arm64_fatal(uint64_t vector, const struct fatal_frame *frame);
void arm64_switch(void **save_sp, void *next_sp);
void arm64_thread_entry(void);

#endif /* ARM64_H */
