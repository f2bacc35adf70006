/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of a remote processor: physical, device and own addresses of the same bytes. */
#include <metal/utilities.h>
#include <openamp/remoteproc.h>

void remoteproc_init_mem(struct remoteproc_mem *mem, const char *name, metal_phys_addr_t pa,
			 metal_phys_addr_t da, size_t size, struct metal_io_region *io)
{
	size_t i = 0;

	if (!mem || !io || !size)
		return;
	for (; name && i < sizeof(mem->name) - 1 && name[i]; i++)
		mem->name[i] = name[i];
	memset(mem->name + i, 0, sizeof(mem->name) - i);
	mem->pa = pa;
	mem->da = da;
	mem->size = size;
	mem->io = io;
	metal_list_init(&mem->node);
}

static metal_phys_addr_t mem_da(const struct remoteproc_mem *mem)
{
	return mem->da == METAL_BAD_PHYS ? mem->pa : mem->da;
}

static bool holds(metal_phys_addr_t base, size_t have, metal_phys_addr_t addr, size_t size)
{
	return addr >= base && addr - base <= have && size <= have - (addr - base) &&
	       addr - base < have;
}

enum key { BY_NAME, BY_PA, BY_DA, BY_VA };

struct wanted {
	enum key key;
	const char *name;
	metal_phys_addr_t addr;
	void *va;
	size_t size;
};

static bool matches(const struct remoteproc_mem *mem, const struct wanted *w)
{
	switch (w->key) {
	case BY_NAME:
		return strncmp(mem->name, w->name, sizeof(mem->name)) == 0;
	case BY_PA:
		return holds(mem->pa, mem->size, w->addr, w->size);
	case BY_DA:
		return holds(mem_da(mem), mem->size, w->addr, w->size);
	default:
		return metal_io_virt_to_offset(mem->io, w->va) != METAL_BAD_OFFSET;
	}
}

/* The memory that holds it: among those added, else whatever the driver says. */
static struct remoteproc_mem *find(struct remoteproc *rproc, const struct wanted *w,
				   struct remoteproc_mem *buf)
{
	struct metal_list *node;
	struct remoteproc_mem *mem;

	metal_list_for_each (&rproc->mems, node) {
		mem = metal_container_of(node, struct remoteproc_mem, node);
		if (matches(mem, w))
			return mem;
	}
	if (!rproc->ops->get_mem)
		return NULL;
	memset(buf, 0, sizeof(*buf));
	mem = rproc->ops->get_mem(rproc, w->key == BY_NAME ? w->name : NULL,
				  w->key == BY_PA ? w->addr : METAL_BAD_PHYS,
				  w->key == BY_DA ? w->addr : METAL_BAD_PHYS,
				  w->key == BY_VA ? w->va : NULL, w->size, buf);
	return mem && mem->io && matches(mem, w) ? mem : NULL;
}

struct metal_io_region *remoteproc_get_io_with_name(struct remoteproc *rproc, const char *name)
{
	struct wanted w = { .key = BY_NAME, .name = name };
	struct remoteproc_mem buf, *mem;

	mem = rproc && name ? find(rproc, &w, &buf) : NULL;
	return mem ? mem->io : NULL;
}

struct metal_io_region *remoteproc_get_io_with_pa(struct remoteproc *rproc, metal_phys_addr_t pa)
{
	struct wanted w = { .key = BY_PA, .addr = pa };
	struct remoteproc_mem buf, *mem;

	mem = rproc ? find(rproc, &w, &buf) : NULL;
	return mem ? mem->io : NULL;
}

/* Offset in its I/O region of a device address in mem. */
static unsigned long da_to_offset(const struct remoteproc_mem *mem, metal_phys_addr_t da)
{
	return metal_io_phys_to_offset(mem->io, mem->pa + (da - mem_da(mem)));
}

struct metal_io_region *remoteproc_get_io_with_da(struct remoteproc *rproc, metal_phys_addr_t da,
						  unsigned long *offset)
{
	struct wanted w = { .key = BY_DA, .addr = da };
	struct remoteproc_mem buf, *mem;
	unsigned long ofs;

	mem = rproc ? find(rproc, &w, &buf) : NULL;
	ofs = mem ? da_to_offset(mem, da) : METAL_BAD_OFFSET;
	if (ofs == METAL_BAD_OFFSET)
		return NULL;
	if (offset)
		*offset = ofs;
	return mem->io;
}

struct metal_io_region *remoteproc_get_io_with_va(struct remoteproc *rproc, void *va)
{
	struct wanted w = { .key = BY_VA, .va = va };
	struct remoteproc_mem buf, *mem;

	mem = rproc ? find(rproc, &w, &buf) : NULL;
	return mem ? mem->io : NULL;
}

/* What the driver's own mmap gives is bounded by the region it gives with it. */
static void *driver_mmap(struct remoteproc *rproc, metal_phys_addr_t *pa, metal_phys_addr_t *da,
			 size_t size, unsigned int attribute, struct metal_io_region **io)
{
	struct metal_io_region *mapped = NULL;
	unsigned long offset;
	void *va;

	if (!rproc->ops->mmap)
		return NULL;
	va = rproc->ops->mmap(rproc, pa, da, size, attribute, &mapped);
	if (!va || !mapped)
		return NULL;
	offset = metal_io_virt_to_offset(mapped, va);
	if (offset == METAL_BAD_OFFSET || !metal_io_range_ok(mapped, offset, size))
		return NULL;
	if (io)
		*io = mapped;
	return va;
}

void *remoteproc_mmap(struct remoteproc *rproc, metal_phys_addr_t *pa, metal_phys_addr_t *da,
		      size_t size, unsigned int attribute, struct metal_io_region **io)
{
	struct wanted w = { .key = BY_PA, .size = size };
	metal_phys_addr_t lpa = METAL_BAD_PHYS, lda = METAL_BAD_PHYS;
	struct remoteproc_mem buf, *mem;
	void *va;

	if (!rproc || !size || (!pa && !da))
		return NULL;
	if (pa)
		lpa = *pa;
	if (da)
		lda = *da;
	if (lpa == METAL_BAD_PHYS) {
		if (lda == METAL_BAD_PHYS)
			return NULL;
		w.key = BY_DA;
	}
	w.addr = w.key == BY_PA ? lpa : lda;
	mem = find(rproc, &w, &buf);
	if (mem) {
		lpa = w.key == BY_PA ? lpa : mem->pa + (lda - mem_da(mem));
		lda = mem_da(mem) + (lpa - mem->pa);
		va = metal_io_phys_range(mem->io, lpa, size);
		if (va && io)
			*io = mem->io;
	} else {
		va = driver_mmap(rproc, &lpa, &lda, size, attribute, io);
	}
	if (va && pa)
		*pa = lpa;
	if (va && da)
		*da = lda;
	return va;
}
