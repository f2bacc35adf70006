/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Signatures of images in minisign's format: FILE.minisig beside FILE, and the public keys that
 * are trusted, one *.pub file each in one folder. Ed25519, of the bytes themselves ("Ed") or of
 * their BLAKE2b-512 hash ("ED"). Reads files: worker threads.
 */
#ifndef MICA_MINISIG_H
#define MICA_MINISIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mica/error.h"

#define MINISIG_ENDING	".minisig"
#define MINISIG_MAX	(16u << 10) /* bytes of a signature or key file */
#define MINISIG_COMMENT 8192

struct minisig {
	bool prehashed; /* "ED" */
	uint8_t key_id[8];
	uint8_t sig[64];
	uint8_t global[64]; /* over sig and the trusted comment */
	size_t comment_len;
	char comment[MINISIG_COMMENT + 1]; /* trusted comment, without its label */
};

struct minisig_key {
	uint8_t key_id[8];
	uint8_t pk[32];
};

/* text: len bytes of any content. The error says what is wrong, without a file name. */
int minisig_parse(const char *text, size_t len, struct minisig *sig, struct mica_error *err);
int minisig_key_parse(const char *text, size_t len, struct minisig_key *key,
		      struct mica_error *err);
/* Both signatures. Key ids must have been found equal. */
bool minisig_valid(const struct minisig *sig, const struct minisig_key *key, const void *data,
		   size_t len);

/*
 * Is `sig` (sig_len bytes out of file sig_path, for messages) a valid signature of these bytes by
 * a key in key_dir (may be NULL or empty: none)? MICA_E_FIRMWARE if not.
 */
int minisig_check(const void *data, size_t len, const char *sig, size_t sig_len,
		  const char *sig_path, const char *key_dir, struct mica_error *err);
/* A signature file whole; the caller frees *text. 0 or -errno (-ENOENT: there is none). */
int minisig_read(const char *path, char **text, size_t *len);

#endif /* MICA_MINISIG_H */
