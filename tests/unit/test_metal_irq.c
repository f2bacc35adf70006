/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupt controllers, descriptors as interrupts, soft interrupts. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <cmocka.h>
#include <metal/atomic.h>
#include <metal/device.h>
#include <metal/irq_controller.h>
#include <metal/sleep.h>
#include <metal/softirq.h>
#include <metal/system/irq.h>

#define PATIENCE_MS 20000

static atomic_int handled, acked;

static void quiet(enum metal_log_level level, const char *format, ...)
{
	(void)level;
	(void)format;
}

static int start(void **state)
{
	const struct metal_init_params params = { quiet, METAL_LOG_DEBUG };

	(void)state;
	atomic_store(&handled, 0);
	atomic_store(&acked, 0);
	return metal_init(&params);
}

static int finish(void **state)
{
	(void)state;
	metal_finish();
	return 0;
}

static bool reaches(atomic_int *counter, int value)
{
	for (int ms = 0; atomic_load(counter) < value && ms < PATIENCE_MS; ms++)
		metal_sleep_usec(1000);
	return atomic_load(counter) == value;
}

static int drain(int irq, void *arg)
{
	uint64_t count;

	assert_int_equal(read(irq, &count, sizeof(count)), sizeof(count));
	atomic_fetch_add((atomic_int *)arg, 1);
	return METAL_IRQ_HANDLED;
}

static void raise_fd(int fd)
{
	uint64_t one = 1;

	assert_int_equal(write(fd, &one, sizeof(one)), sizeof(one));
}

static void descriptors(void **state)
{
	int fd = eventfd(0, EFD_CLOEXEC);
	unsigned int flags;

	(void)state;
	assert_int_equal(metal_irq_register(-1, drain, NULL), -EINVAL);
	assert_int_equal(metal_irq_register(1 << 20, drain, NULL), -EINVAL);
	assert_int_equal(metal_irq_register(fd, drain, &handled), 0);
	raise_fd(fd);
	metal_sleep_usec(20000);
	assert_int_equal(atomic_load(&handled), 0); /* not enabled */
	metal_irq_enable((unsigned int)fd);
	assert_true(reaches(&handled, 1));
	raise_fd(fd);
	assert_true(reaches(&handled, 2));

	flags = metal_irq_save_disable();
	raise_fd(fd);
	metal_sleep_usec(20000);
	assert_int_equal(atomic_load(&handled), 2);
	metal_irq_restore_enable(flags);
	assert_true(reaches(&handled, 3));

	metal_irq_disable((unsigned int)fd);
	raise_fd(fd);
	metal_sleep_usec(20000);
	assert_int_equal(atomic_load(&handled), 3);
	/* Enabled without a handler, it waits for one. */
	metal_irq_unregister(fd);
	metal_irq_enable((unsigned int)fd);
	metal_sleep_usec(20000);
	assert_int_equal(metal_irq_register(fd, drain, &handled), 0);
	assert_true(reaches(&handled, 4));
	metal_irq_disable((unsigned int)fd);
	metal_irq_unregister(fd);
	close(fd);
}

static void ack(struct metal_bus *bus, struct metal_device *device, int irq)
{
	(void)bus;
	assert_int_equal(irq, (int)(intptr_t)device->irq_info);
	atomic_fetch_add(&acked, 1);
}

static void device_is_told(void **state)
{
	struct metal_bus bus = { .name = "test", .ops = { .dev_irq_ack = ack } };
	struct metal_device device = { .name = "d", .bus = &bus, .irq_num = 1 };
	int fd = eventfd(0, EFD_CLOEXEC);

	(void)state;
	device.irq_info = (void *)(intptr_t)fd;
	metal_linux_irq_register_dev(&device, fd);
	assert_int_equal(metal_irq_register(fd, drain, &handled), 0);
	metal_irq_enable((unsigned int)fd);
	raise_fd(fd);
	assert_true(reaches(&acked, 1));
	assert_int_equal(atomic_load(&handled), 1);
	metal_irq_disable((unsigned int)fd);
	metal_linux_irq_register_dev(NULL, fd);
	metal_linux_irq_register_dev(&device, 1 << 20); /* says so, nothing else */
	close(fd);
}

/* A pipe whose other end is gone is ready for ever; it must not keep the thread busy. */
static void closed_descriptor(void **state)
{
	int good = eventfd(0, EFD_CLOEXEC), fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	close(fds[1]);
	assert_int_equal(metal_irq_register(fds[0], drain, &handled), 0);
	assert_int_equal(metal_irq_register(good, drain, &acked), 0);
	metal_irq_enable((unsigned int)fds[0]);
	metal_irq_enable((unsigned int)good);
	raise_fd(good);
	assert_true(reaches(&acked, 1));
	assert_int_equal(atomic_load(&handled), 0);
	metal_irq_disable((unsigned int)good);
	close(fds[0]);
	close(good);
}

