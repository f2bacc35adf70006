/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>

#include "rpmsg_link.h"

static int ring_client(void *priv, uint32_t id)
{
	struct link *l = priv;

	(void)id;
	__atomic_fetch_add(&l->to_client, 1, __ATOMIC_RELAXED);
	return 0;
}

static int ring_host(void *priv, uint32_t id)
{
	struct link *l = priv;

	(void)id;
	__atomic_fetch_add(&l->to_host, 1, __ATOMIC_RELAXED);
	return 0;
}

static size_t ring_room(const struct link *l)
{
	return ((size_t)vring_size(l->num, l->align) + l->align - 1) & ~(size_t)(l->align - 1);
}

static void place_rings(struct link *l, struct virtio_device *vdev, struct metal_io_region *io)
{
	unsigned int i;

	for (i = 0; i < 2; i++)
		assert_int_equal(rproc_virtio_init_vring(vdev, i, i,
							 l->mem + LINK_RINGS + i * ring_room(l), io,
							 l->num, l->align),
				 0);
}

struct vring link_ring(struct link *l, unsigned int index)
{
	struct vring vr;

	vring_init(&vr, l->num, l->mem + LINK_RINGS + index * ring_room(l), l->align);
	return vr;
}

void link_open(struct link *l, const struct link_options *opt)
{
	memset(l, 0, sizeof(*l));
	l->num = opt && opt->num ? opt->num : 8;
	l->align = opt && opt->align ? opt->align : 16;
	if (opt)
		l->config = opt->config;
	if (!l->config.h2r_buf_size)
		l->config.h2r_buf_size = RPMSG_BUFFER_SIZE;
	if (!l->config.r2h_buf_size)
		l->config.r2h_buf_size = RPMSG_BUFFER_SIZE;
	l->mem = mmap(NULL, LINK_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(l->mem != MAP_FAILED);
	/* Whatever was there before must not matter. */
	memset(l->mem, 0xa5, LINK_SIZE);
	l->phys = LINK_BASE;
	metal_io_init(&l->host_io, l->mem, &l->phys, LINK_SIZE, (unsigned int)-1, 0, NULL);
	metal_io_init(&l->client_io, l->mem, &l->phys, LINK_SIZE, (unsigned int)-1, 0, NULL);

	l->rsc = (struct fw_rsc_vdev *)(l->mem + LINK_RSC);
	memset(l->rsc, 0, sizeof(*l->rsc) + 2 * sizeof(l->rsc->vring[0]));
	l->rsc->type = RSC_VDEV;
	l->rsc->id = VIRTIO_ID_RPMSG;
	l->rsc->dfeatures = opt && opt->dfeatures ? opt->dfeatures : 1;
	l->rsc->num_of_vrings = 2;
	l->host_vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DRIVER, 0, l->rsc, &l->host_io, l,
						ring_client, NULL);
	l->client_vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0, l->rsc, &l->client_io, l,
						  ring_host, NULL);
	assert_non_null(l->host_vdev);
	assert_non_null(l->client_vdev);
	place_rings(l, l->host_vdev, &l->host_io);
	place_rings(l, l->client_vdev, &l->client_io);
}

int link_host_up(struct link *l, rpmsg_ns_bind_cb bind)
{
	rpmsg_virtio_init_shm_pool(&l->pool, l->mem + LINK_POOL, LINK_SIZE - LINK_POOL);
	return rpmsg_init_vdev_with_config(&l->host, l->host_vdev, bind, &l->host_io, &l->pool,
					   &l->config);
}

int link_client_up(struct link *l)
{
	return rpmsg_init_vdev(&l->client, l->client_vdev, NULL, &l->client_io, NULL);
}

void link_up(struct link *l, rpmsg_ns_bind_cb bind)
{
	assert_int_equal(link_host_up(l, bind), RPMSG_SUCCESS);
	assert_int_equal(link_client_up(l), RPMSG_SUCCESS);
	/* Tests send from the thread that would have to make room. */
	rpmsg_virtio_set_tx_timeout(&l->host, 0);
	rpmsg_virtio_set_tx_timeout(&l->client, 0);
}

void link_run_host(struct link *l)
{
	assert_int_equal(rproc_virtio_notified(l->host_vdev, RSC_NOTIFY_ID_ANY), 0);
}

void link_run_client(struct link *l)
{
	assert_int_equal(rproc_virtio_notified(l->client_vdev, RSC_NOTIFY_ID_ANY), 0);
}

void link_run(struct link *l)
{
	do {
		link_run_host(l);
		link_run_client(l);
	} while (rpmsg_virtio_rx_pending(&l->host) || rpmsg_virtio_rx_pending(&l->client));
}

void link_close(struct link *l)
{
	rpmsg_deinit_vdev(&l->client);
	rpmsg_deinit_vdev(&l->host);
	rproc_virtio_remove_vdev(l->client_vdev);
	rproc_virtio_remove_vdev(l->host_vdev);
	munmap(l->mem, LINK_SIZE);
}

int link_see(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct link_seen *s = priv;

	(void)ept;
	assert_true(len <= sizeof(s->data));
	s->calls++;
	memcpy(s->data, data, len);
	s->len = len;
	s->src = src;
	s->where = data;
	return RPMSG_SUCCESS;
}

void link_connect(struct link *l, struct link_both *b, rpmsg_ns_bind_cb bind,
		  rpmsg_ept_cb client_cb)
{
	memset(b, 0, sizeof(*b));
	link_up(l, bind);
	b->host.priv = &b->at_host;
	b->client.priv = &b->at_client;
	assert_int_equal(rpmsg_create_ept(&b->host, &l->host.rdev, "h", 100, 200, link_see, NULL),
			 0);
	assert_int_equal(
		rpmsg_create_ept(&b->client, &l->client.rdev, "c", 200, 100, client_cb, NULL), 0);
}
