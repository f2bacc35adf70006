/* SPDX-License-Identifier: BSD-3-Clause */
/* What the reference image needs from an arch folder besides the kernel and the chip axis. */
#ifndef PLATFORM_H
#define PLATFORM_H

#include <stddef.h>
#include <stdint.h>

/* Die as a broken program does: a fatal exception. */
_Noreturn void platform_crash(void);
/* Interrupts off, for ever. */
_Noreturn void platform_hang(void);
const char *platform_name(void);

struct platform_memory {
	uint64_t image_base;
	size_t image_used, image_size; /* 0 where an image has no place of its own */
};

void platform_memory(struct platform_memory *m);

/*
 * Further cores, by their number within the cluster. on: 0, or PSCI's error; entry never returns.
 * state: 0 on, 1 off, 2 on its way, below 0 no such core. off: the calling core, of those only.
 */
#define PLATFORM_CORE_ON  0
#define PLATFORM_CORE_OFF 1
unsigned int platform_core(void);
int platform_core_on(unsigned int core, void (*entry)(void));
int platform_core_state(unsigned int core);
_Noreturn void platform_core_off(void);
void platform_core_wait(void); /* until woken, or sooner */
void platform_core_wake(void);

/* The board's console. write: all of it, or as much as somebody takes. read: what is there now. */
void platform_console_open(void);
void platform_console_write(const char *data, size_t len);
size_t platform_console_read(void *data, size_t len);

/* Without a host and its Linux: prepare, print, switch the whole machine off. */
void platform_standalone(void);
void platform_print(const char *data, size_t len);
_Noreturn void platform_standalone_end(int status);

/* ---- provided by the image ---- */

/* k_time_us() of the start. */
uint64_t platform_boot_us(void);
/* The image's start, called by the arch with interrupts off before k_start(). */
void app_start(void);

#endif /* PLATFORM_H */
