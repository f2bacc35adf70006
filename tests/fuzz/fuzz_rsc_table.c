/* SPDX-License-Identifier: BSD-3-Clause */
/* Resource tables: the checker, and everything that goes by a table it accepted. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openamp/remoteproc_virtio.h>
#include <openamp/rsc_table_parser.h>

#define DA   0x70000000ul
#define SIZE 0x8000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const uint8_t *data, size_t size)
{
	struct rsc_view view;
	unsigned int i, j;

	if (rsc_table_check(data, size, &view)) {
		if (view.fault == RSC_OK || view.fault >= RSC_FAULTS || view.num)
			abort();
		return;
	}
	if (rsc_table_size(&view) > size)
		abort();
	for (i = 0; i < view.num; i++) {
		const struct rsc_entry *e = &view.entry[i];

		if (e->offset % 4 || e->offset > size || e->size > size - e->offset)
			abort();
		for (j = 0; j < i; j++) {
			const struct rsc_entry *o = &view.entry[j];

			if (e->offset < o->offset + o->size && o->offset < e->offset + e->size)
				abort();
		}
	}
}

static const struct remoteproc_ops no_ops;

/* In place, as a client's table is used, with the rings it asks for. */
static void use(const uint8_t *data, size_t size)
{
	static _Alignas(64) uint8_t mem[SIZE];
	static const metal_phys_addr_t phys = DA;
	struct metal_io_region io;
	struct remoteproc_mem rmem;
	struct remoteproc rproc;
	struct virtio_device *vdev;
	uint8_t config[8];

	if (!size || size > SIZE)
		return;
	memcpy(mem, data, size);
	metal_io_init(&io, mem, &phys, SIZE, (unsigned int)-1, 0, NULL);
	remoteproc_init(&rproc, &no_ops, NULL);
	remoteproc_init_mem(&rmem, "comm", DA, DA, SIZE, &io);
	remoteproc_add_mem(&rproc, &rmem);
	if (remoteproc_set_rsc_table(&rproc, (struct resource_table *)(void *)mem, size))
		return;
	vdev = remoteproc_create_virtio(&rproc, 0, VIRTIO_DEV_DRIVER, NULL);
	if (!vdev)
		return;
	(void)virtio_read_config(vdev, data[0], config, sizeof(config));
	(void)virtio_write_config(vdev, data[size - 1], config, sizeof(config));
	(void)virtio_negotiate_features(vdev, ~0u, NULL);
	(void)find_rsc(mem, RSC_VDEV, 0);
	remoteproc_remove_virtio(&rproc, vdev);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(data, size);
	use(data, size);
	return 0;
}
