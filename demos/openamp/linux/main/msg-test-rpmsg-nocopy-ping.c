/* SPDX-License-Identifier: BSD-3-Clause */
/* Other half: rpmsg_update, or rpmsg_nocopy. */
#include <openamp/virtio.h>

#include "../../demo.h"

int main(int argc, char *argv[])
{
	static const struct demo demo = {
		.prefix = "",
		.role = VIRTIO_DEV_DRIVER,
		.run = demo_nocopy_ping,
	};

	return demo_run(&demo, argc, argv);
}
