/* SPDX-License-Identifier: BSD-3-Clause */
/* libmetal's demos: the first argument says which. Other halves: shmem_demod and its neighbours. */
#include <string.h>
#include <metal/sys.h>

#include "../../demo.h"
#include "../amp.h"
#include "../port_linux.h"
#include "mica/error.h"

static const struct {
	const char *name, *title;
	int (*run)(struct metal_io_region *io);
} demos[] = {
	{ "shmem", "shared memory", amp_shared_memory },
	{ "atomic", "atomic operations", amp_atomic },
	{ "latency", "shared memory latency", amp_latency },
	{ "throughput", "shared memory throughput", amp_throughput },
	{ "irq", "interrupts with shared memory", amp_irq },
	{ "irq-latency", "interrupt latency", amp_irq_latency },
};

#define N_DEMOS (sizeof(demos) / sizeof(demos[0]))

int main(int argc, char *argv[])
{
	struct metal_init_params params = METAL_INIT_DEFAULTS;
	struct metal_io_region *io;
	metal_phys_addr_t base;
	size_t i = 0;
	int ret;

	if (metal_init(&params))
		return MICA_E_FAILED;
	port_argument = demos[0].name;
	ret = port_open(argc, argv, &io, &base);
	if (ret)
		return ret;
	while (i < N_DEMOS && strcmp(demos[i].name, port_argument))
		i++;
	if (i < N_DEMOS) {
		port_say("CLIENT> ***** libmetal demo: %s *****\n", demos[i].title);
		ret = demo_exit_code(demos[i].run(io));
	} else {
		port_error("no demo '%.40s': choose shmem, atomic, latency, throughput, irq or "
			   "irq-latency",
			   port_argument);
		ret = MICA_E_USAGE;
	}
	port_close();
	metal_finish();
	return ret;
}
