/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The client object, from create to remove, with a client that keeps the rules and ones that do
 * not: what goes wrong in one client has one reason, an end, and no effect on another.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "client_priv.h"
#include "host_help.h"
#include "raw_client.h"

static void life(void **state)
{
	struct mica_client *client;
	struct stat st;
	char tty[128];
	unsigned int files = 0;

	(void)state;
	client = start_one("one", RAW_ECHO);
	assert_int_equal(info_of(client)->state, MICA_RUNNING);
	assert_true(info_of(client)->started_us > 0);
	assert_int_equal(info_of(client)->n_services, 1);
	assert_string_equal(info_of(client)->service[0].name, "rpmsg-tty");
	memcpy(tty, info_of(client)->service[0].device, sizeof(tty));
	assert_non_null(strstr(tty, "/ttyRPMSG0"));
	check_echo(client, "hello");
	for (int i = 0; i < 20; i++) {
		assert_int_equal(act(mica_client_stop, client), MICA_OK);
		assert_int_equal(info_of(client)->state, MICA_STOPPED);
		assert_int_equal(lstat(tty, &st), -1);
		if (!files)
			files = files_at_rest();
		assert_true(files_settle(files));
		assert_int_equal(act(mica_client_start, client), MICA_OK);
		assert_string_equal(info_of(client)->service[0].device, tty);
	}
	check_echo(client, "again");
	stop_and_remove(client);
	assert_null(mica_host_find(host, "one"));
	assert_int_equal(client_folders(), 0);
}

static void refusals(void **state)
{
	struct mica_config cfg = config("one");
	struct mica_client *client = start_one("one", RAW_ECHO);

	(void)state;
	assert_int_equal(act(mica_client_start, client), MICA_E_STATE);
	assert_non_null(strstr(result.err.text, "running already"));
	assert_int_equal(act(mica_client_remove, client), MICA_E_STATE);
	assert_int_equal(create(&cfg), MICA_E_BUSY);
	snprintf(cfg.name, sizeof(cfg.name), "../one");
	assert_int_equal(create(&cfg), MICA_E_CONFIG);
	cfg = config("two");
	snprintf(cfg.image, sizeof(cfg.image), "%s/none.elf", root);
	assert_int_equal(create(&cfg), MICA_E_FIRMWARE);
	snprintf(cfg.image, sizeof(cfg.image), "%s", self);
	snprintf(cfg.pedestal, sizeof(cfg.pedestal), "none");
	assert_int_equal(create(&cfg), MICA_E_PLATFORM);
	cfg = config("two");
	cfg.cores.kind = MICA_CORES_CPU;
	cfg.cores.n = 1;
	cfg.cores.id[0] = 4000;
	assert_int_equal(create(&cfg), MICA_E_BUSY);
	assert_null(mica_host_find(host, "two"));
	assert_int_equal(client_folders(), 1);
	assert_int_equal(act(mica_client_stop, client), MICA_OK);
	assert_int_equal(act(mica_client_stop, client), MICA_E_STATE);
	assert_int_equal(act(mica_client_remove, client), MICA_OK);
}

/* Breaks a rule of the rings: quarantined, with a reason; its neighbour goes on. */
static void breaks_rules(const char *how, const char *words)
{
	struct mica_client *good = start_one("good", RAW_ECHO);
	struct mica_client *bad;
	struct mica_config cfg = config("bad");

	setenv(RAW_CLIENT_ENV, how, 1);
	assert_int_equal(create(&cfg), MICA_OK);
	bad = result.client;
	/* It misbehaves at the first message, so it may or may not have been ready before. */
	if (act(mica_client_start, bad) == MICA_OK) {
		assert_true(run_until(is_crashed, bad, LIMIT_MS));
		assert_non_null(strstr(info_of(bad)->reason, words));
		assert_int_equal(info_of(bad)->n_services, 0);
		check_echo(good, "still here");
		assert_int_equal(act(mica_client_start, bad), MICA_E_STATE);
		assert_int_equal(act(mica_client_stop, bad), MICA_OK);
		assert_int_equal(info_of(bad)->state, MICA_STOPPED);
	} else {
		assert_int_equal(result.err.code, MICA_E_CLIENT);
		assert_non_null(strstr(result.err.text, words));
		assert_int_equal(info_of(bad)->state, MICA_OFFLINE);
	}
	check_echo(good, "and here");
	assert_int_equal(act(mica_client_remove, bad), MICA_OK);
	stop_and_remove(good);
}

static void index_leaps(void **state)
{
	(void)state;
	breaks_rules(RAW_LEAP, "used index jumped");
}

static void wrong_descriptor(void **state)
{
	(void)state;
	breaks_rules(RAW_ID, "descriptor number outside the ring");
}

static void long_message(void **state)
{
	(void)state;
	breaks_rules(RAW_LONG, "message longer than its buffer");
}

static bool full(void *arg)
{
	return info_of(arg)->n_services == MICA_SERVICES_MAX;
}

