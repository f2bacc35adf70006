/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An rpmsg link between the benchmark's two processes, or between two ends in one of them. Only the
 * public OpenAMP and libmetal API is used, so that it compiles against other implementations too
 * (make bench-openamp). What they do not have is in rpmsg_lanes.c.
 */
#ifndef BENCH_RPMSG_LINK_H
#define BENCH_RPMSG_LINK_H

#include <metal/io.h>
#include <openamp/open_amp.h>

#include "bench.h"
#include "rings.h"

#define RLINK_EPTS_MAX 64

enum rlink_job {
	RLINK_ECHO,   /* the client returns what it gets */
	RLINK_SINK,   /* it reads it; a message whose first byte is not 0 is returned */
	RLINK_SOURCE, /* a message holds a number: so many messages come back */
};

/* One end's private state. */
struct rlink_end {
	struct metal_io_region io;
	struct virtio_device *vdev;
	struct rpmsg_virtio_device rvdev;
	struct rpmsg_virtio_shm_pool pool;
	struct rpmsg_endpoint ept[RLINK_EPTS_MAX];
	void *format; /* format->end_size bytes */
	uint64_t received;
	uint32_t to_send; /* RLINK_SOURCE */
	bool up;
};

/* Counted by the one that rings and by the one that sleeps. */
struct rlink_counts {
	_Alignas(BENCH_LINE) uint64_t out_bells;
	uint64_t host_sleeps;
	_Alignas(BENCH_LINE) uint64_t in_bells;
	uint64_t client_sleeps;
};

struct rlink;

/* Messages that lie elsewhere than in the rings' buffers. */
struct rlink_format {
	const char *name;
	size_t room;	 /* bytes of shared memory */
	size_t end_size; /* of an end's private state */
	/* The device is up; at: the shared memory. */
	void (*up)(struct rlink_end *e, uint8_t *at, bool host);
	/* Something is left after a look at what has come, which takes a bounded time. */
	bool (*left)(struct rlink_end *e);
	/* A sender that found no room wants a doorbell when there is some, or does not any more.
	 * True: there is some already. */
	bool (*want_room)(struct rlink_end *e, bool want);
};

struct rlink {
	/* set by the maker */
	uint32_t size;	/* payload */
	uint32_t align; /* of the rings */
	uint32_t n_epts;
	enum rlink_job job;
	bool blocking; /* doorbells are eventfds; otherwise nobody asks for any */
	bool alone;    /* both ends in one process */
	const struct rlink_format *format; /* NULL: the standard one */
	/* Floods: several messages for one doorbell; NULL: one after the other. */
	void (*cork)(struct rlink_end *e, bool on);
	/* */
	uint8_t *mem;
	metal_phys_addr_t phys;
	uint32_t buffer;
	struct rlink_counts *counts;
	int bell[2]; /* to the client, to the host */
	struct rlink_end host, client;
	uint8_t data[RINGS_PAYLOAD_MAX];
};

/* Memory, doorbells and the host's end; the other end too where both are in one process. */
void rlink_open(struct rlink *l);
/* The client's end, in its process, when it is needed for the first time. */
void rlink_client_up(struct rlink *l);

/* Handles what has come, if anything has. */
void rlink_poll_host(struct rlink *l);
void rlink_poll_client(struct rlink *l);
/* Waits for a doorbell. */
void rlink_sleep_host(struct rlink *l);
void rlink_sleep_client(struct rlink *l);
void rlink_ring(int fd);

/* rpmsg_cases.c: round trips and floods in that format. */
void bench_rpmsg_format(const struct rlink_format *format);
/* The same, NULL: in the standard one: floods whose sender asks for a doorbell now and then. */
void bench_rpmsg_corked(const struct rlink_format *format,
			void (*cork)(struct rlink_end *e, bool on));

#endif /* BENCH_RPMSG_LINK_H */
