/* SPDX-License-Identifier: BSD-3-Clause */
/* Offsets of a trap's frames; also read by the assembler. */
#ifndef RISCV64_TRAP_H
#define RISCV64_TRAP_H

/* struct mica_gdb_frame */
#define FRAME_PC      0
#define FRAME_X(n)    (8 * (n)) /* x1 ... x31 */
#define FRAME_ZERO    256
#define FRAME_SSTATUS 264
#define FRAME_SIZE    272

#define TRAP_STACK 4096
#define TRAP_SIZE  (FRAME_SIZE + TRAP_STACK) /* a frame, and the stack of who handles it */

/* What an interrupt saves on the interrupted thread's stack. */
#define IRQ_FRAME 144

/* scause */
#define IRQ_SOFTWARE 1
#define IRQ_TIMER    5

/* sstatus; also the bits of sie and sip by the numbers above */
#define SSTATUS_SIE  (1 << 1)
#define SSTATUS_SPIE (1 << 5)
#define SSTATUS_FSVS 0x6600

#endif /* RISCV64_TRAP_H */
