/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a client's porting layer supplies to libmetal and OpenAMP. Nothing else of an operating
 * system is used, except memcpy, memset, memcmp, strlen, strcmp, strncmp.
 *
 * Contexts: all but metal_port_sleep_us() and metal_port_park() may be called from interrupt
 * handlers.
 */
#ifndef METAL_SYSTEM_PORT_H
#define METAL_SYSTEM_PORT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <metal/compiler.h>

METAL_C_BEGIN

/*
 * Critical section: nothing else of the client that uses this library runs on any core until
 * leave gets the value enter returned (it fits 32 bits). Nests. On one core: save and mask
 * interrupts, restore.
 * Held for at most one message copy.
 */
unsigned long metal_port_critical_enter(void);
void metal_port_critical_leave(unsigned long state);

/* Let at least us microseconds pass; 0 means yield. Other threads may run. Before the scheduler
 * runs it must busy-wait. */
void metal_port_sleep_us(unsigned int us);

/*
 * Wait in a thread: inside one critical section, whose enter gave state. Unparks one that waits for
 * `wake` (NULL: nobody), leaves the section, waits until unpark names `object`, enters again and
 * returns the new state. From before `wake` on, no unpark of `object` is missed; waking up for
 * nothing is allowed. unpark: inside a critical section, wakes at least one of those that wait for
 * the object (all: every one); who is more urgent may run before it returns.
 */
unsigned long metal_port_park(const void *object, const void *wake, unsigned long state);
void metal_port_unpark(const void *object, int all);

/* Nanoseconds since some fixed moment. */
uint64_t metal_port_time_ns(void);

/* One log message, printf-style. level as in enum metal_log_level. May drop it. */
void metal_port_log(int level, const char *format, va_list args);

/* Clean / invalidate the data cache of this range; empty where the memory is not cached or
 * coherent with the peer. */
void metal_port_cache_clean(void *addr, size_t len);
void metal_port_cache_invalidate(void *addr, size_t len);

/* Physical (device) address <-> the client's own; identity on most clients. */
uintptr_t metal_port_phys_to_virt(uint64_t phys);
uint64_t metal_port_virt_to_phys(uintptr_t virt);

/*
 * The memory of metal_allocate_memory(). With 64-bit words a device with two rings of num takes
 * 480 + 80 * num bytes, lanes of 18 KiB each way 2.5 KiB more. An image that needs
 * another size than METAL_ARENA_SIZE defines the arena itself, once: METAL_ARENA(bytes);
 */
#ifndef METAL_ARENA_SIZE
#define METAL_ARENA_SIZE 8192
#endif

#define METAL_ARENA(bytes)                                            \
	metal_align(16) unsigned char metal_arena[(bytes) / 16 * 16]; \
	const unsigned int metal_arena_size = sizeof(metal_arena)

extern unsigned char metal_arena[];
extern const unsigned int metal_arena_size;

METAL_C_END

#endif /* METAL_SYSTEM_PORT_H */
