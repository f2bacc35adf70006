// SPDX-License-Identifier: BSD-3-Clause
/* An image without a host: shows that the port's interrupts, timer and threads work. */
#include "extras.h"
#include "fmt.h"
#include "kernel.h"
#include "platform.h"
#include "shell.h"

#define STACK 4096u

static struct k_thread thread;
K_STACK(stack, STACK);

static void run(void *arg)
{
	char line[128], out[160];
	bool ok;

	(void)arg;
	ok = selftest_run(line, sizeof(line));
	platform_print(out,
		       fmt(out, sizeof(out), "mica standalone %s: %s\r\n", platform_name(), line));
	platform_standalone_end(ok ? 0 : 1);
}

void standalone_start(void)
{
	platform_standalone();
	k_thread_create(&thread, "selftest", 16, run, NULL, stack, STACK);
}
