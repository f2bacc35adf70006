/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef RPMSG_INTERNAL_H
#define RPMSG_INTERNAL_H

#include <metal/atomic.h>
#include <openamp/rpmsg.h>
#include <openamp/rpmsg_hdr.h>
#include <openamp/rpmsg_virtio.h>

#include "virtqueue_internal.h"

/* Copy a name with a NUL and zeroes up to RPMSG_NAME_SIZE. False: it was longer and is cut. */
bool rpmsg_copy_name(char to[RPMSG_NAME_SIZE], const char *from);

/* The two ways of rpmsg_get_endpoint(); the chains are for many endpoints, a minimal
 * client has none. */
struct rpmsg_endpoint *rpmsg_look_for_addr(struct rpmsg_device *rdev, uint32_t addr);
struct rpmsg_endpoint *rpmsg_get_ept_from_name(struct rpmsg_device *rdev, const char *name,
					       uint32_t dest_addr);

static inline struct rpmsg_endpoint *rpmsg_get_ept_from_addr(struct rpmsg_device *rdev,
							     uint32_t addr)
{
	struct rpmsg_endpoint *ept = rdev->by_addr[addr % RPMSG_BY_ADDR];

	if (METAL_IS_MINIMAL)
		return rpmsg_look_for_addr(rdev, addr);
	while (ept && ept->addr != addr)
		ept = ept->by_addr;
	return ept;
}

int rpmsg_send_ns_message(struct rpmsg_endpoint *ept, unsigned long flags);

/* Call with rdev->lock held; its name is there. */
void rpmsg_register_endpoint(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept, uint32_t src,
			     uint32_t dest, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb);
void rpmsg_unregister_endpoint(struct rpmsg_endpoint *ept);

/* rpmsg_ns.c: callback of the name service endpoint; priv is the rpmsg_virtio_device. */
int rpmsg_ns_callback(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv);

/* Private state of one buffer, struct vq_desc_extra: a device has it with the descriptor. */
enum slot_state {
	SLOT_IDLE,     /* on the ring, or not in use */
	SLOT_RECEIVED, /* holds counts who looks at it */
	SLOT_FILLING,  /* lent to a sender */
};

/* Device: the next buffer that can hold a message, or NULL. */
static inline struct vq_desc_extra *rpmsg_virtio_device_slot(struct virtqueue *vq)
{
	struct vq_desc_extra *slot = vq_take(vq);

	if (!slot || slot->len >= sizeof(struct rpmsg_hdr))
		return slot;
	vq_break(vq, VQ_BREACH_DESC_LEN, slot->len);
	return NULL;
}

#define RPMSG_PAUSE_TURNS 200u
#define RPMSG_GATHER	  4u /* pauses at most before there really is nothing */

/* rpmsg_deliver.c: whom a message is for; ept NULL: nobody. */
struct rpmsg_delivery {
	struct rpmsg_endpoint *ept;
	rpmsg_ept_cb cb;
	void *priv;
	bool counted;
};

/* Find the receiver, which learns who sent it. With the lock held. */
void rpmsg_delivery_find(struct rpmsg_virtio_device *rvdev, uint32_t src, uint32_t dst,
			 struct rpmsg_delivery *d);
/* Without the lock. Unless it is counted, the endpoint may be gone when the callback returns. */
void rpmsg_deliver(struct rpmsg_virtio_device *rvdev, const struct rpmsg_delivery *d, void *payload,
		   size_t len, uint32_t src);
/* With the lock held. What is to be called without it, for d->ept; NULL: nothing. */
rpmsg_ept_release_cb rpmsg_delivery_done(struct rpmsg_delivery *d);

/* Statistics, of rvdev->stats. */
#define RPMSG_COUNT(rvdev, what) ((void)(METAL_IS_MINIMAL ? 0 : (rvdev)->stats.what++))

static inline struct rpmsg_virtio_device *to_rvdev(struct rpmsg_device *rdev)
{
	return metal_container_of(rdev, struct rpmsg_virtio_device, rdev);
}

/* Some hundred cycles: who looks at a word all the time keeps the other side from writing it. */
static inline void rpmsg_virtio_pause(void)
{
	for (unsigned int i = 0; i < RPMSG_PAUSE_TURNS; i++)
		__asm__ volatile("");
}

/* Of a buffer at any address; mostly it is at a multiple of its size. */
static inline void rpmsg_write_hdr(void *buf, uint32_t src, uint32_t dst, uint16_t len)
{
	struct rpmsg_hdr hdr = { .src = src, .dst = dst, .len = len };
	uint8_t *at = buf;

	if (METAL_IS_MINIMAL || (uintptr_t)at % 4) {
		metal_copy_to_shared(at, &hdr, sizeof(hdr));
		return;
	}
	metal_shared_write32(at, src);
	metal_shared_write32(at + offsetof(struct rpmsg_hdr, dst), dst);
	metal_shared_write32(at + offsetof(struct rpmsg_hdr, reserved), 0);
	metal_shared_write16(at + offsetof(struct rpmsg_hdr, len), len);
	metal_shared_write16(at + offsetof(struct rpmsg_hdr, flags), 0);
}

