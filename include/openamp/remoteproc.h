/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A remote processor: its memory, image, resource table, virtio devices and state, under
 * OpenAMP's names.
 *
 * States and what leads from one to the next (everything else is refused with -RPROC_EINVAL):
 *   Offline -config-> Ready -load-> Ready -start-> Running -stop-> Stopped -shutdown-> Offline,
 *   Ready -stop-> Stopped, Running -suspend-> Suspended -resume-> Running, Suspended -stop->
 *   Stopped, Error -stop-> Stopped; shutdown passes through Stopped where it must. Stopping what
 *   is Stopped or Offline and shutting down what is Offline do nothing. Loading and shutting down
 *   go from Configured too, which nothing here leads to. A driver that cannot stop or shut down
 *   leads to Error; one that fails to configure, start, suspend or resume leaves the state as it
 *   was.
 *
 * Locking: calls that change state take rproc->lock and call the driver's operations with it
 * held; the list of memories is set up before and not locked.
 */
#ifndef OPENAMP_REMOTEPROC_H
#define OPENAMP_REMOTEPROC_H

#include <stdbool.h>
#include <metal/compiler.h>
#include <metal/io.h>
#include <metal/list.h>
#include <metal/mutex.h>
#include <openamp/rsc_table.h>

METAL_C_BEGIN

struct loader_ops;
struct image_store_ops;
struct remoteproc_ops;
struct virtio_device;

struct remoteproc_mem {
	metal_phys_addr_t da; /* METAL_BAD_PHYS: same as pa */
	metal_phys_addr_t pa;
	size_t size;
	char name[RPROC_MAX_NAME_LEN];
	struct metal_io_region *io;
	struct metal_list node;
};

struct remoteproc {
	metal_mutex_t lock;
	void *rsc_table;
	size_t rsc_len;
	struct metal_io_region *rsc_io;
	struct metal_list mems;
	struct metal_list vdevs;
	unsigned long bitmap;
	const struct remoteproc_ops *ops;
	metal_phys_addr_t bootaddr;
	const struct loader_ops *loader;
	unsigned int state; /* enum remoteproc_state */
	void *priv;
	/* Not part of OpenAMP's structure. */
	uint16_t elf_machine; /* EM_* that images must have, 0: any */
	int load_state;	      /* remoteproc_load_noblock() between two calls */
	bool load_headers_done;
};

struct remoteproc_ops {
	struct remoteproc *(*init)(struct remoteproc *rproc, const struct remoteproc_ops *ops,
				   void *arg);
	void (*remove)(struct remoteproc *rproc);
	void *(*mmap)(struct remoteproc *rproc, metal_phys_addr_t *pa, metal_phys_addr_t *da,
		      size_t size, unsigned int attribute, struct metal_io_region **io);
	int (*handle_rsc)(struct remoteproc *rproc, void *rsc, size_t len);
	int (*config)(struct remoteproc *rproc, void *data);
	int (*start)(struct remoteproc *rproc);
	int (*stop)(struct remoteproc *rproc);
	int (*shutdown)(struct remoteproc *rproc);
	int (*notify)(struct remoteproc *rproc, uint32_t id);
	struct remoteproc_mem *(*get_mem)(struct remoteproc *rproc, const char *name,
					  metal_phys_addr_t pa, metal_phys_addr_t da, void *va,
					  size_t size, struct remoteproc_mem *buf);
	/* Not part of OpenAMP's structure. */
	int (*suspend)(struct remoteproc *rproc);
	int (*resume)(struct remoteproc *rproc);
};

#define RPROC_EBASE		      0
#define RPROC_ENOMEM		      (RPROC_EBASE + 1)
#define RPROC_EINVAL		      (RPROC_EBASE + 2)
#define RPROC_ENODEV		      (RPROC_EBASE + 3)
#define RPROC_EAGAIN		      (RPROC_EBASE + 4)
#define RPROC_ERR_RSC_TAB_TRUNC	      (RPROC_EBASE + 5)
#define RPROC_ERR_RSC_TAB_VER	      (RPROC_EBASE + 6)
#define RPROC_ERR_RSC_TAB_RSVD	      (RPROC_EBASE + 7)
#define RPROC_ERR_RSC_TAB_VDEV_NRINGS (RPROC_EBASE + 9)
#define RPROC_ERR_RSC_TAB_NP	      (RPROC_EBASE + 10)
#define RPROC_ERR_RSC_TAB_NS	      (RPROC_EBASE + 11)
#define RPROC_ERR_LOADER_STATE	      (RPROC_EBASE + 12)
#define RPROC_EMAX		      (RPROC_EBASE + 16)
#define RPROC_EPTR		      ((void *)(-1))
#define RPROC_EOF		      ((void *)(-1))

static inline long RPROC_PTR_ERR(const void *ptr)
{
	return (long)ptr;
}

static inline int RPROC_IS_ERR(const void *ptr)
{
	return (unsigned long)ptr >= (unsigned long)(-RPROC_EMAX);
}

