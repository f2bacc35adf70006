// SPDX-License-Identifier: BSD-3-Clause
/* What libmetal asks of a client, over the SDK's porting layer. */
#include <metal/system/port.h>

#include "mica_chip.h"
#include "mica_os.h"

unsigned long metal_port_critical_enter(void)
{
	return mica_os_critical_enter();
}

void metal_port_critical_leave(unsigned long state)
{
	mica_os_critical_exit(state);
}

void metal_port_sleep_us(unsigned int us)
{
	mica_os_sleep_ms((us + 999u) / 1000u);
}

uint64_t metal_port_time_ns(void)
{
	return mica_os_time_us() * 1000u;
}

/* A client has no console of its own; what matters reaches the host through the status words. */
void metal_port_log(int level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
}

void metal_port_cache_clean(void *addr, size_t len)
{
	mica_chip_cache_clean(addr, len);
}

void metal_port_cache_invalidate(void *addr, size_t len)
{
	mica_chip_cache_invalidate(addr, len);
}

uintptr_t metal_port_phys_to_virt(uint64_t phys)
{
	return (uintptr_t)mica_chip_to_va(phys, 1);
}

uint64_t metal_port_virt_to_phys(uintptr_t virt)
{
	return mica_chip_to_da((const void *)virt);
}
