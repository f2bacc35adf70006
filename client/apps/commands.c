// SPDX-License-Identifier: BSD-3-Clause
#include <string.h>

#include "kernel.h"
#include "mica_chip.h"
#include "mica_client.h"
#include "platform.h"
#include "shell.h"
#include "traffic.h"
#include "variant.h"

static void help(const char *args)
{
	const struct shell_command *more = mica_variant.shell.more;

	(void)args;
	for (const struct shell_command *c = shell_commands; c->name; c++)
		shell_printf("  %-9s %s\n", c->name, c->help);
	for (const struct shell_command *c = more ? more : shell_session_commands; c->name; c++)
		shell_printf("  %-9s %s\n", c->name, c->help);
}

static void version(const char *args)
{
	(void)args;
	shell_printf("MICA reference client %s (%s, %s)\n", MICA_VERSION, mica_variant.name,
		     platform_name());
}

static void uptime(const char *args)
{
	uint64_t ms = k_time_us() / 1000u - platform_boot_us() / 1000u;

	(void)args;
	shell_printf("up %llu.%03u s\n", (unsigned long long)(ms / 1000u),
		     (unsigned int)(ms % 1000u));
}

static const char *state_name(const struct k_thread *t)
{
	if (t == k_thread_self())
		return "running";
	return t->state == K_READY ? "ready" : "blocked";
}

static void ps(const char *args)
{
	(void)args;
	shell_printf("  NAME       PRIO  STATE      CPU ms  STACK\n");
	for (struct k_thread *t = k_thread_next(NULL); t; t = k_thread_next(t)) {
		size_t used = k_thread_stack_used(t);

		shell_printf("  %-9s %5u  %-8s %8llu  ", t->name, t->prio, state_name(t),
			     (unsigned long long)(t->run_us / 1000u));
		if (used)
			shell_printf("%zu of %zu\n", used, t->stack_size);
		else
			shell_printf("-\n");
	}
}

static void mem(const char *args)
{
	struct platform_memory m;
	size_t comm_size;
	uint64_t comm = mica_chip_comm(&comm_size);

	(void)args;
	platform_memory(&m);
	if (m.image_size)
		shell_printf("image          0x%08llx  %zu KiB used of %zu KiB\n",
			     (unsigned long long)m.image_base, m.image_used / 1024u,
			     m.image_size / 1024u);
	shell_printf("communication  0x%08llx  %zu KiB\n", (unsigned long long)comm,
		     comm_size / 1024u);
}

static void ping(const char *args)
{
	struct mica_session_stats s;

	(void)args;
	mica_session_stats(&s);
	shell_printf("pong (doorbells: %llu in, %llu out; re-attached %llu times; %llu messages "
		     "dropped)\n",
		     (unsigned long long)s.doorbells_in, (unsigned long long)s.doorbells_out,
		     (unsigned long long)s.reattached, (unsigned long long)s.dropped);
}

static void echo(const char *args)
{
	shell_printf("%s\n", args);
}

static void poweroff(const char *args)
{
	(void)args;
	shell_printf("powering off\n");
	shell_write("", 0);
	if (mica_variant.boot != BOOT_NORMAL)
		mica_chip_power_off();
	mica_session_stop();
	k_sleep(K_FOREVER);
}

/* Deeper than any stack; others run in between as long as that is how it is found. */
static __attribute__((noinline)) unsigned int overflow(unsigned int depth)
{
	volatile unsigned char room[512];

	for (unsigned int i = 0; i < sizeof(room); i++)
		room[i] = (unsigned char)depth;
	if (depth < 64)
		k_sleep(1);
	return depth < 1000000u ? overflow(depth + 1) + room[depth % sizeof(room)] : 0;
}

static void crash(const char *args)
{
	shell_printf("crashing\n");
	shell_write("", 0);
	if (!strcmp(args, "panic"))
		mica_panic("asked for by the user");
	if (!strcmp(args, "overflow"))
		overflow(0);
	platform_crash();
}

static void hang(const char *args)
{
	(void)args;
	shell_printf("hanging with interrupts off\n");
	shell_write("", 0);
	platform_hang();
}

const struct shell_command shell_commands[] = {
	{ "help", "this list", help },
	{ "version", "name and version of this image", version },
	{ "uptime", "time since start", uptime },
	{ "ps", "threads", ps },
	{ "mem", "memory", mem },
	{ "echo", "TEXT  prints it", echo },
	{ "cat", "N  sends the next N bytes back as they are", shell_cat },
	{ "flood", "N  sends N bytes of a pattern and their CRC-32", shell_flood },
	{ "sink", "N  takes the next N bytes and prints their CRC-32", shell_sink },
	{ "smp", "[on [CORE]|run|off|crash]  a second core", shell_smp },
	{ "threads", "tests the kernel: preemption, semaphores, queues, sleep", shell_threads },
	{ "poweroff", "ends this client", poweroff },
	{ "crash", "[panic|overflow]  dies of a fatal exception", crash },
	{ "hang", "stops answering, interrupts off", hang },
	{ NULL, NULL, NULL },
};

const struct shell_command shell_session_commands[] = {
	{ "ping", "answers pong, with counters of the link", ping },
	{ "traffic", "[hold|go]  counters of mica-sink and mica-source; the sink takes nothing",
	  shell_traffic },
	{ "umt", "N  sends N bytes of a pattern as a bulk message, prints their CRC-32",
	  shell_umt },
	{ "rpc", "[test|sdk|mixed|posix|hold|system|refused]  calls functions of Linux",
	  shell_rpc },
	{ "log", "LEVEL TEXT  writes it into the log, level 0 to 7", shell_log },
	{ "logflood", "N  writes N lines into the log at once", shell_logflood },
	{ "trace", "I TEXT  writes a line into trace buffer I", shell_trace },
	{ "metal", "tests libmetal: locks, conditions, sleep, interrupts, memory", shell_metal },
	{ "fault", "[KIND]  misbehaves in that way; without KIND lists them", shell_fault },
	{ NULL, NULL, NULL },
};
