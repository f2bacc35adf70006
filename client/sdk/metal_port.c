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

/* Threads that wait, each on its own stack, longest first. In the critical section only. */
struct parked {
	struct parked *next;
	const void *object;
	struct mica_os_sem sem;
};

static struct parked *parked;

static void append(struct parked **list, struct parked *p)
{
	while (*list)
		list = &(*list)->next;
	p->next = NULL;
	*list = p;
}

void metal_port_unpark(const void *object, int all)
{
	struct parked **link = &parked, *woken = NULL;

	while (*link && (all || !woken)) {
		struct parked *p = *link;

		if (p->object == object) {
			*link = p->next;
			append(&woken, p);
		} else {
			link = &p->next;
		}
	}
	/* A more urgent thread runs inside the give; the list may then be another one. */
	while (woken) {
		struct parked *p = woken;

		woken = p->next;
		mica_os_sem_give(&p->sem);
	}
}

unsigned long metal_port_park(const void *object, const void *wake, unsigned long state)
{
	struct parked self = { .object = object };

	mica_os_sem_init(&self.sem, 0);
	append(&parked, &self);
	if (wake)
		metal_port_unpark(wake, 0);
	mica_os_critical_exit(state);
	mica_os_sem_take(&self.sem, MICA_OS_FOREVER);
	return mica_os_critical_enter();
}

void metal_port_sleep_us(unsigned int us)
{
	mica_os_sleep_ms((us + 999u) / 1000u);
}

uint64_t metal_port_time_ns(void)
{
	return mica_os_time_us() * 1000u;
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
