/* SPDX-License-Identifier: BSD-3-Clause */
/* Sends back what comes. Other half: rpmsg_ping. */
#include <openamp/virtio.h>

#include "../../demo.h"

int main(int argc, char *argv[])
{
	static const struct demo demo = {
		.prefix = "",
		.role = VIRTIO_DEV_DRIVER,
		.run = demo_update,
	};

	return demo_run(&demo, argc, argv);
}
