/* SPDX-License-Identifier: BSD-3-Clause */
/* rpmsg over a pair of virtqueues: queue 0 carries device to driver, queue 1 driver to device. */
#ifndef OPENAMP_RPMSG_VIRTIO_H
#define OPENAMP_RPMSG_VIRTIO_H

#include <metal/cache.h>
#include <metal/compiler.h>
#include <metal/config.h>
#include <metal/io.h>
#include <metal/mutex.h>
#include <openamp/rpmsg.h>
#include <openamp/rpmsg_lane.h>
#include <openamp/virtio.h>

METAL_C_BEGIN

#ifndef RPMSG_BUFFER_SIZE
#define RPMSG_BUFFER_SIZE (512)
#endif

#define VIRTIO_RPMSG_F_NS 0 /* feature bit: name service */

#if defined(VIRTIO_CACHED_BUFFERS) || defined(VIRTIO_USE_DCACHE)
#define BUFFER_FLUSH(x, s)	CACHE_FLUSH(x, s)
#define BUFFER_INVALIDATE(x, s) CACHE_INVALIDATE(x, s)
#else
#define BUFFER_FLUSH(x, s) \
	do {               \
	} while (0)
#define BUFFER_INVALIDATE(x, s) \
	do {                    \
	} while (0)
#endif

/* Called instead of sleeping while a sender waits for a buffer; RPMSG_SUCCESS: look again. */
typedef int (*rpmsg_virtio_notify_wait_cb)(struct rpmsg_device *rdev, uint32_t id);

struct rpmsg_virtio_shm_pool {
	void *base;
	size_t avail;
	size_t size;
};

/* Driver only. Sizes include the 16-byte header. */
struct rpmsg_virtio_config {
	uint32_t h2r_buf_size; /* driver to device */
	uint32_t r2h_buf_size; /* device to driver */
	bool split_shpool;     /* shpool[0] for receiving, shpool[1] for sending */
	/* Not part of OpenAMP's structure: features beyond the name service that were agreed upon
	 * with this peer by other means (VIRTIO_RING_F_EVENT_IDX); offered only if it has them. */
	uint32_t features;
};

/* What happened that should not; counts up only. */
struct rpmsg_virtio_stats {
	uint32_t rx_messages;
	uint32_t tx_messages;
	uint32_t rx_no_endpoint; /* dropped: no such destination */
	uint32_t rx_bad_ns;	 /* dropped: malformed name service message */
	uint32_t rx_cb_errors;	 /* callbacks that failed */
};

/* Messages through lanes (openamp/rpmsg_lane.h) instead of the queues' buffers. */
#define RPMSG_VIRTIO_LANES_MAX 2u

struct rpmsg_virtio_device;

struct rpmsg_virtio_lanes {
	unsigned int n; /* 2: lane 0 is the urgent one */
	struct rpmsg_lane_tx tx[RPMSG_VIRTIO_LANES_MAX];
	struct rpmsg_lane_rx rx[RPMSG_VIRTIO_LANES_MAX];
	unsigned long urgent[metal_bitmap_longs(RPMSG_ADDR_BMP_SIZE)]; /* local, 1024 and up */
	uint32_t urgent_addr; /* and one below 1024; 0: none */
	bool want;	      /* a sender waits for room */
	/* Receiver: messages sent when it took its last one; the record that it has read but not
	 * given back yet, late NULL: none. */
	uint32_t tx_then;
	struct rpmsg_lane_rx *late;
	uint32_t late_pos;
	/* rpmsg_virtio_lanes.c: ring for what was sent; ask for room; is something there to
	 * receive; forget the lanes. */
	void (*kick)(struct rpmsg_virtio_device *rvdev);
	bool (*want_room)(struct rpmsg_virtio_device *rvdev, bool want);
	bool (*pending)(const struct rpmsg_virtio_device *rvdev);
	void (*drop)(struct rpmsg_virtio_device *rvdev);
};

/* Where a lane's two directions are: shared memory, zeroed, aligned to 64. */
struct rpmsg_virtio_lane_place {
	struct rpmsg_lane *tx, *rx;
	uint32_t tx_size, rx_size; /* data bytes */
};

struct rpmsg_virtio_device {
	struct rpmsg_device rdev;
	struct rpmsg_virtio_config config;
	struct virtio_device *vdev;
	struct virtqueue *rvq;
	struct virtqueue *svq;
	struct metal_io_region *shbuf_io;
	struct rpmsg_virtio_shm_pool *shpool;
	struct metal_list reclaimer; /* of OpenAMP; empty */
	rpmsg_virtio_notify_wait_cb notify_wait_cb;

