/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/log.h>
#include <metal/system/port.h>

void metal_default_log_handler(enum metal_log_level level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	metal_port_log((int)level, format, args);
	va_end(args);
}
