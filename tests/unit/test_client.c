// SPDX-License-Identifier: BSD-3-Clause
/* The reference client, native, against the host's role of the OpenAMP API. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "native_peer.h"

#define ALL_FEATURES (MICA_F_READY | MICA_F_DOORBELL | MICA_F_CREDIT)
#define WAIT_MS	     5000

static struct peer p;

static struct peer_ept *start_shell(const char *image, uint32_t features)
{
	struct peer_ept *tty;

	assert_int_equal(peer_start(&p, image, features), 0);
	tty = peer_find(&p, "rpmsg-tty");
	assert_non_null(tty);
	assert_int_equal(peer_send(&p, tty, NULL, 0), 0); /* says who we are */
	return tty;
}

static void type(struct peer_ept *tty, const char *text)
{
	assert_int_equal(peer_send(&p, tty, text, strlen(text)), 0);
}

static void stop(void)
{
	peer_status(&p, MICA_STATUS_STOP);
	assert_int_equal(peer_wait(&p, WAIT_MS), 0);
	assert_int_equal(*p.status, MICA_STATUS_OFF);
}

static int end(void **state)
{
	(void)state;
	peer_end(&p);
	return 0;
}

static void test_shell(void **state)
{
	struct peer_ept *tty = start_shell("ref", ALL_FEATURES);

	(void)state;
	assert_true(peer_expect(&p, "mica:~$ ", WAIT_MS));
	assert_int_equal(p.acked, ALL_FEATURES);
	assert_int_equal(p.vendor->client_state, MICA_CLIENT_READY);
	type(tty, "version\r");
	assert_true(peer_expect(&p, "version\r\nMICA reference client ", WAIT_MS));
	assert_true(peer_expect(&p, "mica:~$ ", WAIT_MS));
	type(tty, "ecx\177ho one two\r\n");
	assert_true(peer_expect(&p, "\r\none two\r\nmica:~$ ", WAIT_MS));
	type(tty, "help\rps\rmem\rping\ruptime\r");
	assert_true(peer_expect(&p, "poweroff", WAIT_MS));
	assert_true(peer_expect(&p, "NAME", WAIT_MS));
	assert_true(peer_expect(&p, "communication", WAIT_MS));
	assert_true(peer_expect(&p, "pong", WAIT_MS));
	assert_true(peer_expect(&p, "up 0.", WAIT_MS));
	type(tty, "nonsense\r");
	assert_true(peer_expect(&p, "nonsense: no such command", WAIT_MS));
	stop();
	assert_true(tty->destroyed);
	assert_int_equal(p.vendor->client_state, MICA_CLIENT_OFF);
}

static void test_kernel(void **state)
{
	struct peer_ept *tty = start_shell("ref", ALL_FEATURES);

	(void)state;
	type(tty, "threads\r");
	assert_true(peer_expect(&p, "preemption ok, semaphores ok, queues ok, sleep ok", 20000));
	stop();
}

static uint32_t crc32(const unsigned char *d, size_t len)
{
	uint32_t crc = ~0u;

	while (len--) {
		crc ^= *d++;
		for (int i = 0; i < 8; i++)
			crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
	}
	return ~crc;
}

#define BULK 100000u

