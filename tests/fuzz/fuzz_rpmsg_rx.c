/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A live link whose other end is the fuzzer: it writes anywhere in the shared memory, at any
 * moment, also from within callbacks. The first byte chooses which end is ours.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <metal/utilities.h>
#include <openamp/remoteproc.h>
#include <openamp/remoteproc_virtio.h>
#include <openamp/rpmsg_hdr.h>
#include <openamp/rpmsg_virtio.h>

#define BASE  0x70000000ul
#define RINGS 0x100u
#define POOL  0x400u
#define NUM   8u
#define SIZE  (POOL + 2 * NUM * 64)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Private memory on both sides, which ASan keeps an eye on. */
static struct {
	uint8_t before[4096];
	_Alignas(64) uint8_t mem[SIZE];
	uint8_t after[4096];
} shared;

static const uint8_t *input, *end;
static struct rpmsg_virtio_device rvdev;
static struct rpmsg_endpoint ept, other;
static void *held;
static unsigned int delivered;

static unsigned int byte(void)
{
	return input < end ? *input++ : 0;
}

/* The peer writes: a few bytes somewhere. */
static void peer_writes(void)
{
	unsigned int at = (byte() | byte() << 8) % SIZE, n = byte() % 16;

	while (n-- && at < SIZE)
		shared.mem[at++] = (uint8_t)byte();
}

/* The peer does what a peer does: the next index, one further. */
static void peer_steps(void)
{
	unsigned int ring = byte() & 1, at = byte() % 2;
	struct vring vr;

	vring_init(&vr, NUM, shared.mem + RINGS + ring * 256, 16);
	if (at)
		vr.used->idx++;
	else
		vr.avail->idx++;
}

static int receive(struct rpmsg_endpoint *e, void *data, size_t len, uint32_t src, void *priv)
{
	const uint8_t *p = data;
	size_t i;

	(void)src;
	(void)priv;
	/* What we are given lies in the shared memory, all of it. */
	if (p < shared.mem || len > SIZE || p + len > shared.mem + SIZE)
		abort();
	for (i = 0; i < len; i++)
		shared.before[0] ^= p[i];
	if (++delivered > 4096)
		abort();
	switch (byte() % 8) {
	case 0:
		rpmsg_hold_rx_buffer(e, data);
		held = data;
		break;
	case 1:
		peer_writes();
		break;
	case 2:
		(void)rpmsg_trysend(e, p, len > 40 ? 40 : (int)len);
		break;
	case 3:
		peer_steps();
		break;
	case 4:
		if (e == &other)
			rpmsg_destroy_ept(e);
		break;
	default:
		break;
	}
	return RPMSG_SUCCESS;
}

static void announced(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	if (strlen(name) >= RPMSG_NAME_SIZE)
		abort();
	if (!other.rdev)
		(void)rpmsg_create_ept(&other, rdev, name, RPMSG_ADDR_ANY, dest, receive, NULL);
}

static void act(struct virtio_device *vdev)
{
	uint8_t msg[64];
	uint32_t room;
	void *buf;

	memset(msg, 0x5a, sizeof(msg));
	switch (byte() % 8) {
	case 0:
	case 1:
		delivered = 0;
		(void)rproc_virtio_notified(vdev, RSC_NOTIFY_ID_ANY);
		if (delivered > NUM)
			abort();
		break;
	case 2:
		(void)rpmsg_trysendto(&ept, msg, (int)byte() % 64, 1);
		break;
	case 3:
		if (held)
			rpmsg_release_rx_buffer(&ept, held);
		break;
	case 4:
		buf = rpmsg_get_tx_payload_buffer(&ept, &room, false);
		if (!buf)
			break;
		if (room > SIZE)
			abort();
		memset(buf, 1, room);
		if (byte() & 1)
			(void)rpmsg_send_nocopy(&ept, buf, (int)room);
		else
			(void)rpmsg_release_tx_buffer(&ept, buf);
		break;
	case 5:
		peer_steps();
		break;
	default:
		peer_writes();
		break;
	}
}

static void make_rsc(struct fw_rsc_vdev *rsc, bool ours_is_device)
{
	memset(rsc, 0, sizeof(*rsc));
	rsc->type = RSC_VDEV;
	rsc->id = VIRTIO_ID_RPMSG;
	rsc->num_of_vrings = 2;
	rsc->dfeatures = 1u | (byte() & 1 ? 1u << 29 : 0);
	rsc->gfeatures = ours_is_device ? rsc->dfeatures : 0;
	rsc->status = ours_is_device ? 4 : 0;
}

/* A driver that behaves, to begin with: buffers lent to receive into. */
static void lend(void)
{
	struct vring vr;
	unsigned int ring, i;

	for (ring = 0; ring < 2; ring++) {
		vring_init(&vr, NUM, shared.mem + RINGS + ring * 256, 16);
		for (i = 0; i < NUM; i++) {
			vr.desc[i].addr = BASE + POOL + (ring * NUM + i) * 64;
			vr.desc[i].len = 64;
			vr.desc[i].flags = ring ? 0 : VRING_DESC_F_WRITE;
			vr.avail->ring[i] = (uint16_t)i;
		}
		vr.avail->idx = ring ? 0 : NUM;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct rpmsg_virtio_config config = { .h2r_buf_size = 64, .r2h_buf_size = 64 };
	struct rpmsg_virtio_config cfg = config;
	static const metal_phys_addr_t phys = BASE;
	struct rpmsg_virtio_shm_pool pool;
	struct metal_io_region io;
	struct virtio_device *vdev;
	unsigned int device, i;

	input = data;
	end = data + size;
	held = NULL;
	memset(&other, 0, sizeof(other));
	memset(shared.mem, 0, SIZE);
	device = byte() & 1;
	cfg.features = byte() & 1 ? 1u << 29 : 0;
	make_rsc((struct fw_rsc_vdev *)(void *)shared.mem, device);
	lend();
	metal_io_init(&io, shared.mem, &phys, SIZE, (unsigned int)-1, 0, NULL);
	vdev = rproc_virtio_create_vdev(device ? VIRTIO_DEV_DEVICE : VIRTIO_DEV_DRIVER, 0,
					shared.mem, &io, NULL, NULL, NULL);
	if (!vdev)
		abort();
	for (i = 0; i < 2; i++) {
		if (rproc_virtio_init_vring(vdev, i, i, shared.mem + RINGS + i * 256, &io, NUM, 16))
			abort();
	}
	rpmsg_virtio_init_shm_pool(&pool, shared.mem + POOL, SIZE - POOL);
	if (rpmsg_init_vdev_with_config(&rvdev, vdev, announced, &io, &pool, &cfg))
		abort();
	rpmsg_virtio_set_tx_timeout(&rvdev, 0);
	if (rpmsg_create_ept(&ept, &rvdev.rdev, "", 5, 1, receive, NULL))
		abort();
	while (input < end)
		act(vdev);
	rpmsg_deinit_vdev(&rvdev);
	rproc_virtio_remove_vdev(vdev);
	return 0;
}
