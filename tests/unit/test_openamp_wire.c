/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stands in shared memory, byte by byte, as other implementations put it there: rings
 * (Virtual I/O Device specification, 2.7), rpmsg headers, name service messages, resource tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include <openamp/rsc_table_parser.h>

#include "rpmsg_link.h"

static struct link l;

static int set_up(void **state)
{
	(void)state;
	link_open(&l, &(struct link_options){ .num = 4, .align = 16 });
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	link_close(&l);
	return 0;
}

#define RING(i) (l.mem + LINK_RINGS + (i)*0x80) /* 64 + 14 -> 80, 6 + 32 -> 118 bytes, aligned */

static void ring_sizes(void **state)
{
	struct vring vr;

	(void)state;
	assert_int_equal(vring_size(4, 16), 80 + 38);
	assert_int_equal(vring_size(256, 4096), 4096 + 518 + 4096 - 518 + 2054);
	vring_init(&vr, 4, l.mem, 16);
	assert_ptr_equal(vr.desc, l.mem);
	assert_ptr_equal(vr.avail, l.mem + 64);
	assert_ptr_equal(vr.used, l.mem + 80);
	assert_ptr_equal(&vring_used_event(&vr), l.mem + 64 + 12);
	assert_ptr_equal(&vring_avail_event(&vr), l.mem + 80 + 36);
	assert_true(vring_need_event(5, 6, 5));
	assert_false(vring_need_event(6, 6, 5));
	assert_true(vring_need_event(0xffff, 0, 0xffff));
}

/* The driver, up: four receive buffers of 512 bytes at the pool's start, from 0x70004000 on. */
static void receive_ring(void **state)
{
	static const uint8_t descriptors[64] = {
		0x00, 0x40, 0x00, 0x70, 0, 0, 0, 0, 0x00, 0x02, 0, 0, 2, 0, 0, 0, /* write */
		0x00, 0x42, 0x00, 0x70, 0, 0, 0, 0, 0x00, 0x02, 0, 0, 2, 0, 0, 0, /* */
		0x00, 0x44, 0x00, 0x70, 0, 0, 0, 0, 0x00, 0x02, 0, 0, 2, 0, 0, 0, /* */
		0x00, 0x46, 0x00, 0x70, 0, 0, 0, 0, 0x00, 0x02, 0, 0, 2, 0, 0, 0, /* */
	};
	static const uint8_t available[12] = { 0, 0, 4, 0, 0, 0, 1, 0, 2, 0, 3, 0 };
	static const uint8_t used[38] = { 0 };

	(void)state;
	assert_int_equal(link_host_up(&l, NULL), 0);
	assert_memory_equal(RING(0), descriptors, sizeof(descriptors));
	assert_memory_equal(RING(0) + 64, available, sizeof(available));
	assert_memory_equal(RING(0) + 80, used, sizeof(used));
	/* features the driver took, and DRIVER_OK behind what stood there */
	assert_memory_equal(l.mem + 12,
			    "\x01\0\0\0"
			    "\x01\0\0\0"
			    "\0\0\0\0"
			    "\x04\x02\0\0",
			    16);
}

static int swallow(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept;
	(void)data;
	(void)len;
	(void)src;
	(void)priv;
	return RPMSG_SUCCESS;
}

/* Driver to device: a buffer behind the receive buffers, readable, 512 bytes offered. */
static void message_of_the_driver(void **state)
{
	static const uint8_t message[21] = { 0x64, 0, 0, 0, 0xc8, 0,   0,   0,	 0,   0,  0,
					     0,	   5, 0, 0, 0,	  'h', 'e', 'l', 'l', 'o' };
	static const uint8_t descriptor[16] = { 0x00, 0x48, 0x00, 0x70, 0, 0, 0, 0, 0x00, 0x02 };
	static const uint8_t available[6] = { 0, 0, 1, 0, 0, 0 };
	static const uint8_t used[12] = { 0, 0, 1, 0, 0, 0, 0, 0, 0x00, 0x02, 0, 0 };
	struct rpmsg_endpoint ept, far;

	(void)state;
	link_up(&l, NULL);
	assert_int_equal(rpmsg_create_ept(&ept, &l.host.rdev, NULL, 100, 200, swallow, NULL), 0);
	assert_int_equal(rpmsg_create_ept(&far, &l.client.rdev, NULL, 200, 100, swallow, NULL), 0);
	assert_int_equal(rpmsg_send(&ept, "hello", 5), 5);
	assert_memory_equal(l.mem + LINK_POOL + 0x800, message, sizeof(message));
	assert_memory_equal(RING(1), descriptor, sizeof(descriptor));
	assert_memory_equal(RING(1) + 64 + 2, available + 2, 4);
	link_run_client(&l);
	assert_memory_equal(RING(1) + 80, used, sizeof(used));
	rpmsg_destroy_ept(&ept);
	rpmsg_destroy_ept(&far);
}

/* Device to driver: the first buffer that was offered, used length header and payload. */
static void message_of_the_device(void **state)
{
	static const uint8_t message[18] = { 0xc8, 0, 0, 0, 0x64, 0, 0, 0,   0,
					     0,	   0, 0, 2, 0,	  0, 0, 'h', 'i' };
	static const uint8_t used[12] = { 1, 0, 1, 0, 0, 0, 0, 0, 18, 0, 0, 0 };
	struct rpmsg_endpoint ept;

	(void)state;
	link_up(&l, NULL);
	assert_int_equal(rpmsg_create_ept(&ept, &l.client.rdev, NULL, 200, 100, swallow, NULL), 0);
	assert_int_equal(rpmsg_send(&ept, "hi", 2), 2);
	assert_memory_equal(l.mem + LINK_POOL, message, sizeof(message));
	assert_memory_equal(RING(0) + 80, used, sizeof(used));
	rpmsg_destroy_ept(&ept);
}