static void bulk(const char *image, uint32_t features)
{
	struct peer_ept *tty = start_shell(image, features);
	unsigned char *out = malloc(BULK), *in = malloc(BULK);
	char line[64];

	assert_non_null(out);
	assert_non_null(in);
	for (uint32_t i = 0; i < BULK; i++)
		out[i] = (unsigned char)(i * 31u + (i >> 8));
	assert_true(peer_expect(&p, "mica:~$ ", WAIT_MS));

	type(tty, "flood 100000\r");
	assert_true(peer_expect(&p, "flood 100000\r\n", WAIT_MS));
	assert_true(peer_read(&p, in, BULK, 60000));
	assert_memory_equal(in, out, BULK);
	snprintf(line, sizeof(line), "flood: 100000 bytes, crc32 %08x", crc32(out, BULK));
	assert_true(peer_expect(&p, line, WAIT_MS));

	type(tty, "sink 100000\r");
	for (uint32_t i = 0; i < BULK; i += 400)
		assert_int_equal(peer_send(&p, tty, out + i, 400), 0);
	snprintf(line, sizeof(line), "sink: 100000 bytes, crc32 %08x", crc32(out, BULK));
	assert_true(peer_expect(&p, line, 60000));

	type(tty, "cat 2560\r");
	assert_true(peer_expect(&p, "cat 2560\r\n", WAIT_MS));
	for (uint32_t i = 0; i < 2560; i += 256)
		assert_int_equal(peer_send(&p, tty, out + i, 256), 0);
	assert_true(peer_read(&p, in, 2560, WAIT_MS));
	assert_memory_equal(in, out, 2560);
	stop();
	free(out);
	free(in);
}

static void test_bulk_credit(void **state)
{
	(void)state;
	bulk("ref", ALL_FEATURES);
}

static void test_bulk_plain(void **state)
{
	(void)state;
	bulk("novendor", 0);
}

static void test_bulk_not_acked(void **state)
{
	(void)state;
	bulk("ref", 0);
	assert_int_equal(p.vendor->client_state, MICA_CLIENT_BOOTING);
}

/* Without credit coming back, a flood ends after what it started with. */
static void test_credit_holds_back(void **state)
{
	struct peer_ept *tty = start_shell("ref", ALL_FEATURES);
	uint32_t before;

	(void)state;
	assert_true(peer_expect(&p, "mica:~$ ", WAIT_MS));
	p.hold_credit = true;
	before = tty->received - tty->owed;
	type(tty, "flood 100000\r");
	for (int i = 0; i < 50; i++)
		peer_turn(&p, 10);
	assert_int_equal(tty->received - before, MICA_CREDIT_INITIAL);
	/* Another endpoint is not held back by it. */
	{
		struct peer_ept *echo = peer_find(&p, "mica-echo");
		uint32_t echoed = echo->received;

		assert_int_equal(peer_send(&p, echo, "hello", 5), 0);
		for (int i = 0; i < 100 && echo->received == echoed; i++)
			peer_turn(&p, 10);
		assert_int_equal(echo->received, echoed + 1);
	}
	p.hold_credit = false;
	assert_true(peer_expect(&p, "flood: 100000 bytes", 60000));
	stop();
}

/* How often the client's threads have gone to sleep. */
static unsigned long naps(void)
{
	unsigned long sum = 0, n;
	char path[64], line[128];
	struct dirent *de;
	FILE *f;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)p.pid);
	d = opendir(path);
	assert_non_null(d);
	while ((de = readdir(d))) {
		snprintf(path, sizeof(path), "/proc/%d/task/%.20s/status", (int)p.pid, de->d_name);
		f = de->d_name[0] == '.' ? NULL : fopen(path, "r");
		while (f && fgets(line, sizeof(line), f))
			sum += sscanf(line, "voluntary_ctxt_switches: %lu", &n) == 1 ? n : 0;
		if (f)
			fclose(f);
	}
	closedir(d);
	return sum;
}

/* Without buffers a sender sleeps until the doorbell, it does not look for them. */
static void test_sleeps_without_buffers(void **state)
{
	struct peer_ept *tty = start_shell("ref", MICA_F_READY | MICA_F_DOORBELL);
	unsigned long before = 0, after = 0;

	(void)state;
	assert_true(peer_expect(&p, "mica:~$ ", WAIT_MS));
	type(tty, "flood 100000\r");
	/* Once it has filled the ring, a second is quiet; a busy machine may need some for that. */
	for (int i = 0; i < 30; i++) {
		before = naps();
		usleep(1000000);
		after = naps();
		if (after - before < 50)
			break;
	}
	assert_true(after > 0);
	assert_true(after - before < 50);
	assert_true(peer_expect(&p, "flood: 100000 bytes", 60000));
	stop();
}

