/* SPDX-License-Identifier: BSD-3-Clause */
/* Further demos of libmetal, the measuring half. Times are of whole rounds, there and back. */
#include <stdlib.h>
#include <string.h>
#include <metal/errno.h>
#include <metal/sleep.h>
#include <metal/time.h>

#include "../bench.h"
#include "../demo.h"
#include "amp.h"

#define MS	 1000000ull
#define SPINS	 4096u
#define IRQ_MS	 100
#define MEGABYTE 1000000ull

static int trouble; /* in the middle of an addition */

static int wait_for(struct metal_io_region *io, unsigned long offset, uint32_t value, bool followed,
		    bool spin)
{
	unsigned long long begin = metal_get_timestamp();
	unsigned int n = 0;
	int ret = 0;

	while (!ret && metal_io_read32(io, offset) != value) {
		if (spin && ++n % SPINS)
			continue;
		metal_sleep_usec(spin ? 1 : 100);
		ret = port_trouble((metal_get_timestamp() - begin) / MS, followed);
	}
	return ret;
}

int amp_wait(struct metal_io_region *io, unsigned long offset, uint32_t value, bool followed)
{
	return wait_for(io, offset, value, followed, false);
}

int amp_spin(struct metal_io_region *io, unsigned long offset, uint32_t value)
{
	return wait_for(io, offset, value, true, true);
}

static int begin(struct metal_io_region *io, enum bench_demo demo)
{
	/* What an earlier one left. */
	metal_io_write32(io, BENCH_RUN, BENCH_NONE);
	for (unsigned long word = BENCH_READY; word < BENCH_DOORBELL; word += 4)
		metal_io_write32(io, word, 0);
	metal_io_write32(io, BENCH_RUN, demo);
	return amp_wait(io, BENCH_READY, demo, false);
}

static int end(struct metal_io_region *io, const char *name, int ret)
{
	metal_io_write32(io, BENCH_RUN, BENCH_NONE);
	if (!ret)
		ret = amp_wait(io, BENCH_READY, BENCH_NONE, true);
	port_say("CLIENT> %s: %s.\n", name, ret ? "Failed" : "Passed");
	return ret;
}

/* ---- atomic ---- */

static bool go_on(void)
{
	metal_sleep_usec(1);
	trouble = port_trouble(0, true);
	return !trouble;
}

int amp_atomic(struct metal_io_region *io)
{
	int ret = begin(io, BENCH_ATOMIC);
	uint32_t sum;

	if (!ret && !bench_add(io, 0, go_on))
		ret = trouble;
	if (!ret)
		ret = amp_wait(io, BENCH_ADDED, 1, true);
	if (!ret) {
		sum = metal_io_read32(io, BENCH_COUNTER);
		port_say("CLIENT> Both sides added %u times: the counter is %u\n", BENCH_ADDS, sum);
		if (sum != 2 * BENCH_ADDS) {
			port_error("the counter is %u, not %u", sum, 2 * BENCH_ADDS);
			ret = 1;
		}
	}
	return end(io, "Atomic demo", ret);
}

/* ---- latency ---- */

struct times {
	unsigned long long min, max, sum;
	unsigned int n;
};

static void add(struct times *t, unsigned long long ns)
{
	if (!t->n || ns < t->min)
		t->min = ns;
	if (ns > t->max)
		t->max = ns;
	t->sum += ns;
	t->n++;
}

static void print(const char *what, const struct times *t)
{
	unsigned long long avg = t->n ? t->sum / t->n : 0;

	port_say("CLIENT> %s, %u rounds: min %llu.%03llu us, avg %llu.%03llu us, max %llu.%03llu "
		 "us\n",
		 what, t->n, t->min / 1000, t->min % 1000, avg / 1000, avg % 1000, t->max / 1000,
		 t->max % 1000);
}

