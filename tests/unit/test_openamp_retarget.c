/* SPDX-License-Identifier: BSD-3-Clause */
/* Files by a proxy: the far side's open, read, write, close, and a proxy that lies. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include <openamp/rpmsg_retarget.h>

#include "rpmsg_link.h"

static struct link l;
static struct rpmsg_rpc_data rpc;
static struct rpmsg_endpoint proxy;
static unsigned int shut_down, polls;

/* What the proxy saw last, and what it says next. */
static struct {
	struct rpmsg_rpc_syscall call;
	unsigned char data[512];
	size_t len;
} seen;
static struct {
	struct rpmsg_rpc_syscall call;
	unsigned char data[480];
} answer;
static int answer_len;

static int on_call(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src;
	(void)priv;
	memset(&seen, 0, sizeof(seen));
	seen.len = len;
	memcpy(&seen.call, data, sizeof(seen.call));
	memcpy(seen.data, (uint8_t *)data + sizeof(seen.call), len - sizeof(seen.call));
	if (answer_len >= 0)
		assert_int_equal(rpmsg_send(ept, &answer, answer_len), answer_len);
	return RPMSG_SUCCESS;
}

static int poll_both(void *arg)
{
	(void)arg;
	polls++;
	link_run(&l);
	return 0;
}

static void ended(struct rpmsg_rpc_data *data)
{
	assert_ptr_equal(data, &rpc);
	shut_down++;
}

static void says(uint32_t id, int32_t result, const void *data, size_t len)
{
	memset(&answer, 0, sizeof(answer));
	answer.call.id = id;
	answer.call.args.int_field1 = result;
	answer.call.args.data_len = (uint32_t)len;
	if (data)
		memcpy(answer.data, data, len);
	answer_len = (int)(sizeof(answer.call) + len);
}

static int set_up(void **state)
{
	(void)state;
	shut_down = polls = 0;
	link_open(&l, NULL);
	link_up(&l, NULL);
	assert_int_equal(rpmsg_create_ept(&proxy, &l.host.rdev, "rpmsg-openamp-demo-channel",
					  RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, on_call, NULL),
			 0);
	assert_int_equal(rpmsg_rpc_init(&rpc, &l.client.rdev, "rpmsg-openamp-demo-channel",
					RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, NULL, poll_both, ended),
			 0);
	rpmsg_set_default_rpc(&rpc);
	rpmsg_set_default_rpc(NULL);
	return polls ? 0 : -1; /* it had to wait for the proxy */
}

static int take_down(void **state)
{
	(void)state;
	rpmsg_rpc_release(&rpc);
	link_close(&l);
	return 0;
}

static void files(void **state)
{
	char buffer[32] = "";

	(void)state;
	says(OPEN_SYSCALL_ID, 5, NULL, 0);
	assert_int_equal(_open("remote.file", 0x42, 0644), 5);
	assert_int_equal(seen.call.id, OPEN_SYSCALL_ID);
	assert_int_equal(seen.call.args.int_field1, 0x42);
	assert_int_equal(seen.call.args.int_field2, 0644);
	assert_int_equal(seen.call.args.data_len, 12);
	assert_int_equal(seen.len, 28);
	assert_string_equal((char *)seen.data, "remote.file");

	says(WRITE_SYSCALL_ID, 3, NULL, 0);
	assert_int_equal(_write(5, "abc", 3), 3);
	assert_int_equal(seen.call.args.int_field1, 5);
	assert_int_equal(seen.call.args.data_len, 3);
	assert_int_equal(_write(1, "abc", 3), 3);
	assert_int_equal(seen.call.args.int_field2, 3);
	assert_int_equal(seen.call.args.data_len, 4); /* its NUL */

	says(READ_SYSCALL_ID, 6, "hello", 6);
	assert_int_equal(_read(5, buffer, sizeof(buffer)), 6);
	assert_string_equal(buffer, "hello");
	assert_int_equal(seen.call.args.int_field2, sizeof(buffer));
	says(READ_SYSCALL_ID, 0, NULL, 0);
	assert_int_equal(_read(5, buffer, sizeof(buffer)), 0);

	says(CLOSE_SYSCALL_ID, 0, NULL, 0);
	assert_int_equal(_close(5), 0);
	assert_int_equal(seen.len, 16);
}

