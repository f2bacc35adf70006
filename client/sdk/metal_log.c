// SPDX-License-Identifier: BSD-3-Clause
/* libmetal's messages are the log's. */
#include <metal/system/port.h>

#include "fmt.h"
#include "mica_client.h"

void metal_port_log(int level, const char *format, va_list args)
{
	char line[128];

	(void)fmt_v(line, sizeof(line), format, args);
	mica_log((enum mica_log_level)level, "%s", line);
}
