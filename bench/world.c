/* SPDX-License-Identifier: BSD-3-Clause */
/* The two processes: shared memory, placement, the peer's life, the clock. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define YIELD_TURNS 16384

static struct {
	uint32_t *stop; /* shared */
	int sock;	/* commands to the peer, its answers */
	pid_t peer;
	int cpu; /* where this process is pinned, -1 nowhere */
} world = { .cpu = -1 };

static volatile uint64_t sink;

void bench_fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

void *bench_alloc(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		bench_fail("memory");
	return p;
}

void *bench_shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		bench_fail("shared memory");
	return p;
}

uint64_t bench_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

bool bench_stopped(void)
{
	return __atomic_load_n(world.stop, __ATOMIC_ACQUIRE);
}

void bench_spin(uint32_t *turns)
{
	if (++*turns % YIELD_TURNS == 0)
		sched_yield();
}

void bench_consume(const void *data, size_t size)
{
	const uint8_t *p = data;
	uint64_t sum = 0, word;

	for (; size >= sizeof(word); size -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		sum += word;
	}
	while (size--)
		sum += *p++;
	sink = sum;
}

void bench_pin(int cpu)
{
	cpu_set_t set;

	if (cpu == world.cpu)
		return;
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		bench_fail("placement on a core");
	world.cpu = cpu;
}

static _Noreturn void peer_main(struct bench_case *cases)
{
	uint32_t index;

	/* Both ask: the parent may be gone before the first. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(world.sock, &index, sizeof(index)) == (ssize_t)sizeof(index)) {
		const struct bench_case *c = &cases[index];

		bench_pin(bench_options.cpu[c->place == BENCH_CROSS]);
		if (write(world.sock, &index, sizeof(index)) != (ssize_t)sizeof(index))
			break;
		c->kind->peer(c->arg);
		if (write(world.sock, &index, sizeof(index)) != (ssize_t)sizeof(index))
			break;
	}
	_exit(0);
}

void bench_fork(struct bench_case *cases)
{
	int sv[2];

	world.stop = bench_shared(BENCH_LINE);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv))
		bench_fail("socketpair");
	world.peer = fork();
	if (world.peer < 0)
		bench_fail("fork");
	world.sock = sv[world.peer == 0];
	close(sv[world.peer != 0]);
	if (!world.peer)
		peer_main(cases);
}

static void answered(uint32_t index)
{
	uint32_t got;

	if (read(world.sock, &got, sizeof(got)) != (ssize_t)sizeof(got) || got != index) {
		errno = ECHILD;
		bench_fail("the peer");
	}
}

void bench_peer_run(unsigned int index)
{
	__atomic_store_n(world.stop, 0, __ATOMIC_RELEASE);
	if (write(world.sock, &index, sizeof(index)) != (ssize_t)sizeof(index))
		bench_fail("the peer");
	answered(index);
}

void bench_peer_end(struct bench_case *c)
{
	uint32_t got;

	__atomic_store_n(world.stop, 1, __ATOMIC_RELEASE);
	if (c->kind->wake)
		c->kind->wake(c->arg);
	if (read(world.sock, &got, sizeof(got)) != (ssize_t)sizeof(got)) {
		errno = ECHILD;
		bench_fail("the peer");
	}
}

void bench_quit(void)
{
	close(world.sock);
	waitpid(world.peer, NULL, 0);
}
