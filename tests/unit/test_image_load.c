/* SPDX-License-Identifier: BSD-3-Clause */
/* Loading a known image from its file: what arrives is what was proved, or an error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "image.h"
#include "image_known.h"
#include "mica/client.h"

#define BASE 0x7a000000ull
#define SIZE 0x60000u /* of the client's memory */
#define LEN  0x21003u /* of the file: two pieces and a bit */

static uint8_t memory[SIZE], file[LEN];
static char path[64];
static void (*at_piece)(void); /* while it is loaded */

static int load(struct mica_pedestal *p, const struct mica_segment *s, struct mica_error *err)
{
	(void)p;
	(void)err;
	assert_true(s->filesz <= s->memsz);
	assert_in_range(s->da, BASE, BASE + SIZE);
	assert_true(s->memsz <= BASE + SIZE - s->da);
	memcpy(memory + (s->da - BASE), s->data, s->filesz);
	memset(memory + (s->da - BASE) + s->filesz, 0, s->memsz - s->filesz);
	if (at_piece)
		at_piece();
	return 0;
}

static const struct mica_pedestal_ops ops = {
	.caps = { .needs_table_address = true },
	.load = load,
};

static void write_file(size_t len)
{
	FILE *f = fopen(path, "r+");

	if (!f)
		f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(file, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(truncate(path, (off_t)len), 0);
}

static int begin(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/mica-image-load-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0)
		return -1;
	close(fd);
	for (size_t i = 0; i < LEN; i++)
		file[i] = (uint8_t)(i * 7 + i / 251);
	memset(memory, 0xEE, sizeof(memory));
	at_piece = NULL;
	write_file(LEN);
	return 0;
}

static int end(void **state)
{
	(void)state;
	return unlink(path);
}

/* As a start reads it: a raw image of the static layout. True: not read as a whole. */
static bool get(struct mica_known *k, struct mica_image *img)
{
	struct mica_config cfg;
	struct mica_error err;

	mica_config_defaults(&cfg);
	cfg.layout = MICA_LAYOUT_STATIC;
	snprintf(cfg.image, sizeof(cfg.image), "%s", path);
	memset(img, 0, sizeof(*img));
	if (mica_known_image(k, &cfg, &ops.caps, img)) {
		img->seg[0].da = BASE;
		return true;
	}
	assert_int_equal(mica_known_fetch(k, path, img, &err), 0);
	assert_int_equal(mica_image_parse(&cfg, &ops.caps, img, &err), 0);
	mica_known_add(k, &cfg, &ops.caps, img);
	img->seg[0].da = BASE;
	return false;
}

static void get_known(struct mica_known *k, struct mica_image *img)
{
	mica_known_init(k);
	usleep(2200000); /* its file is left alone */
	assert_false(get(k, img));
	assert_false(img->in_file);
	mica_image_free(img);
	assert_true(get(k, img));
	assert_true(img->in_file);
}

/* Whole, in pieces, and twice the same. */
static void loads(void **state)
{
	struct mica_known k;
	struct mica_image img;
	struct mica_error err;

	(void)state;
	get_known(&k, &img);
	for (int i = 0; i < 2; i++) {
		memset(memory, 0xEE, sizeof(memory));
		assert_int_equal(mica_image_load(&img, &ops, NULL, path, &err), 0);
		assert_memory_equal(memory, file, LEN);
		assert_int_equal(memory[LEN], 0xEE);
	}
	mica_image_free(&img);
	mica_known_free(&k);
}

/* Several segments, some longer in memory than in the file, one that is only there. */
static void segments(void **state)
{
	static const struct {
		uint64_t at;
		size_t filesz, memsz;
	} piece[] = { { 0x10, 0x10000, 0x10000 }, { 0x3, 0x10001, 0x18000 }, { 0, 0, 0x5000 } };
	struct mica_image img = { .n_segments = 3 };
	struct mica_error err;
	FILE *f = fopen(path, "r");
	size_t to = 0;

	(void)state;
	assert_non_null(f);
	for (unsigned int i = 0; i < img.n_segments; i++) {
		img.at[i] = piece[i].at;
		img.seg[i] = (struct mica_segment){ .da = BASE + to,
						    .data = file + piece[i].at,
						    .filesz = piece[i].filesz,
						    .memsz = piece[i].memsz };
		to += piece[i].memsz;
	}
	mica_image_digest(&img, img.digest);
	img.in_file = true;
	img.fd = fileno(f);
	assert_int_equal(mica_image_load(&img, &ops, NULL, path, &err), 0);
	to = 0;
	for (unsigned int i = 0; i < img.n_segments; i++) {
		assert_memory_equal(memory + to, file + piece[i].at, piece[i].filesz);
		for (size_t k = piece[i].filesz; k < piece[i].memsz; k++)
			assert_int_equal(memory[to + k], 0);
		to += piece[i].memsz;
	}
	assert_int_equal(memory[to], 0xEE);
	fclose(f);
}

static void refused(struct mica_image *img)
{
	struct mica_error err;

	assert_int_equal(mica_image_load(img, &ops, NULL, path, &err), -1);
	assert_int_equal(err.code, MICA_E_FIRMWARE);
	assert_non_null(strstr(err.text, "was changed while it was loaded"));
}

static void change_last(void)
{
	file[LEN - 1] ^= 1;
	write_file(LEN);
	at_piece = NULL;
}

/* Between the look at its times and the load, and while it is loaded. */
static void changed(void **state)
{
	struct mica_known k;
	struct mica_image img;

	(void)state;
	get_known(&k, &img);
	at_piece = change_last;
	refused(&img);
	change_last();
	assert_int_equal(mica_image_load(&img, &ops, NULL, path, &(struct mica_error){ 0 }), 0);
	file[5] ^= 0x80;
	write_file(LEN);
	refused(&img);
	write_file(LEN - 1);
	refused(&img);
	mica_image_free(&img);
	/* The next start reads what is there now. */
	assert_false(get(&k, &img));
	assert_int_equal(img.len, LEN - 1);
	mica_image_free(&img);
	mica_known_free(&k);
}

/* One that replaces it is another file: the old one stays whole for who has it open. */
static void replaced(void **state)
{
	struct mica_known k;
	struct mica_image img;
	struct mica_error err;
	uint8_t old = file[1];

	(void)state;
	get_known(&k, &img);
	assert_int_equal(unlink(path), 0);
	file[1] ^= 1;
	write_file(LEN);
	assert_int_equal(mica_image_load(&img, &ops, NULL, path, &err), 0);
	assert_int_equal(memory[1], old);
	mica_image_free(&img);
	mica_known_free(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(loads, begin, end),
		cmocka_unit_test_setup_teardown(segments, begin, end),
		cmocka_unit_test_setup_teardown(changed, begin, end),
		cmocka_unit_test_setup_teardown(replaced, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
