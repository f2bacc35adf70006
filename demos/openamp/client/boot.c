// SPDX-License-Identifier: BSD-3-Clause
/*
 * Without a session: nothing rings, the host fills nothing in before a command asks for it. A
 * thread looks at the status word of the table, the one thing the host may ask of us: to stop.
 */
#include <metal/atomic.h>
#include <mica/abi.h>

#include "mica_chip.h"
#include "openamp.h"
#include "platform.h"
#include "variant.h"

#include "../map.h"

#define LOOK_MS 20u

static struct mica_os_thread watcher;
static _Alignas(16) unsigned char stack[2048];

static void watch(void *arg)
{
	uint32_t *word;
	size_t size;

	(void)arg;
	word = mica_chip_to_va(mica_chip_comm(&size) + DEMO_TABLE + 4u * DEMO_WORD_STATUS, 4);
	while (!word || metal_shared_read32_acquire(word) != MICA_STATUS_STOP)
		mica_os_sleep_ms(LOOK_MS);
	mica_chip_power_off();
}

void openamp_start(void)
{
	platform_console_open();
	mica_os_thread_start(&watcher, "stop", MICA_OS_PRIO_SERVICE, watch, NULL, stack,
			     sizeof(stack));
	shell_start(&mica_variant.shell);
}
