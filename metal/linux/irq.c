/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts in user space: the number is a file descriptor, an interrupt is that it can be read.
 * One thread waits for all that are enabled and calls handlers with the interrupt lock held, so
 * that metal_irq_save_disable() keeps them away. It starts with the first one that is enabled: a
 * program without interrupts has no thread.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <metal/device.h>
#include <metal/irq_controller.h>
#include <metal/utilities.h>
#include <metal/system/irq.h>

#define MAX_IRQS 1024

/* User space has no interrupts to mask; one lock plays their part. */
static pthread_mutex_t irq_lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static struct metal_irq irqs[MAX_IRQS];
static struct metal_device *devices[MAX_IRQS];
static unsigned long enabled[metal_bitmap_longs(MAX_IRQS)];

static struct {
	pthread_t thread;
	bool running, stop;
	int wake_fd;
} state;

unsigned int metal_irq_save_disable(void)
{
	pthread_mutex_lock(&irq_lock);
	return 0;
}

void metal_irq_restore_enable(unsigned int flags)
{
	(void)flags;
	pthread_mutex_unlock(&irq_lock);
}

void metal_linux_irq_register_dev(struct metal_device *dev, int irq)
{
	if (irq < 0 || irq >= MAX_IRQS) {
		metal_err("metal: interrupt %d of a device: numbers end at %d\n", irq,
			  MAX_IRQS - 1);
		return;
	}
	pthread_mutex_lock(&irq_lock);
	devices[irq] = dev;
	pthread_mutex_unlock(&irq_lock);
}

/* With the lock held: what to wait for. Returns how many. */
static nfds_t collect(struct pollfd *fds)
{
	nfds_t n = 1;

	fds[0] = (struct pollfd){ .fd = state.wake_fd, .events = POLLIN };
	for (int irq = 0; irq < MAX_IRQS; irq++) {
		/* Without a handler nobody would read it. */
		if (metal_bitmap_is_bit_set(enabled, irq) && irqs[irq].hd)
			fds[n++] = (struct pollfd){ .fd = irq, .events = POLLIN };
	}
	return n;
}

/* With the lock held. A descriptor that is of no use any more would be ready for ever. */
static void handle(int irq, short events)
{
	struct metal_device *dev = devices[irq];

	if (!metal_bitmap_is_bit_set(enabled, irq))
		return;
	if (!(events & POLLIN)) {
		metal_err("metal: interrupt %d is disabled: its descriptor is closed or broken\n",
			  irq);
		metal_bitmap_clear_bit(enabled, irq);
		return;
	}
	if (metal_irq_handle(&irqs[irq], irq) == METAL_IRQ_HANDLED && dev && dev->bus &&
	    dev->bus->ops.dev_irq_ack)
		dev->bus->ops.dev_irq_ack(dev->bus, dev, irq);
}

static void *irq_main(void *arg)
{
	struct pollfd *fds = arg;
	uint64_t count;

	pthread_mutex_lock(&irq_lock);
	while (!state.stop) {
		nfds_t n = collect(fds);
		int ready;

		pthread_mutex_unlock(&irq_lock);
		ready = poll(fds, n, -1);
		pthread_mutex_lock(&irq_lock);
		if (ready <= 0)
			continue;
		if (fds[0].revents && read(state.wake_fd, &count, sizeof(count)) < 0)
			metal_err("metal: interrupts: %s\n", strerror(errno));
		for (nfds_t i = 1; i < n; i++) {
			if (fds[i].revents)
				handle(fds[i].fd, fds[i].revents);
		}
	}
	pthread_mutex_unlock(&irq_lock);
	free(fds);
	return NULL;
}

static void wake(void)
{
	uint64_t one = 1;

	if (state.running && write(state.wake_fd, &one, sizeof(one)) < 0)
		metal_err("metal: interrupts: %s\n", strerror(errno));
}

/* With the lock held. */
static int start(void)
{
	struct pollfd *fds = malloc((MAX_IRQS + 1) * sizeof(*fds));
	int ret;

	if (!fds)
		return -ENOMEM;
	state.stop = false;
	state.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (state.wake_fd < 0) {
		free(fds);
		return -errno;
	}
	ret = pthread_create(&state.thread, NULL, irq_main, fds);
	if (ret) {
		close(state.wake_fd);
		free(fds);
		return -ret;
	}
	state.running = true;
	return 0;
}

static void set_enable(struct metal_irq_controller *cntr, int irq, unsigned int on)
{
	int ret = 0;

	(void)cntr;
	pthread_mutex_lock(&irq_lock);
	if (on == METAL_IRQ_ENABLE)
		metal_bitmap_set_bit(enabled, irq);
	else
		metal_bitmap_clear_bit(enabled, irq);
	if (on == METAL_IRQ_ENABLE && !state.running)
		ret = start();
	else
		wake();
	if (ret) {
		metal_bitmap_clear_bit(enabled, irq);
		metal_err("metal: interrupt %d cannot be enabled: %s\n", irq, strerror(-ret));
	}
	pthread_mutex_unlock(&irq_lock);
}

/* With the lock held. */
static int set_handler(struct metal_irq_controller *cntr, int irq, metal_irq_handler hd, void *arg)
{
	(void)cntr;
	irqs[irq] = (struct metal_irq){ hd, arg };
	wake();
	return 0;
}

static METAL_IRQ_CONTROLLER_DECLARE(fd_irqs, 0, MAX_IRQS, NULL, set_enable, set_handler, irqs);

int metal_linux_irq_init(void)
{
	return metal_irq_register_controller(&fd_irqs);
}

void metal_linux_irq_shutdown(void)
{
	bool running;

	pthread_mutex_lock(&irq_lock);
	running = state.running;
	state.stop = true;
	wake();
	memset(enabled, 0, sizeof(enabled));
	memset(irqs, 0, sizeof(irqs));
	memset(devices, 0, sizeof(devices));
	state.running = false;
	pthread_mutex_unlock(&irq_lock);
	if (!running)
		return;
	pthread_join(state.thread, NULL);
	close(state.wake_fd);
}
