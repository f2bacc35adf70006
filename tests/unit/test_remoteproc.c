/* SPDX-License-Identifier: BSD-3-Clause */
/* remoteproc: states, memory, loading in one go and piece by piece, virtio from the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <metal/utilities.h>
#include <openamp/open_amp.h>
#include <openamp/rsc_table_parser.h>

#include "elf_build.h"

#define PA   0x7a000000ul
#define DA   0x10000000ul /* what the remote calls it */
#define SIZE 0x20000u

struct remote {
	struct remoteproc rproc;
	uint8_t *mem;
	metal_phys_addr_t phys;
	struct metal_io_region io;
	struct remoteproc_mem rmem;
	int fail; /* what the next operation returns */
	unsigned int starts, stops, shutdowns, removes, notified;
	void *config;
};

static struct remote r;

static int op_config(struct remoteproc *rproc, void *data)
{
	(void)rproc;
	r.config = data;
	return r.fail;
}

static int op_start(struct remoteproc *rproc)
{
	(void)rproc;
	r.starts++;
	return r.fail;
}

static int op_stop(struct remoteproc *rproc)
{
	(void)rproc;
	r.stops++;
	return r.fail;
}

static int op_shutdown(struct remoteproc *rproc)
{
	(void)rproc;
	r.shutdowns++;
	return r.fail;
}

static void op_remove(struct remoteproc *rproc)
{
	(void)rproc;
	r.removes++;
}

static int op_notify(struct remoteproc *rproc, uint32_t id)
{
	(void)rproc;
	(void)id;
	r.notified++;
	return 0;
}

static const struct remoteproc_ops ops = {
	.config = op_config,
	.start = op_start,
	.stop = op_stop,
	.shutdown = op_shutdown,
	.remove = op_remove,
	.notify = op_notify,
};

static int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof(r));
	r.mem = aligned_alloc(4096, SIZE);
	memset(r.mem, 0xee, SIZE);
	r.phys = PA;
	metal_io_init(&r.io, r.mem, &r.phys, SIZE, (unsigned int)-1, 0, NULL);
	assert_ptr_equal(remoteproc_init(&r.rproc, &ops, NULL), &r.rproc);
	remoteproc_init_mem(&r.rmem, "ram", PA, DA, SIZE, &r.io);
	remoteproc_add_mem(&r.rproc, &r.rmem);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(r.mem);
	return 0;
}

/* ---- states ---- */

static void allowed_transitions(void **state)
{
	static const char *const legal[] = {
		"Offline Ready",     "Configured Ready",  "Ready Running",	"Ready Stopped",
		"Running Stopped",   "Stopped Offline",	  "Configured Offline", "Running Suspended",
		"Suspended Running", "Suspended Stopped", "Configured Error",	"Ready Error",
		"Running Error",     "Suspended Error",	  "Stopped Error",	"Error Stopped",
		"Ready Ready",
	};
	unsigned int from, to, found = 0;
	char text[64];
	size_t i;

	(void)state;
	for (from = 0; from < RPROC_LAST + 2; from++) {
		for (to = 0; to < RPROC_LAST + 2; to++) {
			bool want = false;

			snprintf(text, sizeof(text), "%s %s", remoteproc_state_name(from),
				 remoteproc_state_name(to));
			for (i = 0; i < metal_dim(legal); i++)
				want |= strcmp(text, legal[i]) == 0;
			assert_int_equal(remoteproc_state_allows(from, to), want);
			found += want;
		}
	}
	assert_int_equal(found, metal_dim(legal));
}

