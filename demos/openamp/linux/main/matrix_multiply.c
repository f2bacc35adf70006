/* SPDX-License-Identifier: BSD-3-Clause */
/* Other half: matrix_multiplyd. */
#include <openamp/virtio.h>

#include "../../demo.h"

int main(int argc, char *argv[])
{
	static const struct demo demo = {
		.prefix = "CLIENT> ",
		.role = VIRTIO_DEV_DRIVER,
		.run = demo_matrix,
	};

	return demo_run(&demo, argc, argv);
}
