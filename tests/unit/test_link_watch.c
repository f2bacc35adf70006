/* SPDX-License-Identifier: BSD-3-Clause */
/* Which words a pedestal is told to look at; and what it can force, by its own word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <linux/mcs.h>
#include <openamp/rsc_table.h>

#include "client_priv.h"
#include "link_table.h"

#define BASE  0xa8000000ull
#define TABLE (BASE + 0x100000)
#define POOL  (BASE + 0x20000)
/* Of a ring of 8, align 16: 128 bytes of descriptors, 22 available, rounded; flags of the used. */
#define USED_INDEX 162

static uint8_t memory[0x200000] __attribute__((aligned(4096)));
static struct mica_watched told[MCS_MAX_WATCH];
static unsigned int n_told, calls;
static int answer;
static enum mica_force_stop forceable;

static int on_watch(struct mica_pedestal *p, const struct mica_watched *words, unsigned int n,
		    struct mica_error *err)
{
	(void)p;
	assert_true(n <= MCS_MAX_WATCH);
	memcpy(told, words, n * sizeof(*words));
	n_told = n;
	calls++;
	return answer ? mica_fail(err, MICA_E_PLATFORM, "no") : 0;
}

static enum mica_force_stop on_can_force(struct mica_pedestal *p)
{
	(void)p;
	return forceable;
}

static int on_force_stop(struct mica_pedestal *p, struct mica_error *err)
{
	(void)p;
	(void)err;
	return 0;
}

static const struct mica_pedestal_ops looks = { .watch = on_watch };

struct fixture {
	struct mica_client client;
	struct mica_link link;
};

static void prepare(struct fixture *f)
{
	struct mica_error err;

	memset(f, 0, sizeof(*f));
	f->client.ops = &looks;
	f->client.table = (struct mica_table){
		.present = true, .da = TABLE, .vdev = 64, .vendor = 200, .ring_pair = 400
	};
	for (int i = 0; i < 2; i++)
		f->client.table.vring[i] = (struct mica_vring){ UINT32_MAX, 16, 8, 0 };
	f->link.client = &f->client;
	f->link.win[0] = (struct mica_window){
		.va = memory, .da = BASE, .pa = BASE, .size = sizeof(memory)
	};
	f->link.n_win = 1;
	f->link.table = memory + (TABLE - BASE);
	f->link.db.kind = MCS_DB_POLL;
	assert_int_equal(
		mica_place(&f->client.table, POOL, MICA_POOL_SIZE, false, &f->link.pl, &err), 0);
	n_told = calls = 0;
	answer = 0;
}

static void expect(uint64_t da, uint32_t width)
{
	for (unsigned int i = 0; i < n_told; i++)
		if (told[i].da == da && told[i].width == width)
			return;
	fail_msg("0x%llx is not among them", (unsigned long long)da);
}

static void other_kinds(void **state)
{
	struct fixture f;
	struct mica_error err;

	(void)state;
	prepare(&f);
	for (uint32_t kind = MCS_DB_NONE; kind < MCS_DB_POLL; kind++) {
		f.link.db.kind = kind;
		assert_int_equal(mica_link_watch(&f.link, &err), 0);
	}
	assert_int_equal(calls, 0);
}

static void rings_and_status(void **state)
{
	struct fixture f;
	struct mica_error err;

	(void)state;
	prepare(&f);
	f.link.db.legacy = true;
	assert_int_equal(mica_link_watch(&f.link, &err), 0);
	assert_int_equal(n_told, 3);
	expect(POOL + USED_INDEX, 2);
	expect(POOL + f.link.pl.vring_size[0] + USED_INDEX, 2);
	expect(TABLE + offsetof(struct resource_table, reserved), 4);
}

static void everything(void **state)
{
	struct fixture f;
	struct mica_error err;

	(void)state;
	prepare(&f);
	f.link.features = MICA_F_READY | MICA_F_LOG;
	f.link.pl.gdb = POOL + 0x8000;
	f.link.pl.log = POOL + 0x10000;
	assert_int_equal(mica_link_watch(&f.link, &err), 0);
	assert_int_equal(n_told, 7);
	expect(TABLE + 200 + offsetof(struct mica_rsc_vendor, client_state), 4);
	expect(POOL + 0x10000 + offsetof(struct mica_log_ring, head), 4);
	expect(POOL + 0x8000, 4);
	expect(POOL + 0x8000 + 0x1000 + 4, 4);
	for (unsigned int i = 0; i < n_told; i++)
		assert_int_equal(told[i].da % told[i].width, 0);
}

static void without_table(void **state)
{
	struct fixture f;
	struct mica_error err;

	(void)state;
	prepare(&f);
	f.link.table = NULL;
	f.link.static_base = memory;
	mica_place_static(BASE, &f.client.table, &f.link.pl);
	assert_int_equal(mica_link_watch(&f.link, &err), 0);
	assert_int_equal(n_told, 2);
	/* 256 bytes of descriptors, 38 available, rounded to 4, flags. */
	expect(BASE + MICA_STATIC_VRING0 + 298, 2);
	expect(BASE + MICA_STATIC_VRING1 + 298, 2);
}

static void without_rings(void **state)
{
	struct fixture f;
	struct mica_error err;

	(void)state;
	prepare(&f);
	f.client.table.vdev = 0;
	assert_int_equal(mica_link_watch(&f.link, &err), 0);
	assert_int_equal(n_told, 1);
	answer = -1;
	assert_int_equal(mica_link_watch(&f.link, &err), -1);
	assert_int_equal(err.code, MICA_E_PLATFORM);
}

static void force(void **state)
{
	const struct mica_pedestal_ops by_firmware = { .caps.force_stop = MICA_FORCE_HANG,
						       .can_force = on_can_force,
						       .force_stop = on_force_stop };
	const struct mica_pedestal_ops always = { .caps.force_stop = MICA_FORCE_TRUE,
						  .force_stop = on_force_stop };
	const struct mica_pedestal_ops never = { .caps.force_stop = MICA_FORCE_NONE };
	struct fixture f;

	(void)state;
	prepare(&f);
	f.client.ped = (struct mica_pedestal *)&f;
	f.client.ops = &never;
	assert_false(mica_client_can_force(&f.client));
	f.client.ops = &always;
	assert_true(mica_client_can_force(&f.client));
	f.client.ops = &by_firmware;
	forceable = MICA_FORCE_NONE;
	assert_false(mica_client_can_force(&f.client));
	assert_string_equal(mica_client_no_force(&f.client), "cannot force it");
	forceable = MICA_FORCE_HANG;
	assert_true(mica_client_can_force(&f.client));
	assert_string_equal(mica_client_no_force(&f.client), "could not force it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_kinds),	 cmocka_unit_test(rings_and_status),
		cmocka_unit_test(everything),	 cmocka_unit_test(without_table),
		cmocka_unit_test(without_rings), cmocka_unit_test(force),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