int amp_latency(struct metal_io_region *io)
{
	struct times times = { 0 };
	unsigned long long at;
	int ret = begin(io, BENCH_LATENCY);

	for (uint32_t i = 1; !ret && i <= BENCH_ROUNDS; i++) {
		at = metal_get_timestamp();
		metal_io_write32(io, BENCH_THERE, i);
		ret = amp_spin(io, BENCH_BACK, i);
		add(&times, metal_get_timestamp() - at);
	}
	if (!ret)
		print("Shared memory latency", &times);
	return end(io, "Shared memory latency demo", ret);
}

/* ---- throughput ---- */

static int transfer(struct metal_io_region *io, uint32_t size, uint32_t number, uint8_t *pattern,
		    uint8_t *back)
{
	unsigned long long at, ns;
	int ret;

	for (uint32_t i = 0; i < size; i++)
		pattern[i] = (uint8_t)(i * 31u + (i >> 8) + number);
	metal_io_write32(io, BENCH_SIZE, size);
	at = metal_get_timestamp();
	metal_io_block_write(io, BENCH_TO_CLIENT, pattern, (int)size);
	metal_io_write32(io, BENCH_THERE, number);
	ret = amp_spin(io, BENCH_BACK, number);
	if (ret)
		return ret;
	metal_io_block_read(io, BENCH_TO_LINUX, back, (int)size);
	ns = metal_get_timestamp() - at;
	if (memcmp(pattern, back, size)) {
		port_error("a block of %u bytes came back changed", size);
		return 1;
	}
	/* Bytes that crossed, both ways, by the time that took. */
	port_say("CLIENT> Throughput, %u bytes there and back: %llu.%03llu us, %llu MB/s\n", size,
		 ns / 1000, ns % 1000, ns ? 2ull * size * 1000000000ull / ns / MEGABYTE : 0);
	return 0;
}

int amp_throughput(struct metal_io_region *io)
{
	uint8_t *pattern = malloc(BENCH_BLOCK), *back = malloc(BENCH_BLOCK);
	int ret = pattern && back ? begin(io, BENCH_THROUGHPUT) : 1;
	uint32_t number = 1;

	for (uint32_t size = 64; !ret && size <= BENCH_BLOCK; size *= 4)
		ret = transfer(io, size, number++, pattern, back);
	free(pattern);
	free(back);
	return end(io, "Shared memory throughput demo", ret);
}

/* ---- interrupts ---- */

/* One round: the word, the interrupt, the word back, its interrupt. */
static int ring(struct metal_io_region *io, uint32_t number)
{
	unsigned long long begin = metal_get_timestamp();
	int ret;

	metal_io_write32(io, BENCH_THERE, number);
	ret = doorbell_ring();
	if (ret) {
		port_error("the client cannot be interrupted: %s", strerror(-ret));
		return -ENODEV;
	}
	/* One may stand for several, and load_fw's own look may have come before ours. */
	while (!ret && metal_io_read32(io, BENCH_BACK) != number) {
		if (!doorbell_wait(IRQ_MS))
			ret = port_trouble((metal_get_timestamp() - begin) / MS, true);
	}
	return ret;
}

static int interrupts(struct metal_io_region *io, enum bench_demo demo, const char *what,
		      const char *name)
{
	struct times times = { 0 };
	unsigned long long at;
	int ret = doorbell_open();

	if (!ret)
		ret = begin(io, demo);
	if (!ret)
		ret = amp_wait(io, BENCH_ADDED, 1, true);
	for (uint32_t i = 1; !ret && i <= BENCH_ROUNDS; i++) {
		at = metal_get_timestamp();
		ret = ring(io, i);
		add(&times, metal_get_timestamp() - at);
	}
	if (!ret)
		print(what, &times);
	ret = end(io, name, ret);
	doorbell_close();
	return ret;
}

int amp_irq(struct metal_io_region *io)
{
	return interrupts(io, BENCH_IRQ, "Messages with interrupts", "Interrupt demo");
}

int amp_irq_latency(struct metal_io_region *io)
{
	return interrupts(io, BENCH_IRQ_LATENCY, "Interrupt latency", "Interrupt latency demo");
}