static inline void rpmsg_read_hdr(const void *buf, struct rpmsg_hdr *hdr)
{
	const uint8_t *at = buf;

	if (METAL_IS_MINIMAL || (uintptr_t)at % 4) {
		metal_copy_from_shared(hdr, at, sizeof(*hdr));
		return;
	}
	hdr->src = metal_shared_read32(at);
	hdr->dst = metal_shared_read32(at + offsetof(struct rpmsg_hdr, dst));
	hdr->len = metal_shared_read16(at + offsetof(struct rpmsg_hdr, len));
}

/* rpmsg_virtio_rx.c */
void rpmsg_virtio_rx_callback(struct virtqueue *vq);
/*
 * Nothing is left to receive. A peer that sends message after message and is sent none does not
 * wait for us, and looking at the ring while it writes there only takes the cache line from it. So
 * let some messages gather: true, after a pause; look again. With the lock held, which is let go of
 * meanwhile.
 */
bool rpmsg_virtio_let_gather(struct rpmsg_virtio_device *rvdev);
/* One user less; the last one gives the buffer back: a kick follows. With the lock held. */
void rpmsg_virtio_put_slot(struct rpmsg_virtio_device *rvdev, struct vq_desc_extra *slot);

/* rpmsg_virtio_tx.c */
bool rpmsg_virtio_link_up(struct rpmsg_virtio_device *rvdev);
/* How many steps a waiting sender takes; one of them, false: stop. */
uint32_t rpmsg_virtio_wait_steps(const struct rpmsg_virtio_device *rvdev);
bool rpmsg_virtio_wait_step(struct rpmsg_virtio_device *rvdev);
void rpmsg_virtio_tx_callback(struct virtqueue *vq);
int rpmsg_virtio_send_raw(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data,
			  int len, int wait);
/* All with the lock held. A slot to fill, or NULL. */
struct vq_desc_extra *rpmsg_virtio_take_slot(struct rpmsg_virtio_device *rvdev);
/* Header, ring, doorbell: len. Fails only when the peer broke the rules. */
int rpmsg_virtio_submit(struct rpmsg_virtio_device *rvdev, struct vq_desc_extra *slot, uint32_t src,
			uint32_t dst, int len);
/* Given back: the next sender gets it. */
void rpmsg_virtio_unsent(struct rpmsg_virtio_device *rvdev, struct vq_desc_extra *slot);

/*
 * What not every program needs. Weak: a linker takes the file out of an archive only for programs
 * that call the public functions beside these; in others the device lacks the operation.
 */
/* rpmsg_hold.c */
metal_weak void rpmsg_virtio_hold_rx_buffer(struct rpmsg_device *rdev, void *rxbuf);
metal_weak void rpmsg_virtio_release_rx_buffer(struct rpmsg_device *rdev, void *rxbuf);
/* rpmsg_nocopy.c */
metal_weak void *rpmsg_virtio_get_tx_payload_buffer(struct rpmsg_device *rdev, uint32_t *len,
						    int wait);
metal_weak int rpmsg_virtio_send_nocopy(struct rpmsg_device *rdev, uint32_t src, uint32_t dst,
					const void *data, int len);
metal_weak int rpmsg_virtio_release_tx_buffer(struct rpmsg_device *rdev, void *txbuf);
/* rpmsg_size.c */
metal_weak int rpmsg_virtio_get_tx_buffer_size(struct rpmsg_device *rdev);
metal_weak int rpmsg_virtio_get_rx_buffer_size(struct rpmsg_device *rdev);

/* rpmsg_virtio.c: both roles. Whatever was in rvdev before is forgotten. */
void rpmsg_virtio_init_device(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev,
			      rpmsg_ns_bind_cb ns_bind_cb, struct metal_io_region *shm_io);
/* Queues, slots, name service: all that needs nothing of the peer. flags: of the queues. */
int rpmsg_virtio_set_up(struct rpmsg_virtio_device *rvdev, unsigned int flags);
void rpmsg_virtio_take_down(struct rpmsg_virtio_device *rvdev);

/* rpmsg_virtio_driver.c: the driver's part of it. */
extern const struct rpmsg_virtio_config rpmsg_virtio_defaults;
int rpmsg_virtio_driver_config(struct rpmsg_virtio_device *rvdev,
			       struct rpmsg_virtio_shm_pool *shpool,
			       const struct rpmsg_virtio_config *config);
int rpmsg_virtio_driver_up(struct rpmsg_virtio_device *rvdev, struct rpmsg_virtio_shm_pool *shpool,
			   const struct rpmsg_virtio_config *config);
int rpmsg_virtio_driver_slots(struct rpmsg_virtio_device *rvdev);
void rpmsg_virtio_driver_free(struct rpmsg_virtio_device *rvdev);

#endif /* RPMSG_INTERNAL_H */
