/* SPDX-License-Identifier: BSD-3-Clause */
/* Other half: rpmsg_update. An argument says how many messages of each size. */
#include <openamp/virtio.h>

#include "../../demo.h"
#include "../port_linux.h"
#include "mica/error.h"

static int run(struct rpmsg_device *rdev, void *platform)
{
	unsigned long count;

	if (!port_number(port_argument, 1000000, &count) || !count) {
		port_error("'%.40s' is no number of messages", port_argument);
		return MICA_E_USAGE;
	}
	demo_flood_count = (unsigned int)count;
	return demo_flood_ping(rdev, platform);
}

int main(int argc, char *argv[])
{
	static const struct demo demo = { .prefix = "", .role = VIRTIO_DEV_DRIVER, .run = run };

	port_argument = "20";
	return demo_run(&demo, argc, argv);
}
