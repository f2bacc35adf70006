/* SPDX-License-Identifier: BSD-3-Clause */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "files.h"
#include "minisig.h"

#define UNTRUSTED "untrusted comment: "
#define TRUSTED	  "trusted comment: "
#define KEYS_MAX  256

struct text {
	const char *at;
	size_t left;
};

/* The next line without its end (\n or \r\n); false: there is none. */
static bool next_line(struct text *t, const char **line, size_t *len)
{
	const char *end = memchr(t->at, '\n', t->left);
	size_t n = end ? (size_t)(end - t->at) : t->left;

	if (!t->left)
		return false;
	*line = t->at;
	*len = n && t->at[n - 1] == '\r' ? n - 1 : n;
	t->at += n + (end ? 1 : 0);
	t->left -= n + (end ? 1 : 0);
	return true;
}

static bool begins(const char *line, size_t len, const char *with)
{
	return len >= strlen(with) && !memcmp(line, with, strlen(with));
}

static bool decode(uint8_t *out, size_t size, const char *line, size_t len)
{
	size_t got = 0;

	return !sodium_base642bin(out, size, line, len, NULL, &got, NULL,
				  sodium_base64_VARIANT_ORIGINAL) &&
	       got == size;
}

static int bad(struct mica_error *err, const char *what)
{
	return mica_fail(err, MICA_E_FIRMWARE, "%s: it is damaged, or not made by minisign", what);
}

/* The comment line and the line in base64 that both kinds of file begin with. */
static int parse_head(struct text *t, uint8_t *out, size_t size, struct mica_error *err)
{
	const char *line;
	size_t len;

	if (!next_line(t, &line, &len) || !begins(line, len, UNTRUSTED))
		return bad(err, "no line 'untrusted comment: '");
	if (!next_line(t, &line, &len) || !decode(out, size, line, len))
		return bad(err, "line 2 is not the expected base64");
	return 0;
}

int minisig_parse(const char *text, size_t len, struct minisig *sig, struct mica_error *err)
{
	struct text t = { text, len };
	uint8_t raw[2 + 8 + 64] = { 0 };
	const char *line;
	size_t n;

	memset(sig, 0, sizeof(*sig));
	if (parse_head(&t, raw, sizeof(raw), err))
		return -1;
	if (raw[0] != 'E' || (raw[1] != 'd' && raw[1] != 'D'))
		return bad(err, "unknown signature algorithm");
	sig->prehashed = raw[1] == 'D';
	memcpy(sig->key_id, raw + 2, sizeof(sig->key_id));
	memcpy(sig->sig, raw + 10, sizeof(sig->sig));
	if (!next_line(&t, &line, &n) || !begins(line, n, TRUSTED))
		return bad(err, "no line 'trusted comment: '");
	n -= strlen(TRUSTED);
	if (n > MINISIG_COMMENT)
		return bad(err, "the trusted comment is too long");
	memcpy(sig->comment, line + strlen(TRUSTED), n);
	sig->comment_len = n;
	if (!next_line(&t, &line, &n) || !decode(sig->global, sizeof(sig->global), line, n))
		return bad(err, "line 4 is not the expected base64");
	if (next_line(&t, &line, &n))
		return bad(err, "something follows line 4");
	return 0;
}

int minisig_key_parse(const char *text, size_t len, struct minisig_key *key, struct mica_error *err)
{
	struct text t = { text, len };
	uint8_t raw[2 + 8 + 32] = { 0 };
	const char *line;
	size_t n;

	if (parse_head(&t, raw, sizeof(raw), err))
		return -1;
	if (raw[0] != 'E' || raw[1] != 'd')
		return bad(err, "unknown key algorithm");
	if (next_line(&t, &line, &n))
		return bad(err, "something follows line 2");
	memcpy(key->key_id, raw + 2, sizeof(key->key_id));
	memcpy(key->pk, raw + 10, sizeof(key->pk));
	return 0;
}

