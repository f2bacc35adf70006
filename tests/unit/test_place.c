/* SPDX-License-Identifier: BSD-3-Clause */
/* Where rings and buffers go, and what the host takes from a resource table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openamp/rsc_table.h>

#include "mica/abi.h"
#include "table.h"

#define POOL 0x70060000ull /* core 3 of a board whose region starts at 0x70000000 */

static struct mica_table rings(uint32_t num, uint32_t align)
{
	struct mica_table t = { .present = true, .vdev = 64 };

	for (int i = 0; i < 2; i++) {
		t.vring[i].da = UINT32_MAX;
		t.vring[i].num = num;
		t.vring[i].align = align;
	}
	return t;
}

/* num 8: 128 descriptors' bytes, 22 avail, 70 used, rounded at both places. */
static void align_16(void **state)
{
	struct mica_table t = rings(8, 16);
	struct mica_placement pl;
	struct mica_error err;

	(void)state;
	assert_int_equal(mica_place(&t, POOL, MICA_POOL_SIZE, false, &pl, &err), 0);
	assert_int_equal(pl.vring_size[0], 240);
	assert_int_equal(pl.vring[0], POOL);
	assert_int_equal(pl.vring[1], POOL + 240);
	assert_int_equal(pl.buffers, POOL + 480);
	assert_int_equal(pl.buffers_size, 16 * 512);
	assert_int_equal(pl.gdb, 0);
}

static void align_4(void **state)
{
	struct mica_table t = rings(8, 4);
	struct mica_placement pl;
	struct mica_error err;

	(void)state;
	assert_int_equal(mica_place(&t, POOL, MICA_POOL_SIZE, false, &pl, &err), 0);
	assert_int_equal(pl.vring_size[0], 224);
	assert_int_equal(pl.vring[1], POOL + 224);
	assert_int_equal(pl.buffers, POOL + 448);
}

static void debugger(void **state)
{
	struct mica_table t = rings(8, 16);
	struct mica_placement pl;
	struct mica_error err;

	(void)state;
	assert_int_equal(mica_place(&t, POOL, MICA_POOL_SIZE, true, &pl, &err), 0);
	assert_int_equal(pl.gdb, 0); /* asked for, but the image has no such entry */
	t.ring_pair = 128;
	assert_int_equal(mica_place(&t, POOL, MICA_POOL_SIZE, true, &pl, &err), 0);
	assert_int_equal(pl.gdb, pl.buffers + pl.buffers_size);
	assert_int_equal(mica_place(&t, POOL, MICA_POOL_SIZE, false, &pl, &err), 0);
	assert_int_equal(pl.gdb, 0);
}

/* 64 descriptors fit into 128 KiB, 128 do not. */
static void fits(void **state)
{
	struct mica_table t = rings(64, 16);
	struct mica_placement pl;
	struct mica_error err = { 0 };

	(void)state;
	assert_int_equal(mica_place(&t, POOL, MICA_POOL_SIZE, false, &pl, &err), 0);
	assert_true(pl.buffers + pl.buffers_size <= POOL + MICA_POOL_SIZE);
	t = rings(128, 16);
	assert_int_equal(mica_place(&t, POOL, MICA_POOL_SIZE, false, &pl, &err), -1);
	assert_int_equal(err.code, MICA_E_FIRMWARE);
	assert_non_null(strstr(err.text, "num 128"));
	t = rings(8, 16);
	assert_int_equal(mica_place(&t, 0xfffff000ull, MICA_POOL_SIZE, false, &pl, &err), -1);
	assert_int_equal(err.code, MICA_E_PLATFORM);
}

/* An image that names its own ring addresses keeps them; the pool then holds buffers only. */
static void fixed_rings(void **state)
{
	struct mica_table t = rings(8, 16);
	struct mica_placement pl;
	struct mica_error err;

	(void)state;
	t.vring[0].da = 0x70100000;
	t.vring[1].da = 0x70104000;
	assert_int_equal(mica_place(&t, POOL, MICA_POOL_SIZE, false, &pl, &err), 0);
	assert_int_equal(pl.vring[0], 0x70100000);
	assert_int_equal(pl.vring[1], 0x70104000);
	assert_int_equal(pl.buffers, POOL);
	/* Inside the pool: what the host places goes behind them. */
	t.vring[0].da = (uint32_t)POOL;
	t.vring[1].da = (uint32_t)POOL + 0xf0;
	assert_int_equal(mica_place(&t, POOL, MICA_POOL_SIZE, false, &pl, &err), 0);
	assert_int_equal(pl.buffers, POOL + 0x1e0);
}

