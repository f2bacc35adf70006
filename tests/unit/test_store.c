/* SPDX-License-Identifier: BSD-3-Clause */
/* The image store: what was written is read again; whatever else lies there is damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "files.h"
#include "store.h"

static char root[64], dir[PATH_MAX], record[PATH_MAX + 16];

#define CLIENT_PATH "/lib/firmware/x.elf"

static int make_root(void **state)
{
	(void)state;
	strcpy(root, "/tmp/mica-store-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	snprintf(record, sizeof(record), "%s/images/one/record", root);
	return store_dir(dir, root, "one");
}

static int remove_root(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command);
}

static struct mica_stored hash(char c, bool raw)
{
	struct mica_stored s = { .kind = STORED_COPY, .raw = raw };

	memset(s.sha256, c, 64);
	return s;
}

static void written_is_read(void **state)
{
	struct mica_images a, b;
	struct mica_error err;
	struct stat st;
	bool other;

	(void)state;
	assert_int_equal(store_read(dir, CLIENT_PATH, &b, &other, &err), 0);
	assert_int_equal(b.current.kind, STORED_CLIENT_PATH);
	store_defaults(&a);
	a.previous = hash('a', true);
	a.pending = hash('b', false);
	a.kept = hash('c', false);
	a.deadline_us = 1234567890123456;
	store_boot_id(a.boot);
	assert_int_equal(strlen(a.boot), 36);
	assert_int_equal(store_write(dir, CLIENT_PATH, &a, &err), 0);
	assert_int_equal(stat(record, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(store_read(dir, CLIENT_PATH, &b, &other, &err), 1);
	assert_memory_equal(&a, &b, sizeof(a));
	/* For another ClientPath. */
	assert_int_equal(store_read(dir, "/lib/firmware/y.elf", &b, &other, &err), 0);
	assert_true(other);
	assert_int_equal(b.current.kind, STORED_CLIENT_PATH);
	assert_int_equal(b.previous.kind, STORED_NONE);
}

/* A torn file system leaves any prefix; a hostile one anything. */
static void damaged_records(void **state)
{
	static const char *const bad[] = {
		"",
		"null",
		"[]",
		"{}",
		"{\"version\":2}",
		"\xff\xfe",
		"{\"version\":1,\"current\":{\"kind\":\"copy\",\"sha256\":\"../../../etc/"
		"passwd\"}}",
	};
	struct mica_images a, b;
	struct mica_error err;
	void *text;
	size_t len;
	bool other;
	FILE *f;

	(void)state;
	store_defaults(&a);
	a.current = hash('a', false);
	assert_int_equal(store_write(dir, CLIENT_PATH, &a, &err), 0);
	f = fopen(record, "r");
	assert_non_null(f);
	assert_int_equal(mica_read_whole(fileno(f), 65536, &text, &len), 0);
	fclose(f);
	for (size_t n = 0; n < len; n++) {
		assert_int_equal(mica_write_atomic(record, text, n, 0600, &err), 0);
		assert_int_equal(store_read(dir, CLIENT_PATH, &b, &other, &err), -1);
		assert_int_equal(b.current.kind, STORED_CLIENT_PATH);
	}
	free(text);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(mica_write_atomic(record, bad[i], strlen(bad[i]), 0600, &err), 0);
		assert_int_equal(store_read(dir, CLIENT_PATH, &b, &other, &err), -1);
		assert_non_null(strstr(err.text, "damaged"));
	}
	unlink(record);
	assert_int_equal(mkdir(record, 0700), 0);
	assert_int_equal(store_read(dir, CLIENT_PATH, &b, &other, &err), -1);
	assert_int_equal(rmdir(record), 0);
}

static bool there(char c, const char *ending)
{
	struct mica_stored s = hash(c, false);
	char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s%s", dir, s.sha256, ending);
	return access(path, F_OK) == 0;
}

static void put(char c, const char *sig)
{
	struct mica_image img = { .data = (void *)(uintptr_t) "image", .len = 5 };
	struct mica_stored s = hash(c, false);
	struct mica_error err;

	memcpy(img.facts.sha256, s.sha256, sizeof(s.sha256));
	assert_int_equal(store_put(dir, &img, sig, sig ? strlen(sig) : 0, &err), 0);
}

static void garbage_goes(void **state)
{
	struct mica_images images;
	struct mica_error err;
	char path[PATH_MAX + 16];

	(void)state;
	put('a', "signature");
	put('b', NULL);
	put('c', "signature");
	assert_true(there('a', ".elf.minisig"));
	assert_false(there('b', ".elf.minisig"));
	snprintf(path, sizeof(path), "%s/half.new", dir);
	assert_int_equal(mica_write_atomic(path, "x", 1, 0600, &err), 0);
	store_defaults(&images);
	images.current = hash('a', false);
	images.previous = hash('b', false);
	assert_int_equal(store_write(dir, CLIENT_PATH, &images, &err), 0);
	store_collect(dir, &images);
	assert_true(there('a', ".elf") && there('a', ".elf.minisig") && there('b', ".elf"));
	assert_false(there('c', ".elf") || there('c', ".elf.minisig"));
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(access(record, F_OK), 0);
	assert_int_equal(store_purge(dir, &err), 0);
	assert_int_not_equal(access(dir, F_OK), 0);
	assert_int_equal(store_purge(dir, &err), 0);
}

static void places(void **state)
{
	char out[PATH_MAX], longest[PATH_MAX];

	(void)state;
	assert_int_equal(store_dir(out, "", "one"), -1);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(store_dir(out, longest, "one"), -1);
	assert_int_equal(store_dir(out, "/var/lib/micad", "one"), 0);
	assert_string_equal(out, "/var/lib/micad/images/one");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(written_is_read, make_root, remove_root),
		cmocka_unit_test_setup_teardown(damaged_records, make_root, remove_root),
		cmocka_unit_test_setup_teardown(garbage_goes, make_root, remove_root),
		cmocka_unit_test(places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
