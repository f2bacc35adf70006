/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls by number: client on the host, server on the client, and what a hostile peer sends. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include <openamp/rpmsg_rpc_client_server.h>

#include "rpmsg_link.h"

#define ADD 0x1234u /* more than one byte */

static struct link l;
static struct rpmsg_rpc_svr server;
static struct rpmsg_rpc_clt client;
static struct {
	unsigned int calls;
	int status;
	unsigned char data[512];
	size_t len;
} got;
static unsigned int served, shut_down;

static int add(void *data, struct rpmsg_rpc_svr *rpcs)
{
	struct rpmsg_rpc_request *request = data;
	uint32_t args[2], sum;

	assert_int_equal(request->id, ADD);
	memcpy(args, request->params, sizeof(args));
	sum = args[0] + args[1];
	served++;
	assert_int_equal(rpmsg_rpc_server_send(rpcs, ADD, RPMSG_RPC_OK, &sum, sizeof(sum)), 12);
	return 0;
}

static int fails(void *data, struct rpmsg_rpc_svr *rpcs)
{
	(void)data;
	(void)rpcs;
	served++;
	return -1;
}

static void answered(struct rpmsg_rpc_clt *rpc, int status, void *data, size_t len)
{
	assert_ptr_equal(rpc, &client);
	assert_int_equal((uintptr_t)data % 8, 0);
	got.calls++;
	got.status = status;
	got.len = len;
	memcpy(got.data, data, len);
}

static const struct rpmsg_rpc_services services[] = { { ADD, add }, { 7, fails } };
static const struct rpmsg_rpc_client_services answers[] = { { ADD, answered }, { 9, answered } };

static void ended(struct rpmsg_rpc_clt *rpc)
{
	assert_null(rpc->ept.rdev);
	shut_down++;
}

static void server_unbind(struct rpmsg_endpoint *ept)
{
	(void)ept;
}

static int set_up(void **state)
{
	(void)state;
	memset(&got, 0, sizeof(got));
	served = shut_down = 0;
	metal_set_log_handler(NULL);
	link_open(&l, NULL);
	link_up(&l, NULL);
	if (rpmsg_rpc_client_init(&client, &l.host.rdev, ended, answers, 2) != 0 ||
	    rpmsg_rpc_server_init(&server, &l.client.rdev, services, 2, server_unbind) != 0)
		return -1;
	/* Both ends have announced themselves under one name: they are bound. */
	link_run(&l);
	return is_rpmsg_ept_ready(&client.ept) ? 0 : -1;
}

static int take_down(void **state)
{
	(void)state;
	link_close(&l);
	return 0;
}

static void call_and_answer(void **state)
{
	uint32_t args[2] = { 40, 2 }, sum;

	(void)state;
	assert_int_equal(rpmsg_rpc_client_send(&client, ADD, args, sizeof(args)), 12);
	link_run(&l);
	assert_int_equal(served, 1);
	assert_int_equal(got.calls, 1);
	assert_int_equal(got.status, RPMSG_RPC_OK);
	assert_int_equal(got.len, sizeof(sum));
	memcpy(&sum, got.data, sizeof(sum));
	assert_int_equal(sum, 42);
}

