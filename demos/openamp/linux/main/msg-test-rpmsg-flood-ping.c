/* SPDX-License-Identifier: BSD-3-Clause */
/* Other half: rpmsg_update. */
#include <openamp/virtio.h>

#include "../../demo.h"

int main(int argc, char *argv[])
{
	static const struct demo demo = {
		.prefix = "",
		.role = VIRTIO_DEV_DRIVER,
		.run = demo_flood_ping,
	};

	return demo_run(&demo, argc, argv);
}