static void arguments(void **state)
{
	char big[512];

	(void)state;
	memset(big, 'a', sizeof(big));
	big[511] = 0;
	says(WRITE_SYSCALL_ID, 480, NULL, 0);
	assert_int_equal(_open(NULL, 0, 0), -EINVAL);
	assert_int_equal(_open(big, 0, 0), -EINVAL);
	assert_int_equal(_read(1, NULL, 1), -EINVAL);
	assert_int_equal(_read(1, big, 0), -EINVAL);
	assert_int_equal(_write(2, NULL, 1), -EINVAL);
	assert_int_equal(_write(2, big, -1), -EINVAL);
	assert_int_equal(_write(2, big, 481), -EINVAL);
	assert_int_equal(_write(1, big, 480), -EINVAL);
	assert_int_equal(_write(2, big, 480), 480);
	assert_int_equal(seen.len, 496);
	assert_int_equal(rpmsg_rpc_send(NULL, big, 1, big, 1), -EINVAL);
	assert_int_equal(rpmsg_rpc_send(&rpc, NULL, 1, big, 1), -EINVAL);
	assert_int_equal(rpmsg_rpc_send(&rpc, big, 497, big, 1), -EINVAL);
	assert_int_equal(rpmsg_rpc_init(NULL, &l.client.rdev, "x", 1, 1, NULL, NULL, NULL),
			 -EINVAL);
	assert_int_equal(rpmsg_rpc_init(&rpc, NULL, "x", 1, 1, NULL, NULL, NULL), -EINVAL);
}

static void a_proxy_that_lies(void **state)
{
	struct {
		char before[8], buffer[8], after[8];
	} b;
	unsigned char data[480];

	(void)state;
	memset(&b, '#', sizeof(b));
	memset(data, 'x', sizeof(data));
	/* more than was asked for */
	says(READ_SYSCALL_ID, 480, data, 480);
	assert_int_equal(_read(5, b.buffer, 8), 8);
	assert_memory_equal(b.before, "########", 8);
	assert_memory_equal(b.buffer, "xxxxxxxx", 8);
	assert_memory_equal(b.after, "########", 8);
	/* a length that is none, with less behind it */
	says(READ_SYSCALL_ID, 8, data, 2);
	answer.call.args.data_len = 0xfffffff0;
	assert_int_equal(_read(5, b.buffer, 8), 8);
	assert_memory_equal(b.after, "########", 8);
	says(READ_SYSCALL_ID, 100, data, 3);
	assert_int_equal(_read(5, b.buffer, 8), 3);
	/* another call's answer, none at all, a piece of one */
	says(OPEN_SYSCALL_ID, 8, NULL, 0);
	assert_int_equal(_read(5, b.buffer, 8), -EINVAL);
	says(READ_SYSCALL_ID, 8, NULL, 0);
	answer_len = 0;
	assert_int_equal(_read(5, b.buffer, 8), -EINVAL);
	answer_len = 3;
	assert_int_equal(_read(5, b.buffer, 8), -EINVAL);
}

/* A message that nobody waits for is not kept for the next call. */
static void unasked(void **state)
{
	(void)state;
	says(READ_SYSCALL_ID, 1, "!", 1);
	assert_int_equal(rpmsg_send(&proxy, &answer, answer_len), answer_len);
	link_run(&l);
	says(CLOSE_SYSCALL_ID, 0, NULL, 0);
	assert_int_equal(_close(5), 0);
	/* Without a place for it, no answer is waited for. */
	answer_len = -1;
	assert_int_equal(rpmsg_rpc_send(&rpc, &answer, 16, NULL, 0), 16);
}

static void the_end(void **state)
{
	uint32_t term = TERM_SYSCALL_ID;

	(void)state;
	assert_int_equal(rpmsg_send(&proxy, &term, sizeof(term)), sizeof(term));
	link_run(&l);
	assert_true(rpc.ept_destroyed);
	assert_int_equal(shut_down, 0);
	assert_int_equal(_close(1), -EINVAL);
}

/* The proxy goes while a call waits for its answer. */
static int proxy_dies(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)data;
	(void)len;
	(void)src;
	(void)priv;
	rpmsg_destroy_ept(ept);
	return RPMSG_SUCCESS;
}

static void gone_while_waiting(void **state)
{
	(void)state;
	proxy.cb = proxy_dies;
	assert_int_equal(_close(1), -EINVAL);
	assert_int_equal(shut_down, 1);
	assert_int_equal(_close(1), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(files, set_up, take_down),
		cmocka_unit_test_setup_teardown(arguments, set_up, take_down),
		cmocka_unit_test_setup_teardown(a_proxy_that_lies, set_up, take_down),
		cmocka_unit_test_setup_teardown(unasked, set_up, take_down),
		cmocka_unit_test_setup_teardown(the_end, set_up, take_down),
		cmocka_unit_test_setup_teardown(gone_while_waiting, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
