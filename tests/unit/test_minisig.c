/* SPDX-License-Identifier: BSD-3-Clause */
/* minisign's formats: vectors made by the real tool (0.11), and everything that is none. */
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
#include <sodium.h>

#include "minisig.h"

static const char data[] = "mica test vector\n";
#define DATA_LEN (sizeof(data) - 1)

#define KEY "RWT3y3qa95mwwQSUF0SHUQI7BfsX29qqqOht5FY8+Pf34U5me0xgkF3d"
static const char key_text[] = "untrusted comment: minisign public key C1B099F79A7ACBF7\n" KEY "\n";

#define SIG                                                                                        \
	"RUT3y3qa95mwwU5K670MO5PjlrCznVAFROPFMsNMmvy0aalBqPdDzcZrP/D7X83krRWd82IYoJGvtH2mAgEGgHfL" \
	"JRTnbrqFPgM="
#define GLOBAL \
	"uto0tYW8LGLpC1mbS8+Jaxg7+nrxdfpxj92O6EPZzAjqZAudtDDDAyCzybJKAwmpKsGy52mxQTLt0YKWBorTAA=="
#define HEAD	"untrusted comment: signature from minisign secret key\n"
#define COMMENT "trusted comment: file:v version:1\n"
static const char hashed[] = HEAD SIG "\n" COMMENT GLOBAL "\n";

static const char legacy[] =
	HEAD "RWT3y3qa95mwwVUl244a9ytEDscko2hHfZOZ3K0FezHDSLm3gtamnYylCRIDEhjIAxqCA2hd/FhnLHm6riD"
	     "/nrZH7DMlrPaaSwE=\ntrusted comment: legacy\n"
	     "7r4a9S2yg0umWfL6g0hEtYc520lsTDgYbrTUHU/bpgEgruvsnQghAqUYf40j3SvjPuJ8qnzZfB5ZKlsfgaMD"
	     "BA==\n";

static void read_both(const char *text, struct minisig *sig, struct minisig_key *key)
{
	struct mica_error err = { .text = "" };

	if (minisig_parse(text, strlen(text), sig, &err) ||
	    minisig_key_parse(key_text, strlen(key_text), key, &err))
		fail_msg("%s", err.text);
}

static void vectors_of_the_tool(void **state)
{
	struct minisig_key key;
	struct minisig sig;

	(void)state;
	read_both(hashed, &sig, &key);
	assert_true(sig.prehashed);
	assert_string_equal(sig.comment, "file:v version:1");
	assert_memory_equal(sig.key_id, key.key_id, 8);
	assert_true(minisig_valid(&sig, &key, data, DATA_LEN));
	read_both(legacy, &sig, &key);
	assert_false(sig.prehashed);
	assert_true(minisig_valid(&sig, &key, data, DATA_LEN));
}

static void any_flipped_bit_counts(void **state)
{
	static const char *const texts[] = { hashed, legacy };
	char other[DATA_LEN];
	struct minisig_key key, bad_key;
	struct minisig sig, bad;

	(void)state;
	for (int t = 0; t < 2; t++) {
		read_both(texts[t], &sig, &key);
		for (size_t i = 0; i < DATA_LEN; i++) {
			memcpy(other, data, DATA_LEN);
			other[i] ^= 1;
			assert_false(minisig_valid(&sig, &key, other, DATA_LEN));
		}
		assert_false(minisig_valid(&sig, &key, data, DATA_LEN - 1));
		for (size_t i = 0; i < sizeof(sig.sig); i++) {
			bad = sig;
			bad.sig[i] ^= 0x10;
			assert_false(minisig_valid(&bad, &key, data, DATA_LEN));
			bad = sig;
			bad.global[i] ^= 0x10;
			assert_false(minisig_valid(&bad, &key, data, DATA_LEN));
		}
		for (size_t i = 0; i < sig.comment_len; i++) {
			bad = sig;
			bad.comment[i] ^= 1;
			assert_false(minisig_valid(&bad, &key, data, DATA_LEN));
		}
		bad = sig;
		bad.comment_len--;
		assert_false(minisig_valid(&bad, &key, data, DATA_LEN));
		bad = sig;
		bad.prehashed = !bad.prehashed;
		assert_false(minisig_valid(&bad, &key, data, DATA_LEN));
		for (size_t i = 0; i < sizeof(key.pk); i++) {
			bad_key = key;
			bad_key.pk[i] ^= 1;
			assert_false(minisig_valid(&sig, &bad_key, data, DATA_LEN));
		}
	}
}

