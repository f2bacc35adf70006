// SPDX-License-Identifier: BSD-3-Clause
/* The client's halves as commands of its shell, under the names existing images have. */
#include <openamp/virtio.h>

#include "../demo.h"
#include "openamp.h"

static void run(const char *prefix, int (*half)(struct rpmsg_device *rdev, void *platform))
{
	const struct demo demo = { .prefix = prefix, .role = VIRTIO_DEV_DEVICE, .run = half };

	port_say("Starting application...\n");
	demo_run(&demo, 0, NULL);
}

static void echo(const char *args)
{
	(void)args;
	run("", demo_sample_echo);
}

static void update(const char *args)
{
	(void)args;
	run("", demo_update);
}

static void nocopy(const char *args)
{
	(void)args;
	run("", demo_nocopy_echo);
}

static void matrixd(const char *args)
{
	(void)args;
	run("", demo_matrixd);
}

static void ping(const char *args)
{
	(void)args;
	run("", demo_ping);
}

const struct shell_command openamp_commands[] = {
	{ "shmem_demod", "libmetal's shared memory demo", openamp_shmem },
	{ "rpmsg_echo", "a hundred greetings; Linux: rpmsg-sample-ping", echo },
	{ "rpmsg_update", "sends back what comes; Linux: msg-test-rpmsg-ping", update },
	{ "rpmsg_nocopy", "the same from buffer to buffer", nocopy },
	{ "rpmsg_ping", "payloads of every size; Linux: msg-test-rpmsg-update", ping },
	{ "matrix_multiplyd", "multiplies; Linux: matrix_multiply", matrixd },
	{ "atomic_demod", "adds to a counter of both; Linux: libmetal_amp_demo atomic",
	  openamp_atomic },
	{ "shmem_latency_demod", "a word there and back; Linux: libmetal_amp_demo latency",
	  openamp_latency },
	{ "shmem_throughput_demod", "blocks there and back; Linux: libmetal_amp_demo throughput",
	  openamp_throughput },
	{ "irq_shmem_demod", "messages with interrupts; Linux: libmetal_amp_demo irq",
	  openamp_irq },
	{ "irq_latency_demod", "interrupts there and back; Linux: libmetal_amp_demo irq-latency",
	  openamp_irq_latency },
	{ NULL, NULL, NULL },
};