static void name_flood(void **state)
{
	struct mica_client *client = start_one("one", RAW_FLOOD);

	(void)state;
	assert_true(run_until(full, client, LIMIT_MS));
	check_echo(client, "hello");
	stop_and_remove(client);
}

/* One client that never stops takes turns with another one. */
static void storm(void **state)
{
	struct mica_client *busy = start_one("busy", RAW_STORM);
	struct mica_client *good = start_one("good", RAW_ECHO);

	(void)state;
	check_echo(good, "hello");
	check_echo(busy, "hello");
	stop_and_remove(busy);
	stop_and_remove(good);
}

static bool is_two_ttys(void *arg)
{
	return info_of(arg)->n_services == 2;
}

/* Buffers come back in any order: a message that a client keeps holds up its own endpoint alone. */
static void keeps_a_message(void **state)
{
	struct mica_client *client = start_one("one", RAW_KEEP);
	int fd;

	(void)state;
	run_until(is_two_ttys, client, LIMIT_MS);
	fd = open(info_of(client)->service[0].device, O_WRONLY | O_NOCTTY);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "kept", 4), 4);
	for (int i = 0; i < 20; i++)
		check_echo_of(client, 1, "hello");
	assert_int_equal(info_of(client)->service[0].tx_messages, 2); /* with the greeting */
	close(fd);
	stop_and_remove(client);
}

/* A client that made its endpoint anew, with no word of the old one's end, is greeted again. */
static void announces_again(void **state)
{
	struct mica_client *client = start_one("one", RAW_AGAIN);

	(void)state;
	check_echo(client, "hello");
	assert_int_equal(info_of(client)->n_services, 1);
	stop_and_remove(client);
}

static bool dropped(void *arg)
{
	return info_of(arg)->service[0].dropped_bytes > 1000000;
}

/* Nobody reads the tty: the backlog stays bounded, what goes is counted, others go on. */
static void nobody_reads(void **state)
{
	struct mica_client *talker = start_one("talker", RAW_TALK);
	struct mica_client *good = start_one("good", RAW_ECHO);

	(void)state;
	assert_true(run_until(dropped, talker, LIMIT_MS));
	check_echo(good, "hello");
	stop_and_remove(talker);
	stop_and_remove(good);
}

static void dies_at_start(void **state)
{
	struct mica_config cfg = config("one");
	uint64_t begin = uv_hrtime();

	(void)state;
	setenv(RAW_CLIENT_ENV, RAW_DIE, 1);
	assert_int_equal(create(&cfg), MICA_OK);
	assert_int_equal(act(mica_client_start, mica_host_find(host, "one")), MICA_E_CLIENT);
	assert_non_null(strstr(result.err.text, "status 3"));
	/* At once, not when the start's time is up. */
	assert_true(uv_hrtime() - begin < cfg.start_timeout_ms * 1000000ull / 2);
	assert_int_equal(info_of(result.client)->state, MICA_OFFLINE);
	assert_non_null(strstr(info_of(result.client)->reason, "status 3"));
	assert_int_equal(act(mica_client_remove, result.client), MICA_OK);
}

static void never_ready(void **state)
{
	struct mica_config cfg = config("one");
	struct mica_client *client;

	(void)state;
	cfg.start_timeout_ms = 300;
	cfg.stop_timeout_ms = 200;
	setenv(RAW_CLIENT_ENV, RAW_MUTE, 1);
	assert_int_equal(create(&cfg), MICA_OK);
	client = result.client;
	assert_int_equal(act(mica_client_start, client), MICA_E_TIMEOUT);
	assert_int_equal(info_of(client)->state, MICA_OFFLINE);
	assert_int_equal(client->claimed, false);
	/* The same once more: nothing was left of the first attempt. */
	assert_int_equal(act(mica_client_start, client), MICA_E_TIMEOUT);
	assert_int_equal(act(mica_client_remove, client), MICA_OK);
}

static void killed(void **state)
{
	struct mica_client *client = start_one("one", RAW_ECHO);

	(void)state;
	assert_int_equal(kill(saved_pid("one"), SIGKILL), 0);
	assert_true(run_until(is_crashed, client, LIMIT_MS));
	assert_non_null(strstr(info_of(client)->reason, "signal 9"));
	assert_int_equal(info_of(client)->n_services, 0);
	/* And it can be started again. */
	assert_int_equal(act(mica_client_start, client), MICA_OK);
	check_echo(client, "hello");
	stop_and_remove(client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(life),
		cmocka_unit_test(refusals),
		cmocka_unit_test(index_leaps),
		cmocka_unit_test(wrong_descriptor),
		cmocka_unit_test(long_message),
		cmocka_unit_test(name_flood),
		cmocka_unit_test(storm),
		cmocka_unit_test(nobody_reads),
		cmocka_unit_test(keeps_a_message),
		cmocka_unit_test(announces_again),
		cmocka_unit_test(dies_at_start),
		cmocka_unit_test(never_ready),
		cmocka_unit_test(killed),
	};

	raw_client_main();
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
