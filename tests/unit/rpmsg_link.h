/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two ends of one rpmsg link over one piece of memory: a host (driver) and a client (device),
 * each with its own private state, as if they were two systems.
 */
#ifndef RPMSG_LINK_H
#define RPMSG_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <openamp/remoteproc.h>
#include <openamp/remoteproc_virtio.h>
#include <openamp/rpmsg_hdr.h>
#include <openamp/rpmsg_virtio.h>

#define LINK_BASE  0x70000000ul /* device address of the memory's first byte */
#define LINK_SIZE  0x20000u
#define LINK_RSC   0x0u
#define LINK_RINGS 0x1000u
#define LINK_POOL  0x4000u

struct link_options {
	unsigned int num;   /* default 8 */
	unsigned int align; /* default 16 */
	uint32_t dfeatures; /* default 1 */
	struct rpmsg_virtio_config config;
};

struct link {
	uint8_t *mem; /* MAP_SHARED: survives a fork */
	metal_phys_addr_t phys;
	unsigned int num, align;
	struct rpmsg_virtio_config config;
	struct fw_rsc_vdev *rsc;
	/* host's private side */
	struct metal_io_region host_io;
	struct virtio_device *host_vdev;
	struct rpmsg_virtio_shm_pool pool;
	struct rpmsg_virtio_device host;
	/* client's private side */
	struct metal_io_region client_io;
	struct virtio_device *client_vdev;
	struct rpmsg_virtio_device client;
	/* doorbells raised, by either side */
	unsigned int to_client, to_host;
};

void link_open(struct link *l, const struct link_options *opt);
/* Both ends up; bind is the host's. */
void link_up(struct link *l, rpmsg_ns_bind_cb bind);
int link_host_up(struct link *l, rpmsg_ns_bind_cb bind);
int link_client_up(struct link *l);
/* A doorbell arrives. */
void link_run_host(struct link *l);
void link_run_client(struct link *l);
/* Both, until nothing is left to do. */
void link_run(struct link *l);
void link_close(struct link *l);

/* The ring as an attacker sees it: index 0 client to host, 1 host to client. */
struct vring link_ring(struct link *l, unsigned int index);

/* What an endpoint got. Its callback link_see() takes one of these as the endpoint's priv. */
struct link_seen {
	unsigned int calls;
	uint8_t data[2048];
	size_t len;
	uint32_t src;
	void *where;
};

int link_see(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv);

/* Endpoints on both sides that know each other: host 100 (link_see), client 200. */
struct link_both {
	struct rpmsg_endpoint host, client;
	struct link_seen at_host, at_client;
};

void link_connect(struct link *l, struct link_both *b, rpmsg_ns_bind_cb bind,
		  rpmsg_ept_cb client_cb);

#endif /* RPMSG_LINK_H */
