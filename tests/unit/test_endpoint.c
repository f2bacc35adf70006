/* SPDX-License-Identifier: BSD-3-Clause */
/* Endpoints in the hands of a program: by name, through stops and starts, with back-pressure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host_help.h"
#include "mica/abi.h"
#include "mica/endpoint.h"

#define ECHO_NAME "mica-echo"

static struct seen {
	unsigned int messages, bound, unbound, writable;
	unsigned char last[MICA_ENDPOINT_MESSAGE];
	size_t last_len;
	bool keep; /* do not say that it is done with */
} seen;

static bool on_message(void *arg, const void *data, size_t len)
{
	struct seen *s = arg;

	s->messages++;
	memcpy(s->last, data, len);
	s->last_len = len;
	return !s->keep;
}

static void on_writable(void *arg)
{
	((struct seen *)arg)->writable++;
}

static void on_bound(void *arg, bool bound)
{
	struct seen *s = arg;

	s->bound += bound;
	s->unbound += !bound;
}

static const struct mica_endpoint_ops ops = {
	.message = on_message,
	.writable = on_writable,
	.bound = on_bound,
};

static bool has_messages(void *n)
{
	return seen.messages >= *(unsigned int *)n;
}

static bool await_messages(unsigned int n, unsigned int ms)
{
	return run_until(has_messages, &n, ms);
}

static bool can_send(void *ep)
{
	return mica_endpoint_can_send(ep);
}

static bool is_bound(void *ep)
{
	return mica_endpoint_bound(ep);
}

static void send_one(struct mica_endpoint *ep, const void *data, size_t len)
{
	assert_true(run_until(can_send, ep, 5000));
	assert_int_equal(mica_endpoint_send(ep, data, len), 0);
}

/* build/$(V)/tests/unit/test_endpoint -> build/$(V)/client/mica-VARIANT-native */
static void client_image(const char *variant, char *out, size_t size)
{
	const char *end = strstr(self, "/tests/unit/");

	assert_non_null(end);
	snprintf(out, size, "%.*s/client/mica-%s-native", (int)(end - self), self, variant);
}

static struct mica_client *created(const char *variant, enum mica_layout layout)
{
	struct mica_config cfg = config("one");

	memset(&seen, 0, sizeof(seen));
	cfg.layout = layout;
	client_image(variant, cfg.image, sizeof(cfg.image));
	assert_int_equal(create(&cfg), MICA_OK);
	return result.client;
}

static struct mica_endpoint *opened(struct mica_client *c, const char *name,
				    const struct mica_endpoint_ops *with)
{
	struct mica_endpoint *ep = NULL;
	struct mica_error err;

	if (mica_endpoint_open(c, name, with, &seen, &ep, &err))
		fail_msg("%s", err.text);
	return ep;
}

static void through_stops_and_starts(void **state)
{
	struct mica_client *c = created("ref", MICA_LAYOUT_TABLE);
	struct mica_endpoint *ep = opened(c, ECHO_NAME, &ops);
	unsigned char big[MICA_ENDPOINT_MESSAGE + 1];

	(void)state;
	memset(big, 0x5a, sizeof(big));
	assert_false(mica_endpoint_bound(ep));
	assert_false(mica_endpoint_can_send(ep));
	assert_int_equal(mica_endpoint_send(ep, "x", 1), -1);
	for (unsigned int turn = 1; turn <= 3; turn++) {
		assert_int_equal(act(mica_client_start, c), MICA_OK);
		assert_true(run_until(is_bound, ep, 5000));
		assert_int_equal(seen.bound, turn);
		send_one(ep, big, MICA_ENDPOINT_MESSAGE);
		assert_true(await_messages(turn, 5000));
		assert_int_equal(seen.last_len, MICA_ENDPOINT_MESSAGE);
		assert_memory_equal(seen.last, big, MICA_ENDPOINT_MESSAGE);
		assert_int_equal(mica_endpoint_send(ep, big, sizeof(big)), -1);
		assert_int_equal(mica_endpoint_send(ep, big, 0), -1);
		assert_int_equal(act(mica_client_stop, c), MICA_OK);
		assert_int_equal(seen.unbound, turn);
		assert_false(mica_endpoint_bound(ep));
		assert_int_equal(mica_endpoint_send(ep, "x", 1), -1);
	}
	assert_int_equal(act(mica_client_remove, c), MICA_OK);
	/* It is its owner's, even without a client. */
	assert_false(mica_endpoint_can_send(ep));
	mica_endpoint_drained(ep);
	mica_endpoint_close(ep);
	mica_endpoint_close(NULL);
}

