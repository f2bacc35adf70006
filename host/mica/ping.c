/* SPDX-License-Identifier: BSD-3-Clause */
/* ping: round trips to a client, as ping(8) shows them. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "link.h"
#include "options.h"
#include "stats.h"

#define SIZE	64
#define SECONDS .min = 0.001, .max = 3600
#define WAIT_MS 200 /* a signal that comes just before poll() is noticed then */

struct ping {
	struct cli *cli;
	const char *name, *endpoint; /* endpoint NULL: none */
	long long count, size;
	double interval, timeout; /* seconds */
	bool flood, quiet;
	long long answered, lost, changed, unexpected;
	struct stats stats;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

static void print_reply(const struct ping *p, struct json_object *r)
{
	const char *outcome = json_text(r, "outcome");
	long long seq = json_number(r, "seq"), ns = json_number(r, "rtt_ns");

	if (!strcmp(outcome, "lost"))
		printf("no answer from %s: seq=%lld\n", p->name, seq);
	else
		printf("%lld bytes from %s: seq=%lld time=%lld.%03lld us%s\n", p->size, p->name,
		       seq, ns / 1000, ns % 1000,
		       strcmp(outcome, "changed") ? "" : ", contents changed");
}

static void take_replies(struct ping *p, struct json_object *replies)
{
	size_t n = replies ? json_object_array_length(replies) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *r = json_object_array_get_idx(replies, i);
		const char *outcome = json_text(r, "outcome");
		long long ns = json_number(r, "rtt_ns");

		if (!strcmp(outcome, "lost")) {
			p->lost++;
		} else {
			p->answered++;
			p->changed += !strcmp(outcome, "changed");
			stats_add(&p->stats, ns > 0 ? (uint64_t)ns : 0);
		}
		if (!p->quiet && !p->flood && !p->cli->json)
			print_reply(p, r);
	}
}

static double us(uint64_t ns)
{
	return (double)ns / 1000;
}

static void summary_text(const struct ping *p)
{
	const struct stats *s = &p->stats;
	long long sent = p->answered + p->lost;

	printf("\n--- %s%s%s ping statistics ---\n", p->name, p->endpoint ? "/" : "",
	       p->endpoint ? p->endpoint : "");
	printf("%lld messages sent, %lld received, %.4g%% lost", sent, p->answered,
	       sent ? (double)p->lost * 100 / (double)sent : 0.0);
	if (p->changed)
		printf(", %lld with changed contents", p->changed);
	if (p->unexpected)
		printf(", %lld unexpected answers", p->unexpected);
	printf("\n");
	if (!s->n)
		return;
	printf("round trip min/avg/max/stddev = %.3f/%.3f/%.3f/%.3f us\n", us(s->min),
	       s->mean / 1000, us(s->max), stats_deviation(s) / 1000);
	printf("percentiles 50/90/99/99.9 = %.3f/%.3f/%.3f/%.3f us\n", us(stats_percentile(s, 500)),
	       us(stats_percentile(s, 900)), us(stats_percentile(s, 990)),
	       us(stats_percentile(s, 999)));
}

static void add_int(struct json_object *o, const char *key, long long value)
{
	json_object_object_add(o, key, json_object_new_int64(value));
}

static void summary_json(const struct ping *p, const struct mica_error *err)
{
	const struct stats *s = &p->stats;
	struct json_object *o = json_object_new_object(), *rtt, *e;

	json_object_object_add(o, "name", json_object_new_string(p->name));
	if (p->endpoint)
		json_object_object_add(o, "endpoint", json_object_new_string(p->endpoint));
	add_int(o, "size", p->size);
	add_int(o, "sent", p->answered + p->lost);
	add_int(o, "received", p->answered);
	add_int(o, "lost", p->lost);
	add_int(o, "changed", p->changed);
	add_int(o, "unexpected", p->unexpected);
	if (s->n) {
		rtt = json_object_new_object();
		add_int(rtt, "min", (long long)s->min);
		add_int(rtt, "avg", (long long)s->mean);
		add_int(rtt, "max", (long long)s->max);
		add_int(rtt, "stddev", (long long)stats_deviation(s));
		add_int(rtt, "p50", (long long)stats_percentile(s, 500));
		add_int(rtt, "p90", (long long)stats_percentile(s, 900));
		add_int(rtt, "p99", (long long)stats_percentile(s, 990));
		add_int(rtt, "p99_9", (long long)stats_percentile(s, 999));
		json_object_object_add(o, "rtt_ns", rtt);
	}
	if (err) {
		e = json_object_new_object();
		add_int(e, "code", err->code);
		json_object_object_add(e, "message", json_object_new_string(err->text));
		json_object_object_add(o, "error", e);
	}
	cli_print_json(o);
}

