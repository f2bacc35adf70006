/* SPDX-License-Identifier: BSD-3-Clause */
/* Endpoints: addresses, creation, sending. */
#include "rpmsg_internal.h"

bool rpmsg_copy_name(char to[RPMSG_NAME_SIZE], const char *from)
{
	bool fits;

	if (!from)
		from = "";
	for (size_t i = 0; i < RPMSG_NAME_SIZE - 1; i++) {
		to[i] = *from;
		from += *from != '\0';
	}
	fits = *from == '\0';
	to[RPMSG_NAME_SIZE - 1] = '\0';
	return fits;
}

/* Where the chain of endpoints with such addresses points to this one, or to NULL at its end. */
static struct rpmsg_endpoint **find_by_addr(struct rpmsg_device *rdev, uint32_t addr)
{
	struct rpmsg_endpoint **at = &rdev->by_addr[addr % RPMSG_BY_ADDR];

	while (*at && (*at)->addr != addr)
		at = &(*at)->by_addr;
	return at;
}

static inline struct rpmsg_endpoint *to_ept(struct metal_list *node)
{
	return metal_container_of(node, struct rpmsg_endpoint, node);
}

struct rpmsg_endpoint *rpmsg_look_for_addr(struct rpmsg_device *rdev, uint32_t addr)
{
	struct metal_list *node;

	metal_list_for_each (&rdev->endpoints, node) {
		if (to_ept(node)->addr == addr)
			return to_ept(node);
	}
	return NULL;
}

struct rpmsg_endpoint *rpmsg_get_ept_from_name(struct rpmsg_device *rdev, const char *name,
					       uint32_t dest_addr)
{
	struct rpmsg_endpoint *waiting = NULL;
	struct metal_list *node;

	metal_list_for_each (&rdev->endpoints, node) {
		struct rpmsg_endpoint *ept = to_ept(node);

		if (strncmp(ept->name, name, RPMSG_NAME_SIZE) != 0)
			continue;
		if (ept->dest_addr == dest_addr)
			return ept;
		if (!waiting && ept->dest_addr == RPMSG_ADDR_ANY)
			waiting = ept;
	}
	return waiting;
}

struct rpmsg_endpoint *rpmsg_get_endpoint(struct rpmsg_device *rdev, const char *name,
					  uint32_t addr, uint32_t dest_addr)
{
	if (addr != RPMSG_ADDR_ANY)
		return rpmsg_get_ept_from_addr(rdev, addr);
	return name ? rpmsg_get_ept_from_name(rdev, name, dest_addr) : NULL;
}

/* ---- addresses ---- */

/*
 * The first 128 dynamic addresses go round, so that none is given out again at once; what is beyond
 * comes from above them. Ends: there are fewer endpoints than addresses.
 */
static uint32_t take_address(struct rpmsg_device *rdev)
{
	unsigned int low = METAL_IS_MINIMAL ? 0 : RPMSG_ADDR_BMP_SIZE;
	uint32_t addr;

	do {
		if (low) {
			low--;
			addr = RPMSG_RESERVED_ADDRESSES + rdev->bitnext;
			rdev->bitnext = (rdev->bitnext + 1) % RPMSG_ADDR_BMP_SIZE;
		} else {
			addr = rdev->ext_next++;
			if (rdev->ext_next == RPMSG_ADDR_ANY)
				rdev->ext_next = RPMSG_RESERVED_ADDRESSES + RPMSG_ADDR_BMP_SIZE;
		}
	} while (rpmsg_get_ept_from_addr(rdev, addr));
	return addr;
}

/* ---- life of an endpoint ---- */

void rpmsg_register_endpoint(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept, uint32_t src,
			     uint32_t dest, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb)
{
	ept->rdev = rdev;
	ept->addr = src;
	ept->dest_addr = dest;
	ept->cb = cb;
	ept->release_cb = NULL;
	ept->ns_unbind_cb = ns_unbind_cb;
	ept->refcnt = 1;
	metal_list_add_tail(&rdev->endpoints, &ept->node);
	if (METAL_IS_MINIMAL)
		return;
	ept->by_addr = NULL;
	*find_by_addr(rdev, src) = ept;
}

