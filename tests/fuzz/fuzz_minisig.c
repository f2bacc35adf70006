/* SPDX-License-Identifier: BSD-3-Clause */
/* A signature or key file of any content: refused with one line, or taken apart within bounds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "minisig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct minisig_key key; /* all zero: no valid point signs for it */
	struct mica_error err = { .text = "" };
	struct minisig_key other;
	struct minisig sig;
	/* Of exactly this size, so that reading beyond it is seen. */
	char *text = malloc(size ? size : 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	if (!minisig_parse(text, size, &sig, &err)) {
		if (sig.comment_len > MINISIG_COMMENT)
			abort();
		if (minisig_valid(&sig, &key, "x", 1))
			abort();
	} else if (!err.text[0] || strchr(err.text, '\n')) {
		abort();
	}
	err.text[0] = '\0';
	if (minisig_key_parse(text, size, &other, &err) && (!err.text[0] || strchr(err.text, '\n')))
		abort();
	free(text);
	return 0;
}
