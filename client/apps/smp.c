// SPDX-License-Identifier: BSD-3-Clause
/* A second core of this image: it works on what it is given and sleeps in between. */
#include <string.h>

#include <metal/atomic.h>

#include "kernel.h"
#include "mica_client.h"
#include "platform.h"
#include "shell.h"

#define PRIMES_BELOW 50000u
#define PATIENCE_MS  5000u

enum { IDLE, WORK, LEAVE, DIE };

/* One writer a word: what is asked, and what was answered. */
static struct {
	uint32_t asked, kind, done;
	uint32_t result, core;
} mail;
static bool started;
static unsigned int second;

static uint32_t primes(uint32_t below)
{
	uint32_t n = 0;

	for (uint32_t i = 2; i < below; i++) {
		uint32_t d = 2;

		while (d * d <= i && i % d)
			d++;
		n += d * d > i;
	}
	return n;
}

static void second_main(void)
{
	uint32_t done = 0;

	for (;;) {
		uint32_t asked = metal_shared_read32_acquire(&mail.asked);

		if (asked == done) {
			platform_core_wait();
			continue;
		}
		if (mail.kind == LEAVE)
			platform_core_off();
		if (mail.kind == DIE)
			platform_crash();
		mail.core = platform_core();
		mail.result = primes(PRIMES_BELOW);
		done = asked;
		metal_shared_write32_release(&mail.done, done);
	}
}

static void ask(uint32_t kind)
{
	mail.kind = kind;
	metal_shared_write32_release(&mail.asked, mail.asked + 1);
	platform_core_wake();
}

static bool wait_state(int state)
{
	for (unsigned int ms = 0; ms < PATIENCE_MS; ms++) {
		if (platform_core_state(second) == state)
			return true;
		k_sleep(1);
	}
	return false;
}

static bool is_on(void)
{
	return started && platform_core_state(second) == PLATFORM_CORE_ON;
}

static void bring_up(const char *args)
{
	int rc;

	second = platform_core() + 1;
	if (*args >= '0' && *args <= '9')
		second = (unsigned int)(*args - '0');
	memset(&mail, 0, sizeof(mail));
	rc = platform_core_on(second, second_main);
	started = rc == 0;
	if (started && wait_state(PLATFORM_CORE_ON)) {
		mica_log(MICA_LOG_NOTICE, "core %u is up", second);
		shell_printf("core %u is on\n", second);
	} else {
		shell_printf("core %u does not come up: error %d\n", second, rc);
	}
}

static void work(void)
{
	uint32_t asked;

	ask(WORK);
	asked = mail.asked;
	for (unsigned int ms = 0; ms < 4 * PATIENCE_MS; ms++) {
		if (metal_shared_read32_acquire(&mail.done) == asked) {
			shell_printf("core %u counts %u primes below %u\n", mail.core, mail.result,
				     PRIMES_BELOW);
			return;
		}
		k_sleep(1);
	}
	shell_printf("core %u does not answer\n", second);
}

static void take_down(uint32_t kind)
{
	ask(kind);
	if (!wait_state(PLATFORM_CORE_OFF)) {
		shell_printf("core %u stays on\n", second);
		return;
	}
	started = false;
	if (kind == DIE)
		mica_log(MICA_LOG_ERR, "core %u died of a fatal exception", second);
	else
		mica_log(MICA_LOG_NOTICE, "core %u is off", second);
	shell_printf("core %u is off\n", second);
}

void shell_smp(const char *args)
{
	if (strncmp(args, "on", 2) == 0) {
		if (is_on())
			shell_printf("core %u is on already\n", second);
		else
			bring_up(args[2] == ' ' ? args + 3 : "");
	} else if (!is_on()) {
		shell_printf("core %u is on, alone; smp on [CORE] brings up another\n",
			     platform_core());
	} else if (strcmp(args, "run") == 0) {
		work();
	} else if (strcmp(args, "off") == 0) {
		take_down(LEAVE);
	} else if (strcmp(args, "crash") == 0) {
		take_down(DIE);
	} else {
		shell_printf("cores %u and %u are on; smp run, off, crash\n", platform_core(),
			     second);
	}
}

void smp_stop(void)
{
	if (!is_on())
		return;
	ask(LEAVE);
	wait_state(PLATFORM_CORE_OFF);
}
