/* SPDX-License-Identifier: BSD-3-Clause */
/* Endpoints: addresses, creation, sending. */
#include "rpmsg_internal.h"

void rpmsg_copy_name(char to[RPMSG_NAME_SIZE], const char *from)
{
	size_t i = 0;

	for (; from && i < RPMSG_NAME_SIZE - 1 && from[i]; i++)
		to[i] = from[i];
	memset(to + i, 0, RPMSG_NAME_SIZE - i);
}

static bool name_fits(const char *name)
{
	size_t i;

	for (i = 0; name && i < RPMSG_NAME_SIZE; i++) {
		if (!name[i])
			return true;
	}
	return !name;
}

struct rpmsg_endpoint *rpmsg_get_endpoint(struct rpmsg_device *rdev, const char *name,
					  uint32_t addr, uint32_t dest_addr)
{
	struct metal_list *node;

	metal_list_for_each (&rdev->endpoints, node) {
		struct rpmsg_endpoint *ept = metal_container_of(node, struct rpmsg_endpoint, node);

		if (addr != RPMSG_ADDR_ANY) {
			if (ept->addr == addr)
				return ept;
			continue;
		}
		if (!name || strncmp(ept->name, name, RPMSG_NAME_SIZE) != 0)
			continue;
		if (ept->dest_addr == dest_addr)
			return ept;
	}
	return NULL;
}

/* ---- addresses ---- */

/*
 * The first 128 dynamic addresses come from the bitmap, round robin so that an address is not
 * given out again at once; what is beyond comes from above it, by looking at who is there.
 */
static uint32_t take_address(struct rpmsg_device *rdev)
{
	unsigned int bit =
		metal_bitmap_next_clear_bit(rdev->bitmap, rdev->bitnext, RPMSG_ADDR_BMP_SIZE);
	uint32_t addr;

	if (bit == RPMSG_ADDR_BMP_SIZE)
		bit = metal_bitmap_next_clear_bit(rdev->bitmap, 0, RPMSG_ADDR_BMP_SIZE);
	if (bit < RPMSG_ADDR_BMP_SIZE) {
		metal_bitmap_set_bit(rdev->bitmap, (int)bit);
		rdev->bitnext = (bit + 1) % RPMSG_ADDR_BMP_SIZE;
		return RPMSG_RESERVED_ADDRESSES + bit;
	}
	/* Ends: there are fewer endpoints than addresses. */
	for (;;) {
		addr = rdev->ext_next++;
		if (rdev->ext_next == RPMSG_ADDR_ANY)
			rdev->ext_next = RPMSG_RESERVED_ADDRESSES + RPMSG_ADDR_BMP_SIZE;
		if (!rpmsg_get_ept_from_addr(rdev, addr))
			return addr;
	}
}

static bool in_bitmap(uint32_t addr)
{
	return addr >= RPMSG_RESERVED_ADDRESSES &&
	       addr < RPMSG_RESERVED_ADDRESSES + RPMSG_ADDR_BMP_SIZE;
}

/* An address the caller chose. */
static int reserve_address(struct rpmsg_device *rdev, uint32_t addr)
{
	if (rpmsg_get_ept_from_addr(rdev, addr))
		return RPMSG_ERR_ADDR;
	if (in_bitmap(addr))
		metal_bitmap_set_bit(rdev->bitmap, (int)(addr - RPMSG_RESERVED_ADDRESSES));
	return RPMSG_SUCCESS;
}

/* ---- life of an endpoint ---- */

void rpmsg_register_endpoint(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept,
			     const char *name, uint32_t src, uint32_t dest, rpmsg_ept_cb cb,
			     rpmsg_ns_unbind_cb ns_unbind_cb)
{
	rpmsg_copy_name(ept->name, name);
	ept->rdev = rdev;
	ept->addr = src;
	ept->dest_addr = dest;
	ept->cb = cb;
	ept->release_cb = NULL;
	ept->ns_unbind_cb = ns_unbind_cb;
	ept->refcnt = 1;
	metal_list_add_tail(&rdev->endpoints, &ept->node);
}

void rpmsg_unregister_endpoint(struct rpmsg_endpoint *ept)
{
	struct rpmsg_device *rdev = ept->rdev;
	rpmsg_ept_release_cb release = NULL;

	metal_mutex_acquire(&rdev->lock);
	if (in_bitmap(ept->addr))
		metal_bitmap_clear_bit(rdev->bitmap, (int)(ept->addr - RPMSG_RESERVED_ADDRESSES));
	metal_list_del(&ept->node);
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

	if (!ept || !rdev || !cb || !name_fits(name))
		return RPMSG_ERR_PARAM;
	metal_mutex_acquire(&rdev->lock);
	if (src == RPMSG_ADDR_ANY)
		src = take_address(rdev);
	else
		ret = reserve_address(rdev, src);
	if (ret == RPMSG_SUCCESS)
		rpmsg_register_endpoint(rdev, ept, name, src, dest, cb, ns_unbind_cb);
	if (ret == RPMSG_SUCCESS && rdev->ops.set_urgent)
		rdev->ops.set_urgent(rdev, src, urgent);
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

	rpmsg_copy_name(msg.name, ept->name);
	msg.addr = ept->addr;
	msg.flags = (uint32_t)flags;
	ret = rpmsg_send_offchannel_raw(ept, ept->addr, RPMSG_NS_EPT_ADDR, &msg, sizeof(msg), true);
	return ret < 0 ? ret : RPMSG_SUCCESS;
}

int rpmsg_send_offchannel_raw(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst,
			      const void *data, int len, int wait)
{
	struct rpmsg_device *rdev;

	if (!ept || !ept->rdev || len < 0 || (!data && len) || dst == RPMSG_ADDR_ANY)
		return RPMSG_ERR_PARAM;
	rdev = ept->rdev;
	return rdev->ops.send_offchannel_raw
		       ? rdev->ops.send_offchannel_raw(rdev, src, dst, data, len, wait)
		       : RPMSG_ERR_PERM;
}