	/* Not part of OpenAMP's structure. */
	struct vq_desc_extra *rx_slots, *tx_slots; /* device: of the queues; driver: one a buffer */
	uint16_t rx_count, tx_count;
	uint16_t unsent;    /* buffers given back: number of the first and 1, 0: none */
	bool full_used_len; /* device: report whole buffers as used (set it after init) */
	/* Driver: the device sees each buffer that comes back at once; a process that resumes after
	 * this one is not given what this one has handled (set it after init). */
	bool show_each;
	bool tell_again; /* ns_bind_cb also of what an endpoint is bound to (set it after init) */
	uint32_t tx_timeout_us; /* how long a waiting send waits */
	uint32_t ns_flags;	/* of the announcement that ns_bind_cb is told of */
	uint32_t corked;	/* how often */
	/* Counts of messages when one was sent last, as far as the receiver has looked. */
	uint32_t flood_rx, flood_tx;
	struct rpmsg_virtio_lanes *lanes; /* NULL: messages go through the queues */
	struct rpmsg_virtio_stats stats;
};

#define RPMSG_REMOTE VIRTIO_DEV_DEVICE
#define RPMSG_HOST   VIRTIO_DEV_DRIVER

METAL_NOT_MINIMAL static inline void
rpmsg_virtio_set_wait_cb(struct rpmsg_virtio_device *rvdev,
			 rpmsg_virtio_notify_wait_cb notify_wait_cb)
{
	rvdev->notify_wait_cb = notify_wait_cb;
}

/* 0: rpmsg_send() and the name service never wait. Set after rpmsg_init_vdev (15 s before). */
static inline void rpmsg_virtio_set_tx_timeout(struct rpmsg_virtio_device *rvdev, uint32_t usec)
{
	rvdev->tx_timeout_us = usec;
}

static inline unsigned int rpmsg_virtio_get_role(struct rpmsg_virtio_device *rvdev)
{
	return rvdev->vdev->role;
}

static inline void rpmsg_virtio_set_status(struct rpmsg_virtio_device *rvdev, uint8_t status)
{
	(void)virtio_set_status(rvdev->vdev, status);
}

static inline uint8_t rpmsg_virtio_get_status(struct rpmsg_virtio_device *rvdev)
{
	uint8_t status = 0;

	(void)virtio_get_status(rvdev->vdev, &status);
	return status;
}

static inline uint32_t rpmsg_virtio_get_features(struct rpmsg_virtio_device *rvdev)
{
	uint32_t features = 0;

	(void)virtio_get_features(rvdev->vdev, &features);
	return features;
}

static inline void rpmsg_virtio_read_config(struct rpmsg_virtio_device *rvdev, uint32_t offset,
					    void *dst, int length)
{
	(void)virtio_read_config(rvdev->vdev, offset, dst, length);
}

static inline void rpmsg_virtio_write_config(struct rpmsg_virtio_device *rvdev, uint32_t offset,
					     void *src, int length)
{
	(void)virtio_write_config(rvdev->vdev, offset, src, length);
}

static inline int rpmsg_virtio_create_virtqueues(struct rpmsg_virtio_device *rvdev, int flags,
						 unsigned int nvqs, const char *names[],
						 vq_callback *callbacks)
{
	return virtio_create_virtqueues(rvdev->vdev, (unsigned int)flags, nvqs, names, callbacks,
					NULL);
}

static inline void rpmsg_virtio_delete_virtqueues(struct rpmsg_virtio_device *rvdev)
{
	virtio_delete_virtqueues(rvdev->vdev);
}

/* Payload room of the next message, without its header; negative error. */
METAL_NOT_MINIMAL int rpmsg_virtio_get_tx_buffer_size(struct rpmsg_device *rdev);
METAL_NOT_MINIMAL int rpmsg_virtio_get_rx_buffer_size(struct rpmsg_device *rdev);

static inline int rpmsg_virtio_get_buffer_size(struct rpmsg_device *rdev)
{
	return rpmsg_virtio_get_tx_buffer_size(rdev);
}

/*
 * Bring the link up.
 * Driver: zeroes the rings, posts the receive buffers, writes features and status (old status |
 * DRIVER_OK) and notifies; needs shpool with num * size bytes per direction. Device: waits up to
 * 15 s for DRIVER_OK (RPMSG_ERR_DEV_STATE after that; call it again to wait on).
 * shm_io bounds and translates all buffers. ns_bind_cb: announcements of names that no local
 * endpoint waits for. The structures stay the caller's until rpmsg_deinit_vdev().
 */
int rpmsg_init_vdev(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev,
		    rpmsg_ns_bind_cb ns_bind_cb, struct metal_io_region *shm_io,
		    struct rpmsg_virtio_shm_pool *shpool);