static void files_that_are_none(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		"\n\n\n\n",
		HEAD,
		HEAD SIG,
		HEAD SIG "\n" COMMENT,
		HEAD SIG "\n" COMMENT "\n",
		HEAD SIG "\n" COMMENT SIG "\n",
		HEAD SIG "\ncomment: x\n" GLOBAL "\n",
		HEAD SIG "x\n" COMMENT GLOBAL "\n",
		HEAD GLOBAL "\n" COMMENT GLOBAL "\n",
		HEAD KEY "\n" COMMENT GLOBAL "\n",
		SIG "\n" COMMENT GLOBAL "\n",
		HEAD SIG "\n" COMMENT GLOBAL "\nmore\n",
		HEAD SIG "\n" COMMENT GLOBAL "A===\n",
		/* Another algorithm: "Ex". */
		HEAD "RXj3y3qa95mwwU5K670MO5PjlrCznVAFROPFMsNMmvy0aalBqPdDzcZrP/D7X83krRWd82IYoJGv"
		     "tH2mAgEGgHfLJRTnbrqFPgM=\n" COMMENT GLOBAL "\n",
	};
	struct mica_error err;
	struct minisig_key key;
	struct minisig sig;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err.text[0] = '\0';
		if (!minisig_parse(bad[i], strlen(bad[i]), &sig, &err))
			fail_msg("%zu was taken", i);
		assert_int_equal(err.code, MICA_E_FIRMWARE);
		assert_non_null(err.text[0] ? "" : NULL);
		assert_null(strchr(err.text, '\n'));
		assert_int_equal(minisig_key_parse(bad[i], strlen(bad[i]), &key, &err), -1);
	}
	/* Every shorter file. */
	for (size_t n = 0; n < strlen(hashed) - 1; n++)
		assert_int_equal(minisig_parse(hashed, n, &sig, &err), -1);
	for (size_t n = 0; n < strlen(key_text) - 1; n++)
		assert_int_equal(minisig_key_parse(key_text, n, &key, &err), -1);
	assert_int_equal(minisig_key_parse(hashed, strlen(hashed), &key, &err), -1);
}

static void long_comments_and_line_ends(void **state)
{
	size_t size = MINISIG_COMMENT + 1024;
	char *text = malloc(size);
	struct mica_error err;
	struct minisig sig;

	(void)state;
	assert_non_null(text);
	for (int over = 0; over < 2; over++) {
		int n = snprintf(text, size, HEAD SIG "\ntrusted comment: %0*d\n" GLOBAL "\n",
				 MINISIG_COMMENT + over, 0);

		assert_int_equal(minisig_parse(text, (size_t)n, &sig, &err), over ? -1 : 0);
	}
	free(text);
	text = strdup("untrusted comment: x\r\n" SIG
		      "\r\ntrusted comment: file:v version:1\r\n" GLOBAL);
	assert_int_equal(minisig_parse(text, strlen(text), &sig, &err), 0);
	assert_int_equal(sig.comment_len, strlen("file:v version:1"));
	free(text);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static int check(const char *text, const char *dir, struct mica_error *err)
{
	return minisig_check(data, DATA_LEN, text, strlen(text), "v.minisig", dir, err);
}

static void folder_of_keys(void **state)
{
	char dir[] = "/tmp/mica-minisig-XXXXXX", path[64], other[64];
	struct mica_error err;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/ours.pub", dir);
	snprintf(other, sizeof(other), "%s/other.pub", dir);
	assert_int_equal(check(hashed, NULL, &err), -1);
	assert_int_equal(check(hashed, "/nonexistent", &err), -1);
	assert_int_equal(check(hashed, dir, &err), -1);
	assert_non_null(strstr(err.text, "C1B099F79A7ACBF7"));
	/* Of the same id, but another key: ids prove nothing. */
	write_file(other,
		   "untrusted comment: x\n"
		   "RWT3y3qa95mwwQaaaaaaUQI7BfsX29qqqOht5FY8+Pf34U5me0xgkF3d\n",
		   0644);
	assert_int_equal(check(hashed, dir, &err), -1);
	assert_non_null(strstr(err.text, "does not fit"));
	write_file(path, key_text, 0666);
	assert_int_equal(check(hashed, dir, &err), -1);
	write_file(path, key_text, 0644);
	assert_int_equal(check(hashed, dir, &err), 0);
	assert_int_equal(check(legacy, dir, &err), 0);
	assert_int_equal(check("nonsense", dir, &err), -1);
	assert_non_null(strstr(err.text, "v.minisig"));
	unlink(path);
	write_file(other, "nonsense", 0644);
	assert_int_equal(check(hashed, dir, &err), -1);
	assert_non_null(strstr(err.text, "other.pub"));
	unlink(other);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_of_the_tool),
		cmocka_unit_test(any_flipped_bit_counts),
		cmocka_unit_test(files_that_are_none),
		cmocka_unit_test(long_comments_and_line_ends),
		cmocka_unit_test(folder_of_keys),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
