/* SPDX-License-Identifier: BSD-3-Clause */
/* libmetal's services on top of the porting layer of a client (metal/system/port.h). */
#include <metal/cache.h>
#include <metal/irq.h>
#include <metal/sleep.h>
#include <metal/system/port.h>
#include <metal/time.h>

int metal_sleep_usec(unsigned int usec)
{
	metal_port_sleep_us(usec);
	return 0;
}

void metal_yield(void)
{
	metal_port_sleep_us(0);
}

unsigned long long metal_get_timestamp(void)
{
	return metal_port_time_ns();
}

unsigned int metal_irq_save_disable(void)
{
	return (unsigned int)metal_port_critical_enter();
}

void metal_irq_restore_enable(unsigned int flags)
{
	metal_port_critical_leave(flags);
}

void metal_cache_flush(void *addr, unsigned int len)
{
	metal_port_cache_clean(addr, len);
}

void metal_cache_invalidate(void *addr, unsigned int len)
{
	metal_port_cache_invalidate(addr, len);
}
