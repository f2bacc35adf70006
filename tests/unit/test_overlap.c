/* SPDX-License-Identifier: BSD-3-Clause */
/* Clients of one machine side by side: who may lie where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client_priv.h"

/* One reserved region for communication, one for images, as boards have them. */
#define COMM 0x70000000ull
#define IMG  0x7a000000ull

struct mica_pedestal {
	uint64_t pool;
};

static void pool(struct mica_pedestal *p, uint64_t *da, size_t *size)
{
	*da = p->pool;
	*size = 0x20000;
}

static unsigned int windows(struct mica_pedestal *p, struct mica_window w[MICA_WINDOWS_MAX])
{
	(void)p;
	memset(w, 0, 2 * sizeof(w[0]));
	w[0].da = COMM;
	w[0].size = 0x1000000;
	w[1].da = IMG;
	w[1].size = 0x4000000;
	return 2;
}

static const struct mica_pedestal_ops board = {
	.name = "board",
	.caps = { .exclusive_cores = true, .needs_table_address = true },
	.pool = pool,
	.windows = windows,
};

static struct mica_host host;
static struct mica_pedestal ped[2];
static struct mica_client one, two;
static struct mica_image img;
static uint8_t bytes[64];

/* Client one on core 3 at IMG, client two on core 2 a MiB behind; both in order. */
static int begin(void **state)
{
	(void)state;
	memset(&host, 0, sizeof(host));
	memset(&one, 0, sizeof(one));
	memset(&two, 0, sizeof(two));
	memset(&img, 0, sizeof(img));
	host.clients = &one;
	one.next = &two;
	one.host = two.host = &host;
	one.ops = two.ops = &board;
	one.ped = &ped[0];
	two.ped = &ped[1];
	ped[0].pool = COMM + 0x60000;
	ped[1].pool = COMM + 0x40000;
	strcpy(one.cfg.name, "one");
	strcpy(two.cfg.name, "two");
	strcpy(two.cfg.image, "/two.elf");
	mica_config_defaults(&one.cfg);
	mica_config_defaults(&two.cfg);
	strcpy(one.cfg.name, "one");
	one.cfg.cores = (struct mica_cores){ .kind = MICA_CORES_CPU, .n = 1, .id = { 3 } };
	two.cfg.cores = (struct mica_cores){ .kind = MICA_CORES_CPU, .n = 1, .id = { 2 } };
	one.facts.n_spans = 1;
	one.facts.span[0].da = IMG;
	one.facts.span[0].len = 0x100000;
	img.n_segments = 1;
	img.seg[0] = (struct mica_segment){
		.da = IMG + 0x100000, .data = bytes, .filesz = 64, .memsz = 0x1000
	};
	img.facts.n_spans = 1;
	img.facts.entry = img.facts.span[0].da = IMG + 0x100000;
	img.facts.span[0].len = 0x1000;
	img.table.present = true;
	img.table.vdev = 64;
	img.table.da = IMG + 0x100800;
	img.table.len = 256;
	for (int i = 0; i < 2; i++)
		img.table.vring[i] = (struct mica_vring){ UINT32_MAX, 16, 32, 0 };
	return 0;
}

static void check(const char *said)
{
	struct mica_window w[MICA_WINDOWS_MAX];
	struct mica_error err = { 0 };
	int rc = mica_image_fit(&img, &two.cfg, w, windows(&ped[1], w), ped[1].pool, 0x20000, &err);

	if (!rc)
		rc = mica_client_check_others(&two, &img.facts, &err);
	if (!said) {
		assert_string_equal(err.text, "");
		assert_int_equal(rc, 0);
		return;
	}
	assert_int_equal(rc, -1);
	assert_non_null(strstr(err.text, said));
	assert_non_null(strstr(err.text, "one"));
	assert_int_equal(err.code, MICA_E_BUSY);
}

static void side_by_side(void **state)
{
	(void)state;
	check(NULL);
}

static void cores(void **state)
{
	(void)state;
	two.cfg.cores = (struct mica_cores){ .kind = MICA_CORES_CPU, .n = 2, .id = { 2, 3 } };
	check("CPU 3");
}

static void pools(void **state)
{
	(void)state;
	ped[1].pool = ped[0].pool + 0x1f000;
	check("communication pool");
}

static void images(void **state)
{
	(void)state;
	img.seg[0].da = img.facts.span[0].da = img.facts.entry = IMG + 0xff000;
	img.seg[0].memsz = 0x2000;
	check("memory 0x");
}

static void pool_over_image(void **state)
{
	(void)state;
	one.facts.span[0].da = ped[1].pool + 0x1000;
	one.facts.span[0].len = 16;
	check("communication pool");
}

static void vring_in_pool(void **state)
{
	(void)state;
	img.table.vring[1].da = (uint32_t)ped[0].pool + 0x1000;
	check("memory 0x70061000");
}

static void vring_in_image(void **state)
{
	(void)state;
	img.table.vring[0].da = (uint32_t)IMG + 0x8000;
	check("memory 0x7a008000");
}

static void vring_of_the_other(void **state)
{
	(void)state;
	one.facts.n_spans = 2;
	one.facts.span[1].da = COMM + 0x800000;
	one.facts.span[1].len = 0x400;
	img.table.vring[0].da = (uint32_t)COMM + 0x800200;
	check("memory 0x70800200");
}

static void table_in_pool(void **state)
{
	(void)state;
	img.table.da = ped[0].pool + 0x100;
	check("memory 0x70060100");
}

static void trace_in_image(void **state)
{
	(void)state;
	img.table.n_traces = 1;
	img.table.trace[0] = (struct mica_trace_entry){ 0, (uint32_t)IMG + 0x10, 64, "t" };
	check("memory 0x7a000010");
}

/* The list is as long as the longest image and table need. */
static void most_spans(void **state)
{
	(void)state;
	for (unsigned int i = 1; i < MICA_SEGMENTS_MAX; i++) {
		img.seg[i] = img.seg[0];
		img.seg[i].da += i * 0x10000ull;
		img.facts.span[i] = img.facts.span[0];
	}
	img.n_segments = MICA_SEGMENTS_MAX;
	img.table.vring[0].da = (uint32_t)COMM + 0x800000;
	img.table.vring[1].da = (uint32_t)COMM + 0x802000;
	img.table.n_traces = MICA_TRACES_MAX;
	for (unsigned int i = 0; i < MICA_TRACES_MAX; i++)
		img.table.trace[i] =
			(struct mica_trace_entry){ 0, (uint32_t)COMM + 0x900000, 64, "t" };
	check(NULL);
	assert_int_equal(img.facts.n_spans, MICA_SPANS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(side_by_side, begin),
		cmocka_unit_test_setup(cores, begin),
		cmocka_unit_test_setup(pools, begin),
		cmocka_unit_test_setup(images, begin),
		cmocka_unit_test_setup(pool_over_image, begin),
		cmocka_unit_test_setup(vring_in_pool, begin),
		cmocka_unit_test_setup(vring_in_image, begin),
		cmocka_unit_test_setup(vring_of_the_other, begin),
		cmocka_unit_test_setup(table_in_pool, begin),
		cmocka_unit_test_setup(trace_in_image, begin),
		cmocka_unit_test_setup(most_spans, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
