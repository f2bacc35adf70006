/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the riscv64 port. */
#ifndef RISCV64_H
#define RISCV64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trap.h"

#define csr_read(name)                                             \
	({                                                         \
		uint64_t value_;                                   \
		__asm__ volatile("csrr %0, " name : "=r"(value_)); \
		value_;                                            \
	})
#define csr_write(name, value) \
	__asm__ volatile("csrw " name ", %0" ::"r"((uint64_t)(value)) : "memory")
#define csr_set(name, bits) __asm__ volatile("csrs " name ", %0" ::"r"((uint64_t)(bits)) : "memory")
#define csr_clear(name, bits) \
	__asm__ volatile("csrc " name ", %0" ::"r"((uint64_t)(bits)) : "memory")
#define fence(before, after) __asm__ volatile("fence " before ", " after ::: "memory")

#define SIE_BIT(irq) (1ull << (irq))

/* Registers as an exception found them, first those of the core notes' order. */
struct mica_gdb_frame {
	uint64_t pc, x[31]; /* x1 ... x31 */
	uint64_t zero, sstatus;
};
_Static_assert(sizeof(struct mica_gdb_frame) == FRAME_SIZE, "trap.h");

/*
 * probe.S: does this fault? Interrupts off. try_load: the 8 bytes at addr; try_stimecmp: sets it.
 */
bool riscv64_try_load(uint64_t addr);
bool riscv64_try_stimecmp(uint64_t value);

/* sbi.c. Errors are SBI's, below 0. */
int riscv64_sbi_hart_start(uint64_t hart, uint64_t entry, uint64_t opaque);
/* 0 started, 1 stopped, 2 start pending, 3 stop pending ... */
int riscv64_sbi_hart_state(uint64_t hart);
_Noreturn void riscv64_sbi_hart_stop(void);
void riscv64_sbi_set_timer(uint64_t ticks);
void riscv64_sbi_send_ipi(uint64_t hart);
_Noreturn void riscv64_sbi_system_off(void);

/* mmu.c: identity map, caches on. comm: communication memory to map. */
void riscv64_mmu_on(uint64_t comm, size_t comm_size);
/*
 * Map whole pages to themselves later on. False: no room in the tables, or some page is mapped
 * otherwise.
 */
bool riscv64_mmu_device(uint64_t at, uint64_t size);
bool riscv64_mmu_executable(uint64_t at, uint64_t size);

/* timer.c */
void riscv64_timer_init(void);
void riscv64_timer_off(void);

/* chip.c */
void riscv64_doorbell_irq(void);

/* debug.c: a debugger dealt with the exception */
bool riscv64_debug(struct mica_gdb_frame *frame, uint64_t cause);
/* In the doorbell's interrupt: stop what was interrupted once it goes on. */
bool riscv64_debug_wanted(void);

/* next_pc.c */
struct riscv64_insn {
	uint32_t bits;
	unsigned int size; /* bytes: 2 or 4 */
};

/* The instruction at addr; false: it cannot be read. */
typedef bool (*riscv64_fetch)(uint64_t addr, struct riscv64_insn *insn);

/*
 * Where a hart may be after one instruction at pc, or after the whole of a sequence that must not
 * be interrupted (LR ... SC). x: x0 ... x31. How many of next[] there are; 0: pc cannot be read.
 */
#define RISCV64_NEXT_MAX 4u
unsigned int riscv64_next_pc(riscv64_fetch fetch, uint64_t pc, const uint64_t x[32],
			     uint64_t next[RISCV64_NEXT_MAX]);

/* smp.c, start.S: the hart that the image brought up. */
extern uint64_t riscv64_stop_code; /* where it starts, so that it can be forced; 0: cannot be */
void riscv64_secondary_start(void);
extern unsigned char riscv64_trap_first[], riscv64_trap_second[];
/* The frame is not one of the first hart's. */
bool riscv64_is_secondary(const struct mica_gdb_frame *frame);

/* Names known to the assembly files. irq: true to stop what was interrupted for a debugger. */
_Noreturn void riscv64_main(void);
bool riscv64_irq(uint64_t cause);
void riscv64_exception(struct mica_gdb_frame *frame);
void riscv64_switch(void **save_sp, void *next_sp);
void riscv64_thread_entry(void);

/* crash.c; frame NULL: not from an exception. */
_Noreturn void riscv64_fatal(const struct mica_gdb_frame *frame);

#endif /* RISCV64_H */