/* config: a driver needs one; ignored by a device. */
int rpmsg_init_vdev_with_config(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev,
				rpmsg_ns_bind_cb ns_bind_cb, struct metal_io_region *shm_io,
				struct rpmsg_virtio_shm_pool *shpool,
				const struct rpmsg_virtio_config *config);

/*
 * Driver only, not in OpenAMP: take over a link that an earlier process left without a word, with
 * 512-byte buffers in one pool, as rpmsg_init_vdev() places them. Rings, features and status stay;
 * the peer notices nothing. A message that was being handled when that process ended is received
 * again. Endpoints are created again by the caller. RPMSG_ERR_INIT: the rings make no sense; ask
 * the peer to re-initialise its queues, if it can, and use rpmsg_init_vdev().
 */
int rpmsg_resume_vdev(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev,
		      rpmsg_ns_bind_cb ns_bind_cb, struct metal_io_region *shm_io,
		      struct rpmsg_virtio_shm_pool *shpool);
/* Then, before anything else: give the oldest received message's buffer back unseen. */
void rpmsg_virtio_rx_skip(struct rpmsg_virtio_device *rvdev);

/*
 * Not in OpenAMP: from now on, messages go through lanes, as the peer does from the same moment on:
 * right after rpmsg_init_vdev(), before the first message. The queues stay and carry nothing; their
 * notifications go on. lanes stays the caller's until rpmsg_deinit_vdev(). RPMSG_ERR_PARAM: place
 * or size of a lane is wrong, or out of memory; nothing has changed. max: bytes of payload of one
 * message, 0: as many as the smallest lane allows to each.
 */
METAL_NOT_MINIMAL int rpmsg_virtio_use_lanes(struct rpmsg_virtio_device *rvdev,
					     struct rpmsg_virtio_lanes *lanes,
					     const struct rpmsg_virtio_lane_place *place,
					     unsigned int n, uint32_t max);
/* Right after that, with rpmsg_resume_vdev(): go on with lanes that an earlier process left, as
 * they are. RPMSG_ERR_INIT: they make no sense. */
METAL_NOT_MINIMAL int rpmsg_virtio_resume_lanes(struct rpmsg_virtio_device *rvdev);

/*
 * Not in OpenAMP: several messages for one doorbell. What is sent between the two, by whatever
 * thread, may be seen by the peer at once or not before the end; whether it wants its doorbell is
 * looked at only at the end, and when half a ring was sent or a sender finds no room. Calls nest.
 * Between them nobody may wait for the peer, other than inside a sending function. Before
 * rpmsg_deinit_vdev(), not after.
 */
METAL_NOT_MINIMAL void rpmsg_virtio_cork(struct rpmsg_virtio_device *rvdev);
METAL_NOT_MINIMAL void rpmsg_virtio_uncork(struct rpmsg_virtio_device *rvdev);

/* Queues or lanes: is a message of that many bytes likely to find room now? Lanes: for sure, once
 * it was said and until something is sent. */
bool rpmsg_virtio_has_room(struct rpmsg_virtio_device *rvdev, uint32_t len);
/* The same of several messages of that many bytes: how many at least. Queues: 1 at the most. */
unsigned int rpmsg_virtio_room(struct rpmsg_virtio_device *rvdev, uint32_t len);
/* Queues or lanes: the peer shall notify us when it has made room / need not. True: look again. */
bool rpmsg_virtio_want_room(struct rpmsg_virtio_device *rvdev, bool want);

/*
 * Destroys all endpoints (announced as far as there are buffers right now; never waits), deletes
 * the queues; a driver clears the status.
 */
void rpmsg_deinit_vdev(struct rpmsg_virtio_device *rvdev);

/* Is there an unprocessed message right now? One notification handles at most a ring of them. With
 * lanes a receiver looks after each notification: for what is left then nobody rings. */
bool rpmsg_virtio_rx_pending(struct rpmsg_virtio_device *rvdev);

/* The queue whose rules the peer broke (virtqueue_breach()), or NULL. */
struct virtqueue *rpmsg_virtio_broken(struct rpmsg_virtio_device *rvdev);

void rpmsg_virtio_init_shm_pool(struct rpmsg_virtio_shm_pool *shpool, void *shbuf, size_t size);

static inline struct rpmsg_device *rpmsg_virtio_get_rpmsg_device(struct rpmsg_virtio_device *rvdev)
{
	return rvdev ? &rvdev->rdev : NULL;
}

/* Weak: a program may bring its own. NULL when the pool is used up. */
void *rpmsg_virtio_shm_pool_get_buffer(struct rpmsg_virtio_shm_pool *shpool, size_t size);

METAL_C_END

#endif /* OPENAMP_RPMSG_VIRTIO_H */