static void reattach(const char *image, uint32_t features, bool clears)
{
	struct peer_ept *tty = start_shell(image, features);

	assert_true(peer_expect(&p, "mica:~$ ", WAIT_MS));
	for (int round = 0; round < 3; round++) {
		peer_status(&p, MICA_STATUS_REATTACH);
		for (int i = 0; i < 20; i++) {
			struct timespec ms10 = { 0, 10000000 };

			nanosleep(&ms10, NULL);
			if (*(volatile uint32_t *)p.status == 0)
				break;
		}
		assert_int_equal(*(volatile uint32_t *)p.status, clears ? 0 : MICA_STATUS_REATTACH);
		assert_int_equal(peer_reattach(&p), 0);
		peer_status(&p, MICA_STATUS_RUNNING);
		assert_int_equal(peer_send(&p, tty, NULL, 0), 0);
		type(tty, "echo again\r");
		assert_true(peer_expect(&p, "\r\nagain\r\nmica:~$ ", WAIT_MS));
	}
	stop();
}

static void test_reattach(void **state)
{
	(void)state;
	reattach("ref", ALL_FEATURES, true);
}

static void test_reattach_keepword(void **state)
{
	(void)state;
	reattach("keepword", 0, false);
}

static void test_poweroff(void **state)
{
	struct peer_ept *tty = start_shell("ref", ALL_FEATURES);

	(void)state;
	type(tty, "poweroff\r");
	assert_int_equal(peer_wait(&p, WAIT_MS), 0);
	assert_int_equal(*p.status, MICA_STATUS_OFF);
}

static void test_crash(void **state)
{
	struct peer_ept *tty = start_shell("ref", ALL_FEATURES);

	(void)state;
	assert_true(peer_expect(&p, "mica:~$ ", WAIT_MS));
	type(tty, "crash\r");
	assert_in_range(peer_wait(&p, WAIT_MS), 1, 255);
	assert_int_equal(*p.status, MICA_STATUS_RUNNING);
	assert_int_equal(p.vendor->client_state, MICA_CLIENT_CRASHED);
}

static void test_hang(void **state)
{
	struct peer_ept *tty = start_shell("ref", ALL_FEATURES);

	(void)state;
	type(tty, "hang\r");
	assert_true(peer_expect(&p, "hanging", WAIT_MS));
	peer_status(&p, MICA_STATUS_STOP);
	assert_int_equal(peer_wait(&p, 500), -1);
}

/* Variants whose shell works like any other's. */
static void test_variants(void **state)
{
	static const char *const names[] = { "align4",	 "sgi7",    "lowpool",
					     "zeroword", "fulllen", "gdbtable" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct peer_ept *tty = start_shell(names[i], ALL_FEATURES);

		assert_true(peer_expect(&p, "mica:~$ ", WAIT_MS));
		type(tty, "version\r");
		assert_true(peer_expect(&p, names[i], WAIT_MS));
		stop();
		if (i + 1 < sizeof(names) / sizeof(names[0]))
			peer_end(&p);
	}
}

static void test_zeroword_ignores(void **state)
{
	struct peer_ept *tty;

	(void)state;
	tty = start_shell("zeroword", 0);
	assert_true(peer_expect(&p, "mica:~$ ", WAIT_MS));
	peer_status(&p, 0);
	type(tty, "echo deaf\r");
	for (int i = 0; i < 20; i++)
		peer_turn(&p, 10);
	assert_int_equal(p.in_len, 0);
	peer_status(&p, MICA_STATUS_RUNNING);
	assert_true(peer_expect(&p, "\r\ndeaf\r\n", WAIT_MS));
	stop();
}