bool minisig_valid(const struct minisig *sig, const struct minisig_key *key, const void *data,
		   size_t len)
{
	uint8_t hash[64], both[64 + MINISIG_COMMENT];
	int rc;

	if (sig->prehashed) {
		crypto_generichash(hash, sizeof(hash), data, len, NULL, 0);
		rc = crypto_sign_verify_detached(sig->sig, hash, sizeof(hash), key->pk);
	} else {
		rc = crypto_sign_verify_detached(sig->sig, data, len, key->pk);
	}
	if (rc)
		return false;
	memcpy(both, sig->sig, sizeof(sig->sig));
	memcpy(both + sizeof(sig->sig), sig->comment, sig->comment_len);
	return !crypto_sign_verify_detached(sig->global, both, sizeof(sig->sig) + sig->comment_len,
					    key->pk);
}

/* 1: this file holds the key of that id; 0: another one; -1: it cannot be used. */
static int look_at_key(int dir, const char *name, const uint8_t id[8], struct minisig_key *key)
{
	struct mica_error err;
	struct stat st;
	void *text = NULL;
	size_t len;
	int fd, rc;

	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -1;
	/* Whoever may write a key may sign. */
	rc = fstat(fd, &st) < 0 || (st.st_mode & 022) ? -1 : 0;
	if (!rc)
		rc = mica_read_whole(fd, MINISIG_MAX, &text, &len);
	close(fd);
	if (!rc)
		rc = minisig_key_parse(text, len, key, &err);
	free(text);
	return rc ? -1 : !memcmp(key->key_id, id, sizeof(key->key_id));
}

/* Key ids are no secrets and no names: of several keys of one id, one must fit. */
static int find_and_check(const struct minisig *sig, const void *data, size_t len,
			  const char *key_dir, char unusable[NAME_MAX + 1], bool *found)
{
	DIR *dir = key_dir && *key_dir ? opendir(key_dir) : NULL;
	struct minisig_key key;
	struct dirent *de;
	bool valid = false;

	unusable[0] = '\0';
	*found = false;
	for (int n = 0; dir && !valid && n < KEYS_MAX && (de = readdir(dir)); n++) {
		size_t l = strlen(de->d_name);
		int rc;

		if (de->d_name[0] == '.' || l < 5 || strcmp(de->d_name + l - 4, ".pub") != 0)
			continue;
		rc = look_at_key(dirfd(dir), de->d_name, sig->key_id, &key);
		if (rc < 0)
			snprintf(unusable, NAME_MAX + 1, "%s", de->d_name);
		if (rc <= 0)
			continue;
		*found = true;
		valid = minisig_valid(sig, &key, data, len);
	}
	if (dir)
		closedir(dir);
	return valid ? 0 : -1;
}

/* As minisign prints it: the number is little-endian in the file. */
static void id_text(const uint8_t id[8], char out[17])
{
	for (int i = 0; i < 8; i++)
		snprintf(out + 2 * i, 3, "%02X", id[7 - i]);
}

int minisig_check(const void *data, size_t len, const char *text, size_t text_len,
		  const char *sig_path, const char *key_dir, struct mica_error *err)
{
	char unusable[NAME_MAX + 1], id[17];
	struct mica_error why;
	struct minisig sig;
	bool found;

	if (sodium_init() < 0)
		return mica_fail(err, MICA_E_FAILED, "libsodium cannot be used");
	if (minisig_parse(text, text_len, &sig, &why))
		return mica_fail(err, MICA_E_FIRMWARE, "signature %s: %s", sig_path, why.text);
	if (!find_and_check(&sig, data, len, key_dir, unusable, &found))
		return 0;
	id_text(sig.key_id, id);
	if (found)
		return mica_fail(err, MICA_E_FIRMWARE,
				 "signature %s does not fit: the image or its signature was "
				 "changed; copy both again",
				 sig_path);
	if (unusable[0])
		return mica_fail(err, MICA_E_FIRMWARE,
				 "signature %s is by key %s, which is none of %s (key file %.100s "
				 "there cannot be used: it is damaged, or others may write it)",
				 sig_path, id, key_dir, unusable);
	return mica_fail(err, MICA_E_FIRMWARE,
			 "signature %s is by key %s, which is none of %s: put that key's .pub file "
			 "there if it is to be trusted",
			 sig_path, id, key_dir && *key_dir ? key_dir : "the keys folder");
}

int minisig_read(const char *path, char **text, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	void *data = NULL;
	int rc;

	if (fd < 0)
		return -errno;
	rc = mica_read_whole(fd, MINISIG_MAX, &data, len);
	close(fd);
	*text = data;
	return rc;
}
