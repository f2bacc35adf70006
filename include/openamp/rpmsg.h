/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rpmsg endpoints and messages, under OpenAMP's names.
 *
 * A receive callback gets a pointer into shared memory, as in OpenAMP: the peer can change these
 * bytes while they are looked at. Read each byte once, or copy first and check the copy. len is
 * safe: it was checked against the buffer before the call.
 */
#ifndef OPENAMP_RPMSG_H
#define OPENAMP_RPMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <metal/compiler.h>
#include <metal/config.h>
#include <metal/list.h>
#include <metal/mutex.h>
#include <metal/sys.h>
#include <metal/utilities.h>

METAL_C_BEGIN

#define RPMSG_NAME_SIZE	    (32)
#define RPMSG_ADDR_BMP_SIZE (128)

#define RPMSG_BY_ADDR 16 /* not in OpenAMP: a power of two */

#define RPMSG_NS_EPT_ADDR	 (0x35)
#define RPMSG_RESERVED_ADDRESSES (1024)
#define RPMSG_ADDR_ANY		 0xFFFFFFFF

#define RPMSG_SUCCESS	    0
#define RPMSG_ERROR_BASE    -2000
#define RPMSG_ERR_NO_MEM    (RPMSG_ERROR_BASE - 1)
#define RPMSG_ERR_NO_BUFF   (RPMSG_ERROR_BASE - 2)
#define RPMSG_ERR_PARAM	    (RPMSG_ERROR_BASE - 3)
#define RPMSG_ERR_DEV_STATE (RPMSG_ERROR_BASE - 4)
#define RPMSG_ERR_BUFF_SIZE (RPMSG_ERROR_BASE - 5)
#define RPMSG_ERR_INIT	    (RPMSG_ERROR_BASE - 6)
#define RPMSG_ERR_ADDR	    (RPMSG_ERROR_BASE - 7)
#define RPMSG_ERR_PERM	    (RPMSG_ERROR_BASE - 8)
#define RPMSG_EOPNOTSUPP    (RPMSG_ERROR_BASE - 9)

struct rpmsg_endpoint;
struct rpmsg_device;

/* The return value is counted when it is not RPMSG_SUCCESS, nothing more. */
typedef int (*rpmsg_ept_cb)(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src,
			    void *priv);
typedef void (*rpmsg_ept_release_cb)(struct rpmsg_endpoint *ept);
typedef void (*rpmsg_ns_unbind_cb)(struct rpmsg_endpoint *ept);
/* name: private, terminated copy; lives during the call only. */
typedef void (*rpmsg_ns_bind_cb)(struct rpmsg_device *rdev, const char *name, uint32_t dest);

struct rpmsg_endpoint {
	char name[RPMSG_NAME_SIZE];
	struct rpmsg_device *rdev;
	uint32_t addr;
	uint32_t dest_addr;
	rpmsg_ept_cb cb;
	/* Nobody uses the endpoint any more: its memory may go. Set it right after
	 * rpmsg_create_ept() where one thread destroys while another may be in cb. */
	rpmsg_ept_release_cb release_cb;
	rpmsg_ns_unbind_cb ns_unbind_cb;
	uint32_t refcnt;
	struct metal_list node;
	void *priv;

	/* Not part of OpenAMP's structure: */
	struct rpmsg_endpoint *by_addr; /* the next with such an address */
};

struct rpmsg_device_ops {
	int (*send_offchannel_raw)(struct rpmsg_device *rdev, uint32_t src, uint32_t dst,
				   const void *data, int len, int wait);
	void (*hold_rx_buffer)(struct rpmsg_device *rdev, void *rxbuf);
	void (*release_rx_buffer)(struct rpmsg_device *rdev, void *rxbuf);
	void *(*get_tx_payload_buffer)(struct rpmsg_device *rdev, uint32_t *len, int wait);
	int (*send_offchannel_nocopy)(struct rpmsg_device *rdev, uint32_t src, uint32_t dst,
				      const void *data, int len);
	int (*release_tx_buffer)(struct rpmsg_device *rdev, void *txbuf);
	int (*get_rx_buffer_size)(struct rpmsg_device *rdev);
	int (*get_tx_buffer_size)(struct rpmsg_device *rdev);
	/* Not in OpenAMP; NULL: there is one way for all. */
	void (*set_urgent)(struct rpmsg_device *rdev, uint32_t addr, bool urgent);
};

struct rpmsg_device {
	struct metal_list endpoints;
	struct rpmsg_endpoint ns_ept;
	unsigned long bitmap[metal_bitmap_longs(RPMSG_ADDR_BMP_SIZE)]; /* of OpenAMP; not used */
	unsigned int bitnext;
	metal_mutex_t lock;
	rpmsg_ns_bind_cb ns_bind_cb;
	rpmsg_ns_bind_cb ns_unbind_cb;
	struct rpmsg_device_ops ops;
	bool support_ns;

	/* Not part of OpenAMP's structure: */
	struct rpmsg_endpoint *by_addr[RPMSG_BY_ADDR]; /* by the address modulo their number */
	uint32_t ext_next; /* next address to try once the bitmap is full */
};

/*
 * Sending. All return the bytes sent or a negative error: RPMSG_ERR_PARAM; RPMSG_ERR_BUFF_SIZE
 * when the message does not fit (nothing is ever cut); RPMSG_ERR_NO_BUFF when no buffer came free
 * in time; RPMSG_ERR_DEV_STATE when the link is down or the peer broke the rules. data may be
 * NULL when len is 0. The "try" forms never wait, the others up to 15 s or the time-out set on
 * the device.
 */
