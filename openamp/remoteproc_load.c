/* SPDX-License-Identifier: BSD-3-Clause */
/* Loading an image: headers, resource table, segments; each address checked before it is used. */
#include <metal/alloc.h>
#include <metal/utilities.h>
#include <openamp/elf_loader.h>

#include "elf_fields.h"
#include "remoteproc_internal.h"

struct load {
	struct remoteproc *rproc;
	void *store;
	const struct image_store_ops *ops;
	void *info;
	int state;
};

/* Bring a range of the image into local memory. */
static int fetch(struct load *l, size_t offset, size_t len, const void **data)
{
	int ret = l->ops->load(l->store, offset, len, data, RPROC_LOAD_ANYADDR, NULL, 1);

	if (ret < 0)
		return ret;
	return (size_t)ret >= len && *data ? 0 : -RPROC_EINVAL;
}

static int load_headers(struct load *l, const void *data, size_t len)
{
	const struct loader_ops *loader = l->rproc->loader;
	size_t offset = 0, noffset, nlen, left = (size_t)-1;
	int ret;

	for (;;) {
		ret = loader->load_header(data, offset, len, &l->info, l->state, &noffset, &nlen);
		if (ret < 0)
			return ret;
		/* Each round must bring the loader on: a store that repeats itself ends here. */
		if (ret == l->state && nlen >= left)
			return -RPROC_ERR_LOADER_STATE;
		l->state = ret;
		left = nlen;
		if (!nlen)
			return ret & (int)RPROC_LOADER_READY_TO_LOAD ? 0 : -RPROC_ERR_LOADER_STATE;
		offset = noffset;
		len = nlen;
		ret = fetch(l, offset, len, &data);
		if (ret)
			return ret;
	}
}

static int load_segment(struct load *l, metal_phys_addr_t da, size_t offset, size_t len,
			size_t memsize, unsigned char padding)
{
	metal_phys_addr_t pa = METAL_BAD_PHYS;
	struct metal_io_region *io;
	const void *data;
	uint8_t *va;
	int ret;

	if (len > memsize || memsize > INT32_MAX)
		return -RPROC_EINVAL;
	va = remoteproc_mmap(l->rproc, &pa, &da, memsize, 0, &io);
	if (!va)
		return -RPROC_EINVAL;
	if (len) {
		ret = l->ops->load(l->store, offset, len, &data, pa, io, 1);
		if (ret < 0)
			return ret;
		if ((size_t)ret < len)
			return -RPROC_EINVAL;
	}
	metal_set_shared(va + len, padding, memsize - len);
	return 0;
}

static int load_segments(struct load *l)
{
	const struct loader_ops *loader = l->rproc->loader;
	size_t offset = 0, len = 0, memsize;
	unsigned char padding;
	metal_phys_addr_t da;
	int ret;

	for (;;) {
		ret = loader->load_data(l->rproc, NULL, offset, len, &l->info, l->state, &da,
					&offset, &len, &padding, &memsize);
		if (ret < 0)
			return ret;
		if (ret == l->state)
			return -RPROC_ERR_LOADER_STATE;
		l->state = ret;
		if (da == RPROC_LOAD_ANYADDR)
			return 0;
		ret = load_segment(l, da, offset, len, memsize, padding);
		if (ret)
			return ret;
	}
}

/* The table was loaded with its segment: check it where it is. None is no error. */
static int take_rsc_table(struct remoteproc *rproc, void *info)
{
	metal_phys_addr_t da;
	struct metal_io_region *io;
	size_t offset, size;
	void *table;

	if (!rproc->loader->locate_rsc_table ||
	    rproc->loader->locate_rsc_table(info, &da, &offset, &size))
		return 0;
	table = remoteproc_mmap(rproc, NULL, &da, size, 0, &io);
	if (!table)
		return -RPROC_ERR_RSC_TAB_TRUNC;
	return remoteproc_adopt_rsc_table(rproc, table, size, io);
}

static int choose_loader(struct remoteproc *rproc, const void *data, size_t len)
{
	if (rproc->loader && rproc->loader != &elf_ops)
		return 0; /* the driver's own format */
	if (elf_identify(data, len))
		return -RPROC_EINVAL;
	rproc->loader = &elf_ops;
	return 0;
}

/* Headers are complete: is the image for this remote at all? */
static int check_machine(const struct remoteproc *rproc, const void *info)
{
	if (rproc->loader != &elf_ops || !rproc->elf_machine)
		return 0;
	return elf_info_machine(info) == rproc->elf_machine ? 0 : -RPROC_EINVAL;
}

static int finish(struct remoteproc *rproc, void *info)
{
	int ret = take_rsc_table(rproc, info);

	if (ret)
		return ret;
	rproc->bootaddr = rproc->loader->get_entry(info);
	rproc->state = RPROC_READY;
	return 0;
}

