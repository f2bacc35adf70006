/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One virtqueue, seen from the driver or from the device side.
 *
 * All state is private: indices, free list, buffer addresses and lengths are never read back from
 * the ring. What the peer writes is read once and checked; the first breach of the rules makes
 * the queue `broken`: from then on it hands out and takes nothing, and virtqueue_is_broken() and
 * friends say why. Locking is the caller's (rpmsg: the device's lock).
 */
#ifndef OPENAMP_VIRTQUEUE_H
#define OPENAMP_VIRTQUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include <metal/alloc.h>
#include <metal/cache.h>
#include <metal/compiler.h>
#include <metal/io.h>
#include <openamp/virtio_ring.h>

METAL_C_BEGIN

#define VQ_ERROR_BASE		 -3000
#define ERROR_VRING_FULL	 (VQ_ERROR_BASE - 1)
#define ERROR_INVLD_DESC_IDX	 (VQ_ERROR_BASE - 2)
#define ERROR_EMPTY_RING	 (VQ_ERROR_BASE - 3)
#define ERROR_NO_MEM		 (VQ_ERROR_BASE - 4)
#define ERROR_VRING_MAX_DESC	 (VQ_ERROR_BASE - 5)
#define ERROR_VRING_ALIGN	 (VQ_ERROR_BASE - 6)
#define ERROR_VRING_NO_BUFF	 (VQ_ERROR_BASE - 7)
#define ERROR_VQUEUE_INVLD_PARAM (VQ_ERROR_BASE - 8)
#define ERROR_VQUEUE_BROKEN	 (VQ_ERROR_BASE - 9) /* the peer broke the rules */

#define VQUEUE_SUCCESS 0

#define VQ_RING_DESC_CHAIN_END 32768
#define VQ_RING_MAX_NUM	       32768

#define VIRTIO_RING_F_INDIRECT_DESC (1 << 28)
#define VIRTIO_RING_F_EVENT_IDX	    (1 << 29)

#define CACHE_FLUSH(x, s)      metal_cache_flush(x, s)
#define CACHE_INVALIDATE(x, s) metal_cache_invalidate(x, s)

/*
 * -DVIRTIO_USE_DCACHE, for the library and its users alike: memory that is cached here and not
 * coherent with the peer. The parts of a ring must then lie in cache lines of their own: alignment
 * of at least a line. The VIRTIO_CACHED_ names of older releases choose rings, buffers and the
 * resource table one by one.
 */
#if defined(VIRTIO_CACHED_VRINGS) || defined(VIRTIO_USE_DCACHE)
#define VRING_FLUSH(x, s)      CACHE_FLUSH(x, s)
#define VRING_INVALIDATE(x, s) CACHE_INVALIDATE(x, s)
#else
#define VRING_FLUSH(x, s) \
	do {              \
	} while (0)
#define VRING_INVALIDATE(x, s) \
	do {                   \
	} while (0)
#endif

struct virtio_device;

struct virtqueue_buf {
	void *buf;
	int len;
};

#define VQ_HOLDS_MAX 2047u

/* Private state of one descriptor, and of a message's buffer. */
struct vq_desc_extra {
	void *cookie; /* driver, head: the owner's word for the buffer; device: addr over there */
	void *addr;   /* device side: checked address of the buffer it had last */
	uint32_t len; /* bytes of the buffer(s), as posted or as read once */
	uint16_t ndescs;      /* head: descriptors in its chain; 0: not outstanding */
	uint16_t next;	      /* driver: free list, chain */
	uint16_t holds : 11;  /* rpmsg: who looks at a received message */
	uint16_t state : 2;   /* rpmsg: enum slot_state */
	uint16_t written : 1; /* driver: the ring's descriptor says addr, len, flags and no next */
	uint16_t flags : 2;   /* driver: as last written */
	/* Not of the descriptor, but of the place in the ring with this number: what the peer put
	 * there, as it was read when its index said so; later what this side puts there. A side
	 * puts only what it has taken, so the one is done with before the other comes. */
	uint16_t place_id;
	uint32_t place_len; /* the length beside it, which only a device gives */
};

/* Why a queue is broken. */
enum virtqueue_breach {
	VQ_BREACH_NONE,
	VQ_BREACH_AVAIL_IDX,  /* avail index moved by more than the ring holds */
	VQ_BREACH_USED_IDX,   /* used index moved by more than is outstanding */
	VQ_BREACH_DESC_ID,    /* descriptor number outside the ring */
	VQ_BREACH_NOT_OWNED,  /* descriptor returned or offered that the peer does not own */
	VQ_BREACH_DESC_FLAGS, /* chained or indirect descriptor where none is allowed */
	VQ_BREACH_DESC_ADDR,  /* buffer outside the shared memory */
	VQ_BREACH_DESC_LEN,   /* buffer too small */
	VQ_BREACH_MSG_LEN,    /* message longer than its buffer */
	VQ_BREACH_LANE,	      /* + enum rpmsg_lane_breach: of the lane used instead */
};