static void opened_late(void **state)
{
	struct mica_client *c = created("ref", MICA_LAYOUT_TABLE);
	struct mica_endpoint *ep, *none = NULL;
	struct mica_error err;

	(void)state;
	assert_int_equal(act(mica_client_start, c), MICA_OK);
	assert_int_equal(mica_endpoint_open(c, "", &ops, NULL, &none, &err), -1);
	assert_int_equal(err.code, MICA_E_USAGE);
	assert_int_equal(
		mica_endpoint_open(c, "a-name-of-thirty-two-characters.", &ops, NULL, &none, &err),
		-1);
	assert_int_equal(err.code, MICA_E_USAGE);
	assert_int_equal(mica_endpoint_open(c, "rpmsg-tty", &ops, NULL, &none, &err), -1);
	assert_int_equal(err.code, MICA_E_BUSY);
	for (unsigned int turn = 1; turn <= 2; turn++) {
		ep = opened(c, ECHO_NAME, &ops);
		assert_true(run_until(is_bound, ep, 5000));
		assert_int_equal(mica_endpoint_open(c, ECHO_NAME, &ops, NULL, &none, &err), -1);
		assert_int_equal(err.code, MICA_E_BUSY);
		send_one(ep, "late", 4);
		assert_true(await_messages(turn, 5000));
		assert_memory_equal(seen.last, "late", 4);
		mica_endpoint_close(ep);
	}
	assert_int_equal(seen.unbound, 0); /* whoever closes it is not told */
	assert_null(none);
	stop_and_remove(c);
}

static void holds_the_sender_back(void **state)
{
	struct mica_client *c = created("ref", MICA_LAYOUT_TABLE);
	struct mica_endpoint *ep = opened(c, ECHO_NAME, &ops);

	(void)state;
	assert_int_equal(act(mica_client_start, c), MICA_OK);
	assert_true(run_until(is_bound, ep, 5000));
	seen.keep = true;
	for (unsigned char i = 0; i < MICA_CREDIT_INITIAL + 2; i++)
		send_one(ep, &i, 1);
	assert_true(await_messages(MICA_CREDIT_INITIAL, 5000));
	assert_false(await_messages(MICA_CREDIT_INITIAL + 1, 300));
	seen.keep = false;
	mica_endpoint_drained(ep);
	assert_true(await_messages(MICA_CREDIT_INITIAL + 2, 5000));
	assert_int_equal(seen.last[0], MICA_CREDIT_INITIAL + 1);
	mica_endpoint_close(ep);
	stop_and_remove(c);
}

/* In place of a service: silent, and the service's way to ask for a stop still works. */
static void stands_in_for_a_service(void **state)
{
	const struct mica_endpoint_ops silent = { .bound = on_bound, .silent = true };
	struct mica_client *c = created("rtthread", MICA_LAYOUT_STATIC);
	struct mica_endpoint *ep = opened(c, "onoff", &silent);
	uint32_t terminal_on = 1;

	(void)state;
	assert_int_equal(act(mica_client_start, c), MICA_OK);
	assert_true(run_until(is_bound, ep, 5000));
	assert_false(await_messages(1, 200));
	assert_int_equal(info_of(c)->n_services, 3); /* the service would have asked for pty */
	send_one(ep, &terminal_on, sizeof(terminal_on));
	assert_false(await_messages(1, 500));
	assert_int_equal(info_of(c)->n_services, 4);
	assert_int_equal(act(mica_client_stop, c), MICA_OK);
	assert_string_equal(info_of(c)->reason, ""); /* nobody had to kill it */
	assert_int_equal(act(mica_client_remove, c), MICA_OK);
	mica_endpoint_close(ep);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(through_stops_and_starts),
		cmocka_unit_test(opened_late),
		cmocka_unit_test(holds_the_sender_back),
		cmocka_unit_test(stands_in_for_a_service),
	};

	(void)argc;
	(void)argv;
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
