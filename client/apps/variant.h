/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One image of the reference client: what it announces, how it behaves. Each variant is one file
 * in client/variants/ that defines mica_variant and, unless it uses the static layout, its
 * resource table.
 */
#ifndef VARIANT_H
#define VARIANT_H

#include <stdbool.h>
#include <stddef.h>

#include "mica_client.h"
#include "mica_rsc.h"
#include "shell.h"

enum variant_boot {
	BOOT_NORMAL,
	BOOT_NEVER_READY, /* sleeps, announces nothing, obeys nothing */
	BOOT_CRASH,
	BOOT_OPENAMP,	 /* the demos of OpenAMP: no session, memory below the image, the console */
	BOOT_STANDALONE, /* no host: test the kernel, print on the board's UART, power off */
};

enum variant_kind {
	KIND_REFERENCE,	  /* shell, mica-echo, mica-urgent */
	KIND_PLAIN,	  /* shell only */
	KIND_RTTHREAD,	  /* echo, onoff, matrix, and a shell once onoff asks for it */
	KIND_UMT_HOSTILE, /* shell, and an rpmsg-umt that breaks every rule */
	KIND_BENCH,	  /* shell, mica-bench, rpmsg-rpc, and an rpmsg-umt that only reads */
	KIND_UNIPROTON,	  /* shell, rpmsg-rpc, rpmsg-umt, and a boot that waits for the last two */
};

struct mica_variant {
	const char *name;
	const void *table; /* NULL: static layout */
	size_t table_size;
	size_t comm_limit; /* bytes of communication memory it maps; 0: all */
	size_t comm_below; /* they are its own, right below the image; 0: the board's */
	enum variant_boot boot;
	struct mica_quirks quirks;
	enum variant_kind kind;
	void (*debug)(void); /* mica_gdb_enable(), or NULL */
	bool umt_short;	     /* KIND_UNIPROTON: answers bulk messages with their length alone */
	struct shell_config shell;
};

extern const struct mica_variant mica_variant;

#endif /* VARIANT_H */
