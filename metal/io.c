/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/errno.h>
#include <metal/io.h>

/* In a minimal client a region is plain memory in one piece. */
#define HAS(io, operation) (!METAL_IS_MINIMAL && (io)->ops.operation)

void metal_io_init(struct metal_io_region *io, void *virt, const metal_phys_addr_t *physmap,
		   size_t size, unsigned int page_shift, unsigned int mem_flags,
		   const struct metal_io_ops *ops)
{
	if (!METAL_IS_MINIMAL)
		memset(io, 0, sizeof(*io));
	io->virt = virt;
	io->physmap = physmap;
	io->size = size;
	io->page_shift = page_shift;
	io->page_mask = METAL_IS_MINIMAL || page_shift >= 8 * sizeof(io->page_mask)
				? (metal_phys_addr_t)-1
				: (1UL << page_shift) - 1;
	io->mem_flags = mem_flags;
	if (!METAL_IS_MINIMAL && ops)
		io->ops = *ops;
}

void metal_io_finish(struct metal_io_region *io)
{
	if (HAS(io, close))
		io->ops.close(io);
	memset(io, 0, sizeof(*io));
}

static bool one_piece(const struct metal_io_region *io)
{
	return METAL_IS_MINIMAL || io->page_mask == (metal_phys_addr_t)-1;
}

metal_phys_addr_t metal_io_phys(struct metal_io_region *io, unsigned long offset)
{
	unsigned long page;

	if (HAS(io, offset_to_phys))
		return io->ops.offset_to_phys(io, offset);
	if (!io->physmap || offset >= io->size)
		return METAL_BAD_PHYS;
	page = one_piece(io) ? 0 : offset >> io->page_shift;
	return io->physmap[page] + (offset & io->page_mask);
}

unsigned long metal_io_phys_to_offset(struct metal_io_region *io, metal_phys_addr_t phys)
{
	unsigned long offset, page;

	if (HAS(io, phys_to_offset))
		return io->ops.phys_to_offset(io, phys);
	if (METAL_MISTAKE(!io->physmap))
		return METAL_BAD_OFFSET;
	if (one_piece(io)) {
		offset = phys - io->physmap[0];
		return offset < io->size ? offset : METAL_BAD_OFFSET;
	}
	for (page = 0; page << io->page_shift < io->size; page++) {
		offset = (page << io->page_shift) + (phys & io->page_mask);
		if (offset < io->size && metal_io_phys(io, offset) == phys)
			return offset;
	}
	return METAL_BAD_OFFSET;
}

/* Are the addresses of offset ... offset + len - 1 one behind the other on the far side too? */
static bool contiguous(struct metal_io_region *io, unsigned long offset, metal_phys_addr_t phys,
		       size_t len)
{
	unsigned long page;

	if (one_piece(io) || HAS(io, phys_to_offset))
		return true;
	for (page = (offset & ~io->page_mask) + io->page_mask + 1; page < offset + len;
	     page += io->page_mask + 1) {
		if (metal_io_phys(io, page) != phys + (page - offset))
			return false;
	}
	return true;
}

void *metal_io_phys_range(struct metal_io_region *io, metal_phys_addr_t phys, size_t len)
{
	unsigned long offset =
		METAL_IS_MINIMAL ? phys - io->physmap[0] : metal_io_phys_to_offset(io, phys);

	if (METAL_IS_MINIMAL)
		return metal_io_range_ok(io, offset, len) ? (char *)io->virt + offset : NULL;
	if (offset == METAL_BAD_OFFSET || !metal_io_range_ok(io, offset, len) ||
	    !contiguous(io, offset, phys, len))
		return NULL;
	return metal_io_virt(io, offset);
}

static void *word_at(struct metal_io_region *io, unsigned long offset, int width)
{
	if (width != 1 && width != 2 && width != 4 && width != 8)
		return NULL;
	if (!metal_io_range_ok(io, offset, (size_t)width) || !metal_io_is_mapped(io) ||
	    ((uintptr_t)io->virt + offset) % (unsigned int)width)
		return NULL;
	return (char *)io->virt + offset;
}

uint64_t metal_io_read(struct metal_io_region *io, unsigned long offset, memory_order order,
		       int width)
{
	const void *p = word_at(io, offset, width);

	if (HAS(io, read))
		return io->ops.read(io, offset, order, width);
	if (!p)
		return 0;
	switch (width) {
	case 1:
		return __atomic_load_n((const uint8_t *)p, __ATOMIC_SEQ_CST);
	case 2:
		return __atomic_load_n((const metal_shared16_t *)p, __ATOMIC_SEQ_CST);
	case 4:
		return __atomic_load_n((const metal_shared32_t *)p, __ATOMIC_SEQ_CST);
	default:
		return __atomic_load_n((const metal_shared64_t *)p, __ATOMIC_SEQ_CST);
	}
}

void metal_io_write(struct metal_io_region *io, unsigned long offset, uint64_t value,
		    memory_order order, int width)
{
	void *p = word_at(io, offset, width);

	if (HAS(io, write)) {
		io->ops.write(io, offset, value, order, width);
		return;
	}
	if (!p)
		return;
	/* A release store, and a barrier behind it where more is asked for: a sequentially
	 * consistent store may be an exchange, which not all memory can do. */
	switch (width) {
	case 1:
		__atomic_store_n((uint8_t *)p, (uint8_t)value, __ATOMIC_RELEASE);
		break;
	case 2:
		__atomic_store_n((metal_shared16_t *)p, (uint16_t)value, __ATOMIC_RELEASE);
		break;
	case 4:
		__atomic_store_n((metal_shared32_t *)p, (uint32_t)value, __ATOMIC_RELEASE);
		break;
	default:
		__atomic_store_n((metal_shared64_t *)p, value, __ATOMIC_RELEASE);
		break;
	}
	if (order == memory_order_seq_cst)
		metal_full_barrier();
}

/* Bytes of offset ... offset + len - 1 that exist, or a negative error. */
static int clamp(struct metal_io_region *io, unsigned long offset, int len)
{
	if (len < 0)
		return -EINVAL;
	if (offset >= io->size || !metal_io_is_mapped(io))
		return -ERANGE;
	return (size_t)len > io->size - offset ? (int)(io->size - offset) : len;
}

int metal_io_block_read(struct metal_io_region *io, unsigned long offset, void *restrict dst,
			int len)
{
	len = clamp(io, offset, len);
	if (len < 0)
		return len;
	if (HAS(io, block_read))
		return io->ops.block_read(io, offset, dst, memory_order_seq_cst, len);
	metal_copy_from_shared(dst, (char *)io->virt + offset, (size_t)len);
	return len;
}

int metal_io_block_write(struct metal_io_region *io, unsigned long offset, const void *restrict src,
			 int len)
{
	len = clamp(io, offset, len);
	if (len < 0)
		return len;
	if (HAS(io, block_write))
		return io->ops.block_write(io, offset, src, memory_order_seq_cst, len);
	metal_copy_to_shared((char *)io->virt + offset, src, (size_t)len);
	return len;
}

int metal_io_block_set(struct metal_io_region *io, unsigned long offset, unsigned char value,
		       int len)
{
	len = clamp(io, offset, len);
	if (len < 0)
		return len;
	if (HAS(io, block_set)) {
		io->ops.block_set(io, offset, value, memory_order_seq_cst, len);
		return len;
	}
	metal_set_shared((char *)io->virt + offset, value, (size_t)len);
	return len;
}
