/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * I/O regions: memory with a virtual address here and a physical (device) address over there.
 *
 * All accesses are naturally aligned words, so that a region may be mapped as Device memory; the
 * block functions use no access that crosses its own size. Every function checks its range; none
 * trusts an offset or a physical address.
 */
#ifndef METAL_IO_H
#define METAL_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <metal/assert.h>
#include <metal/atomic.h>
#include <metal/compiler.h>
#include <metal/cpu.h>
#include <metal/sys.h>

METAL_C_BEGIN

struct metal_io_region;

/* All optional; where one is missing the region is plain memory. */
struct metal_io_ops {
	uint64_t (*read)(struct metal_io_region *io, unsigned long offset, memory_order order,
			 int width);
	void (*write)(struct metal_io_region *io, unsigned long offset, uint64_t value,
		      memory_order order, int width);
	int (*block_read)(struct metal_io_region *io, unsigned long offset,
			  void *METAL_RESTRICT dst, memory_order order, int len);
	int (*block_write)(struct metal_io_region *io, unsigned long offset,
			   const void *METAL_RESTRICT src, memory_order order, int len);
	void (*block_set)(struct metal_io_region *io, unsigned long offset, unsigned char value,
			  memory_order order, int len);
	void (*close)(struct metal_io_region *io);
	metal_phys_addr_t (*offset_to_phys)(struct metal_io_region *io, unsigned long offset);
	unsigned long (*phys_to_offset)(struct metal_io_region *io, metal_phys_addr_t phys);
};

struct metal_io_region {
	void *virt;
	const metal_phys_addr_t *physmap; /* one entry per page; not copied */
	size_t size;
	unsigned long page_shift;
	metal_phys_addr_t page_mask;
	unsigned int mem_flags;
	struct metal_io_ops ops;
};

/*
 * page_shift: log2 of the page size, (unsigned int)-1 for one contiguous piece. physmap and virt
 * stay the caller's; ops (may be NULL) is copied.
 */
void metal_io_init(struct metal_io_region *io, void *virt, const metal_phys_addr_t *physmap,
		   size_t size, unsigned int page_shift, unsigned int mem_flags,
		   const struct metal_io_ops *ops);
void metal_io_finish(struct metal_io_region *io);

/*
 * Called for each region of a device that is opened. Client: fills in what is missing through the
 * porting layer, the virtual address from physmap[0] (virt METAL_BAD_VA) or the translation of
 * addresses (no physmap, no ops). Linux: whoever registered the device has mapped it.
 */
void metal_sys_io_mem_map(struct metal_io_region *io);

static inline size_t metal_io_region_size(struct metal_io_region *io)
{
	return io->size;
}

/* virt METAL_BAD_VA: a region that only its ops can reach. */
static inline bool metal_io_is_mapped(const struct metal_io_region *io)
{
	return (uintptr_t)io->virt != (uintptr_t)-1;
}

/* NULL when out of range. */
static inline void *metal_io_virt(struct metal_io_region *io, unsigned long offset)
{
	return metal_io_is_mapped(io) && offset < io->size ? (char *)io->virt + offset : NULL;
}

/* METAL_BAD_OFFSET when out of range. */
static inline unsigned long metal_io_virt_to_offset(struct metal_io_region *io, const void *virt)
{
	size_t offset = (uintptr_t)virt - (uintptr_t)io->virt;

	return offset < io->size ? offset : METAL_BAD_OFFSET;
}

/* METAL_BAD_PHYS, METAL_BAD_OFFSET when out of range. */
metal_phys_addr_t metal_io_phys(struct metal_io_region *io, unsigned long offset);
unsigned long metal_io_phys_to_offset(struct metal_io_region *io, metal_phys_addr_t phys);

static inline void *metal_io_phys_to_virt(struct metal_io_region *io, metal_phys_addr_t phys)
{
	return metal_io_virt(io, metal_io_phys_to_offset(io, phys));
}

static inline metal_phys_addr_t metal_io_virt_to_phys(struct metal_io_region *io, const void *virt)
{
	return metal_io_phys(io, metal_io_virt_to_offset(io, virt));
}

/* Are offset ... offset + len - 1 inside the region? len 0 is inside where its offset is. */
static inline bool metal_io_range_ok(struct metal_io_region *io, unsigned long offset, size_t len)
{
	return offset <= io->size && len <= io->size - offset;
}

/* Address of len bytes at phys, contiguous on both sides; NULL when any of them is outside. */
void *metal_io_phys_range(struct metal_io_region *io, metal_phys_addr_t phys, size_t len);

/* width 1, 2, 4, 8; offset naturally aligned; otherwise reads give 0 and writes do nothing. */
uint64_t metal_io_read(struct metal_io_region *io, unsigned long offset, memory_order order,
		       int width);
void metal_io_write(struct metal_io_region *io, unsigned long offset, uint64_t value,
		    memory_order order, int width);

#define metal_io_read8_explicit(io, ofs, order)	      metal_io_read((io), (ofs), (order), 1)
#define metal_io_read16_explicit(io, ofs, order)      metal_io_read((io), (ofs), (order), 2)
#define metal_io_read32_explicit(io, ofs, order)      metal_io_read((io), (ofs), (order), 4)
#define metal_io_read64_explicit(io, ofs, order)      metal_io_read((io), (ofs), (order), 8)
#define metal_io_write8_explicit(io, ofs, val, order) metal_io_write((io), (ofs), (val), (order), 1)
#define metal_io_write16_explicit(io, ofs, val, order) \
	metal_io_write((io), (ofs), (val), (order), 2)
#define metal_io_write32_explicit(io, ofs, val, order) \
	metal_io_write((io), (ofs), (val), (order), 4)
#define metal_io_write64_explicit(io, ofs, val, order) \
	metal_io_write((io), (ofs), (val), (order), 8)
#define metal_io_read8(io, ofs)	       metal_io_read((io), (ofs), memory_order_seq_cst, 1)
#define metal_io_read16(io, ofs)       metal_io_read((io), (ofs), memory_order_seq_cst, 2)
#define metal_io_read32(io, ofs)       metal_io_read((io), (ofs), memory_order_seq_cst, 4)
#define metal_io_read64(io, ofs)       metal_io_read((io), (ofs), memory_order_seq_cst, 8)
#define metal_io_write8(io, ofs, val)  metal_io_write((io), (ofs), (val), memory_order_seq_cst, 1)
#define metal_io_write16(io, ofs, val) metal_io_write((io), (ofs), (val), memory_order_seq_cst, 2)
#define metal_io_write32(io, ofs, val) metal_io_write((io), (ofs), (val), memory_order_seq_cst, 4)
#define metal_io_write64(io, ofs, val) metal_io_write((io), (ofs), (val), memory_order_seq_cst, 8)

/* Bytes done (cut at the region's end, as libmetal does), or -ERANGE when offset is outside. */
int metal_io_block_read(struct metal_io_region *io, unsigned long offset, void *METAL_RESTRICT dst,
			int len);
int metal_io_block_write(struct metal_io_region *io, unsigned long offset,
			 const void *METAL_RESTRICT src, int len);
int metal_io_block_set(struct metal_io_region *io, unsigned long offset, unsigned char value,
		       int len);

/*
 * Copies to and from shared memory at any alignment: naturally aligned accesses to the shared
 * side only, words where its address allows. The other side is ordinary memory.
 */
void metal_copy_to_shared(void *shared, const void *src, size_t len);
void metal_copy_from_shared(void *dst, const void *shared, size_t len);
void metal_set_shared(void *shared, unsigned char value, size_t len);

METAL_C_END

#endif /* METAL_IO_H */