static void bounds(void **state)
{
	unsigned char big[MAX_BUF_LEN] = { 0 };

	(void)state;
	assert_int_equal(rpmsg_rpc_client_send(NULL, 1, big, 1), -EINVAL);
	assert_int_equal(rpmsg_rpc_client_send(&client, 1, NULL, 1), -EINVAL);
	assert_int_equal(rpmsg_rpc_client_send(&client, 1, big, MAX_BUF_LEN - 3), -EINVAL);
	assert_int_equal(rpmsg_rpc_client_send(&client, 7, big, MAX_BUF_LEN - 4), MAX_BUF_LEN);
	assert_int_equal(rpmsg_rpc_client_send(&client, 7, NULL, 0), 4);
	link_run(&l);
	assert_int_equal(served, 2);
	assert_int_equal(rpmsg_rpc_server_send(NULL, 1, 0, big, 1), -EINVAL);
	assert_int_equal(rpmsg_rpc_server_send(&server, 1, 0, NULL, 1), -EINVAL);
	assert_int_equal(rpmsg_rpc_server_send(&server, 9, 0, big, MAX_BUF_LEN - 3), -EINVAL);
	assert_int_equal(rpmsg_rpc_server_send(&server, 9, -5, big, MAX_BUF_LEN - 4), 492);
	link_run(&l);
	assert_int_equal(got.calls, 1);
	assert_int_equal(got.status, -5);
	assert_int_equal(got.len, MAX_BUF_LEN - 4);
	assert_int_equal(rpmsg_rpc_client_init(NULL, &l.host.rdev, NULL, NULL, 0), -EINVAL);
	assert_int_equal(rpmsg_rpc_client_init(&client, NULL, NULL, NULL, 0), -EINVAL);
	assert_int_equal(rpmsg_rpc_client_init(&client, &l.host.rdev, NULL, NULL, 1), -EINVAL);
	assert_int_equal(rpmsg_rpc_server_init(&server, &l.client.rdev, NULL, -1, NULL), -EINVAL);
	assert_int_equal(rpmsg_rpc_server_init(NULL, &l.client.rdev, NULL, 0, NULL), -EINVAL);
}

/* Nobody's number: the server says so, and the client that has no such service ignores it. */
static void unknown_number(void **state)
{
	uint32_t id = 9;

	(void)state;
	assert_int_equal(rpmsg_rpc_client_send(&client, id, NULL, 0), 4);
	link_run(&l);
	assert_int_equal(served, 0);
	assert_int_equal(got.calls, 1);
	assert_int_equal(got.status, RPMSG_RPC_INVALID_ID);
	assert_int_equal(got.len, 0);
	assert_int_equal(rpmsg_rpc_client_send(&client, 0x5678, NULL, 0), 4);
	link_run(&l);
	assert_int_equal(got.calls, 1);
	assert_int_equal(l.host.stats.rx_cb_errors, 1);
}

/* Shorter than a header, longer than any message. */
static void malformed(void **state)
{
	unsigned char bytes[496] = { 0x34, 0x12 };

	(void)state;
	for (int len = 0; len < 4; len++)
		assert_int_equal(rpmsg_send(&client.ept, bytes, len), len);
	link_run(&l);
	assert_int_equal(rpmsg_send(&client.ept, bytes, MAX_BUF_LEN + 1), MAX_BUF_LEN + 1);
	link_run(&l);
	assert_int_equal(served, 0);
	assert_int_equal(l.client.stats.rx_cb_errors, 5);
	for (int len = 0; len < 8; len += 7)
		assert_int_equal(rpmsg_send(&server.ept, bytes, len), len);
	link_run(&l);
	assert_int_equal(got.calls, 0);
	assert_int_equal(l.host.stats.rx_cb_errors, 2);
	/* The longest there can be fits. */
	assert_int_equal(rpmsg_send(&server.ept, bytes, 496), 496);
	link_run(&l);
	assert_int_equal(got.calls, 1);
	assert_int_equal(got.len, 488);
}

static void server_goes(void **state)
{
	(void)state;
	rpmsg_destroy_ept(&server.ept);
	link_run(&l);
	assert_int_equal(shut_down, 1);
	assert_true(rpmsg_rpc_client_send(&client, ADD, NULL, 0) < 0);
	rpmsg_rpc_client_release(&client);
	rpmsg_rpc_client_release(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(call_and_answer, set_up, take_down),
		cmocka_unit_test_setup_teardown(bounds, set_up, take_down),
		cmocka_unit_test_setup_teardown(unknown_number, set_up, take_down),
		cmocka_unit_test_setup_teardown(malformed, set_up, take_down),
		cmocka_unit_test_setup_teardown(server_goes, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
