/* SPDX-License-Identifier: BSD-3-Clause */
/* A family at a time, as the format wants it; all within one turn of the loop, so that the numbers
 * belong together. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon.h"
#include "metrics.h"
#include "mica/diag.h"
#include "openmetrics.h"

/* What is looked at, one client at a time: these are large. */
struct view {
	struct daemon *daemon;
	struct openmetrics m;
	struct mica_client_info info;
	struct mica_counters counters;
};

/* ---- the daemon ---- */

static uint64_t resident_bytes(void)
{
	unsigned long long size, resident = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f && fscanf(f, "%llu %llu", &size, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static unsigned int count_clients(struct mica_host *host)
{
	struct mica_client *c = NULL;
	unsigned int n = 0;

	while ((c = mica_host_next(host, c)))
		n++;
	return n;
}

static void gauge(struct openmetrics *m, const char *name, const char *unit, const char *help,
		  uint64_t value)
{
	openmetrics_family(m, name, "gauge", unit, help);
	openmetrics_int(m, name, LABELS(NULL), value);
}

static void of_daemon(struct view *v)
{
	struct daemon *d = v->daemon;

	openmetrics_family(&v->m, "mica_build", "info", "", "Version of micad.");
	openmetrics_int(&v->m, "mica_build_info", LABELS("version", MICA_VERSION), 1);
	gauge(&v->m, "mica_clients", "", "Clients that were created.", count_clients(d->host));
	gauge(&v->m, "mica_connections", "", "Callers connected to the control socket.",
	      d->server.n_conns);
	gauge(&v->m, "mica_resident_memory_bytes", "bytes", "Resident memory of micad.",
	      resident_bytes());
	openmetrics_family(&v->m, "mica_start_time_seconds", "gauge", "seconds",
			   "When micad was started, since the epoch.");
	openmetrics_milli(&v->m, "mica_start_time_seconds", LABELS(NULL), d->start_time_ms);
}

/* ---- clients ---- */

struct per_client {
	const char *name, *type, *unit, *help;
	void (*samples)(struct view *v, const char *name);
};

static void state(struct view *v, const char *name)
{
	for (int s = MICA_OFFLINE; s <= MICA_ERROR; s++)
		openmetrics_int(
			&v->m, name,
			LABELS("client", v->info.name, name, mica_state_name((enum mica_state)s)),
			v->info.state == (enum mica_state)s);
}

static void uptime(struct view *v, const char *name)
{
	uint64_t now = uv_hrtime() / 1000, up = 0;

	if (v->info.state == MICA_RUNNING && v->info.started_us && v->info.started_us < now)
		up = now - v->info.started_us;
	openmetrics_milli(&v->m, name, LABELS("client", v->info.name), up / 1000);
}

static void doorbells(struct view *v, const char *name)
{
	char sample[64];

	snprintf(sample, sizeof(sample), "%s_total", name);
	openmetrics_int(&v->m, sample, LABELS("client", v->info.name, "direction", "in"),
			v->counters.doorbells_in);
	openmetrics_int(&v->m, sample, LABELS("client", v->info.name, "direction", "out"),
			v->counters.doorbells_out);
}

static void lost(struct view *v, const char *name)
{
	char sample[64];

	snprintf(sample, sizeof(sample), "%s_total", name);
	openmetrics_int(&v->m, sample, LABELS("client", v->info.name), v->counters.doorbells_lost);
}

static void restarts(struct view *v, const char *name)
{
	char sample[64];

	snprintf(sample, sizeof(sample), "%s_total", name);
	openmetrics_int(&v->m, sample, LABELS("client", v->info.name), v->counters.restarts);
}

static void ring_size(struct view *v, const char *name)
{
	if (v->info.ring.num)
		openmetrics_int(&v->m, name, LABELS("client", v->info.name), v->info.ring.num);
}

static void ring_fill(struct view *v, const char *name)
{
	if (!v->info.ring.num)
		return;
	openmetrics_int(&v->m, name, LABELS("client", v->info.name, "direction", "in"),
			v->info.ring.rx);
	openmetrics_int(&v->m, name, LABELS("client", v->info.name, "direction", "out"),
			v->info.ring.tx);
}

/* in, out: offsets of 64-bit counters. */
static void both(struct view *v, const char *name, size_t in, size_t out)
{
	char sample[64];

	snprintf(sample, sizeof(sample), "%s_total", name);
	for (unsigned int i = 0; i < v->counters.n_endpoints; i++) {
		const struct mica_endpoint_counters *e = &v->counters.endpoint[i];
		uint64_t value;

		memcpy(&value, (const char *)e + in, sizeof(value));
		openmetrics_int(
			&v->m, sample,
			LABELS("client", v->info.name, "endpoint", e->name, "direction", "in"),
			value);
		memcpy(&value, (const char *)e + out, sizeof(value));
		openmetrics_int(
			&v->m, sample,
			LABELS("client", v->info.name, "endpoint", e->name, "direction", "out"),
			value);
	}
}

static void one(struct view *v, const char *name, size_t at)
{
	char sample[64];

	snprintf(sample, sizeof(sample), "%s_total", name);
	for (unsigned int i = 0; i < v->counters.n_endpoints; i++) {
		const struct mica_endpoint_counters *e = &v->counters.endpoint[i];
		uint64_t value;

		memcpy(&value, (const char *)e + at, sizeof(value));
		openmetrics_int(&v->m, sample, LABELS("client", v->info.name, "endpoint", e->name),
				value);
	}
}

#define AT(member) offsetof(struct mica_endpoint_counters, member)

static void messages(struct view *v, const char *name)
{
	both(v, name, AT(rx_messages), AT(tx_messages));
}

static void bytes(struct view *v, const char *name)
{
	both(v, name, AT(rx_bytes), AT(tx_bytes));
}

static void dropped_messages(struct view *v, const char *name)
{
	one(v, name, AT(dropped_messages));
}

static void dropped_bytes(struct view *v, const char *name)
{
	one(v, name, AT(dropped_bytes));
}

static const struct per_client per_client[] = {
	{ "mica_client_state", "stateset", "", "State of the client.", state },
	{ "mica_client_uptime_seconds", "gauge", "seconds",
	  "Time since the client was started; 0 unless it runs.", uptime },
	{ "mica_client_doorbells", "counter", "", "Doorbells from (in) and to (out) the client.",
	  doorbells },
	{ "mica_client_doorbells_lost", "counter", "",
	  "Times that messages were found without a doorbell for them.", lost },
	{ "mica_client_restarts", "counter", "", "Restarts by the client's policy.", restarts },
	{ "mica_client_ring_buffers", "gauge", "",
	  "Buffers of one vring, or places of its ordinary lane.", ring_size },
	{ "mica_client_ring_waiting", "gauge", "",
	  "Buffers or places that wait for Linux (in) or for the client (out).", ring_fill },
	{ "mica_client_messages", "counter", "", "Messages from (in) and to (out) the client.",
	  messages },
	{ "mica_client_bytes", "counter", "bytes", "Bytes of these messages.", bytes },
	{ "mica_client_dropped_messages", "counter", "", "Messages that nobody took in time.",
	  dropped_messages },
	{ "mica_client_dropped_bytes", "counter", "bytes", "Bytes that nobody took in time.",
	  dropped_bytes },
};

static void of_clients(struct view *v, const struct per_client *f)
{
	struct mica_client *c = NULL;

	openmetrics_family(&v->m, f->name, f->type, f->unit, f->help);
	while ((c = mica_host_next(v->daemon->host, c))) {
		mica_client_info(c, &v->info);
		mica_client_counters(c, &v->counters);
		f->samples(v, f->name);
	}
}

char *metrics_text(struct daemon *d)
{
	struct view *v = calloc(1, sizeof(*v));
	char *text;

	if (!v)
		return NULL;
	v->daemon = d;
	of_daemon(v);
	for (size_t i = 0; i < sizeof(per_client) / sizeof(per_client[0]); i++)
		of_clients(v, &per_client[i]);
	text = openmetrics_end(&v->m);
	free(v);
	return text;
}