/* err NULL: it went on to its end, or to Ctrl-C. */
static int finish(struct ping *p, const struct mica_error *err)
{
	if (p->cli->json)
		summary_json(p, err);
	else
		summary_text(p);
	if (err) {
		fflush(stdout);
		fprintf(stderr, "mica: %s\n", err->text);
		return err->code;
	}
	return p->lost || p->changed ? MICA_E_FAILED : MICA_OK;
}

static long long microseconds(double seconds)
{
	return (long long)(seconds * 1e6 + 0.5);
}

static struct json_object *parameters(const struct ping *p)
{
	struct json_object *o = json_strings("name", p->name, "endpoint", p->endpoint);

	add_int(o, "count", p->count);
	add_int(o, "size", p->size);
	add_int(o, "interval_us", microseconds(p->interval));
	add_int(o, "timeout_us", microseconds(p->timeout));
	json_object_object_add(o, "flood", json_object_new_boolean(p->flood));
	return o;
}

static void catch_signals(void)
{
	const struct sigaction sa = { .sa_handler = on_signal };
	static const int signals[] = { SIGINT, SIGTERM, SIGQUIT };

	for (unsigned int i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &sa, NULL);
}

static int ping(struct ping *p)
{
	struct json_object *reply, *totals = NULL;
	struct mica_error err;
	struct link link;
	bool begun = false;
	int ret;

	if (link_open(&link, p->cli->socket, &err))
		return cli_fail(p->cli, &err);
	catch_signals();
	ret = link_watch(&link, "Ping", parameters(p), &err);
	while (ret >= 0 && !totals && !interrupted) {
		reply = NULL;
		ret = link_next(&link, WAIT_MS, &reply, &err);
		if (ret > 0 && !begun && !p->cli->json)
			printf("PING %s%s%s: %lld bytes\n", p->name, p->endpoint ? "/" : "",
			       p->endpoint ? p->endpoint : "", p->size);
		begun |= ret > 0;
		take_replies(p, json_list(reply, "replies"));
		if (ret > 0 && json_object_object_get_ex(reply, "totals", &totals))
			p->unexpected = json_number(totals, "unexpected");
		json_object_put(reply);
	}
	link_close(&link);
	/* Refused from the start: nothing to sum up. */
	if (ret < 0 && !begun)
		return cli_fail(p->cli, &err);
	return finish(p, ret < 0 ? &err : NULL);
}

static int run(struct cli *cli, int argc, char **argv)
{
	static struct ping p = { .size = SIZE, .interval = 1, .timeout = 1 };
	static const struct cli_option options[] = {
		{ .name = "count", .letter = 'c', .number = &p.count, .min = 1, .max = 1e18 },
		{ .name = "size", .letter = 's', .number = &p.size, .max = UINT32_MAX },
		{ .name = "interval", .letter = 'i', .seconds = &p.interval, SECONDS },
		{ .name = "timeout", .letter = 'W', .seconds = &p.timeout, SECONDS },
		{ .name = "endpoint", .letter = 'e', .text = &p.endpoint },
		{ .name = "flood", .letter = 'f', .flag = &p.flood },
		{ .name = "quiet", .letter = 'q', .flag = &p.quiet },
		{ 0 },
	};
	int ret = cli_options(cli, &verb_ping, &argc, &argv, options, "NAME");

	if (ret >= 0)
		return ret;
	p.cli = cli;
	p.name = argv[0];
	return ping(&p);
}

const struct verb verb_ping = {
	.name = "ping",
	.args = "NAME [OPTION]...",
	.summary = "Measure round trips to a client",
	.help = "  -c, --count N       stop after N messages; otherwise Ctrl-C ends it\n"
		"  -s, --size BYTES    bytes of one message (64)\n"
		"  -i, --interval SEC  between two messages (1), at least 0.001\n"
		"  -W, --timeout SEC   no answer within that time is a loss (1)\n"
		"  -f, --flood         the next one as soon as the answer is there; no line each\n"
		"  -q, --quiet         only the summary\n"
		"  -e, --endpoint NAME through an endpoint that sends back what it gets, for\n"
		"                      clients that do not answer by themselves\n"
		"\nExit status 0, or 1 when something was lost.\n",
	.run = run,
};