void rpmsg_unregister_endpoint(struct rpmsg_endpoint *ept)
{
	struct rpmsg_device *rdev = ept->rdev;
	rpmsg_ept_release_cb release = NULL;

	metal_mutex_acquire(&rdev->lock);
	metal_list_del(&ept->node);
	if (!METAL_IS_MINIMAL)
		*find_by_addr(rdev, ept->addr) = ept->by_addr;
	ept->rdev = NULL;
	if (--ept->refcnt == 0)
		release = ept->release_cb;
	metal_mutex_release(&rdev->lock);
	if (release)
		release(ept);
}

static int create(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const char *name,
		  uint32_t src, uint32_t dest, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb,
		  bool urgent, uint32_t announcement)
{
	int ret = RPMSG_SUCCESS;

	if (METAL_MISTAKE(!ept || !rdev || !cb) || !rpmsg_copy_name(ept->name, name))
		return RPMSG_ERR_PARAM;
	metal_mutex_acquire(&rdev->lock);
	if (src == RPMSG_ADDR_ANY)
		src = take_address(rdev);
	else if (rpmsg_get_ept_from_addr(rdev, src))
		ret = RPMSG_ERR_ADDR;
	if (ret == RPMSG_SUCCESS) {
		rpmsg_register_endpoint(rdev, ept, src, dest, cb, ns_unbind_cb);
		if (!METAL_IS_MINIMAL && rdev->ops.set_urgent)
			rdev->ops.set_urgent(rdev, src, urgent);
	}
	metal_mutex_release(&rdev->lock);
	if (ret != RPMSG_SUCCESS)
		return ret;

	if (ept->name[0] && rdev->support_ns && dest == RPMSG_ADDR_ANY) {
		ret = rpmsg_send_ns_message(ept, RPMSG_NS_CREATE | announcement);
		if (ret != RPMSG_SUCCESS)
			rpmsg_unregister_endpoint(ept);
	}
	return ret;
}

int rpmsg_create_ept(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const char *name,
		     uint32_t src, uint32_t dest, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb)
{
	return create(ept, rdev, name, src, dest, cb, ns_unbind_cb, false, 0);
}

int rpmsg_create_urgent_ept(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const char *name,
			    uint32_t src, uint32_t dest, rpmsg_ept_cb cb,
			    rpmsg_ns_unbind_cb ns_unbind_cb, uint32_t announcement)
{
	return create(ept, rdev, name, src, dest, cb, ns_unbind_cb, true, announcement);
}

void rpmsg_destroy_ept(struct rpmsg_endpoint *ept)
{
	struct rpmsg_device *rdev;

	if (!ept || !ept->rdev)
		return;
	rdev = ept->rdev;
	if (ept->name[0] && rdev->support_ns && ept->addr >= RPMSG_RESERVED_ADDRESSES)
		(void)rpmsg_send_ns_message(ept, RPMSG_NS_DESTROY);
	rpmsg_unregister_endpoint(ept);
}

/* ---- sending ---- */

int rpmsg_send_ns_message(struct rpmsg_endpoint *ept, unsigned long flags)
{
	struct rpmsg_ns_msg msg;
	int ret;

	memcpy(msg.name, ept->name, sizeof(msg.name));
	msg.addr = ept->addr;
	msg.flags = (uint32_t)flags;
	ret = rpmsg_send_offchannel_raw(ept, ept->addr, RPMSG_NS_EPT_ADDR, &msg, sizeof(msg), true);
	return ret < 0 ? ret : RPMSG_SUCCESS;
}

int rpmsg_send_offchannel_raw(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst,
			      const void *data, int len, int wait)
{
	struct rpmsg_device *rdev;

	if (METAL_MISTAKE(!ept) || !ept->rdev || len < 0 || METAL_MISTAKE(!data && len) ||
	    dst == RPMSG_ADDR_ANY)
		return RPMSG_ERR_PARAM;
	rdev = ept->rdev;
	if (METAL_IS_MINIMAL)
		return rpmsg_virtio_send_raw(rdev, src, dst, data, len, wait);
	return rdev->ops.send_offchannel_raw
		       ? rdev->ops.send_offchannel_raw(rdev, src, dst, data, len, wait)
		       : RPMSG_ERR_PERM;
}
