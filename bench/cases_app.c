/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench_app: what an application sees. A daemon runs below MICA_RUN_ROOT, and a client NAME in it
 * that has an endpoint which sends back what it gets: bench_app --client=NAME.
 */
#include <string.h>

#include "bench.h"
#include "mica/app.h"

#define ENDPOINT "mica-echo"
#define WAIT_MS	 10000

/* One connection for all cases. */
static struct mica_app *app;

struct echo {
	size_t size;
};

static void connect_once(void *arg)
{
	(void)arg;
	if (!app)
		app = mica_app_open(bench_options.client, ENDPOINT, 0, WAIT_MS);
	if (!app)
		bench_fail("endpoint " ENDPOINT);
}

static void echo_host(void *arg, uint32_t ops)
{
	struct echo *e = arg;
	uint8_t data[MICA_APP_MESSAGE];

	memset(data, 0x5a, sizeof(data));
	while (ops--) {
		if (mica_app_send(app, data, e->size, WAIT_MS))
			bench_fail("mica_app_send");
		if (mica_app_recv(app, data, sizeof(data), WAIT_MS) != (ssize_t)e->size)
			bench_fail("mica_app_recv");
	}
}

static const struct bench_kind echo_kind = { .unit = "ns",
					     .prepare = connect_once,
					     .host = echo_host };

void bench_cases(void)
{
	static const uint32_t sizes[] = { 16, 496 };

	bench_floors_system();
	bench_ping();
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct echo *e = bench_alloc(sizeof(*e));

		e->size = sizes[i];
		bench_add(&echo_kind, e, BENCH_ALONE, 100, 20, "app.socket.%u", sizes[i]);
	}
}