/* What OpenAMP's structure has not stands where it has holes. */
struct virtqueue {
	struct virtio_device *vq_dev;
	const char *vq_name;
	uint16_t vq_queue_index;
	uint16_t vq_nentries;
	uint16_t vq_peer_idx;  /* ours: the peer's index, as last read and checked */
	bool vq_event_idx : 1; /* ours: negotiated with the peer */
	bool vq_cb_enabled : 1;
	bool vq_seen_write : 1; /* ours: the last descriptor was one for the device to write */
	uint8_t vq_breach;	/* ours: enum virtqueue_breach, never cleared */
	void (*callback)(struct virtqueue *vq);
	void *priv;
	void (*notify)(struct virtqueue *vq);
	struct vring vq_ring;
	uint16_t vq_free_cnt;
	uint16_t vq_queued_cnt; /* since the last kick */
	uint16_t vq_public_idx; /* ours: what of vq_prod_idx the peer was shown */
	uint16_t vq_kicked_idx; /* ours: what of it was published at the last kick */
	void *shm_io;		/* struct metal_io_region of the buffers */
	uint16_t vq_desc_head_idx;
	uint16_t vq_used_cons_idx;
	uint16_t vq_available_idx;
	uint16_t vq_prod_idx;	  /* ours: private copy of the index we publish */
	uint64_t vq_breach_value; /* ours: the offending number */

	__extension__ struct vq_desc_extra vq_descx[];
};

struct vring_alloc_info {
	void *vaddr;
	uint32_t align;
	uint16_t num_descs;
	uint16_t pad;
};

typedef void (*vq_callback)(struct virtqueue *);
typedef void (*vq_notify)(struct virtqueue *);

/* -DVQUEUE_DEBUG: assertions of code that works on queues. The library itself needs none: it checks
 * always, and a queue whose rules are broken says so. */
#ifdef VQUEUE_DEBUG
#include <metal/assert.h>
#include <metal/log.h>

#define VQASSERT(_vq, _exp, _msg)                                                  \
	do {                                                                       \
		if (!(_exp))                                                       \
			metal_log(METAL_LOG_EMERGENCY, "%s: %s - " _msg, __func__, \
				  (_vq)->vq_name);                                 \
		metal_assert(_exp);                                                \
	} while (0)
#define VQ_RING_ASSERT_VALID_IDX(_vq, _idx) \
	VQASSERT((_vq), (_idx) < (_vq)->vq_nentries, "invalid ring index")
#define VQ_RING_ASSERT_CHAIN_TERM(_vq)                                     \
	VQASSERT((_vq), (_vq)->vq_desc_head_idx == VQ_RING_DESC_CHAIN_END, \
		 "full ring terminated incorrectly")
#define VQ_PARAM_CHK(condition, status_var, status_err) \
	do {                                            \
		if ((status_var) == 0 && (condition))   \
			status_var = status_err;        \
	} while (0)
#else
#define VQASSERT(_vq, _exp, _msg)
#define VQ_RING_ASSERT_VALID_IDX(_vq, _idx)
#define VQ_RING_ASSERT_CHAIN_TERM(_vq)
#define VQ_PARAM_CHK(condition, status_var, status_err)
#endif

/* Memory for a queue of that many descriptors, cleared; NULL when there is none. */
struct virtqueue *virtqueue_allocate(unsigned int num_desc_extra);
void virtqueue_free(struct virtqueue *vq);

/*
 * Set a queue up on ring memory that both sides see. The role is device->role. In the driver's
 * role the ring is expected zeroed (rpmsg_init_vdev does that). ring->vaddr must be aligned to 4,
 * num_descs be a power of two, align one of at least 4. name stays the caller's.
 */
int virtqueue_create(struct virtio_device *device, unsigned short id, const char *name,
		     struct vring_alloc_info *ring, void (*callback)(struct virtqueue *vq),
		     void (*notify)(struct virtqueue *vq), struct virtqueue *vq);

/* Needed before buffers move: physical addresses are translated and bounded by it. */
static inline void virtqueue_set_shmem_io(struct virtqueue *vq, struct metal_io_region *io)
{
	vq->shm_io = io;
}

/*
 * Driver: offer buffers, the readable ones first. Published at once; the peer learns of them by
 * virtqueue_kick(). ERROR_VRING_FULL leaves everything as it was.
 */