static void ordinary_life(void **state)
{
	int data;

	(void)state;
	/* Nothing but config is possible at first; what is off is stopped already. */
	assert_int_equal(remoteproc_start(&r.rproc), -RPROC_EINVAL);
	assert_int_equal(remoteproc_stop(&r.rproc), 0);
	assert_int_equal(remoteproc_shutdown(&r.rproc), 0);
	assert_int_equal(r.rproc.state, RPROC_OFFLINE);
	assert_int_equal(remoteproc_config(&r.rproc, &data), 0);
	assert_ptr_equal(r.config, &data);
	assert_int_equal(remoteproc_config(&r.rproc, &data), -RPROC_EINVAL);
	assert_int_equal(remoteproc_remove(&r.rproc), -RPROC_EAGAIN);
	assert_int_equal(r.rproc.state, RPROC_READY); /* an image may be there already */
	assert_int_equal(remoteproc_suspend(&r.rproc), -RPROC_EINVAL);
	assert_int_equal(remoteproc_start(&r.rproc), 0);
	assert_int_equal(remoteproc_start(&r.rproc), -RPROC_EINVAL);
	assert_int_equal(remoteproc_suspend(&r.rproc), 0);
	assert_int_equal(remoteproc_start(&r.rproc), -RPROC_EINVAL);
	assert_int_equal(remoteproc_resume(&r.rproc), 0);
	assert_int_equal(remoteproc_resume(&r.rproc), -RPROC_EINVAL);
	assert_int_equal(remoteproc_stop(&r.rproc), 0);
	assert_int_equal(remoteproc_stop(&r.rproc), 0);
	assert_int_equal(r.rproc.state, RPROC_STOPPED);
	assert_int_equal(remoteproc_shutdown(&r.rproc), 0);
	assert_int_equal(r.rproc.state, RPROC_OFFLINE);
	assert_int_equal(r.starts, 1);
	assert_int_equal(r.stops, 1);
	assert_int_equal(r.shutdowns, 1);
	assert_int_equal(remoteproc_remove(&r.rproc), 0);
	assert_int_equal(r.removes, 1);
}

static void shutdown_stops_first(void **state)
{
	(void)state;
	r.rproc.state = RPROC_CONFIGURED;
	assert_int_equal(remoteproc_shutdown(&r.rproc), 0); /* nothing ran */
	assert_int_equal(r.stops, 0);
	r.rproc.state = RPROC_RUNNING;
	assert_int_equal(remoteproc_shutdown(&r.rproc), 0);
	assert_int_equal(r.stops, 1);
	assert_int_equal(r.rproc.state, RPROC_OFFLINE);
}

static void failures(void **state)
{
	(void)state;
	r.fail = -5;
	assert_int_equal(remoteproc_config(&r.rproc, NULL), -5);
	assert_int_equal(r.rproc.state, RPROC_OFFLINE);
	r.rproc.state = RPROC_READY;
	assert_int_equal(remoteproc_start(&r.rproc), -5);
	assert_int_equal(r.rproc.state, RPROC_READY);
	r.rproc.state = RPROC_RUNNING;
	assert_int_equal(remoteproc_stop(&r.rproc), -5);
	assert_int_equal(r.rproc.state, RPROC_ERROR);
	assert_int_equal(remoteproc_start(&r.rproc), -RPROC_EINVAL);
	assert_int_equal(remoteproc_shutdown(&r.rproc), -5);
	assert_int_equal(r.rproc.state, RPROC_ERROR);
	r.fail = 0;
	assert_int_equal(remoteproc_shutdown(&r.rproc), 0);
	assert_int_equal(r.rproc.state, RPROC_OFFLINE);
}

/* ---- memory ---- */

static void memory(void **state)
{
	metal_phys_addr_t pa, da;
	struct metal_io_region *io = NULL;
	unsigned long offset;

	(void)state;
	assert_ptr_equal(remoteproc_get_io_with_name(&r.rproc, "ram"), &r.io);
	assert_null(remoteproc_get_io_with_name(&r.rproc, "rom"));
	assert_ptr_equal(remoteproc_get_io_with_pa(&r.rproc, PA + SIZE - 1), &r.io);
	assert_null(remoteproc_get_io_with_pa(&r.rproc, PA + SIZE));
	assert_null(remoteproc_get_io_with_pa(&r.rproc, PA - 1));
	assert_ptr_equal(remoteproc_get_io_with_da(&r.rproc, DA + 5, &offset), &r.io);
	assert_int_equal(offset, 5);
	assert_null(remoteproc_get_io_with_da(&r.rproc, PA, &offset));
	assert_ptr_equal(remoteproc_get_io_with_va(&r.rproc, r.mem + 1), &r.io);
	assert_null(remoteproc_get_io_with_va(&r.rproc, &r));

	pa = METAL_BAD_PHYS;
	da = DA + 0x100;
	assert_ptr_equal(remoteproc_mmap(&r.rproc, &pa, &da, 0x100, 0, &io), r.mem + 0x100);
	assert_int_equal(pa, PA + 0x100);
	assert_ptr_equal(io, &r.io);
	pa = PA + 0x200;
	da = METAL_BAD_PHYS;
	assert_ptr_equal(remoteproc_mmap(&r.rproc, &pa, &da, 0x100, 0, NULL), r.mem + 0x200);
	assert_int_equal(da, DA + 0x200);
	da = DA;
	assert_non_null(remoteproc_mmap(&r.rproc, NULL, &da, SIZE, 0, NULL));
	assert_null(remoteproc_mmap(&r.rproc, NULL, &da, SIZE + 1, 0, NULL));
	assert_null(remoteproc_mmap(&r.rproc, NULL, &da, SIZE_MAX, 0, NULL));
	assert_null(remoteproc_mmap(&r.rproc, NULL, &da, 0, 0, NULL));
	da = DA + SIZE - 4;
	assert_null(remoteproc_mmap(&r.rproc, NULL, &da, 8, 0, NULL));
	da = METAL_BAD_PHYS - 1;
	assert_null(remoteproc_mmap(&r.rproc, NULL, &da, 16, 0, NULL));
	assert_null(remoteproc_mmap(&r.rproc, NULL, NULL, 16, 0, NULL));
}

