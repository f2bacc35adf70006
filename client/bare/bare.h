/* SPDX-License-Identifier: BSD-3-Clause */
/* What ports to a bare core share, whatever its architecture. */
#ifndef BARE_H
#define BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* image.lds.S */
extern unsigned char image_start[], image_rodata[], image_table[], image_data[], image_end[];

/* comm.c: where this image's communication memory is. Once it is mapped to itself the SDK may ask
 * for its addresses. */
uint64_t bare_comm(size_t *size);
void bare_comm_mapped(uint64_t base, size_t size);

/* stack.c: a thread's stack is painted before its first use; k_arch_stack_used() counts what is
 * left of it. */
struct k_thread;
void bare_stack_paint(struct k_thread *t);
/* Panics when t needed more stack than it has. */
void bare_stack_check(const struct k_thread *t);

/* gdb_memory.c: what a debugger's stub reads and writes, all or nothing. */
bool bare_gdb_read(uint64_t addr, void *data, size_t len);
bool bare_gdb_write(uint64_t addr, const void *data, size_t len);

/* ---- for gdb_memory.c, given by the arch ---- */

#define BARE_PAGE 0x1000ull

bool bare_mapped(uint64_t addr);
bool bare_writable(uint64_t addr);
/* The page of addr, which is memory of the image, once more and writable; one at a time. */
void *bare_window(uint64_t addr);
/* Code at addr was written through the window: it is what runs from now on. */
void bare_sync_code(uint64_t addr, size_t len);

#endif /* BARE_H */