static inline void *RPROC_ERR_PTR(long error)
{
	return (void *)error; /* NOLINT(performance-no-int-to-ptr): made for this */
}

enum remoteproc_state {
	RPROC_OFFLINE = 0,
	RPROC_CONFIGURED = 1,
	RPROC_READY = 2,
	RPROC_RUNNING = 3,
	RPROC_SUSPENDED = 4,
	RPROC_ERROR = 5,
	RPROC_STOPPED = 6,
	RPROC_LAST = 7,
};

/* The one table of legal transitions. */
bool remoteproc_state_allows(unsigned int from, unsigned int to);
/* "Offline" ... */
const char *remoteproc_state_name(unsigned int state);

/* NULL when ops->init refuses. rproc may be what ops->init returns instead. */
struct remoteproc *remoteproc_init(struct remoteproc *rproc, const struct remoteproc_ops *ops,
				   void *priv);
/* -RPROC_EAGAIN unless Offline. */
int remoteproc_remove(struct remoteproc *rproc);

void remoteproc_init_mem(struct remoteproc_mem *mem, const char *name, metal_phys_addr_t pa,
			 metal_phys_addr_t da, size_t size, struct metal_io_region *io);

static inline void remoteproc_add_mem(struct remoteproc *rproc, struct remoteproc_mem *mem)
{
	if (rproc && mem)
		metal_list_add_tail(&rproc->mems, &mem->node);
}

/* NULL when no memory of the remote contains it. */
struct metal_io_region *remoteproc_get_io_with_name(struct remoteproc *rproc, const char *name);
struct metal_io_region *remoteproc_get_io_with_pa(struct remoteproc *rproc, metal_phys_addr_t pa);
struct metal_io_region *remoteproc_get_io_with_da(struct remoteproc *rproc, metal_phys_addr_t da,
						  unsigned long *offset);
struct metal_io_region *remoteproc_get_io_with_va(struct remoteproc *rproc, void *va);

/*
 * Where size bytes at *pa, or at *da when pa is NULL or *pa METAL_BAD_PHYS, are mapped here; the
 * other address is filled in. NULL unless all of them lie in one memory of the remote.
 */
void *remoteproc_mmap(struct remoteproc *rproc, metal_phys_addr_t *pa, metal_phys_addr_t *da,
		      size_t size, unsigned int attribute, struct metal_io_region **io);

/* rsc_table stays where it is (the client uses it in place). 0 or -RPROC_*. */
int remoteproc_set_rsc_table(struct remoteproc *rproc, struct resource_table *rsc_table,
			     size_t rsc_size);

/* 0 or -RPROC_*, or what the driver's operation returned. */
int remoteproc_config(struct remoteproc *rproc, void *data);
int remoteproc_start(struct remoteproc *rproc);
int remoteproc_stop(struct remoteproc *rproc);
int remoteproc_suspend(struct remoteproc *rproc);
int remoteproc_resume(struct remoteproc *rproc);
int remoteproc_shutdown(struct remoteproc *rproc);

/*
 * Load an image: every segment is checked to lie in the remote's memory before its bytes are
 * written, the rest of its memory size is zeroed, the resource table is found, checked and set.
 */
int remoteproc_load(struct remoteproc *rproc, const char *path, void *store,
		    const struct image_store_ops *store_ops, void **img_info);

/*
 * The same piece by piece. Each call names what to bring next: *nlen bytes from *noffset of the
 * image, to local memory (then pass them in) where *pa is RPROC_LOAD_ANYADDR, else to *pa through
 * *io, followed by *padding up to *nmlen bytes. *nlen 0 with *pa RPROC_LOAD_ANYADDR: done, state
 * Ready. *img_info is NULL at first; after an error it is NULL again.
 */
int remoteproc_load_noblock(struct remoteproc *rproc, const void *img_data, size_t offset,
			    size_t len, void **img_info, metal_phys_addr_t *pa,
			    struct metal_io_region **io, size_t *noffset, size_t *nlen,
			    size_t *nmlen, unsigned char *padding);

/* RSC_NOTIFY_ID_ANY when none is free in start ... end - 1 (end 0: as many as there are). */
unsigned int remoteproc_allocate_id(struct remoteproc *rproc, unsigned int start, unsigned int end);

/*
 * vdev_id: index among the VDEV entries; the device of an entry exists once. Rings are placed where
 * the entry says; a device waits up to 15 s for the driver to say so (da FW_RSC_U32_ADDR_ANY).
 * NULL: failed.
 */
struct virtio_device *remoteproc_create_virtio(struct remoteproc *rproc, int vdev_id,
					       unsigned int role,
					       void (*rst_cb)(struct virtio_device *vdev));
void remoteproc_remove_virtio(struct remoteproc *rproc, struct virtio_device *vdev);

/* A doorbell came; RSC_NOTIFY_ID_ANY: look at everything. */
int remoteproc_get_notification(struct remoteproc *rproc, uint32_t notifyid);

METAL_C_END

#endif /* OPENAMP_REMOTEPROC_H */
