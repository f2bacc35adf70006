/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Resource table checker. Layouts: Linux remoteproc.h and include/mica/abi.h. Works on any
 * alignment; never reads outside len.
 */
#include <stdbool.h>
#include <metal/sys.h>
#include <openamp/rsc_table.h>

#define HEADER	     16u
#define EPT_SIZE     40u
#define EPT_MAX	     64u
#define EPT_TABLE    (8u + EPT_MAX * EPT_SIZE)
#define RING_PAIR    40u
#define VRING_OFFSET 36u

struct checker {
	const uint8_t *table;
	size_t len;
	struct rsc_view *view;
	int index;
};

static uint32_t u32(const struct checker *c, size_t offset)
{
	const uint8_t *p = c->table + offset;

	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t u64(const struct checker *c, size_t offset)
{
	return u32(c, offset) | (uint64_t)u32(c, offset + 4) << 32;
}

static int fault(struct checker *c, enum rsc_fault what, uint32_t value)
{
	c->view->fault = what;
	c->view->value = value;
	c->view->index = c->index;
	return -1;
}

/* A name of RPROC_MAX_NAME_LEN bytes that ends inside them. */
static bool name_ends(const struct checker *c, size_t offset)
{
	size_t i;

	for (i = 0; i < RPROC_MAX_NAME_LEN; i++) {
		if (!c->table[offset + i])
			return true;
	}
	return false;
}

static bool power_of_two(uint32_t n)
{
	return n && !(n & (n - 1));
}

/* ---- one function per kind of entry; at: its offset, room: bytes up to the table's end ---- */

/* Carveout, devmem and trace: a length and a name. */
static int check_memory(struct checker *c, size_t at, size_t len_at, size_t name_at)
{
	uint32_t da = u32(c, at + 4), len = u32(c, at + len_at);

	if (da != FW_RSC_U32_ADDR_ANY && len > UINT32_MAX - da)
		return fault(c, RSC_BAD_LEN, len);
	return name_ends(c, at + name_at) ? 0 : fault(c, RSC_BAD_NAME, 0);
}

static int check_vring(struct checker *c, size_t at)
{
	uint32_t da = u32(c, at), align = u32(c, at + 4), num = u32(c, at + 8);

	if (align < 4 || !power_of_two(align) || align > 0x10000)
		return fault(c, RSC_BAD_ALIGN, align);
	if (!power_of_two(num) || num > RSC_MAX_VRING_NUM)
		return fault(c, RSC_BAD_NUM, num);
	/* 16 + 2 + 8 bytes a descriptor, the two ring headers, the gap: far below 1 MiB */
	if (da != FW_RSC_U32_ADDR_ANY && (da % 4 || da > UINT32_MAX - 0x100000))
		return fault(c, RSC_BAD_DA, da);
	return 0;
}

static int check_vdev(struct checker *c, size_t at, size_t room, uint32_t *size)
{
	uint32_t config_len = u32(c, at + offsetof(struct fw_rsc_vdev, config_len));
	uint32_t num = c->table[at + offsetof(struct fw_rsc_vdev, num_of_vrings)], i;

	if (num > RSC_MAX_VRINGS)
		return fault(c, RSC_BAD_VRINGS, num);
	*size = (uint32_t)(sizeof(struct fw_rsc_vdev) + num * sizeof(struct fw_rsc_vdev_vring));
	if (*size > room)
		return fault(c, RSC_ENTRY_CUT, *size);
	if (config_len > room - *size)
		return fault(c, RSC_BAD_CONFIG_LEN, config_len);
	for (i = 0; i < num; i++) {
		if (check_vring(c, at + sizeof(struct fw_rsc_vdev) +
					   i * sizeof(struct fw_rsc_vdev_vring)))
			return -1;
	}
	*size += config_len;
	return 0;
}

static int check_endpoints(struct checker *c, size_t at)
{
	uint32_t n = u32(c, at + 4), i;

	if (n > EPT_MAX)
		return fault(c, RSC_BAD_EPT_COUNT, n);
	for (i = 0; i < n; i++) {
		if (!name_ends(c, at + 8 + i * EPT_SIZE))
			return fault(c, RSC_BAD_NAME, i);
	}
	return 0;
}

static int check_ring_pair(struct checker *c, size_t at)
{
	uint64_t da = u64(c, at + 8), len = u64(c, at + 24);

	if (da != FW_RSC_U64_ADDR_ANY && len > UINT64_MAX - da)
		return fault(c, RSC_BAD_LEN, len > UINT32_MAX ? UINT32_MAX : (uint32_t)len);
	return 0;
}

/* Says its own length. */
static int check_vendor(struct checker *c, size_t at, size_t room, uint32_t *size)
{
	uint32_t len = u32(c, at + 4);

	if (len < 16 || len % 4 || len > room)
		return fault(c, RSC_BAD_LEN, len);
	*size = len;
	return 0;
}

/* Bytes an entry of this type has at least. */
static uint32_t least_size(uint32_t type)
{
	switch (type) {
	case RSC_CARVEOUT:
		return sizeof(struct fw_rsc_carveout);
	case RSC_DEVMEM:
		return sizeof(struct fw_rsc_devmem);
	case RSC_TRACE:
		return sizeof(struct fw_rsc_trace);
	case RSC_VDEV:
		return sizeof(struct fw_rsc_vdev);
	case RSC_RPROC_MEM:
		return sizeof(struct fw_rsc_rproc_mem);
	case RSC_FW_CHKSUM:
		return sizeof(struct fw_rsc_fw_chksum);
	case RSC_MICA_EPT_TABLE:
		return EPT_TABLE;
	case RSC_MICA_RING_PAIR:
		return RING_PAIR;
	case RSC_MICA_VRING_OFFSET:
		return VRING_OFFSET;
	case RSC_MICA_VENDOR:
		return sizeof(struct fw_rsc_vendor);
	default:
		return sizeof(struct fw_rsc_hdr);
	}
}

static int check_body(struct checker *c, uint32_t type, size_t at, size_t room, uint32_t *size)
{
	switch (type) {
	case RSC_CARVEOUT:
	case RSC_DEVMEM:
		return check_memory(c, at, offsetof(struct fw_rsc_carveout, len),
				    offsetof(struct fw_rsc_carveout, name));
	case RSC_TRACE:
		return check_memory(c, at, offsetof(struct fw_rsc_trace, len),
				    offsetof(struct fw_rsc_trace, name));
	case RSC_VDEV:
		return check_vdev(c, at, room, size);
	case RSC_MICA_EPT_TABLE:
		return check_endpoints(c, at);
	case RSC_MICA_RING_PAIR:
		return check_ring_pair(c, at);
	case RSC_MICA_VENDOR:
		return check_vendor(c, at, room, size);
	default:
		return 0;
	}
}

static int check_entry(struct checker *c, uint32_t num)
{
	uint32_t offset = u32(c, HEADER + 4u * (uint32_t)c->index);
	struct rsc_entry *e = &c->view->entry[c->index];
	int i;

	if (offset % 4 || offset < HEADER + 4 * num || offset > c->len || c->len - offset < 4)
		return fault(c, RSC_BAD_OFFSET, offset);
	e->type = u32(c, offset);
	e->offset = offset;
	e->size = least_size(e->type);
	if (e->size > c->len - offset)
		return fault(c, RSC_ENTRY_CUT, e->size);
	if (check_body(c, e->type, offset, c->len - offset, &e->size))
		return -1;
	for (i = 0; i < c->index; i++) {
		const struct rsc_entry *o = &c->view->entry[i];

		if (offset < o->offset + o->size && o->offset < offset + e->size)
			return fault(c, RSC_OVERLAP, offset);
	}
	return 0;
}

int rsc_table_check(const void *copy, size_t len, struct rsc_view *out)
{
	struct checker c = { copy, len, out, -1 };
	uint32_t num;

	memset(out, 0, sizeof(*out));
	if (len > UINT32_MAX)
		c.len = UINT32_MAX;
	if (len < HEADER)
		return fault(&c, RSC_TOO_SHORT, (uint32_t)len);
	if (u32(&c, 0) != 1)
		return fault(&c, RSC_BAD_VERSION, u32(&c, 0));
	num = u32(&c, 4);
	if (num > RSC_MAX_ENTRIES)
		return fault(&c, RSC_TOO_MANY, num);
	if (num * 4 > c.len - HEADER)
		return fault(&c, RSC_TOO_SHORT, (uint32_t)c.len);
	for (c.index = 0; c.index < (int)num; c.index++) {
		if (check_entry(&c, num))
			return -1;
	}
	out->num = num;
	return 0;
}

size_t rsc_table_size(const struct rsc_view *view)
{
	size_t end = HEADER + 4 * (size_t)view->num;
	unsigned int i;

	for (i = 0; i < view->num; i++) {
		if (view->entry[i].offset + (size_t)view->entry[i].size > end)
			end = view->entry[i].offset + (size_t)view->entry[i].size;
	}
	return end;
}

const struct rsc_entry *rsc_table_find(const struct rsc_view *view, uint32_t type, unsigned int nth)
{
	unsigned int i;

	for (i = 0; i < view->num; i++) {
		if (view->entry[i].type == type && !nth--)
			return &view->entry[i];
	}
	return NULL;
}

const char *rsc_fault_text(enum rsc_fault what)
{
	static const char *const texts[] = {
		[RSC_OK] = "resource table is sound",
		[RSC_TOO_SHORT] = "resource table is cut short",
		[RSC_BAD_VERSION] = "resource table version is not 1",
		[RSC_TOO_MANY] = "resource table has too many entries",
		[RSC_BAD_OFFSET] = "resource entry lies outside the table",
		[RSC_ENTRY_CUT] = "resource entry does not fit into the table",
		[RSC_OVERLAP] = "resource entries overlap",
		[RSC_BAD_VRINGS] = "virtio device has too many vrings",
		[RSC_BAD_CONFIG_LEN] = "virtio config space does not fit into the table",
		[RSC_BAD_ALIGN] = "vring alignment is not a power of two from 4 to 65536",
		[RSC_BAD_NUM] = "vring size is not a power of two from 1 to 1024",
		[RSC_BAD_DA] = "vring address is misaligned or at the end of the address space",
		[RSC_BAD_NAME] = "name in a resource entry has no end",
		[RSC_BAD_LEN] = "length in a resource entry is impossible",
		[RSC_BAD_EPT_COUNT] = "endpoint table counts more than 64 endpoints",
	};

	return (unsigned int)what < RSC_FAULTS ? texts[what] : "unknown fault";
}
