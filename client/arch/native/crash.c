// SPDX-License-Identifier: BSD-3-Clause
/*
 * Fatal exceptions of a client that is a process: fatal signals. The memory of a process goes with
 * it, so it stays until the host has looked at it.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mica_client.h"
#include "kernel.h"
#include "native.h"

#define STACK_SIZE  65536u
#define TAKEN_TICKS 2000 /* of 5 ms: longer than the largest dump takes */

static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };

static const char *name_of(int signo)
{
	switch (signo) {
	case SIGSEGV:
		return "SIGSEGV";
	case SIGBUS:
		return "SIGBUS";
	case SIGILL:
		return "SIGILL";
	case SIGFPE:
		return "SIGFPE";
	default:
		return "SIGABRT";
	}
}

static void on_fatal(int signo, siginfo_t *info, void *context)
{
	const struct timespec tick = { .tv_nsec = 5000000 };
	struct mica_crash record = {
		.cause = MICA_CRASH_EXCEPTION,
		.syndrome = (uint64_t)signo,
	};

	/* All signals are blocked, and no other thread runs: this is the end. A second fault
	 * in here ends the process. */
	k_arch_irq_off();
	if (signo != SIGABRT)
		record.fault_address = (uintptr_t)info->si_addr;
	strcpy(record.text, name_of(signo));
	native_registers(context, &record);
	if (mica_session_crashed(&record)) {
		for (int i = 0; i < TAKEN_TICKS && !mica_session_crash_taken(); i++)
			nanosleep(&tick, NULL);
	}
	signal(signo, SIG_DFL);
	raise(signo); /* once this handler has returned */
}

static void make_stack(void)
{
	stack_t stack = { .ss_size = STACK_SIZE };

	/* Not from the heap, which a crash may have broken. */
	stack.ss_sp =
		mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack.ss_sp == MAP_FAILED || sigaltstack(&stack, NULL) != 0)
		native_fatal("no stack for fatal signals");
}

void native_crash_init(void)
{
	struct sigaction sa = { .sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	sigfillset(&sa.sa_mask);
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		if (sigaction(fatal[i], &sa, NULL) != 0)
			native_fatal("cannot install the handler of fatal signals");
	make_stack();
}
