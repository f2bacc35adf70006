/* SPDX-License-Identifier: BSD-3-Clause */
/* ELF images: the parser in memory, and the loader of remoteproc through a store. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openamp/elf_loader.h>
#include <openamp/elf_parse.h>
#include <openamp/remoteproc_virtio.h>

#define DA   0x1000ul
#define SIZE 0x10000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t sum;

/* Touch every byte that the parser says is there. */
static int touch(void *arg, const struct elf_segment *seg)
{
	const uint8_t *p = seg->data;
	uint64_t i;

	(void)arg;
	if (seg->filesz > seg->memsz)
		abort();
	for (i = 0; i < seg->filesz; i++)
		sum += p[i];
	return 0;
}

static void parse(const uint8_t *data, size_t size)
{
	struct elf_image img;
	uint64_t i;

	if (elf_image_open(&img, data, size, 0)) {
		if (img.fault == ELF_OK || img.fault >= ELF_FAULTS)
			abort();
		return;
	}
	if (elf_image_segments(&img, touch, NULL))
		abort();
	for (i = 0; i < img.rsc_size; i++)
		sum += img.data[img.rsc_offset + i];
	sum += elf_image_phys(&img, img.entry);
}

struct store {
	const uint8_t *data;
	size_t size;
	uint8_t local[0x48000];
};

static int store_open(void *arg, const char *path, const void **img_data)
{
	struct store *s = arg;

	(void)path;
	*img_data = s->data;
	return s->size > 64 ? 64 : (int)s->size;
}

static int store_load(void *arg, size_t offset, size_t size, const void **data,
		      metal_phys_addr_t pa, struct metal_io_region *io, char is_blocking)
{
	struct store *s = arg;

	(void)is_blocking;
	if (offset > s->size || size > s->size - offset)
		return -1;
	if (pa != RPROC_LOAD_ANYADDR)
		return metal_io_block_write(io, metal_io_phys_to_offset(io, pa), s->data + offset,
					    (int)size);
	if (size > sizeof(s->local))
		return -1;
	memcpy(s->local, s->data + offset, size);
	*data = s->local;
	return (int)size;
}

static const struct image_store_ops store_ops = { .open = store_open, .load = store_load };
static const struct remoteproc_ops no_ops;

static void load(const uint8_t *data, size_t size)
{
	static struct store store;
	static _Alignas(64) uint8_t mem[SIZE];
	static const metal_phys_addr_t phys = DA;
	struct metal_io_region io;
	struct remoteproc_mem rmem;
	struct remoteproc rproc;
	struct virtio_device *vdev;

	store.data = data;
	store.size = size;
	metal_io_init(&io, mem, &phys, SIZE, (unsigned int)-1, 0, NULL);
	remoteproc_init(&rproc, &no_ops, NULL);
	remoteproc_init_mem(&rmem, "ram", DA, DA, SIZE, &io);
	remoteproc_add_mem(&rproc, &rmem);
	if (remoteproc_config(&rproc, NULL))
		abort();
	if (remoteproc_load(&rproc, NULL, &store, &store_ops, NULL) == 0) {
		vdev = remoteproc_create_virtio(&rproc, 0, 0, NULL);
		if (vdev)
			remoteproc_remove_virtio(&rproc, vdev);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	parse(data, size);
	if (size <= INT32_MAX)
		load(data, size);
	return 0;
}