/* ---- loading ---- */

struct image_table {
	uint32_t ver, num, reserved[2], offset[1];
	struct fw_rsc_vdev vdev;
} __attribute__((packed));

static uint8_t table[sizeof(struct image_table) + 2 * sizeof(struct fw_rsc_vdev_vring)];
static struct build b;

static void make_table(uint32_t ring0, uint32_t ring1)
{
	struct fw_rsc_vdev_vring ring = { .da = ring0, .align = 16, .num = 8, .notifyid = 3 };
	struct image_table head = {
		.ver = 1,
		.num = 1,
		.offset = { 20 },
		.vdev = { .type = RSC_VDEV,
			  .id = 7,
			  .notifyid = RSC_NOTIFY_ID_ANY,
			  .dfeatures = 1,
			  .num_of_vrings = 2 },
	};

	memcpy(table, &head, sizeof(head));
	memcpy(table + sizeof(head), &ring, sizeof(ring));
	ring.da = ring1;
	ring.notifyid = RSC_NOTIFY_ID_ANY;
	memcpy(table + sizeof(head) + sizeof(ring), &ring, sizeof(ring));
}

static void make_image(void)
{
	memset(&b, 0, sizeof(b));
	b.is64 = true;
	b.machine = 183;
	b.paddr = DA + 0x1000;
	b.vaddr = DA + 0x1000;
	b.entry = DA + 0x1010;
	make_table(DA + 0x8000, DA + 0x9000);
	b.rsc = table;
	b.rsc_size = sizeof(table);
	build_elf(&b);
}

/* A store that gives only the first bytes at once and counts what it is asked. */
static unsigned int opens, closes, reads;
static size_t first_bytes;
static uint8_t local[BUILD_MAX];

static int store_open(void *store, const char *path, const void **img_data)
{
	(void)store;
	assert_string_equal(path, "image");
	opens++;
	*img_data = b.img;
	return (int)first_bytes;
}

static void store_close(void *store)
{
	(void)store;
	closes++;
}

static int store_load(void *store, size_t offset, size_t size, const void **data,
		      metal_phys_addr_t pa, struct metal_io_region *io, char is_blocking)
{
	(void)store;
	(void)is_blocking;
	reads++;
	if (offset > b.len || size > b.len - offset)
		return -5;
	if (pa == RPROC_LOAD_ANYADDR) {
		memcpy(local, b.img + offset, size);
		*data = local;
		return (int)size;
	}
	return metal_io_block_write(io, metal_io_phys_to_offset(io, pa), b.img + offset, (int)size);
}

static const struct image_store_ops store_ops = {
	.open = store_open,
	.close = store_close,
	.load = store_load,
	.features = SUPPORT_SEEK,
};

static int load(void)
{
	opens = closes = reads = 0;
	return remoteproc_load(&r.rproc, "image", NULL, &store_ops, NULL);
}

static void check_loaded(void)
{
	size_t i;

	assert_int_equal(r.rproc.state, RPROC_READY);
	assert_int_equal(r.rproc.bootaddr, DA + 0x1010);
	assert_int_equal(r.mem[0xfff], 0xee);
	assert_int_equal(r.mem[0x1000], 0x11);
	assert_int_equal(r.mem[0x10ff], 0x11);
	assert_int_equal(r.mem[0x1100], 0xee);
	assert_ptr_equal(r.rproc.rsc_table, r.mem + 0x11000);
	assert_int_equal(r.rproc.rsc_len, sizeof(table));
	assert_int_equal(r.mem[0x11000 + sizeof(table)], 0x22);
	for (i = 0x200; i < 0x800; i++)
		assert_int_equal(r.mem[0x11000 + i], 0);
	assert_int_equal(r.mem[0x11800], 0xee);
}

