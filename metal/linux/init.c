/* SPDX-License-Identifier: BSD-3-Clause */
/* What metal_init() needs of Linux. No device has to exist, no driver be loaded. */
#include <unistd.h>
#include <metal/sys.h>
#include <metal/utilities.h>
#include <metal/system/irq.h>

int metal_sys_init(const struct metal_init_params *params)
{
	(void)params;
	_metal.page_size = (unsigned long)sysconf(_SC_PAGESIZE);
	_metal.page_shift = metal_log2(_metal.page_size);
	return metal_linux_irq_init();
}

void metal_sys_finish(void)
{
	metal_linux_irq_shutdown();
}
