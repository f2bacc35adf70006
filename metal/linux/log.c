/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <metal/log.h>

void metal_default_log_handler(enum metal_log_level level, const char *format, ...)
{
	static const char *const names[] = { "emergency", "alert",  "critical", "error",
					     "warning",	  "notice", "info",	"debug" };
	va_list args;

	if ((unsigned int)level < sizeof(names) / sizeof(names[0]))
		fprintf(stderr, "metal: %s: ", names[level]);
	va_start(args, format);
	vfprintf(stderr, format, args); /* NOLINT(clang-analyzer-valist.Uninitialized) */
	va_end(args);
}
