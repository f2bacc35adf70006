/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/device.h>
#include <metal/errno.h>
#include <metal/sys.h>

/* Usable before metal_init() too: lists are empty, the default handler is set. */
struct metal_state _metal = {
	.common = {
		.log_level = METAL_LOG_WARNING,
		.log_handler = metal_default_log_handler,
		.bus_list = METAL_INIT_LIST(_metal.common.bus_list),
		.generic_shmem_list = METAL_INIT_LIST(_metal.common.generic_shmem_list),
		.generic_device_list = METAL_INIT_LIST(_metal.common.generic_device_list),
	},
};

int metal_init(const struct metal_init_params *params)
{
	int ret;

	if (!params)
		return -EINVAL;
	if (_metal.common.ref_count) {
		_metal.common.ref_count++;
		return 0;
	}
	metal_list_init(&_metal.common.bus_list);
	metal_list_init(&_metal.common.generic_shmem_list);
	metal_list_init(&_metal.common.generic_device_list);
	metal_set_log_handler(params->log_handler);
	metal_set_log_level(params->log_level);
	ret = metal_sys_init(params);
	if (!ret)
		ret = metal_bus_register(&metal_generic_bus);
	if (!ret)
		_metal.common.ref_count = 1;
	return ret;
}

void metal_finish(void)
{
	if (!_metal.common.ref_count || --_metal.common.ref_count)
		return;
	metal_sys_finish();
	(void)metal_bus_unregister(&metal_generic_bus);
	metal_list_init(&_metal.common.bus_list);
	metal_list_init(&_metal.common.generic_shmem_list);
	metal_list_init(&_metal.common.generic_device_list);
}
