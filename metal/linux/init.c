/* SPDX-License-Identifier: BSD-3-Clause */
/* What metal_init() needs of Linux. No device has to exist, no driver be loaded. */
#include <unistd.h>
#include <metal/sys.h>
#include <metal/utilities.h>
#include <metal/system/irq.h>
#include <metal/system/platform.h>

int metal_sys_init(const struct metal_init_params *params)
{
	int ret;

	(void)params;
	_metal.page_size = (unsigned long)sysconf(_SC_PAGESIZE);
	_metal.page_shift = metal_log2(_metal.page_size);
	ret = metal_linux_irq_init();
	if (ret)
		return ret;
	ret = metal_linux_platform_init();
	if (ret)
		metal_linux_irq_shutdown();
	return ret;
}

void metal_sys_finish(void)
{
	metal_linux_platform_shutdown();
	metal_linux_irq_shutdown();
}
