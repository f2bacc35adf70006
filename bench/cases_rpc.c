/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench_rpc: calls that a client makes of Linux. A daemon runs below MICA_RUN_ROOT with a client
 * NAME of the variant "bench", which makes them and takes the time: bench_rpc --client=NAME.
 */
#include <string.h>

#include "../client/apps/bench.h"
#include "bench.h"
#include "mica/app.h"

#define WAIT_MS 30000
#define DATA	432u

static struct mica_app *control;

static void connect_once(void *arg)
{
	(void)arg;
	if (!control)
		control = mica_app_open(bench_options.client, CLIENT_BENCH_ENDPOINT, 0, WAIT_MS);
	if (!control)
		bench_fail(CLIENT_BENCH_ENDPOINT);
}

static uint64_t calls_timed(void *arg, uint32_t ops)
{
	struct client_bench_request r = *(struct client_bench_request *)arg;
	struct client_bench_answer a;

	r.count = ops;
	if (mica_app_send(control, &r, sizeof(r), WAIT_MS))
		bench_fail("mica_app_send");
	if (mica_app_recv(control, &a, sizeof(a), WAIT_MS) != (ssize_t)sizeof(a) || a.count != ops)
		bench_fail("answer of the client");
	return a.us * 1000;
}

static const struct bench_kind calls_kind = { .unit = "ns",
					      .prepare = connect_once,
					      .timed = calls_timed };

static void add(uint32_t op, uint32_t size, const char *name)
{
	struct client_bench_request *r = bench_alloc(sizeof(*r));

	r->op = op;
	r->size = size;
	bench_add(&calls_kind, r, BENCH_ALONE, 200, 10, "rpc.%s", name);
}

void bench_cases(void)
{
	bench_floors_system();
	add(CLIENT_BENCH_LSEEK, 0, "lseek");
	add(CLIENT_BENCH_WRITE, DATA, "write.432");
	add(CLIENT_BENCH_READ, DATA, "read.432");
}
