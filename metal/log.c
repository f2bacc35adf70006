/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/sys.h>

void metal_set_log_handler(metal_log_handler handler)
{
	_metal.common.log_handler = handler;
}

metal_log_handler metal_get_log_handler(void)
{
	return _metal.common.log_handler;
}

void metal_set_log_level(enum metal_log_level level)
{
	_metal.common.log_level = level;
}

enum metal_log_level metal_get_log_level(void)
{
	return _metal.common.log_level;
}

int metal_log_wanted(enum metal_log_level level)
{
	return _metal.common.log_handler && level <= _metal.common.log_level;
}
