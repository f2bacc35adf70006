// SPDX-License-Identifier: BSD-3-Clause
/* Entry of a client that is a Linux process; include/mica/native.h is the contract. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "kernel.h"
#include "mica/native.h"
#include "native.h"
#include "platform.h"
#include "variant.h"

void native_fatal(const char *what)
{
	fprintf(stderr, "mica client: %s\n", what);
	_exit(2);
}

/* A sanitizer would make a report of it, not a crash. */
__attribute__((no_sanitize("undefined"))) void platform_crash(void)
{
	static int *volatile nowhere;

	*nowhere = 1;
	__builtin_trap();
}

void platform_hang(void)
{
	k_arch_irq_off();
	for (;;)
		pause(); /* interrupts are off: the handler does nothing */
}

/* A process is one core. */
unsigned int platform_core(void)
{
	return 0;
}

int platform_core_on(unsigned int core, void (*entry)(void))
{
	(void)core;
	(void)entry;
	return -1;
}

int platform_core_state(unsigned int core)
{
	return core ? -1 : PLATFORM_CORE_ON;
}

void platform_core_off(void)
{
	_exit(0);
}

void platform_core_wait(void)
{
}

void platform_core_wake(void)
{
}

void platform_standalone(void)
{
}

void platform_print(const char *data, size_t len)
{
	k_irqkey key = k_arch_irq_off();

	fwrite(data, 1, len, stdout);
	k_arch_irq_restore(key);
}

void platform_standalone_end(int status)
{
	exit(status);
}

const char *platform_name(void)
{
	return "native";
}

void platform_memory(struct platform_memory *m)
{
	*m = (struct platform_memory){ 0 };
}

int main(void)
{
	const char *version = getenv(MICA_NATIVE_ENV);
	bool hosted = mica_variant.boot != BOOT_STANDALONE;

	if (hosted && (!version || strcmp(version, "1") != 0))
		native_fatal("this program is a client image: configure it in /etc/mica with "
			     "Pedestal=native and start it with `mica start`");
	/* A later daemon may look at the memory of a client that it did not start itself. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	if (hosted)
		native_chip_init();
	native_crash_init();
	native_context_init();
	native_irq_start();
	k_init();
	app_start();
	k_start();
}