static void name_service(void **state)
{
	static const uint8_t create[56] = {
		0x00, 0x04, 0,	 0,   0x35, 0,	 0,   0,
		0,    0,    0,	 0,   40,   0,	 0,   0, /* from 1024 */
		'r',  'p',  'm', 's', 'g',  '-', 't', 't',
		'y',  0,    0,	 0,   0,    0,	 0,   0, /* name */
		0,    0,    0,	 0,   0,    0,	 0,   0,
		0,    0,    0,	 0,   0,    0,	 0,   0, /* up to 32 bytes */
		0x00, 0x04, 0,	 0,   0,    0,	 0,   0, /* address, flags */
	};
	uint8_t destroy[56];
	struct rpmsg_endpoint ept;

	(void)state;
	link_up(&l, NULL);
	assert_int_equal(rpmsg_create_ept(&ept, &l.client.rdev, "rpmsg-tty", RPMSG_ADDR_ANY,
					  RPMSG_ADDR_ANY, swallow, NULL),
			 0);
	assert_memory_equal(l.mem + LINK_POOL, create, sizeof(create));
	memcpy(destroy, create, sizeof(destroy));
	destroy[52] = 1;
	rpmsg_destroy_ept(&ept);
	assert_memory_equal(l.mem + LINK_POOL + 512, destroy, sizeof(destroy));
}

/* The table of OpenAMP's demo firmware: one rpmsg device of two rings, 256 buffers each. */
static void resource_table(void **state)
{
	static const uint8_t bytes[] = {
		1,    0,    0,	  0,	1,    0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* header */
		0x14, 0,    0,	  0,				      /* offset of the only entry */
		3,    0,    0,	  0,	7,    0,    0, 0, 0, 0, 0, 0, /* VDEV rpmsg id 0 */
		1,    0,    0,	  0,	0,    0,    0, 0, 0, 0, 0, 0, /* dfeatures ... */
		0,    2,    0,	  0,				      /* status, num_of_vrings */
		0,    0,    0x10, 0,	0,    0x10, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
		0xff, 0xff, 0xff, 0xff, 0x00, 0x10, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
	};
	struct {
		struct resource_table header;
		uint32_t offset[1];
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring vring[2];
	} __attribute__((packed)) table = {
		.header = { .ver = 1, .num = 1 },
		.offset = { 20 },
		.vdev = { .type = RSC_VDEV,
			  .id = VIRTIO_ID_RPMSG,
			  .dfeatures = 1,
			  .num_of_vrings = 2 },
		.vring = { { .da = 0x100000, .align = 0x1000, .num = 256, .notifyid = 1 },
			   { .da = FW_RSC_U32_ADDR_ANY,
			     .align = 0x1000,
			     .num = 256,
			     .notifyid = 2 } },
	};
	_Alignas(4) uint8_t copy[sizeof(bytes)];
	struct rsc_view view;

	(void)state;
	assert_int_equal(sizeof(table), sizeof(bytes));
	assert_memory_equal(&table, bytes, sizeof(bytes));
	assert_int_equal(rsc_table_check(bytes, sizeof(bytes), &view), 0);
	memcpy(copy, bytes, sizeof(bytes));
	assert_int_equal(find_rsc(copy, RSC_VDEV, 0), 20);
	assert_int_equal(find_rsc(copy, RSC_VDEV, 1), 0);
	assert_int_equal(find_rsc(copy, RSC_TRACE, 0), 0);
}

/* A driver that is not ours wrote these bytes: they are a message. */
static void foreign_driver(void **state)
{
	static const uint8_t message[19] = { 7, 0, 0, 0, 0xc8, 0, 0,   0,   0,	0,
					     0, 0, 3, 0, 0,    0, 'a', 'b', 'c' };
	static const uint8_t descriptor[16] = { 0x00, 0x50, 0x00, 0x70, 0, 0, 0, 0,
						0,    2,    0,	  0,	0, 0, 9, 9 };
	static const uint8_t available[6] = { 1, 0, 1, 0, 2, 0 };
	struct link_seen seen = { 0 };
	struct rpmsg_endpoint ept;

	(void)state;
	memset(RING(0), 0, 0x100);
	memcpy(l.mem + 0x5000, message, sizeof(message));
	memcpy(RING(1) + 2 * 16, descriptor, sizeof(descriptor));
	memcpy(RING(1) + 64, available, sizeof(available));
	l.rsc->gfeatures = 1;
	l.rsc->status = 7;
	assert_int_equal(link_client_up(&l), 0);
	assert_int_equal(rpmsg_create_ept(&ept, &l.client.rdev, NULL, 200, 7, link_see, NULL), 0);
	ept.priv = &seen;
	link_run_client(&l);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.src, 7);
	assert_int_equal(seen.len, 3);
	assert_memory_equal(seen.data, "abc", 3);
	/* given back: descriptor 2, its whole length; and no doorbell, as the driver asked */
	assert_memory_equal(RING(1) + 80 + 2,
			    "\x01\0"
			    "\x02\0\0\0"
			    "\0\x02\0\0",
			    10);
	assert_int_equal(l.to_host, 0);
	rpmsg_destroy_ept(&ept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ring_sizes, set_up, take_down),
		cmocka_unit_test_setup_teardown(receive_ring, set_up, take_down),
		cmocka_unit_test_setup_teardown(message_of_the_driver, set_up, take_down),
		cmocka_unit_test_setup_teardown(message_of_the_device, set_up, take_down),
		cmocka_unit_test_setup_teardown(name_service, set_up, take_down),
		cmocka_unit_test_setup_teardown(foreign_driver, set_up, take_down),
		cmocka_unit_test(resource_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