static int load_opened(struct load *l, const void *data, size_t len)
{
	int ret = choose_loader(l->rproc, data, len);

	if (!ret)
		ret = load_headers(l, data, len);
	if (!ret)
		ret = check_machine(l->rproc, l->info);
	if (!ret)
		ret = load_segments(l);
	if (!ret)
		ret = finish(l->rproc, l->info);
	return ret;
}

static bool may_load(const struct remoteproc *rproc)
{
	return rproc->state == RPROC_READY || rproc->state == RPROC_CONFIGURED;
}

int remoteproc_load(struct remoteproc *rproc, const char *path, void *store,
		    const struct image_store_ops *store_ops, void **img_info)
{
	struct load l = { rproc, store, store_ops, NULL, (int)RPROC_LOADER_NOT_READY };
	const void *data = NULL;
	int ret;

	if (!rproc)
		return -RPROC_ENODEV;
	if (!store_ops || !store_ops->open || !store_ops->load)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	if (!may_load(rproc)) {
		metal_mutex_release(&rproc->lock);
		return -RPROC_EINVAL;
	}
	ret = store_ops->open(store, path, &data);
	if (ret > 0 && data)
		ret = load_opened(&l, data, (size_t)ret);
	else if (ret >= 0)
		ret = -RPROC_EINVAL;
	/* The caller may keep what was learned of the image, as long as loading succeeded. */
	if (img_info && !ret)
		*img_info = l.info;
	else if (l.info)
		rproc->loader->release(l.info);
	if (store_ops->close)
		store_ops->close(store);
	metal_mutex_release(&rproc->lock);
	return ret;
}

/* The step after the headers: what to load next, or the end. */
static int next_segment(struct remoteproc *rproc, void **img_info, int *state,
			metal_phys_addr_t *pa, struct metal_io_region **io, size_t *noffset,
			size_t *nlen, size_t *nmlen, unsigned char *padding)
{
	metal_phys_addr_t da;
	int ret;

	ret = rproc->loader->load_data(rproc, NULL, 0, 0, img_info, *state, &da, noffset, nlen,
				       padding, nmlen);
	if (ret < 0)
		return ret;
	*state = ret;
	if (da == RPROC_LOAD_ANYADDR)
		return finish(rproc, *img_info);
	*pa = METAL_BAD_PHYS;
	return remoteproc_mmap(rproc, pa, &da, *nmlen, 0, io) ? 0 : -RPROC_EINVAL;
}

static int noblock_step(struct remoteproc *rproc, const void *img_data, size_t offset, size_t len,
			void **img_info, metal_phys_addr_t *pa, struct metal_io_region **io,
			size_t *noffset, size_t *nlen, size_t *nmlen, unsigned char *padding)
{
	int ret;

	if (!*img_info) {
		rproc->load_state = (int)RPROC_LOADER_NOT_READY;
		rproc->load_headers_done = false;
		ret = choose_loader(rproc, img_data, len);
		if (ret)
			return ret;
	}
	if (!rproc->load_headers_done) {
		ret = rproc->loader->load_header(img_data, offset, len, img_info, rproc->load_state,
						 noffset, nlen);
		if (ret < 0)
			return ret;
		rproc->load_state = ret;
		if (*nlen)
			return 0;
		if (!(ret & (int)RPROC_LOADER_READY_TO_LOAD))
			return -RPROC_ERR_LOADER_STATE;
		ret = check_machine(rproc, *img_info);
		if (ret)
			return ret;
		rproc->load_headers_done = true;
	}
	return next_segment(rproc, img_info, &rproc->load_state, pa, io, noffset, nlen, nmlen,
			    padding);
}

int remoteproc_load_noblock(struct remoteproc *rproc, const void *img_data, size_t offset,
			    size_t len, void **img_info, metal_phys_addr_t *pa,
			    struct metal_io_region **io, size_t *noffset, size_t *nlen,
			    size_t *nmlen, unsigned char *padding)
{
	int ret;

	if (!rproc)
		return -RPROC_ENODEV;
	if (!img_info || !pa || !io || !noffset || !nlen || !nmlen || !padding ||
	    (!img_data && len))
		return -RPROC_EINVAL;
	*pa = RPROC_LOAD_ANYADDR;
	*io = NULL;
	*noffset = 0;
	*nlen = 0;
	*nmlen = 0;
	*padding = 0;
	metal_mutex_acquire(&rproc->lock);
	if (!may_load(rproc))
		ret = -RPROC_EINVAL;
	else
		ret = noblock_step(rproc, img_data, offset, len, img_info, pa, io, noffset, nlen,
				   nmlen, padding);
	if (ret && *img_info) {
		rproc->loader->release(*img_info);
		*img_info = NULL;
	}
	metal_mutex_release(&rproc->lock);
	return ret;
}
