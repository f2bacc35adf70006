/* SPDX-License-Identifier: BSD-3-Clause */
/* Resource tables: sound ones of every kind, and one fault at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <metal/utilities.h>
#include <openamp/rsc_table.h>

#include "mica/abi.h"

struct vdev {
	struct fw_rsc_vdev head;
	struct fw_rsc_vdev_vring vring[2];
	uint8_t config[4];
} __attribute__((packed));

/* One of everything that images have. */
struct table {
	uint32_t ver, num, reserved[2];
	uint32_t offset[11];
	struct fw_rsc_carveout carveout;
	struct fw_rsc_devmem devmem;
	struct fw_rsc_trace trace;
	struct vdev vdev;
	struct fw_rsc_rproc_mem mem;
	struct fw_rsc_fw_chksum chksum;
	uint32_t unknown[2];
	struct mica_rsc_ept_table epts;
	uint8_t ring_pair[sizeof(struct mica_rsc_ring_pair)];
	struct mica_rsc_vring_offset vring_offset;
	uint8_t vendor[sizeof(struct mica_rsc_vendor)];
} __attribute__((packed));

static struct table t;

#define AT(member) ((uint32_t)offsetof(struct table, member))

static void put32(void *where, uint32_t value)
{
	memcpy(where, &value, sizeof(value));
}

static void put64(void *where, uint64_t value)
{
	memcpy(where, &value, sizeof(value));
}

static int sound(void **state)
{
	const uint32_t offsets[] = { AT(carveout),  AT(devmem),	      AT(trace),   AT(vdev),
				     AT(mem),	    AT(chksum),	      AT(unknown), AT(epts),
				     AT(ring_pair), AT(vring_offset), AT(vendor) };
	int i;

	(void)state;
	memset(&t, 0, sizeof(t));
	t.ver = 1;
	t.num = metal_dim(offsets);
	memcpy(t.offset, offsets, sizeof(offsets));
	t.carveout.type = RSC_CARVEOUT;
	t.carveout.da = 0x7a000000;
	t.carveout.len = 0x4000000;
	t.devmem.type = RSC_DEVMEM;
	t.trace.type = RSC_TRACE;
	t.trace.len = 0x1000;
	t.vdev.head.type = RSC_VDEV;
	t.vdev.head.id = 7;
	t.vdev.head.dfeatures = 1;
	t.vdev.head.num_of_vrings = 2;
	t.vdev.head.config_len = 4;
	for (i = 0; i < 2; i++) {
		t.vdev.vring[i].da = FW_RSC_U32_ADDR_ANY;
		t.vdev.vring[i].align = 16;
		t.vdev.vring[i].num = 8;
	}
	t.mem.type = RSC_RPROC_MEM;
	t.chksum.type = RSC_FW_CHKSUM;
	t.unknown[0] = 6;
	t.epts.type = RSC_MICA_EPT_TABLE;
	put32(t.ring_pair, RSC_MICA_RING_PAIR);
	t.vring_offset.type = RSC_MICA_VRING_OFFSET;
	put32(t.vendor, RSC_MICA_VENDOR);
	put32(t.vendor + 4, sizeof(t.vendor));
	return 0;
}

