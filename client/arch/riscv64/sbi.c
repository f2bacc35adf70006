// SPDX-License-Identifier: BSD-3-Clause
/* Calls of firmware (RISC-V SBI specification 2.0): harts, timer, interrupts between harts, reset.
 */
#include "riscv64.h"

#define EXT_TIME 0x54494D45ul
#define EXT_IPI	 0x735049ul
#define EXT_HSM	 0x48534Dul
#define EXT_SRST 0x53525354ul

#define HSM_START  0ul
#define HSM_STOP   1ul
#define HSM_STATUS 2ul

struct answer {
	int64_t error;
	uint64_t value;
};

static struct answer call(uint64_t extension, uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t a0 __asm__("a0") = a;
	register uint64_t a1 __asm__("a1") = b;
	register uint64_t a2 __asm__("a2") = c;
	register uint64_t a6 __asm__("a6") = function;
	register uint64_t a7 __asm__("a7") = extension;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
	return (struct answer){ (int64_t)a0, a1 };
}

int riscv64_sbi_hart_start(uint64_t hart, uint64_t entry, uint64_t opaque)
{
	return (int)call(EXT_HSM, HSM_START, hart, entry, opaque).error;
}

int riscv64_sbi_hart_state(uint64_t hart)
{
	struct answer r = call(EXT_HSM, HSM_STATUS, hart, 0, 0);

	return r.error ? (int)r.error : (int)r.value;
}

static _Noreturn void halt(void)
{
	for (;;)
		__asm__ volatile("wfi");
}

void riscv64_sbi_hart_stop(void)
{
	call(EXT_HSM, HSM_STOP, 0, 0, 0);
	halt(); /* refused: the host sees that the hart stays on */
}

void riscv64_sbi_set_timer(uint64_t ticks)
{
	call(EXT_TIME, 0, ticks, 0, 0);
}

void riscv64_sbi_send_ipi(uint64_t hart)
{
	call(EXT_IPI, 0, 1, hart, 0);
}

void riscv64_sbi_system_off(void)
{
	call(EXT_SRST, 0, 0, 0, 0);
	halt();
}
