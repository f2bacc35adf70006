// SPDX-License-Identifier: BSD-3-Clause
/* Shell commands that write logs: the log ring, and trace buffers as other systems have them. */
#include <string.h>

#include <metal/atomic.h>
#include <openamp/rsc_table.h>

#include "fmt.h"
#include "mica_chip.h"
#include "mica_client.h"
#include "mica_rsc.h"
#include "shell.h"
#include "variant.h"

static uint32_t number(const char **p)
{
	uint32_t n = 0;

	while (**p >= '0' && **p <= '9')
		n = n * 10 + (uint32_t)(*(*p)++ - '0');
	while (**p == ' ')
		(*p)++;
	return n;
}

void shell_log(const char *args)
{
	const char *text = args;
	uint32_t level = number(&text);

	if (text == args || level > 7) {
		shell_printf("usage: log LEVEL TEXT, level 0 to 7\n");
		return;
	}
	mica_log((enum mica_log_level)level, "%s", text);
}

void shell_logflood(const char *args)
{
	uint32_t n = number(&args);

	for (uint32_t i = 1; i <= n; i++)
		mica_log(MICA_LOG_INFO, "flood line %u of %u", i, n);
	shell_printf("%u lines\n", n);
}

/* As its writer knows it: nothing in the buffer says where it is. */
static uint32_t reached[4];

/* Zephyr's ram_console_out(): one byte is always left for the NUL at the end. */
static void trace_put(unsigned int i, uint8_t *buf, uint32_t len, char c)
{
	metal_shared_write8(buf + reached[i], (uint8_t)c);
	reached[i] = (reached[i] + 1) % (len - 1);
}

void shell_trace(const char *args)
{
	const struct table_head {
		struct mica_rsc_header header;
		uint32_t offset[];
	} *table = mica_variant.table;
	uint32_t want = number(&args), at = 0;

	for (uint32_t i = 0; table && i < table->header.num && at < 4; i++) {
		const struct fw_rsc_trace *t =
			(const void *)((const char *)table + table->offset[i]);
		uint8_t *buf;

		if (t->type != RSC_TRACE)
			continue;
		buf = mica_chip_to_va(t->da, t->len);
		if (at++ != want || !buf)
			continue;
		while (*args)
			trace_put(want, buf, t->len, *args++);
		trace_put(want, buf, t->len, '\n');
		return;
	}
	shell_printf("no trace buffer of that number\n");
}