static void test_silent(void **state)
{
	struct peer_ept *tty = start_shell("silent", 0);

	(void)state;
	for (int i = 0; i < 20; i++)
		peer_turn(&p, 10);
	assert_int_equal(p.in_len, 0);
	type(tty, "\r");
	assert_true(peer_expect(&p, "mica:~$ ", WAIT_MS));
	stop();
}

static void test_nostop(void **state)
{
	struct peer_ept *tty = start_shell("nostop", 0);

	(void)state;
	peer_status(&p, MICA_STATUS_STOP);
	assert_int_equal(peer_wait(&p, 300), -1);
	type(tty, "echo here\r");
	assert_true(peer_expect(&p, "\r\nhere\r\n", WAIT_MS));
}

static void test_noreattach(void **state)
{
	start_shell("noreattach", 0);
	(void)state;
	assert_true(peer_expect(&p, "mica:~$ ", WAIT_MS));
	peer_status(&p, MICA_STATUS_REATTACH);
	for (int i = 0; i < 20; i++)
		peer_turn(&p, 10);
	assert_int_equal(*p.status, MICA_STATUS_REATTACH);
}

static void test_uniproton(void **state)
{
	static const char first[32] = "first message from rpc_service!";
	static const unsigned char bind[16];
	struct peer_ept *rpc;

	(void)state;
	start_shell("uniproton", 0);
	rpc = peer_find(&p, "rpmsg-rpc");
	assert_non_null(rpc);
	for (int i = 0; i < 20; i++)
		peer_turn(&p, 10);
	assert_int_equal(p.in_len, 0);
	assert_int_equal(peer_send(&p, rpc, first, sizeof(first)), 0);
	assert_int_equal(peer_send(&p, peer_find(&p, "rpmsg-umt"), bind, sizeof(bind)), 0);
	assert_true(peer_expect(&p, "mica:~$ ", WAIT_MS));
	assert_int_equal(peer_send(&p, rpc, "\1\0\0\0power off", 13), 0);
	assert_int_equal(peer_wait(&p, WAIT_MS), 0);
}

static void test_neverready(void **state)
{
	(void)state;
	assert_int_equal(peer_start(&p, "neverready", ALL_FEATURES), 0);
	for (int i = 0; i < 20; i++)
		peer_turn(&p, 10);
	assert_int_equal(p.n_ept, 0);
	assert_int_equal(peer_wait(&p, 0), -1);
}

static void test_crashboot(void **state)
{
	(void)state;
	assert_int_equal(peer_start(&p, "crashboot", ALL_FEATURES), 0);
	assert_in_range(peer_wait(&p, WAIT_MS), 1, 255);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_shell, end),
		cmocka_unit_test_teardown(test_kernel, end),
		cmocka_unit_test_teardown(test_bulk_credit, end),
		cmocka_unit_test_teardown(test_bulk_plain, end),
		cmocka_unit_test_teardown(test_bulk_not_acked, end),
		cmocka_unit_test_teardown(test_credit_holds_back, end),
		cmocka_unit_test_teardown(test_sleeps_without_buffers, end),
		cmocka_unit_test_teardown(test_reattach, end),
		cmocka_unit_test_teardown(test_reattach_keepword, end),
		cmocka_unit_test_teardown(test_poweroff, end),
		cmocka_unit_test_teardown(test_crash, end),
		cmocka_unit_test_teardown(test_hang, end),
		cmocka_unit_test_teardown(test_variants, end),
		cmocka_unit_test_teardown(test_zeroword_ignores, end),
		cmocka_unit_test_teardown(test_silent, end),
		cmocka_unit_test_teardown(test_nostop, end),
		cmocka_unit_test_teardown(test_noreattach, end),
		cmocka_unit_test_teardown(test_uniproton, end),
		cmocka_unit_test_teardown(test_neverready, end),
		cmocka_unit_test_teardown(test_crashboot, end),
	};

	return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