static void static_layout(void **state)
{
	struct mica_placement pl;
	struct mica_table t;

	(void)state;
	mica_place_static(0x70000000, &t, &pl);
	assert_int_equal(pl.vring[0], 0x7002c000);
	assert_int_equal(pl.vring[1], 0x70028000);
	assert_int_equal(pl.buffers, 0x70004000);
	assert_int_equal(pl.buffers_size, 32 * 512);
	assert_int_equal(t.vring[0].num, 16);
	assert_int_equal(t.vring[1].align, 4);
	assert_false(t.present);
	assert_true(pl.vring[0] + pl.vring_size[0] <= 0x70000000 + MICA_STATIC_LEN);
	assert_true(pl.buffers + pl.buffers_size <= pl.vring[1]);
}

/* ---- tables ---- */

struct image_table {
	uint32_t ver, num, reserved[2], offset[3];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
	struct mica_rsc_ept_table ept;
	struct mica_rsc_vendor vendor;
};

static struct image_table good_table(void)
{
	struct image_table t;

	memset(&t, 0, sizeof(t));
	t.ver = 1;
	t.num = 3;
	t.offset[0] = offsetof(struct image_table, vdev);
	t.offset[1] = offsetof(struct image_table, ept);
	t.offset[2] = offsetof(struct image_table, vendor);
	t.vdev.type = RSC_VDEV;
	t.vdev.id = 7;
	t.vdev.num_of_vrings = 2;
	for (int i = 0; i < 2; i++) {
		t.vring[i].da = UINT32_MAX;
		t.vring[i].align = 16;
		t.vring[i].num = 8;
		t.vring[i].notifyid = (uint32_t)i + 1;
	}
	t.ept.type = MICA_RSC_EPT_TABLE;
	t.vendor.type = MICA_RSC_VENDOR;
	t.vendor.len = sizeof(t.vendor);
	t.vendor.version = MICA_VENDOR_VERSION;
	t.vendor.features = MICA_F_READY | MICA_F_CREDIT;
	return t;
}

static void table_good(void **state)
{
	struct image_table in = good_table();
	struct mica_error err;
	struct mica_table t;

	(void)state;
	assert_int_equal(mica_table_check(&in, sizeof(in), 0x7a001000, "x.elf", &t, &err), 0);
	assert_true(t.present);
	assert_int_equal(t.len, sizeof(in));
	assert_int_equal(t.vdev, offsetof(struct image_table, vdev));
	assert_int_equal(t.ept_table, offsetof(struct image_table, ept));
	assert_int_equal(t.vendor, offsetof(struct image_table, vendor));
	assert_int_equal(t.features, MICA_F_READY | MICA_F_CREDIT);
	assert_int_equal(t.vring[1].notifyid, 2);
	assert_int_equal(t.ring_pair, 0);
	/* A vendor entry of another version is as good as none. */
	in.vendor.version = 2;
	assert_int_equal(mica_table_check(&in, sizeof(in), 0x7a001000, "x.elf", &t, &err), 0);
	assert_int_equal(t.vendor, 0);
	assert_int_equal(t.features, 0);
}

static void expect_bad(const struct image_table *in, size_t len, uint64_t da, const char *words)
{
	struct mica_error err = { 0 };
	struct mica_table t;

	assert_int_equal(mica_table_check(in, len, da, "x.elf", &t, &err), -1);
	assert_int_equal(err.code, MICA_E_FIRMWARE);
	assert_non_null(strstr(err.text, "x.elf"));
	assert_non_null(strstr(err.text, words));
}

static void table_bad(void **state)
{
	struct image_table in = good_table();

	(void)state;
	expect_bad(&in, 8, 0x1000, "corrupt");
	expect_bad(&in, sizeof(in) - 8, 0x1000, "entry 2");
	expect_bad(&in, sizeof(in), 0x1002, "aligned");
	in.ver = 2;
	expect_bad(&in, sizeof(in), 0x1000, "header");
	in = good_table();
	in.num = 0xffffffff;
	expect_bad(&in, sizeof(in), 0x1000, "corrupt");
	in = good_table();
	in.offset[1] = 0xfffffff0;
	expect_bad(&in, sizeof(in), 0x1000, "entry 1");
	in = good_table();
	in.vring[0].align = 0;
	expect_bad(&in, sizeof(in), 0x1000, "entry 0");
	in = good_table();
	in.vring[1].num = 7;
	expect_bad(&in, sizeof(in), 0x1000, "entry 0");
	in = good_table();
	in.vdev.num_of_vrings = 1;
	expect_bad(&in, sizeof(in), 0x1000, "2 are needed");
	in.vdev.num_of_vrings = 255;
	expect_bad(&in, sizeof(in), 0x1000, "corrupt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(align_16),    cmocka_unit_test(align_4),
		cmocka_unit_test(debugger),    cmocka_unit_test(fits),
		cmocka_unit_test(fixed_rings), cmocka_unit_test(static_layout),
		cmocka_unit_test(table_good),  cmocka_unit_test(table_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