static void accepts(void **state)
{
	const uint32_t sizes[] = { sizeof(t.carveout),
				   sizeof(t.devmem),
				   sizeof(t.trace),
				   sizeof(t.vdev),
				   sizeof(t.mem),
				   sizeof(t.chksum),
				   4,
				   sizeof(t.epts),
				   sizeof(t.ring_pair),
				   sizeof(t.vring_offset),
				   sizeof(t.vendor) };
	struct rsc_view view;
	uint8_t *odd;
	size_t i;

	(void)state;
	assert_int_equal(rsc_table_check(&t, sizeof(t), &view), 0);
	assert_int_equal(view.num, 11);
	for (i = 0; i < metal_dim(sizes); i++) {
		assert_int_equal(view.entry[i].offset, t.offset[i]);
		assert_int_equal(view.entry[i].size, sizes[i]);
	}
	assert_int_equal(rsc_table_size(&view), sizeof(t));
	assert_ptr_equal(rsc_table_find(&view, RSC_VDEV, 0), &view.entry[3]);
	assert_null(rsc_table_find(&view, RSC_VDEV, 1));
	assert_null(rsc_table_find(&view, 77, 0));
	/* The copy may lie anywhere. */
	odd = malloc(sizeof(t) + 1);
	memcpy(odd + 1, &t, sizeof(t));
	assert_int_equal(rsc_table_check(odd + 1, sizeof(t), &view), 0);
	free(odd);
	/* The status word is in use; an empty table is one. */
	t.reserved[0] = MICA_STATUS_RUNNING;
	assert_int_equal(rsc_table_check(&t, sizeof(t), &view), 0);
	t.num = 0;
	assert_int_equal(rsc_table_check(&t, 16, &view), 0);
	assert_int_equal(rsc_table_size(&view), 16);
}

/* The table as it is now has this fault. Copied to memory of its exact size: ASan watches. */
static void expect(enum rsc_fault fault, uint32_t value, int index, size_t len)
{
	void *copy = malloc(len ? len : 1);
	struct rsc_view view;

	memcpy(copy, &t, len);
	assert_int_equal(rsc_table_check(copy, len, &view), -1);
	assert_int_equal(view.fault, fault);
	assert_int_equal(view.value, value);
	assert_int_equal(view.index, index);
	assert_int_equal(view.num, 0);
	assert_string_not_equal(rsc_fault_text(fault), "unknown fault");
	free(copy);
	sound(NULL);
}

#define ALL sizeof(t)

static void headers(void **state)
{
	size_t len;

	(void)state;
	for (len = 0; len < 16; len++)
		expect(RSC_TOO_SHORT, (uint32_t)len, -1, len);
	expect(RSC_TOO_SHORT, 59, -1, 59); /* eleven offsets need 60 */
	t.ver = 2;
	expect(RSC_BAD_VERSION, 2, -1, ALL);
	t.num = 33;
	expect(RSC_TOO_MANY, 33, -1, ALL);
	t.num = 0xffffffff;
	expect(RSC_TOO_MANY, 0xffffffff, -1, ALL);
	t.num = 0x40000000; /* times four wraps to nothing */
	expect(RSC_TOO_MANY, 0x40000000, -1, ALL);
}

static void offsets(void **state)
{
	const uint32_t bad[] = { 0,	  12,	   56,	       AT(vdev) + 2, ALL,
				 ALL - 3, ALL + 4, 0x7fffffff, 0xfffffffc,   0xffffffff };
	size_t i;

	(void)state;
	for (i = 0; i < metal_dim(bad); i++) {
		t.offset[3] = bad[i];
		expect(RSC_BAD_OFFSET, bad[i], 3, ALL);
	}
	t.offset[4] = t.offset[3];
	expect(RSC_OVERLAP, AT(vdev), 4, ALL);
	/* A second view into the endpoint table, itself well-formed. */
	t.offset[10] = AT(epts) + 40;
	expect(RSC_OVERLAP, AT(epts) + 40, 10, ALL);
	expect(RSC_BAD_LEN, sizeof(t.vendor), 10, ALL - 4);
	t.num = 4;
	expect(RSC_BAD_CONFIG_LEN, 4, 3, AT(mem) - 1);
	t.num = 4;
	expect(RSC_ENTRY_CUT, 68, 3, AT(vdev) + 67);
	t.num = 4;
	expect(RSC_ENTRY_CUT, 28, 3, AT(vdev) + 27);
	t.num = 8;
	expect(RSC_ENTRY_CUT, sizeof(t.epts), 7, AT(ring_pair) - 1);
}