/* ---- controllers ---- */

static unsigned int enables[4];

static void note_enable(struct metal_irq_controller *c, int irq, unsigned int on)
{
	enables[irq - c->irq_base] = on;
}

static int refuse(struct metal_irq_controller *c, int irq, metal_irq_handler hd, void *arg)
{
	(void)c;
	(void)irq;
	(void)hd;
	(void)arg;
	return -EBUSY;
}

static int count(int irq, void *arg)
{
	atomic_fetch_add((atomic_int *)arg, irq);
	return METAL_IRQ_HANDLED;
}

static struct metal_irq irqs[4];
static METAL_IRQ_CONTROLLER_DECLARE(own, METAL_IRQ_ANY, 4, NULL, note_enable, NULL, irqs);
static METAL_IRQ_CONTROLLER_DECLARE(strict, METAL_IRQ_ANY, 1, NULL, NULL, refuse, NULL);

static void controllers(void **state)
{
	struct metal_irq_controller taken = own, none = own;
	int base;

	(void)state;
	assert_int_equal(metal_irq_register_controller(NULL), -EINVAL);
	none.irq_num = 0;
	assert_int_equal(metal_irq_register_controller(&none), -EINVAL);
	none = own;
	none.irqs = NULL;
	assert_int_equal(metal_irq_register_controller(&none), -EINVAL);
	assert_int_equal(metal_irq_register_controller(&own), 0);
	base = own.irq_base;
	assert_true(base >= 1024); /* behind the descriptors */
	assert_int_equal(metal_irq_register_controller(&own), 0);
	assert_int_equal(own.irq_base, base);
	taken.irq_base = base + 3;
	assert_int_equal(metal_irq_register_controller(&taken), -EINVAL);
	taken.irq_base = INT32_MAX - 1;
	assert_int_equal(metal_irq_register_controller(&taken), -EINVAL);

	assert_int_equal(metal_irq_isr((unsigned int)base), METAL_IRQ_NOT_HANDLED);
	assert_int_equal(metal_irq_register(base + 1, count, &handled), 0);
	metal_irq_enable((unsigned int)base + 1);
	assert_int_equal(enables[1], METAL_IRQ_ENABLE);
	assert_int_equal(metal_irq_isr((unsigned int)base + 1), METAL_IRQ_HANDLED);
	assert_int_equal(atomic_load(&handled), base + 1);
	metal_irq_disable((unsigned int)base + 1);
	assert_int_equal(enables[1], METAL_IRQ_DISABLE);
	metal_irq_unregister(base + 1);
	assert_int_equal(metal_irq_isr((unsigned int)base + 1), METAL_IRQ_NOT_HANDLED);
	assert_int_equal(metal_irq_isr(UINT32_MAX), METAL_IRQ_NOT_HANDLED);
	assert_int_equal(metal_irq_handle(NULL, 1), METAL_IRQ_NOT_HANDLED);

	assert_int_equal(metal_irq_register_controller(&strict), 0);
	assert_int_equal(strict.irq_base, base + 4);
	assert_int_equal(metal_irq_register(strict.irq_base, count, NULL), -EBUSY);
	metal_irq_enable((unsigned int)strict.irq_base);
	assert_int_equal(metal_irq_isr((unsigned int)strict.irq_base), METAL_IRQ_NOT_HANDLED);
}

static void soft(void **state)
{
	int first, second;

	(void)state;
	assert_int_equal(metal_softirq_allocate(1), -EINVAL); /* not before the start */
	metal_softirq_set(0);
	metal_softirq_dispatch();
	assert_int_equal(metal_softirq_init(), 0);
	assert_int_equal(metal_softirq_init(), 0);
	first = metal_softirq_allocate(2);
	second = metal_softirq_allocate(62);
	assert_true(first > 0);
	assert_int_equal(second, first + 2);
	assert_int_equal(metal_softirq_allocate(1), -EINVAL);
	assert_int_equal(metal_softirq_allocate(0), -EINVAL);

	assert_int_equal(metal_irq_register(first + 1, count, &handled), 0);
	metal_softirq_set(first + 1);
	metal_softirq_set(first + 64); /* nobody's */
	metal_softirq_set(-1);
	metal_softirq_dispatch();
	assert_int_equal(atomic_load(&handled), 0); /* stays pending */
	metal_irq_enable((unsigned int)first + 1);
	metal_softirq_dispatch();
	assert_int_equal(atomic_load(&handled), first + 1);
	metal_softirq_dispatch();
	assert_int_equal(atomic_load(&handled), first + 1);
	metal_irq_disable((unsigned int)first + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(descriptors, start, finish),
		cmocka_unit_test_setup_teardown(device_is_told, start, finish),
		cmocka_unit_test_setup_teardown(closed_descriptor, start, finish),
		cmocka_unit_test_setup_teardown(controllers, start, finish),
		cmocka_unit_test_setup_teardown(soft, start, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
