// SPDX-License-Identifier: BSD-3-Clause
/* Further demos of libmetal, the following half. */
#include <string.h>

#include "../bench.h"
#include "../demo.h"
#include "mica_chip.h"
#include "mica_os.h"
#include "openamp.h"

static struct metal_io_region *io;
static struct mica_os_sem rung;
static unsigned int spins;

static bool running(void)
{
	return metal_io_read32(io, BENCH_RUN) != BENCH_NONE;
}

/* Now and then: the user may want the end, other threads the core. */
static bool go_on(void)
{
	mica_os_sleep_ms(1);
	return running() && !shell_interrupted();
}

/* Until Linux is past round `done`; its number, or `done`: it has ended. */
static uint32_t next_round(uint32_t done)
{
	uint32_t number;

	while ((number = metal_io_read32(io, BENCH_THERE)) == done) {
		if (++spins % 4096 == 0 && !go_on())
			return done;
	}
	return number;
}

static void atomic(void)
{
	if (bench_add(io, 1, go_on))
		metal_io_write32(io, BENCH_ADDED, 1);
	while (go_on())
		;
}

static void latency(void)
{
	uint32_t done = 0, number;

	while ((number = next_round(done)) != done) {
		done = number;
		metal_io_write32(io, BENCH_BACK, done);
	}
}

static void throughput(void)
{
	static uint64_t piece[64];
	uint32_t done = 0, number, size;

	while ((number = next_round(done)) != done) {
		done = number;
		size = metal_io_read32(io, BENCH_SIZE);
		if (size > BENCH_BLOCK)
			size = BENCH_BLOCK;
		for (uint32_t at = 0; at < size; at += sizeof(piece)) {
			uint32_t n = size - at < sizeof(piece) ? size - at : sizeof(piece);

			metal_io_block_read(io, BENCH_TO_CLIENT + at, piece, (int)n);
			metal_io_block_write(io, BENCH_TO_LINUX + at, piece, (int)n);
		}
		metal_io_write32(io, BENCH_BACK, done);
	}
}

/* ---- interrupts ---- */

static void on_doorbell(void *arg)
{
	(void)arg;
	mica_os_sem_give(&rung);
}

static uint32_t fact(unsigned int word)
{
	return metal_io_read32(io, BENCH_DOORBELL + 4u * word);
}

static uint64_t fact64(unsigned int word)
{
	return fact(word) | (uint64_t)fact(word + 1) << 32;
}

static void interrupts(void)
{
	struct mica_chip_doorbell db;
	uint32_t done = 0, number;

	mica_chip_doorbell_default(&db);
	if (fact(BENCH_DB_KIND)) {
		db.kind = fact(BENCH_DB_KIND);
		db.kind_to_client = fact(BENCH_DB_KIND_TO_CLIENT);
		db.to_host = fact(BENCH_DB_TO_HOST);
		db.to_client = fact(BENCH_DB_TO_CLIENT);
		db.value = fact(BENCH_DB_VALUE);
		db.addr = fact64(BENCH_DB_ADDR);
		db.target = fact64(BENCH_DB_TARGET);
	}
	mica_os_sem_init(&rung, 0);
	if (mica_chip_doorbell_connect(&db, on_doorbell, NULL) != 0) {
		port_error("the doorbell cannot be connected");
		return;
	}
	metal_io_write32(io, BENCH_ADDED, 1);
	while (running()) {
		if (!mica_os_sem_take(&rung, 100) && shell_interrupted())
			return;
		number = metal_io_read32(io, BENCH_THERE);
		if (number == done)
			continue;
		done = number;
		metal_io_write32(io, BENCH_BACK, done);
		mica_chip_doorbell_raise(&db);
	}
}

static void follow(enum bench_demo demo, void (*half)(void))
{
	metal_phys_addr_t base;

	if (port_open(0, NULL, &io, &base))
		return;
	port_say("CLIENT> Wait for the demo to start.\n");
	while (metal_io_read32(io, BENCH_RUN) != demo) {
		if (shell_interrupted())
			return;
		mica_os_sleep_ms(1);
	}
	port_say("CLIENT> Demo has started.\n");
	metal_io_write32(io, BENCH_READY, demo);
	half();
	metal_io_write32(io, BENCH_READY, BENCH_NONE);
	port_say("CLIENT> Demo has finished.\n");
}

void openamp_atomic(const char *args)
{
	(void)args;
	follow(BENCH_ATOMIC, atomic);
}

void openamp_latency(const char *args)
{
	(void)args;
	follow(BENCH_LATENCY, latency);
}

void openamp_throughput(const char *args)
{
	(void)args;
	follow(BENCH_THROUGHPUT, throughput);
}

void openamp_irq(const char *args)
{
	(void)args;
	follow(BENCH_IRQ, interrupts);
}

void openamp_irq_latency(const char *args)
{
	(void)args;
	follow(BENCH_IRQ_LATENCY, interrupts);
}
