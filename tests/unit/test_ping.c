/* SPDX-License-Identifier: BSD-3-Clause */
/* Pings to clients that answer too much, wrongly, or without a doorbell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client_priv.h"
#include "link.h"
#include "mica/abi.h"
#include "mica/diag.h"
#include "ping.h"

/* Its `result` would stand before a local one of the headers above. */
#include "host_help.h"
#include "raw_client.h"

static struct seen {
	unsigned int replies, changed, lost;
	uint64_t last_seq;
	bool ended, stop;
	char why[128];
	struct mica_ping_totals totals;
	struct mica_ping *ping;
} seen;

static void on_reply(void *arg, const struct mica_ping_reply *r)
{
	struct seen *s = arg;

	s->replies++;
	s->changed += r->outcome == MICA_PING_CHANGED;
	s->lost += r->outcome == MICA_PING_LOST;
	s->last_seq = r->seq;
	if (s->stop)
		mica_ping_stop(s->ping);
}

static void on_end(void *arg, const struct mica_ping_totals *t, const char *why)
{
	struct seen *s = arg;

	assert_false(s->ended);
	s->ended = true;
	s->totals = *t;
	strncpy(s->why, why ? why : "", sizeof(s->why) - 1);
}

static const struct mica_ping_ops ops = { .reply = on_reply, .end = on_end };

static struct mica_ping_config through_mirror(uint64_t count)
{
	return (struct mica_ping_config){
		.endpoint = "mirror", .count = count, .size = 64, .timeout_ms = 20000, .flood = true
	};
}

static bool has_mirror(void *client)
{
	const struct mica_client_info *info = info_of(client);

	for (unsigned int i = 0; i < info->n_services; i++) {
		if (!strcmp(info->service[i].name, "mirror"))
			return true;
	}
	return false;
}

static bool is_ended(void *arg)
{
	(void)arg;
	return seen.ended;
}

static struct mica_client *start_mirror(const char *how)
{
	struct mica_client *c = start_one("one", how);

	memset(&seen, 0, sizeof(seen));
	assert_true(run_until(has_mirror, c, LIMIT_MS));
	return c;
}

static void begin(struct mica_client *c, const struct mica_ping_config *cfg)
{
	struct mica_error err;

	if (mica_ping_start(c, cfg, &ops, &seen, &seen.ping, &err))
		fail_msg("%s", err.text);
	assert_int_equal(seen.replies, 0);
}

static void answers_nobody_waits_for(void **state)
{
	struct mica_client *c = start_mirror(RAW_LIE);
	struct mica_ping_config cfg = through_mirror(20);

	(void)state;
	begin(c, &cfg);
	assert_true(run_until(is_ended, NULL, LIMIT_MS));
	assert_string_equal(seen.why, "");
	assert_int_equal(seen.replies, 20);
	assert_int_equal(seen.changed, 4);
	assert_int_equal(seen.totals.received, 20);
	assert_int_equal(seen.totals.changed, 4);
	assert_int_equal(seen.totals.lost, 0);
	/* Two in front of each right one; the last one's double comes when nobody listens. */
	assert_true(seen.totals.unexpected >= 20 * 2 + 19 - 1);
	assert_true(seen.totals.unexpected <= 20 * 3);
	assert_null(c->pings);
	assert_null(c->ping_ports);
	stop_and_remove(c);
}

static void invented_pongs(void **state)
{
	struct mica_client *c = start_mirror(RAW_LIE);
	struct mica_ping_config cfg = through_mirror(0);
	uint8_t msg[600] = { 0 };

	(void)state;
	cfg.flood = false;
	cfg.interval_ms = 3600000;
	begin(c, &cfg);
	for (uint32_t seq = 0; seq < 100; seq++) {
		struct mica_ctrl_ping p = { .kind = MICA_CTRL_PONG, .seq = seq };

		memcpy(msg, &p, sizeof(p));
		mica_pings_pong(c->link, msg, seq % 2 ? sizeof(msg) : sizeof(p));
		mica_pings_pong(c->link, msg, seq % 16);
	}
	assert_int_equal(seen.replies, 0);
	assert_int_equal(c->ping_strays, 200);
	/* A client that ends takes its pings with it. */
	assert_int_equal(act(mica_client_stop, c), MICA_OK);
	assert_true(seen.ended);
	assert_string_equal(seen.why, "it is being stopped");
	assert_null(c->pings);
	assert_int_equal(act(mica_client_remove, c), MICA_OK);
}

static bool all_gone(void *client)
{
	return !((struct mica_client *)client)->pings;
}

static void stopped_from_its_callback(void **state)
{
	struct mica_client *c = start_mirror(RAW_LIE);
	struct mica_ping_config cfg = through_mirror(0);

	(void)state;
	seen.stop = true;
	begin(c, &cfg);
	assert_true(run_until(all_gone, c, LIMIT_MS));
	assert_int_equal(seen.replies, 1);
	assert_false(seen.ended);
	assert_null(c->ping_ports);
	stop_and_remove(c);
}

static bool turned_until_ended(void *client)
{
	mica_link_again(((struct mica_client *)client)->link, 1);
	return seen.ended;
}

static bool lost_one(void *client)
{
	struct mica_counters *n = malloc(sizeof(*n));
	bool lost;

	assert_non_null(n);
	mica_client_counters(client, n);
	lost = n->doorbells_lost == 1;
	free(n);
	mica_link_again(((struct mica_client *)client)->link, 1);
	return lost;
}

static void without_a_doorbell(void **state)
{
	struct mica_client *c = start_mirror(RAW_HUSH);
	struct mica_ping_config cfg = through_mirror(1);
	struct mica_counters *n = malloc(sizeof(*n));

	(void)state;
	assert_non_null(n);
	mica_client_counters(c, n);
	assert_int_equal(n->doorbells_lost, 0);
	/* The first one hushes it. Its doorbells up to then have been raised when the answer is
	 * there, but perhaps not been heard. */
	begin(c, &cfg);
	assert_true(run_until(turned_until_ended, c, LIMIT_MS));
	assert_int_equal(seen.totals.received, 1);
	uv_run(&loop, UV_RUN_NOWAIT);
	memset(&seen, 0, sizeof(seen));
	begin(c, &cfg);
	assert_true(run_until(turned_until_ended, c, LIMIT_MS));
	assert_int_equal(seen.totals.received, 1);
	assert_true(run_until(lost_one, c, LIMIT_MS));
	free(n);
	stop_and_remove(c);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_nobody_waits_for),
		cmocka_unit_test(invented_pongs),
		cmocka_unit_test(stopped_from_its_callback),
		cmocka_unit_test(without_a_doorbell),
	};

	(void)argc;
	(void)argv;
	raw_client_main();
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