int rpmsg_send_offchannel_raw(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst,
			      const void *data, int len, int wait);

static inline int rpmsg_send(struct rpmsg_endpoint *ept, const void *data, int len)
{
	return ept ? rpmsg_send_offchannel_raw(ept, ept->addr, ept->dest_addr, data, len, true)
		   : RPMSG_ERR_PARAM;
}

static inline int rpmsg_sendto(struct rpmsg_endpoint *ept, const void *data, int len, uint32_t dst)
{
	return ept ? rpmsg_send_offchannel_raw(ept, ept->addr, dst, data, len, true)
		   : RPMSG_ERR_PARAM;
}

static inline int rpmsg_send_offchannel(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst,
					const void *data, int len)
{
	return rpmsg_send_offchannel_raw(ept, src, dst, data, len, true);
}

static inline int rpmsg_trysend(struct rpmsg_endpoint *ept, const void *data, int len)
{
	return ept ? rpmsg_send_offchannel_raw(ept, ept->addr, ept->dest_addr, data, len, false)
		   : RPMSG_ERR_PARAM;
}

static inline int rpmsg_trysendto(struct rpmsg_endpoint *ept, const void *data, int len,
				  uint32_t dst)
{
	return ept ? rpmsg_send_offchannel_raw(ept, ept->addr, dst, data, len, false)
		   : RPMSG_ERR_PARAM;
}

static inline int rpmsg_trysend_offchannel(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst,
					   const void *data, int len)
{
	return rpmsg_send_offchannel_raw(ept, src, dst, data, len, false);
}

/*
 * Keep a received buffer beyond its callback, and give it back. Counted, privately: each hold
 * needs one release. A pointer that is no held buffer is ignored.
 */
METAL_NOT_MINIMAL void rpmsg_hold_rx_buffer(struct rpmsg_endpoint *ept, void *rxbuf);
METAL_NOT_MINIMAL void rpmsg_release_rx_buffer(struct rpmsg_endpoint *ept, void *rxbuf);

/*
 * Sending without a copy: get a buffer (*len: room for payload), fill it, send it or release it.
 * After an error from send the buffer is still the caller's.
 */
METAL_NOT_MINIMAL void *rpmsg_get_tx_payload_buffer(struct rpmsg_endpoint *ept, uint32_t *len,
						    int wait);
METAL_NOT_MINIMAL int rpmsg_release_tx_buffer(struct rpmsg_endpoint *ept, void *txbuf);
METAL_NOT_MINIMAL int rpmsg_send_offchannel_nocopy(struct rpmsg_endpoint *ept, uint32_t src,
						   uint32_t dst, const void *data, int len);

static inline int rpmsg_sendto_nocopy(struct rpmsg_endpoint *ept, const void *data, int len,
				      uint32_t dst)
{
	return ept ? rpmsg_send_offchannel_nocopy(ept, ept->addr, dst, data, len) : RPMSG_ERR_PARAM;
}

static inline int rpmsg_send_nocopy(struct rpmsg_endpoint *ept, const void *data, int len)
{
	return ept ? rpmsg_send_offchannel_nocopy(ept, ept->addr, ept->dest_addr, data, len)
		   : RPMSG_ERR_PARAM;
}

/*
 * An endpoint by its address, or by name when addr is RPMSG_ADDR_ANY: the one bound to dest_addr,
 * else one that waits for its peer. NULL: none. With rdev->lock held.
 */
struct rpmsg_endpoint *rpmsg_get_endpoint(struct rpmsg_device *rdev, const char *name,
					  uint32_t addr, uint32_t dest_addr);

/* Payload room of one message, or a negative error. */
METAL_NOT_MINIMAL int rpmsg_get_tx_buffer_size(struct rpmsg_endpoint *ept);
METAL_NOT_MINIMAL int rpmsg_get_rx_buffer_size(struct rpmsg_endpoint *ept);

/*
 * Register an endpoint. The structure is the caller's and must outlive it. src RPMSG_ADDR_ANY
 * takes a free address from 1024 on (any number of endpoints). A name, dest RPMSG_ADDR_ANY and a
 * peer that knows the name service: the endpoint is announced. Names longer than 31 characters
 * are refused with RPMSG_ERR_PARAM; a taken address with RPMSG_ERR_ADDR.
 */
int rpmsg_create_ept(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const char *name,
		     uint32_t src, uint32_t dest, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb);

/*
 * Not in OpenAMP: the same for an endpoint whose messages overtake others', where the device knows
 * a way (rpmsg_virtio_use_lanes()). announcement: further bits of its announcement's flags.
 */
METAL_NOT_MINIMAL int rpmsg_create_urgent_ept(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev,
					      const char *name, uint32_t src, uint32_t dest,
					      rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb,
					      uint32_t announcement);

/*
 * Unregister; announces the end where the name service is known. May be called from the
 * endpoint's own callback; without a release_cb the structure may be freed right after it.
 */
void rpmsg_destroy_ept(struct rpmsg_endpoint *ept);

static inline unsigned int is_rpmsg_ept_ready(struct rpmsg_endpoint *ept)
{
	return ept && ept->rdev && ept->dest_addr != RPMSG_ADDR_ANY;
}

METAL_C_END

#endif /* OPENAMP_RPMSG_H */
