// SPDX-License-Identifier: BSD-3-Clause
/* libmetal's layer for clients, tested where it runs: over the OS axis of whatever RTOS this is. */
#include <string.h>
#include <metal/alloc.h>
#include <metal/cache.h>
#include <metal/condition.h>
#include <metal/irq_controller.h>
#include <metal/log.h>
#include <metal/shmem.h>
#include <metal/sleep.h>
#include <metal/softirq.h>
#include <metal/time.h>

#include "fmt.h"
#include "shell.h"

#define STACK  4096u
#define ROUNDS 200u

static struct mica_os_thread thread;
static _Alignas(16) unsigned char stack[STACK];
static struct mica_os_sem done;

static METAL_MUTEX_DEFINE(mutex);
static struct metal_condition changed = METAL_CONDITION_INIT;
static unsigned int turn;
static volatile bool inside, met;

/* entry in a more urgent thread; true when it ended in time. */
static bool start(void (*entry)(void *arg))
{
	mica_os_sem_init(&done, 0);
	return mica_os_thread_start(&thread, "metal", MICA_OS_PRIO_SERVICE, entry, NULL, stack,
				    STACK) == 0;
}

static bool joined(void)
{
	bool ended = mica_os_sem_take(&done, 5000);

	mica_os_sleep_ms(2); /* until it is dead, and its stack free again */
	return ended;
}

static void want_mutex(void *arg)
{
	(void)arg;
	metal_mutex_acquire(&mutex);
	met = inside;
	metal_mutex_release(&mutex);
	mica_os_sem_give(&done);
}

/* The holder sleeps: others wait, nobody gets in. */
static bool test_mutex(void)
{
	bool ok;

	if (!metal_mutex_try_acquire(&mutex))
		return false;
	ok = metal_mutex_is_acquired(&mutex) && !metal_mutex_try_acquire(&mutex);
	inside = true;
	met = false;
	ok = start(want_mutex) && ok;
	metal_sleep_usec(5000);
	inside = false;
	metal_mutex_release(&mutex);
	return joined() && ok && !met && !metal_mutex_is_acquired(&mutex);
}

static void other_turn(void *arg)
{
	(void)arg;
	metal_mutex_acquire(&mutex);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		while (turn % 2 == 0)
			metal_condition_wait(&changed, &mutex);
		turn++;
		metal_condition_broadcast(&changed);
	}
	metal_mutex_release(&mutex);
	mica_os_sem_give(&done);
}

static bool test_condition(void)
{
	metal_mutex_t wrong = METAL_MUTEX_INIT(wrong);
	bool ok = metal_condition_wait(&changed, &wrong) == -EINVAL; /* not held */

	turn = 0;
	ok = start(other_turn) && ok;
	metal_mutex_acquire(&mutex);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		while (turn % 2 == 1)
			metal_condition_wait(&changed, &mutex);
		turn++;
		metal_condition_signal(&changed);
	}
	metal_mutex_release(&mutex);
	return joined() && ok && turn == 2 * ROUNDS;
}

static bool test_sleep(void)
{
	unsigned long long before = metal_get_timestamp(), slept;

	metal_sleep_usec(3000);
	metal_yield();
	slept = metal_get_timestamp() - before;
	return slept >= 3000000u && slept < 2000000000u;
}

static unsigned int enabled;

static void set_enable(struct metal_irq_controller *cntr, int irq, unsigned int state)
{
	enabled = state ? enabled | 1u << (irq - cntr->irq_base)
			: enabled & ~(1u << (irq - cntr->irq_base));
}

static struct metal_irq irqs[2];
static METAL_IRQ_CONTROLLER_DECLARE(controller, METAL_IRQ_ANY, 2, NULL, set_enable, NULL, irqs);

static int count(int irq, void *arg)
{
	*(unsigned int *)arg += (unsigned int)irq;
	return METAL_IRQ_HANDLED;
}

static bool test_interrupts(void)
{
	static int soft;
	unsigned int sum = 0, flags, base;
	bool ok = metal_irq_register_controller(&controller) == 0 && metal_softirq_init() == 0;

	base = (unsigned int)controller.irq_base;
	ok = ok && metal_irq_register((int)base + 1, count, &sum) == 0;
	metal_irq_enable(base + 1);
	ok = ok && enabled == 2;
	flags = metal_irq_save_disable(); /* as in the entry of an interrupt */
	ok = ok && metal_irq_isr(base + 1) == METAL_IRQ_HANDLED && sum == base + 1;
	metal_irq_restore_enable(flags);
	metal_irq_disable(base + 1);
	metal_irq_unregister((int)base + 1);
	ok = ok && !enabled && metal_irq_isr(base + 1) == METAL_IRQ_NOT_HANDLED;
	if (!soft)
		soft = metal_softirq_allocate(1);
	sum = 0;
	ok = ok && soft > 0 && metal_irq_register(soft, count, &sum) == 0;
	metal_irq_enable((unsigned int)soft);
	metal_softirq_set(soft);
	metal_softirq_dispatch();
	metal_irq_unregister(soft);
	return ok && sum == (unsigned int)soft;
}

static bool test_memory(void)
{
	static struct metal_generic_shmem segment = { .name = "selftest" };
	static const metal_phys_addr_t phys = 0x1000;
	struct metal_io_region *io = NULL;
	unsigned char *room = metal_allocate_memory(64);
	unsigned char back[4] = { 0 };
	bool ok = room != NULL;

	if (!ok)
		return false;
	metal_io_init(&segment.io, room, &phys, 64, (unsigned int)-1, 0, NULL);
	ok = metal_shmem_register_generic(&segment) == 0;
	ok = ok && metal_shmem_open("selftest", 64, &io) == 0 && io == &segment.io;
	ok = ok && metal_shmem_open("selftest", 65, &io) == -EINVAL;
	ok = ok && metal_shmem_open("nothing", 1, &io) == -ENOENT;
	if (ok) {
		metal_io_write32(io, 8, 0x64636261);
		ok = metal_io_block_read(io, 8, back, 4) == 4 && memcmp(back, "abcd", 4) == 0;
		ok = ok && metal_io_phys(io, 8) == 0x1008 && metal_io_block_set(io, 60, 1, 9) == 4;
		ok = ok && metal_io_phys_to_virt(io, 0x103f) == room + 63 && room[63] == 1;
		metal_cache_flush(room, 64);
		metal_cache_invalidate(room, 64);
	}
	metal_list_del(&segment.node);
	metal_free_memory(room);
	return ok;
}

void shell_metal(const char *args)
{
	static const struct {
		const char *name;
		bool (*run)(void);
	} tests[] = {
		{ "mutex", test_mutex },   { "condition", test_condition },
		{ "sleep", test_sleep },   { "interrupts", test_interrupts },
		{ "memory", test_memory },
	};
	char line[128];
	size_t len = 0;

	(void)args;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		len += fmt(line + len, sizeof(line) - len, "%s%s %s", i ? ", " : "", tests[i].name,
			   tests[i].run() ? "ok" : "FAILED");
	metal_info("libmetal: %s\n", line);
	shell_printf("metal: %s\n", line);
}
