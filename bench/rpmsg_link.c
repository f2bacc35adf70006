/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <metal/sys.h>

#include "rpmsg_link.h"

#define BASE	  0x70000000ul /* device address of the memory's first byte */
#define RINGS_AT  0x1000u
#define CLIENT_AT 1024u /* addresses of the first endpoints */
#define HOST_AT	  2048u

#define HEADER 16u /* of a message */

static size_t ring_room(const struct rlink *l)
{
	return ((size_t)vring_size(RINGS_NUM, l->align) + 4095) & ~(size_t)4095;
}

static size_t pool_at(const struct rlink *l)
{
	return RINGS_AT + 2 * ring_room(l);
}

static size_t format_at(const struct rlink *l)
{
	return pool_at(l) + 2 * (size_t)RINGS_NUM * l->buffer;
}

static size_t mem_size(const struct rlink *l)
{
	return format_at(l) + (l->format ? l->format->room : 0);
}

static void format_up(struct rlink *l, struct rlink_end *e, bool host)
{
	if (!l->format)
		return;
	e->format = bench_alloc(l->format->end_size);
	l->format->up(e, l->mem + format_at(l), host);
}

/* ---- doorbells ---- */

void rlink_ring(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) != (ssize_t)sizeof(one))
		bench_fail("doorbell");
}

static int ring_client(void *priv, uint32_t id)
{
	struct rlink *l = priv;

	(void)id;
	l->counts->out_bells++;
	if (l->blocking)
		rlink_ring(l->bell[0]);
	return 0;
}

static int ring_host(void *priv, uint32_t id)
{
	struct rlink *l = priv;

	(void)id;
	l->counts->in_bells++;
	if (l->blocking)
		rlink_ring(l->bell[1]);
	return 0;
}

static void sleep_on(int fd)
{
	uint64_t count;

	if (read(fd, &count, sizeof(count)) != (ssize_t)sizeof(count))
		bench_fail("doorbell");
}

void rlink_sleep_host(struct rlink *l)
{
	l->counts->host_sleeps++;
	sleep_on(l->bell[1]);
}

void rlink_sleep_client(struct rlink *l)
{
	l->counts->client_sleeps++;
	sleep_on(l->bell[0]);
}

/* ---- endpoints ---- */

static int on_host(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct rlink *l = priv;

	(void)ept;
	(void)src;
	bench_consume(data, len);
	l->host.received++;
	return RPMSG_SUCCESS;
}

static int on_client(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct rlink *l = priv;

	(void)src;
	l->client.received++;
	if (l->job == RLINK_SOURCE) {
		memcpy(&l->client.to_send, data, sizeof(l->client.to_send));
		return RPMSG_SUCCESS;
	}
	if (l->job == RLINK_SINK)
		bench_consume(data, len);
	/* There is always a buffer: the host waits for the answer. */
	if (l->job == RLINK_ECHO || *(const uint8_t *)data)
		return rpmsg_trysend(ept, data, (int)len) < 0 ? RPMSG_ERR_NO_BUFF : RPMSG_SUCCESS;
	return RPMSG_SUCCESS;
}

static void create_epts(struct rlink *l, struct rlink_end *e, uint32_t src, uint32_t dst,
			rpmsg_ept_cb cb)
{
	for (uint32_t i = 0; i < l->n_epts; i++) {
		e->ept[i].priv = l;
		if (rpmsg_create_ept(&e->ept[i], &e->rvdev.rdev, "", src + i, dst + i, cb, NULL))
			bench_fail("rpmsg_create_ept");
	}
}

/* ---- ends ---- */

static void place(struct rlink *l, struct rlink_end *e, unsigned int role,
		  rpvdev_notify_func notify)
{
	metal_io_init(&e->io, l->mem, &l->phys, mem_size(l), (unsigned int)-1, 0, NULL);
	e->vdev = rproc_virtio_create_vdev(role, 2, l->mem, &e->io, l, notify, NULL);
	if (!e->vdev)
		bench_fail("rproc_virtio_create_vdev");
	for (unsigned int i = 0; i < 2; i++) {
		if (rproc_virtio_init_vring(e->vdev, i, i, l->mem + RINGS_AT + i * ring_room(l),
					    &e->io, RINGS_NUM, l->align))
			bench_fail("rproc_virtio_init_vring");
	}
}

static void host_up(struct rlink *l)
{
	struct rlink_end *e = &l->host;
	const struct rpmsg_virtio_config config = { .h2r_buf_size = l->buffer,
						    .r2h_buf_size = l->buffer };

	place(l, e, VIRTIO_DEV_DRIVER, ring_client);
	rpmsg_virtio_init_shm_pool(&e->pool, l->mem + pool_at(l), mem_size(l) - pool_at(l));
	if (rpmsg_init_vdev_with_config(&e->rvdev, e->vdev, NULL, &e->io, &e->pool, &config))
		bench_fail("rpmsg_init_vdev");
	format_up(l, e, true);
	create_epts(l, e, HOST_AT, CLIENT_AT, on_host);
	if (!l->blocking)
		virtqueue_disable_cb(e->rvdev.rvq);
	e->up = true;
}

void rlink_client_up(struct rlink *l)
{
	struct rlink_end *e = &l->client;

	if (e->up)
		return;
	place(l, e, VIRTIO_DEV_DEVICE, ring_host);
	if (rpmsg_init_vdev(&e->rvdev, e->vdev, NULL, &e->io, NULL))
		bench_fail("rpmsg_init_vdev");
	format_up(l, e, false);
	create_epts(l, e, CLIENT_AT, HOST_AT, on_client);
	if (!l->blocking)
		virtqueue_disable_cb(e->rvdev.rvq);
	e->up = true;
}

static void write_rsc(struct rlink *l)
{
	struct fw_rsc_vdev *rsc = (void *)l->mem;

	rsc->type = RSC_VDEV;
	rsc->id = VIRTIO_ID_RPMSG;
	rsc->dfeatures = 1; /* name service */
	rsc->num_of_vrings = 2;
}

static void init_metal(void)
{
	const struct metal_init_params params = METAL_INIT_DEFAULTS;
	static bool done;

	if (!done && metal_init(&params))
		bench_fail("metal_init");
	done = true;
}

void rlink_open(struct rlink *l)
{
	init_metal();
	for (l->buffer = RPMSG_BUFFER_SIZE; l->buffer < l->size + HEADER; l->buffer *= 2)
		;
	l->mem = bench_shared(mem_size(l));
	l->phys = BASE;
	l->counts = bench_shared(sizeof(*l->counts));
	l->bell[0] = eventfd(0, EFD_CLOEXEC);
	l->bell[1] = eventfd(0, EFD_CLOEXEC);
	if (l->bell[0] < 0 || l->bell[1] < 0)
		bench_fail("eventfd");
	memset(l->data, 0x5a, sizeof(l->data));
	write_rsc(l);
	host_up(l);
	if (l->alone)
		rlink_client_up(l);
}

/* A look takes a bounded time; whoever sleeps then looks whether something is left. */
static bool left(struct rlink *l, struct rlink_end *e)
{
	return l->format && l->blocking && l->format->left(e);
}

void rlink_poll_host(struct rlink *l)
{
	do {
		(void)rproc_virtio_notified(l->host.vdev, 0);
	} while (left(l, &l->host));
}

void rlink_poll_client(struct rlink *l)
{
	do {
		(void)rproc_virtio_notified(l->client.vdev, 1);
	} while (left(l, &l->client));
}