int virtqueue_add_buffer(struct virtqueue *vq, struct virtqueue_buf *buf_list, int readable,
			 int writable, void *cookie);

/* Not in OpenAMP: one buffer; the device sees it only with the next publish or kick. */
int virtqueue_push_buffer(struct virtqueue *vq, void *buf, uint32_t len, bool writable,
			  void *cookie);

/*
 * Driver: take back a used buffer. Returns its cookie, NULL when there is none or the queue is
 * broken. *len: what the device says it used, at most what was posted. *idx: head descriptor,
 * free again. len and idx may be NULL.
 */
void *virtqueue_get_buffer(struct virtqueue *vq, uint32_t *len, uint16_t *idx);

/*
 * Device: take an offered buffer. Its address was checked to lie wholly inside shm_io. NULL when
 * there is none or the queue is broken.
 */
void *virtqueue_get_available_buffer(struct virtqueue *vq, uint16_t *avail_idx, uint32_t *len);

/*
 * Driver: go on with a ring that an earlier process left, instead of an empty one. Between
 * virtqueue_create() and the first buffer; single-descriptor chains only. all: every descriptor is
 * with the device, as on a ring of receive buffers, whatever order they came back in; otherwise
 * those that were published and not used, which presumes that the device returns them in order.
 * What was taken and not offered again when that process ended is taken once more. owner gives the
 * cookie of a buffer by its address, NULL: there is no such buffer, or it was named before.
 * VQUEUE_SUCCESS, or ERROR_INVLD_DESC_IDX when the ring makes no sense: then nothing was changed in
 * it, and the queue is of no use.
 */
int virtqueue_resume(struct virtqueue *vq, bool all,
		     void *(*owner)(void *arg, void *buf, uint32_t len), void *arg);

/* Device: give a taken buffer back. ERROR_INVLD_DESC_IDX when it is not taken. */
int virtqueue_add_consumed_buffer(struct virtqueue *vq, uint16_t head_idx, uint32_t len);
/* Not in OpenAMP: the same, but the driver sees it only with the next publish or kick. */
int virtqueue_push_consumed_buffer(struct virtqueue *vq, uint16_t head_idx, uint32_t len);
/* Either side: show the peer what was pushed. */
void virtqueue_publish(struct virtqueue *vq);

/* The descriptor that was given to the peer last, shown to it or not. */
static inline uint16_t virtqueue_last_put(const struct virtqueue *vq)
{
	return vq->vq_descx[(uint16_t)(vq->vq_prod_idx - 1) & (vq->vq_nentries - 1)].place_id;
}

/* Ask the peer for no notifications / for notifications. enable returns 1 when work is already
 * waiting, and the caller must look again. */
void virtqueue_disable_cb(struct virtqueue *vq);
int virtqueue_enable_cb(struct virtqueue *vq);

/* Notify the peer, unless it asked not to be or nothing changed since the last kick. */
void virtqueue_kick(struct virtqueue *vq);

/* The peer notified us: runs the callback. */
void virtqueue_notification(struct virtqueue *vq);

/* Is there something to take right now? One look at the peer's index. */
bool virtqueue_pending(struct virtqueue *vq);
/* The same, of what was there at the last look. */
bool virtqueue_seen(const struct virtqueue *vq);

void virtqueue_dump(struct virtqueue *vq);
/* Bytes of the next buffer that would be taken or of buffer idx, from private state. 0: none. */
uint32_t virtqueue_get_desc_size(struct virtqueue *vq);
uint32_t virtqueue_get_buffer_length(struct virtqueue *vq, uint16_t idx);
void *virtqueue_get_buffer_addr(struct virtqueue *vq, uint16_t idx);

static inline int virtqueue_empty(struct virtqueue *vq)
{
	return vq->vq_nentries == vq->vq_free_cnt;
}

static inline int virtqueue_full(struct virtqueue *vq)
{
	return vq->vq_free_cnt == 0;
}

/* Record a breach found here or by a layer above; the first one stays. */
void virtqueue_set_broken(struct virtqueue *vq, enum virtqueue_breach breach, uint64_t value);

static inline bool virtqueue_is_broken(const struct virtqueue *vq)
{
	return vq->vq_breach != VQ_BREACH_NONE;
}

static inline enum virtqueue_breach virtqueue_breach(const struct virtqueue *vq)
{
	return (enum virtqueue_breach)vq->vq_breach;
}

/* Plain English, without the number (vq_breach_value). */
const char *virtqueue_breach_name(enum virtqueue_breach breach);

METAL_C_END

#endif /* OPENAMP_VIRTQUEUE_H */