static void vdev(void **state)
{
	const uint32_t bad_align[] = { 0, 1, 2, 3, 6, 24, 0x20000, 0xffffffff };
	const uint32_t bad_num[] = { 0, 3, 12, 2048, 0x8000, 0x10000, 0x80000000, 0xffffffff };
	const uint32_t bad_da[] = { 0xfffffffc, 0xfff00004, 0x70000002 };
	size_t i;

	(void)state;
	t.vdev.head.num_of_vrings = 9;
	expect(RSC_BAD_VRINGS, 9, 3, ALL);
	t.vdev.head.num_of_vrings = 255;
	expect(RSC_BAD_VRINGS, 255, 3, ALL);
	t.vdev.head.config_len = 0xffffffff;
	expect(RSC_BAD_CONFIG_LEN, 0xffffffff, 3, ALL);
	t.vdev.head.config_len = 0xffffffbc; /* 68 + this wraps to nothing */
	expect(RSC_BAD_CONFIG_LEN, 0xffffffbc, 3, ALL);
	for (i = 0; i < metal_dim(bad_align); i++) {
		t.vdev.vring[1].align = bad_align[i];
		expect(RSC_BAD_ALIGN, bad_align[i], 3, ALL);
	}
	for (i = 0; i < metal_dim(bad_num); i++) {
		t.vdev.vring[0].num = bad_num[i];
		expect(RSC_BAD_NUM, bad_num[i], 3, ALL);
	}
	for (i = 0; i < metal_dim(bad_da); i++) {
		t.vdev.vring[0].da = bad_da[i];
		expect(RSC_BAD_DA, bad_da[i], 3, ALL);
	}
}

static void others(void **state)
{
	(void)state;
	memset(t.carveout.name, 'x', 32);
	expect(RSC_BAD_NAME, 0, 0, ALL);
	memset(t.trace.name, 'x', 32);
	expect(RSC_BAD_NAME, 0, 2, ALL);
	t.carveout.len = 0xffffffff;
	expect(RSC_BAD_LEN, 0xffffffff, 0, ALL);
	t.epts.n = 65;
	expect(RSC_BAD_EPT_COUNT, 65, 7, ALL);
	t.epts.n = 0xffffffff;
	expect(RSC_BAD_EPT_COUNT, 0xffffffff, 7, ALL);
	t.epts.n = 3;
	memset(t.epts.ept[2].name, 'x', 32);
	expect(RSC_BAD_NAME, 2, 7, ALL);
	put64(t.ring_pair + 8, 0x1000);
	put64(t.ring_pair + 24, UINT64_MAX);
	expect(RSC_BAD_LEN, UINT32_MAX, 8, ALL);
	put32(t.vendor + 4, sizeof(t.vendor) + 4);
	expect(RSC_BAD_LEN, sizeof(t.vendor) + 4, 10, ALL);
	put32(t.vendor + 4, 0);
	expect(RSC_BAD_LEN, 0, 10, ALL);
	put32(t.vendor + 4, 0xffffffff);
	expect(RSC_BAD_LEN, 0xffffffff, 10, ALL);
}

/* Every single byte changed, to the values most likely to hurt: no crash, no read outside. */
static void every_byte(void **state)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };
	uint8_t *copy = malloc(sizeof(t));
	struct rsc_view view;
	size_t at, v;
	unsigned int i;

	(void)state;
	for (at = 0; at < AT(epts) + 64; at++) {
		for (v = 0; v < sizeof(values); v++) {
			memcpy(copy, &t, sizeof(t));
			copy[at] = values[v];
			if (rsc_table_check(copy, sizeof(t), &view))
				continue;
			for (i = 0; i < view.num; i++)
				assert_true(view.entry[i].offset + (size_t)view.entry[i].size <=
					    sizeof(t));
		}
	}
	free(copy);
}

#define test(f) cmocka_unit_test_setup(f, sound)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(accepts), test(headers), test(offsets),
		test(vdev),    test(others),  test(every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
