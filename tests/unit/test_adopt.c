/* SPDX-License-Identifier: BSD-3-Clause */
/* What a later process finds of the clients of an earlier one, and what it makes of them. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "files.h"
#include "host_help.h"
#include "raw_client.h"

static void adopt(void)
{
	assert_int_equal(open_host(), 0);
	memset(&result, 0, sizeof(result));
	mica_host_adopt(host, on_done, &result);
	assert_int_equal(finish(), MICA_OK);
}

/* What a killed process would have left. */
static void edit_state(const char *name, const char *step, const char *state)
{
	struct json_object *o;
	char path[160];

	snprintf(path, sizeof(path), "%s/clients/%s/state.json", root, name);
	o = json_object_from_file(path);
	assert_non_null(o);
	json_object_object_add(o, "step", json_object_new_string(step));
	json_object_object_add(o, "state", json_object_new_string(state));
	assert_int_equal(json_object_to_file(path, o), 0);
	json_object_put(o);
}

static void taken_over(void **state)
{
	struct mica_client *client;
	char tty[128];
	int pid;

	(void)state;
	start_one("one", RAW_ECHO);
	client = start_one("two", RAW_ECHO);
	memcpy(tty, info_of(client)->service[0].device, sizeof(tty));
	pid = saved_pid("two");
	for (int i = 0; i < 3; i++) {
		close_host();
		assert_int_equal(kill(pid, 0), 0);
		adopt();
		client = mica_host_find(host, "two");
		assert_non_null(client);
		assert_int_equal(info_of(client)->state, MICA_RUNNING);
		assert_string_equal(info_of(client)->reason, "");
		assert_int_equal(info_of(client)->n_services, 1);
		assert_string_equal(info_of(client)->service[0].device, tty);
		check_echo(client, "hello");
	}
	/* In order of creation. */
	assert_ptr_equal(mica_host_next(host, NULL), mica_host_find(host, "one"));
	assert_ptr_equal(mica_host_next(host, mica_host_find(host, "one")), client);
	stop_and_remove(client);
	stop_and_remove(mica_host_find(host, "one"));
}

/* The process was started, the note of its pid was not written any more. */
static void found_by_token(void **state)
{
	struct mica_client *client;
	char path[160];
	struct json_object *o;

	(void)state;
	start_one("one", RAW_ECHO);
	close_host();
	snprintf(path, sizeof(path), "%s/clients/one/state.json", root);
	o = json_object_from_file(path);
	json_object_object_del(o, "pedestal");
	assert_int_equal(json_object_to_file(path, o), 0);
	json_object_put(o);
	edit_state("one", "starting", "Ready");
	adopt();
	client = mica_host_find(host, "one");
	assert_non_null(client);
	assert_int_equal(info_of(client)->state, MICA_RUNNING);
	check_echo(client, "hello");
	stop_and_remove(client);
}

static void gone_meanwhile(void **state)
{
	struct mica_client *client;
	int pid;

	(void)state;
	start_one("one", RAW_ECHO);
	pid = saved_pid("one");
	close_host();
	assert_int_equal(kill(pid, SIGKILL), 0);
	usleep(100000);
	adopt();
	client = mica_host_find(host, "one");
	assert_non_null(client);
	assert_int_equal(info_of(client)->state, MICA_OFFLINE);
	assert_int_not_equal(info_of(client)->reason[0], '\0');
	assert_int_equal(act(mica_client_start, client), MICA_OK);
	stop_and_remove(client);
}

/* Killed while it was stopping the client: the next one finishes that. */
static bool is_stopped(void *arg)
{
	return info_of(arg)->state == MICA_STOPPED;
}

static void stop_is_finished(void **state)
{
	struct mica_client *client;

	(void)state;
	start_one("one", RAW_ECHO);
	close_host();
	edit_state("one", "stopping", "Running");
	adopt();
	client = mica_host_find(host, "one");
	assert_true(run_until(is_stopped, client, LIMIT_MS));
	assert_int_equal(act(mica_client_remove, client), MICA_OK);
}

static bool is_started(void *arg)
{
	return info_of(arg)->state == MICA_READY && saved_pid("one") > 0;
}

/* Ended while the client was starting, and the client never becomes ready: rolled back. */
static void not_ready_yet(void **state)
{
	struct mica_config cfg = config("one");
	struct mica_client *client;
	int pid;

	(void)state;
	setenv(RAW_CLIENT_ENV, RAW_MUTE, 1);
	cfg.start_timeout_ms = 1000;
	cfg.stop_timeout_ms = 200;
	assert_int_equal(create(&cfg), MICA_OK);
	client = result.client;
	memset(&result, 0, sizeof(result));
	mica_client_start(client, on_done, &result);
	assert_true(run_until(is_started, client, LIMIT_MS));
	pid = saved_pid("one");
	close_host();
	/* The operation said that it was cut short; the client was left alone. */
	assert_true(result.done);
	assert_int_equal(result.err.code, MICA_E_FAILED);
	assert_int_equal(kill(pid, 0), 0);
	adopt();
	client = mica_host_find(host, "one");
	assert_true(run_until(is_stopped, client, LIMIT_MS));
	assert_int_equal(act(mica_client_remove, client), MICA_OK);
}

static void damaged_folder(void **state)
{
	char path[160];

	(void)state;
	close_host();
	snprintf(path, sizeof(path), "%s/clients/broken", root);
	assert_int_equal(mica_mkdirs(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/clients/broken/state.json", root);
	assert_int_equal(mica_write_atomic(path, "{\"version\":1,\"con", 17, 0600, NULL), 0);
	adopt();
	assert_null(mica_host_next(host, NULL));
	unlink(path);
	snprintf(path, sizeof(path), "%s/clients/broken", root);
	rmdir(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken_over),	  cmocka_unit_test(found_by_token),
		cmocka_unit_test(gone_meanwhile), cmocka_unit_test(stop_is_finished),
		cmocka_unit_test(not_ready_yet),  cmocka_unit_test(damaged_folder),
	};

	raw_client_main();
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