static void load_in_one_go(void **state)
{
	const size_t firsts[] = { 16, 64, 100, 4096, BUILD_MAX };
	size_t i;

	for (i = 0; i < metal_dim(firsts); i++) {
		make_image();
		first_bytes = metal_min(firsts[i], b.len);
		assert_int_equal(load(), -RPROC_EINVAL); /* not configured */
		assert_int_equal(opens, 0);
		assert_int_equal(remoteproc_config(&r.rproc, NULL), 0);
		assert_int_equal(load(), 0);
		assert_int_equal(opens, 1);
		assert_int_equal(closes, 1);
		check_loaded();
		assert_int_equal(load(), 0); /* once more */
		check_loaded();
		teardown(state);
		setup(state);
	}
}

static void load_piece_by_piece(void **state)
{
	size_t noffset, nlen, nmlen, offset = 0, len = 64;
	const void *data = b.img;
	struct metal_io_region *io;
	unsigned char padding;
	metal_phys_addr_t pa;
	void *info = NULL;
	unsigned int i;

	(void)state;
	make_image();
	assert_int_equal(remoteproc_config(&r.rproc, NULL), 0);
	for (i = 0; i < 20; i++) {
		assert_int_equal(remoteproc_load_noblock(&r.rproc, data, offset, len, &info, &pa,
							 &io, &noffset, &nlen, &nmlen, &padding),
				 0);
		if (!nlen && pa == RPROC_LOAD_ANYADDR)
			break;
		offset = noffset;
		len = nlen;
		if (pa == RPROC_LOAD_ANYADDR) {
			data = b.img + offset;
			continue;
		}
		data = NULL;
		assert_int_equal(store_load(NULL, offset, len, &data, pa, io, 1), len);
		(void)metal_io_block_set(io, metal_io_phys_to_offset(io, pa) + len, padding,
					 (int)(nmlen - nlen));
		len = 0;
	}
	check_loaded();
	elf_release(info);
}

/* Each of these is refused, and no byte outside the remote's memory is touched. */
static void refused_images(void **state)
{
	size_t i, seg2 = 64 + 2 * 56, rsc;

	for (i = 0; i < 9; i++) {
		make_image();
		rsc = BUILD_DATA;
		switch (i) {
		case 0: /* segment outside */
			build_put(&b, seg2 + 24, 8, DA + SIZE - 0x700);
			break;
		case 1:
			build_put(&b, seg2 + 40, 8, SIZE);
			break;
		case 2: /* larger in the file */
			build_put(&b, seg2 + 32, 8, 0x801);
			break;
		case 3: /* file cut */
			b.len = BUILD_DATA + 0x100;
			break;
		case 4: /* another machine */
			build_put(&b, 18, 2, 62);
			break;
		case 5: /* table version */
			build_put(&b, rsc, 4, 9);
			break;
		case 6: /* ring of three */
			build_put(&b, rsc + 48 + 8, 4, 3);
			break;
		case 7: /* no ELF */
			build_put(&b, 0, 4, 0);
			break;
		default: /* absurdly many headers */
			build_put(&b, 56, 2, 0xffff);
			break;
		}
		first_bytes = i % 2 ? metal_min(BUILD_MAX, b.len) : 16;
		r.rproc.elf_machine = 183;
		assert_int_equal(remoteproc_config(&r.rproc, NULL), 0);
		assert_true(load() < 0);
		assert_int_equal(closes, 1);
		assert_int_equal(r.rproc.state, RPROC_READY);
		assert_null(r.rproc.rsc_table);
		teardown(state);
		setup(state);
	}
}

/* ---- virtio ---- */

static void virtio_from_the_table(void **state)
{
	struct virtio_device *vdev;
	struct fw_rsc_vdev *rsc;

	(void)state;
	make_image();
	first_bytes = b.len;
	assert_int_equal(remoteproc_config(&r.rproc, NULL), 0);
	assert_int_equal(load(), 0);
	rsc = (struct fw_rsc_vdev *)(r.mem + 0x11000 + 20);
	/* Whoever asked for any id has one, and not one that is taken. */
	assert_int_equal(rsc->notifyid, 0);
	assert_int_equal(rsc->vring[0].notifyid, 3);
	assert_int_equal(rsc->vring[1].notifyid, 1);
	assert_null(remoteproc_create_virtio(&r.rproc, 1, VIRTIO_DEV_DRIVER, NULL));
	assert_null(remoteproc_create_virtio(&r.rproc, -1, VIRTIO_DEV_DRIVER, NULL));
	vdev = remoteproc_create_virtio(&r.rproc, 0, VIRTIO_DEV_DRIVER, NULL);
	assert_non_null(vdev);
	assert_int_equal(virtio_get_devid(vdev), 7);
	assert_string_equal(virtio_dev_name((uint16_t)virtio_get_devid(vdev)), "RPMsg");
	assert_int_equal(vdev->vrings_num, 2);
	assert_ptr_equal(vdev->vrings_info[0].info.vaddr, r.mem + 0x8000);
	assert_int_equal(virtio_set_status(vdev, 7), 0);
	assert_int_equal(rsc->status, 7);
	assert_int_equal(r.notified, 1);
	assert_int_equal(remoteproc_get_notification(&r.rproc, RSC_NOTIFY_ID_ANY), 0);
	remoteproc_remove_virtio(&r.rproc, vdev);
	assert_true(metal_list_is_empty(&r.rproc.vdevs));
}

static void rings_outside(void **state)
{
	const uint32_t places[] = { DA + SIZE - 16, DA - 4, 0, FW_RSC_U32_ADDR_ANY, DA + 0x8002 };
	size_t i;

	for (i = 0; i < metal_dim(places); i++) {
		make_table(DA + 0x8000, places[i]);
		memcpy(r.mem, table, sizeof(table));
		if (remoteproc_set_rsc_table(&r.rproc, (struct resource_table *)r.mem,
					     sizeof(table)) == 0)
			assert_null(remoteproc_create_virtio(&r.rproc, 0, VIRTIO_DEV_DRIVER, NULL));
		else
			assert_int_equal(i, 4);
		assert_true(metal_list_is_empty(&r.rproc.vdevs));
		teardown(state);
		setup(state);
	}
}

static void table_functions(void **state)
{
	(void)state;
	make_table(DA + 0x8000, DA + 0x9000);
	memcpy(r.mem, table, sizeof(table));
	assert_int_equal(find_rsc(r.mem, RSC_VDEV, 0), 20);
	assert_int_equal(find_rsc(r.mem, RSC_VDEV, 1), 0);
	assert_int_equal(find_rsc(r.mem, RSC_TRACE, 0), 0);
	assert_int_equal(
		remoteproc_parse_rsc_table(&r.rproc, (struct resource_table *)r.mem, sizeof(table)),
		0);
	assert_int_equal(remoteproc_set_rsc_table(&r.rproc, (struct resource_table *)&r, 64),
			 -RPROC_EINVAL);
	assert_int_equal(remoteproc_set_rsc_table(&r.rproc, (struct resource_table *)r.mem, 15),
			 -RPROC_ERR_RSC_TAB_TRUNC);
	assert_int_equal(
		remoteproc_set_rsc_table(&r.rproc, (struct resource_table *)r.mem, SIZE + 1),
		-RPROC_ERR_RSC_TAB_TRUNC);
	r.mem[0] = 2;
	assert_int_equal(
		remoteproc_set_rsc_table(&r.rproc, (struct resource_table *)r.mem, sizeof(table)),
		-RPROC_ERR_RSC_TAB_VER);
	r.mem[0] = 1;
	assert_int_equal(
		remoteproc_set_rsc_table(&r.rproc, (struct resource_table *)r.mem, sizeof(table)),
		0);
	/* The table changes after it was checked: it is checked again before it is used. */
	r.mem[4] = 200;
	assert_null(remoteproc_create_virtio(&r.rproc, 0, VIRTIO_DEV_DRIVER, NULL));
}

static void ids(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 64; i++)
		assert_int_equal(remoteproc_allocate_id(&r.rproc, RSC_NOTIFY_ID_ANY, 0), i);
	assert_int_equal(remoteproc_allocate_id(&r.rproc, 0, 0), RSC_NOTIFY_ID_ANY);
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(allowed_transitions),
		test(ordinary_life),
		test(shutdown_stops_first),
		test(failures),
		test(memory),
		test(load_in_one_go),
		test(load_piece_by_piece),
		test(refused_images),
		test(virtio_from_the_table),
		test(rings_outside),
		test(table_functions),
		test(ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
