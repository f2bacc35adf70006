/* SPDX-License-Identifier: BSD-3-Clause */
#include <openamp/elf_loader.h>
#include <openamp/open_amp.h>
#include <openamp/remoteproc_loader.h>
#include <openamp/rsc_table_parser.h>
#include <openamp/version.h>
#include <openamp/virtio_mmio.h>

#include "api.h"

VALUE(OPENAMP_VERSION_MAJOR, 1);
VALUE(OPENAMP_VERSION_MINOR, 8);
VALUE(OPENAMP_VERSION_PATCH, 0);

VALUE(RPMSG_NAME_SIZE, 32);
VALUE(RPMSG_ADDR_BMP_SIZE, 128);
VALUE(RPMSG_NS_EPT_ADDR, 0x35);
VALUE(RPMSG_RESERVED_ADDRESSES, 1024);
VALUE(RPMSG_ADDR_ANY, 0xffffffff);
VALUE(RPMSG_SUCCESS, 0);
VALUE(RPMSG_ERR_NO_MEM, -2001);
VALUE(RPMSG_ERR_NO_BUFF, -2002);
VALUE(RPMSG_ERR_PARAM, -2003);
VALUE(RPMSG_ERR_DEV_STATE, -2004);
VALUE(RPMSG_ERR_BUFF_SIZE, -2005);
VALUE(RPMSG_ERR_INIT, -2006);
VALUE(RPMSG_ERR_ADDR, -2007);
VALUE(RPMSG_ERR_PERM, -2008);
VALUE(RPMSG_EOPNOTSUPP, -2009);
VALUE(RPMSG_BUFFER_SIZE, 512);
VALUE(VIRTIO_RPMSG_F_NS, 0);
VALUE(RPMSG_HOST, VIRTIO_DEV_DRIVER);
VALUE(RPMSG_REMOTE, VIRTIO_DEV_DEVICE);
VALUE(VIRTIO_DEV_DRIVER, 0);
VALUE(VIRTIO_DEV_DEVICE, 1);
VALUE(ERROR_VRING_FULL, -3001);
VALUE(ERROR_INVLD_DESC_IDX, -3002);
VALUE(ERROR_EMPTY_RING, -3003);
VALUE(ERROR_NO_MEM, -3004);
VALUE(ERROR_VRING_MAX_DESC, -3005);
VALUE(ERROR_VRING_ALIGN, -3006);
VALUE(ERROR_VRING_NO_BUFF, -3007);
VALUE(ERROR_VQUEUE_INVLD_PARAM, -3008);
VALUE(VQ_RING_DESC_CHAIN_END, 32768);
VALUE(VIRTIO_RING_F_INDIRECT_DESC, 1 << 28);
VALUE(VIRTIO_RING_F_EVENT_IDX, 1 << 29);
VALUE(VIRTIO_F_NOTIFY_ON_EMPTY, 1 << 24);
VALUE(VIRTIO_F_ANY_LAYOUT, 1 << 27);
VALUE(VIRTIO_ID_RPMSG, 7);
VALUE(VIRTIO_ID_RDMA, 42);
VALUE(VIRTIO_CONFIG_STATUS_DRIVER_OK, 4);
VALUE(VIRTIO_CONFIG_STATUS_NEEDS_RESET, 0x40);
VALUE(VIRTIO_CONFIG_STATUS_FAILED, 0x80);
VALUE(VIRTIO_MMIO_VRING_ALIGNMENT, 4096);
VALUE(VIRTIO_MMIO_MAGIC_VALUE_STRING, 0x74726976);
VALUE(VIRTIO_MMIO_CONFIG, 0x100);
VALUE(RPROC_MAX_VRING_DESC, 65535);
VALUE(RPROC_ENOMEM, 1);
VALUE(RPROC_ERR_RSC_TAB_TRUNC, 5);
VALUE(RPROC_ERR_RSC_TAB_VDEV_NRINGS, 9);
VALUE(RPROC_ERR_LOADER_STATE, 12);
VALUE(RPROC_EMAX, 16);
VALUE(RPROC_OFFLINE, 0);
VALUE(RPROC_CONFIGURED, 1);
VALUE(RPROC_READY, 2);
VALUE(RPROC_RUNNING, 3);
VALUE(RPROC_SUSPENDED, 4);
VALUE(RPROC_ERROR, 5);
VALUE(RPROC_STOPPED, 6);
VALUE(RPROC_LAST, 7);
VALUE(RSC_CARVEOUT, 0);
VALUE(RSC_DEVMEM, 1);
VALUE(RSC_TRACE, 2);
VALUE(RSC_VDEV, 3);
VALUE(RSC_VENDOR_START, 128);
VALUE(RSC_VENDOR_END, 512);
VALUE(RSC_NOTIFY_ID_ANY, 0xffffffff);
VALUE(FW_RSC_U32_ADDR_ANY, 0xffffffff);
VALUE(FW_RSC_U64_ADDR_ANY, 0xffffffffffffffff);
VALUE(RPROC_MAX_NAME_LEN, 32);
VALUE(SUPPORT_SEEK, 1);
VALUE(RPROC_LOAD_ANYADDR, (metal_phys_addr_t)-1);
VALUE(RSC_TAB_SUPPORTED_VERSION, 1);

SIZE(struct resource_table, 16);
SIZE(struct fw_rsc_hdr, 4);
SIZE(struct fw_rsc_carveout, 56);
SIZE(struct fw_rsc_devmem, 56);
SIZE(struct fw_rsc_trace, 48);
SIZE(struct fw_rsc_vdev_vring, 20);
SIZE(struct fw_rsc_vdev, 28);
SIZE(struct fw_rsc_vendor, 8);
SIZE(struct vring_desc, 16);
SIZE(struct vring_used_elem, 8);

typedef struct rpmsg_endpoint *ept;
typedef struct rpmsg_device *rdev;
typedef struct virtio_device *vdev;
typedef struct virtqueue *vq;
typedef struct remoteproc *rproc;
typedef struct metal_io_region *io;

FIELD(struct rpmsg_endpoint, name, char[32]);
FIELD(struct rpmsg_endpoint, rdev, rdev);
FIELD(struct rpmsg_endpoint, addr, uint32_t);
FIELD(struct rpmsg_endpoint, dest_addr, uint32_t);
FIELD(struct rpmsg_endpoint, cb, int (*)(ept, void *, size_t, uint32_t, void *));
FIELD(struct rpmsg_endpoint, release_cb, void (*)(ept));
FIELD(struct rpmsg_endpoint, ns_unbind_cb, void (*)(ept));
FIELD(struct rpmsg_endpoint, refcnt, uint32_t);
FIELD(struct rpmsg_endpoint, node, struct metal_list);
FIELD(struct rpmsg_endpoint, priv, void *);
FIELD(struct rpmsg_device_ops, send_offchannel_raw,
      int (*)(rdev, uint32_t, uint32_t, const void *, int, int));
FIELD(struct rpmsg_device_ops, hold_rx_buffer, void (*)(rdev, void *));
FIELD(struct rpmsg_device_ops, release_rx_buffer, void (*)(rdev, void *));
FIELD(struct rpmsg_device_ops, get_tx_payload_buffer, void *(*)(rdev, uint32_t *, int));
FIELD(struct rpmsg_device_ops, send_offchannel_nocopy,
      int (*)(rdev, uint32_t, uint32_t, const void *, int));
FIELD(struct rpmsg_device_ops, release_tx_buffer, int (*)(rdev, void *));
FIELD(struct rpmsg_device_ops, get_rx_buffer_size, int (*)(rdev));
FIELD(struct rpmsg_device_ops, get_tx_buffer_size, int (*)(rdev));
FIELD(struct rpmsg_device, endpoints, struct metal_list);
FIELD(struct rpmsg_device, ns_ept, struct rpmsg_endpoint);
FIELD(struct rpmsg_device, bitnext, unsigned int);
FIELD(struct rpmsg_device, lock, metal_mutex_t);
FIELD(struct rpmsg_device, ns_bind_cb, void (*)(rdev, const char *, uint32_t));
FIELD(struct rpmsg_device, ns_unbind_cb, void (*)(rdev, const char *, uint32_t));
FIELD(struct rpmsg_device, ops, struct rpmsg_device_ops);
FIELD(struct rpmsg_device, support_ns, bool);
FIELD(struct rpmsg_virtio_shm_pool, base, void *);
FIELD(struct rpmsg_virtio_shm_pool, avail, size_t);
FIELD(struct rpmsg_virtio_shm_pool, size, size_t);
FIELD(struct rpmsg_virtio_config, h2r_buf_size, uint32_t);
FIELD(struct rpmsg_virtio_config, r2h_buf_size, uint32_t);
FIELD(struct rpmsg_virtio_config, split_shpool, bool);
FIELD(struct rpmsg_virtio_device, rdev, struct rpmsg_device);
FIELD(struct rpmsg_virtio_device, config, struct rpmsg_virtio_config);
FIELD(struct rpmsg_virtio_device, vdev, vdev);
FIELD(struct rpmsg_virtio_device, rvq, vq);
FIELD(struct rpmsg_virtio_device, svq, vq);
FIELD(struct rpmsg_virtio_device, shbuf_io, io);
FIELD(struct rpmsg_virtio_device, shpool, struct rpmsg_virtio_shm_pool *);
FIELD(struct rpmsg_virtio_device, reclaimer, struct metal_list);
FIELD(struct rpmsg_virtio_device, notify_wait_cb, int (*)(rdev, uint32_t));
FIELD(struct virtio_device_id, device, uint32_t);
FIELD(struct virtio_device_id, vendor, uint32_t);
FIELD(struct virtio_device_id, version, uint32_t);
FIELD(struct virtio_feature_desc, vfd_val, uint32_t);
FIELD(struct virtio_feature_desc, vfd_str, const char *);
FIELD(struct virtio_vring_info, vq, vq);
FIELD(struct virtio_vring_info, info, struct vring_alloc_info);
FIELD(struct virtio_vring_info, notifyid, uint32_t);
FIELD(struct virtio_vring_info, io, io);
FIELD(struct virtio_device, notifyid, uint32_t);
FIELD(struct virtio_device, id, struct virtio_device_id);
FIELD(struct virtio_device, features, uint64_t);
FIELD(struct virtio_device, role, unsigned int);
FIELD(struct virtio_device, reset_cb, void (*)(vdev));
FIELD(struct virtio_device, func, const struct virtio_dispatch *);
FIELD(struct virtio_device, mmops, const struct virtio_memory_ops *);
FIELD(struct virtio_device, priv, void *);
FIELD(struct virtio_device, vrings_num, unsigned int);
FIELD(struct virtio_device, vrings_info, struct virtio_vring_info *);
FIELD(struct virtio_dispatch, create_virtqueues,
      int (*)(vdev, unsigned int, unsigned int, const char *[], vq_callback[], void *[]));
FIELD(struct virtio_dispatch, delete_virtqueues, void (*)(vdev));
FIELD(struct virtio_dispatch, get_status, uint8_t (*)(vdev));
FIELD(struct virtio_dispatch, set_status, void (*)(vdev, uint8_t));
FIELD(struct virtio_dispatch, get_features, uint32_t (*)(vdev));
FIELD(struct virtio_dispatch, set_features, void (*)(vdev, uint32_t));
FIELD(struct virtio_dispatch, negotiate_features, uint32_t (*)(vdev, uint32_t));
FIELD(struct virtio_dispatch, read_config, void (*)(vdev, uint32_t, void *, int));
FIELD(struct virtio_dispatch, write_config, void (*)(vdev, uint32_t, void *, int));
FIELD(struct virtio_dispatch, reset_device, void (*)(vdev));
FIELD(struct virtio_dispatch, notify, void (*)(vq));
FIELD(struct virtio_memory_ops, alloc, void *(*)(vdev, size_t, size_t));
FIELD(struct virtio_memory_ops, free, void (*)(vdev, void *));
FIELD(struct virtqueue_buf, buf, void *);
FIELD(struct virtqueue_buf, len, int);
FIELD(struct vq_desc_extra, cookie, void *);
FIELD(struct vq_desc_extra, ndescs, uint16_t);
FIELD(struct virtqueue, vq_dev, vdev);
FIELD(struct virtqueue, vq_name, const char *);
FIELD(struct virtqueue, vq_queue_index, uint16_t);
FIELD(struct virtqueue, vq_nentries, uint16_t);
FIELD(struct virtqueue, callback, void (*)(vq));
FIELD(struct virtqueue, priv, void *);
FIELD(struct virtqueue, notify, void (*)(vq));
FIELD(struct virtqueue, vq_ring, struct vring);
FIELD(struct virtqueue, vq_free_cnt, uint16_t);
FIELD(struct virtqueue, vq_queued_cnt, uint16_t);
FIELD(struct virtqueue, shm_io, void *);
FIELD(struct virtqueue, vq_desc_head_idx, uint16_t);
FIELD(struct virtqueue, vq_used_cons_idx, uint16_t);
FIELD(struct virtqueue, vq_available_idx, uint16_t);
FIELD(struct virtqueue, vq_descx[0], struct vq_desc_extra);
FIELD(struct vring_alloc_info, vaddr, void *);
FIELD(struct vring_alloc_info, align, uint32_t);
FIELD(struct vring_alloc_info, num_descs, uint16_t);
FIELD(struct vring_alloc_info, pad, uint16_t);
FIELD(struct vring, num, unsigned int);
FIELD(struct vring, desc, struct vring_desc *);
FIELD(struct vring, avail, struct vring_avail *);
FIELD(struct vring, used, struct vring_used *);
FIELD(struct remoteproc_mem, da, metal_phys_addr_t);
FIELD(struct remoteproc_mem, pa, metal_phys_addr_t);
FIELD(struct remoteproc_mem, size, size_t);
FIELD(struct remoteproc_mem, name, char[32]);
FIELD(struct remoteproc_mem, io, io);
FIELD(struct remoteproc_mem, node, struct metal_list);
FIELD(struct remoteproc, lock, metal_mutex_t);
FIELD(struct remoteproc, rsc_table, void *);
FIELD(struct remoteproc, rsc_len, size_t);
FIELD(struct remoteproc, rsc_io, io);
FIELD(struct remoteproc, mems, struct metal_list);
FIELD(struct remoteproc, vdevs, struct metal_list);
FIELD(struct remoteproc, bitmap, unsigned long);
FIELD(struct remoteproc, ops, const struct remoteproc_ops *);
FIELD(struct remoteproc, bootaddr, metal_phys_addr_t);
FIELD(struct remoteproc, loader, const struct loader_ops *);
FIELD(struct remoteproc, state, unsigned int);
FIELD(struct remoteproc, priv, void *);
FIELD(struct remoteproc_ops, init, rproc (*)(rproc, const struct remoteproc_ops *, void *));
FIELD(struct remoteproc_ops, remove, void (*)(rproc));
FIELD(struct remoteproc_ops, mmap,
      void *(*)(rproc, metal_phys_addr_t *, metal_phys_addr_t *, size_t, unsigned int, io *));
FIELD(struct remoteproc_ops, handle_rsc, int (*)(rproc, void *, size_t));
FIELD(struct remoteproc_ops, config, int (*)(rproc, void *));
FIELD(struct remoteproc_ops, start, int (*)(rproc));
FIELD(struct remoteproc_ops, stop, int (*)(rproc));
FIELD(struct remoteproc_ops, shutdown, int (*)(rproc));
FIELD(struct remoteproc_ops, notify, int (*)(rproc, uint32_t));
FIELD(struct remoteproc_ops, get_mem,
      struct remoteproc_mem *(*)(rproc, const char *, metal_phys_addr_t, metal_phys_addr_t, void *,
				 size_t, struct remoteproc_mem *));
FIELD(struct remoteproc_virtio, priv, void *);
FIELD(struct remoteproc_virtio, vdev_rsc, void *);
FIELD(struct remoteproc_virtio, vdev_rsc_io, io);
FIELD(struct remoteproc_virtio, notify, int (*)(void *, uint32_t));
FIELD(struct remoteproc_virtio, vdev, struct virtio_device);
FIELD(struct remoteproc_virtio, node, struct metal_list);
FIELD(struct image_store_ops, open, int (*)(void *, const char *, const void **));
FIELD(struct image_store_ops, close, void (*)(void *));
FIELD(struct image_store_ops, load,
      int (*)(void *, size_t, size_t, const void **, metal_phys_addr_t, io, char));
FIELD(struct image_store_ops, features, unsigned int);
FIELD(struct virtio_mmio_dev_mem, base, void *);
FIELD(struct virtio_mmio_dev_mem, size, size_t);
FIELD(struct virtio_mmio_device, vdev, struct virtio_device);
FIELD(struct virtio_mmio_device, cfg_io, io);
FIELD(struct virtio_mmio_device, shm_io, io);
FIELD(struct virtio_mmio_device, shm_device, struct metal_device);
FIELD(struct virtio_mmio_device, cfg_mem, struct virtio_mmio_dev_mem);
FIELD(struct virtio_mmio_device, shm_mem, struct virtio_mmio_dev_mem);
FIELD(struct virtio_mmio_device, device_mode, unsigned int);
FIELD(struct virtio_mmio_device, irq, unsigned int);
FIELD(struct virtio_mmio_device, user_data, void *);

static void rpmsg(void)
{
	FUNCTION(int, rpmsg_send_offchannel_raw, ept, uint32_t, uint32_t, const void *, int, int);
	FUNCTION(int, rpmsg_send, ept, const void *, int);
	FUNCTION(int, rpmsg_sendto, ept, const void *, int, uint32_t);
	FUNCTION(int, rpmsg_send_offchannel, ept, uint32_t, uint32_t, const void *, int);
	FUNCTION(int, rpmsg_trysend, ept, const void *, int);
	FUNCTION(int, rpmsg_trysendto, ept, const void *, int, uint32_t);
	FUNCTION(int, rpmsg_trysend_offchannel, ept, uint32_t, uint32_t, const void *, int);
	FUNCTION(void, rpmsg_hold_rx_buffer, ept, void *);
	FUNCTION(void, rpmsg_release_rx_buffer, ept, void *);
	FUNCTION(void *, rpmsg_get_tx_payload_buffer, ept, uint32_t *, int);
	FUNCTION(int, rpmsg_release_tx_buffer, ept, void *);
	FUNCTION(int, rpmsg_send_offchannel_nocopy, ept, uint32_t, uint32_t, const void *, int);
	FUNCTION(int, rpmsg_sendto_nocopy, ept, const void *, int, uint32_t);
	FUNCTION(int, rpmsg_send_nocopy, ept, const void *, int);
	FUNCTION(int, rpmsg_get_tx_buffer_size, ept);
	FUNCTION(int, rpmsg_get_rx_buffer_size, ept);
	FUNCTION(int, rpmsg_create_ept, ept, rdev, const char *, uint32_t, uint32_t, rpmsg_ept_cb,
		 rpmsg_ns_unbind_cb);
	FUNCTION(void, rpmsg_destroy_ept, ept);
	FUNCTION(unsigned int, is_rpmsg_ept_ready, ept);
	FUNCTION(ept, rpmsg_get_endpoint, rdev, const char *, uint32_t, uint32_t);
}

typedef struct rpmsg_virtio_device *rvdev;

static void rpmsg_virtio(void)
{
	FUNCTION(void, rpmsg_virtio_set_wait_cb, rvdev, rpmsg_virtio_notify_wait_cb);
	FUNCTION(unsigned int, rpmsg_virtio_get_role, rvdev);
	FUNCTION(void, rpmsg_virtio_set_status, rvdev, uint8_t);
	FUNCTION(uint8_t, rpmsg_virtio_get_status, rvdev);
	FUNCTION(uint32_t, rpmsg_virtio_get_features, rvdev);
	FUNCTION(void, rpmsg_virtio_read_config, rvdev, uint32_t, void *, int);
	FUNCTION(void, rpmsg_virtio_write_config, rvdev, uint32_t, void *, int);
	FUNCTION(int, rpmsg_virtio_create_virtqueues, rvdev, int, unsigned int, const char *[],
		 vq_callback *);
	FUNCTION(void, rpmsg_virtio_delete_virtqueues, rvdev);
	FUNCTION(int, rpmsg_virtio_get_tx_buffer_size, rdev);
	FUNCTION(int, rpmsg_virtio_get_rx_buffer_size, rdev);
	FUNCTION(int, rpmsg_virtio_get_buffer_size, rdev);
	FUNCTION(int, rpmsg_init_vdev, rvdev, vdev, rpmsg_ns_bind_cb, io,
		 struct rpmsg_virtio_shm_pool *);
	FUNCTION(int, rpmsg_init_vdev_with_config, rvdev, vdev, rpmsg_ns_bind_cb, io,
		 struct rpmsg_virtio_shm_pool *, const struct rpmsg_virtio_config *);
	FUNCTION(void, rpmsg_deinit_vdev, rvdev);
	FUNCTION(void, rpmsg_virtio_init_shm_pool, struct rpmsg_virtio_shm_pool *, void *, size_t);
	FUNCTION(rdev, rpmsg_virtio_get_rpmsg_device, rvdev);
	FUNCTION(void *, rpmsg_virtio_shm_pool_get_buffer, struct rpmsg_virtio_shm_pool *, size_t);
}

static void virtio(void)
{
	FUNCTION(const char *, virtio_dev_name, uint16_t);
	FUNCTION(void, virtio_describe, vdev, const char *, uint32_t, struct virtio_feature_desc *);
	FUNCTION(int, virtio_create_virtqueues, vdev, unsigned int, unsigned int, const char *[],
		 vq_callback[], void *[]);
	FUNCTION(void, virtio_delete_virtqueues, vdev);
	FUNCTION(uint32_t, virtio_get_devid, const struct virtio_device *);
	FUNCTION(int, virtio_get_status, vdev, uint8_t *);
	FUNCTION(int, virtio_set_status, vdev, uint8_t);
	FUNCTION(int, virtio_read_config, vdev, uint32_t, void *, int);
	FUNCTION(int, virtio_write_config, vdev, uint32_t, void *, int);
	FUNCTION(int, virtio_get_features, vdev, uint32_t *);
	FUNCTION(int, virtio_set_features, vdev, uint32_t);
	FUNCTION(int, virtio_negotiate_features, vdev, uint32_t, uint32_t *);
	FUNCTION(int, virtio_reset_device, vdev);
	FUNCTION(int, virtio_alloc_buf, vdev, void **, size_t, size_t);
	FUNCTION(int, virtio_free_buf, vdev, void *);
	FUNCTION(bool, virtio_has_feature, vdev, unsigned int);
	FUNCTION(void, virtio_mmio_register_device, vdev, int, vq *);
	FUNCTION(vq, virtio_mmio_setup_virtqueue, vdev, unsigned int, vq, void (*)(void *), void *,
		 const char *);
	FUNCTION(int, virtio_mmio_device_init, struct virtio_mmio_device *, uintptr_t, uintptr_t,
		 void *);
	FUNCTION(void, virtio_mmio_isr, vdev);
}

static void virtqueue(void)
{
	FUNCTION(int, virtqueue_create, vdev, unsigned short, const char *,
		 struct vring_alloc_info *, void (*)(vq), void (*)(vq), vq);
	FUNCTION(void, virtqueue_set_shmem_io, vq, io);
	FUNCTION(int, virtqueue_add_buffer, vq, struct virtqueue_buf *, int, int, void *);
	FUNCTION(void *, virtqueue_get_buffer, vq, uint32_t *, uint16_t *);
	FUNCTION(void *, virtqueue_get_available_buffer, vq, uint16_t *, uint32_t *);
	FUNCTION(int, virtqueue_add_consumed_buffer, vq, uint16_t, uint32_t);
	FUNCTION(void, virtqueue_disable_cb, vq);
	FUNCTION(int, virtqueue_enable_cb, vq);
	FUNCTION(void, virtqueue_kick, vq);
	FUNCTION(vq, virtqueue_allocate, unsigned int);
	FUNCTION(void, virtqueue_free, vq);
	FUNCTION(void, virtqueue_dump, vq);
	FUNCTION(void, virtqueue_notification, vq);
	FUNCTION(uint32_t, virtqueue_get_desc_size, vq);
	FUNCTION(uint32_t, virtqueue_get_buffer_length, vq, uint16_t);
	FUNCTION(void *, virtqueue_get_buffer_addr, vq, uint16_t);
	FUNCTION(int, virtqueue_empty, vq);
	FUNCTION(int, virtqueue_full, vq);
	FUNCTION(int, vring_size, unsigned int, unsigned long);
	FUNCTION(void, vring_init, struct vring *, unsigned int, uint8_t *, unsigned long);
	FUNCTION(int, vring_need_event, uint16_t, uint16_t, uint16_t);
}

static void remoteproc(void)
{
	FUNCTION(rproc, remoteproc_init, rproc, const struct remoteproc_ops *, void *);
	FUNCTION(int, remoteproc_remove, rproc);
	FUNCTION(void, remoteproc_init_mem, struct remoteproc_mem *, const char *,
		 metal_phys_addr_t, metal_phys_addr_t, size_t, io);
	FUNCTION(void, remoteproc_add_mem, rproc, struct remoteproc_mem *);
	FUNCTION(io, remoteproc_get_io_with_name, rproc, const char *);
	FUNCTION(io, remoteproc_get_io_with_pa, rproc, metal_phys_addr_t);
	FUNCTION(io, remoteproc_get_io_with_da, rproc, metal_phys_addr_t, unsigned long *);
	FUNCTION(io, remoteproc_get_io_with_va, rproc, void *);
	FUNCTION(void *, remoteproc_mmap, rproc, metal_phys_addr_t *, metal_phys_addr_t *, size_t,
		 unsigned int, io *);
	FUNCTION(int, remoteproc_set_rsc_table, rproc, struct resource_table *, size_t);
	FUNCTION(int, remoteproc_config, rproc, void *);
	FUNCTION(int, remoteproc_start, rproc);
	FUNCTION(int, remoteproc_stop, rproc);
	FUNCTION(int, remoteproc_shutdown, rproc);
	FUNCTION(int, remoteproc_load, rproc, const char *, void *, const struct image_store_ops *,
		 void **);
	FUNCTION(int, remoteproc_load_noblock, rproc, const void *, size_t, size_t, void **,
		 metal_phys_addr_t *, io *, size_t *, size_t *, size_t *, unsigned char *);
	FUNCTION(unsigned int, remoteproc_allocate_id, rproc, unsigned int, unsigned int);
	FUNCTION(vdev, remoteproc_create_virtio, rproc, int, unsigned int, void (*)(vdev));
	FUNCTION(void, remoteproc_remove_virtio, rproc, vdev);
	FUNCTION(int, remoteproc_get_notification, rproc, uint32_t);
	FUNCTION(vdev, rproc_virtio_create_vdev, unsigned int, unsigned int, void *, io, void *,
		 rpvdev_notify_func, virtio_dev_reset_cb);
	FUNCTION(void, rproc_virtio_remove_vdev, vdev);
	FUNCTION(int, rproc_virtio_init_vring, vdev, unsigned int, unsigned int, void *, io,
		 unsigned int, unsigned int);
	FUNCTION(int, rproc_virtio_notified, vdev, uint32_t);
	FUNCTION(void, rproc_virtio_wait_remote_ready, vdev);
	FUNCTION(long, RPROC_PTR_ERR, const void *);
	FUNCTION(int, RPROC_IS_ERR, const void *);
	FUNCTION(void *, RPROC_ERR_PTR, long);
}

static void tables_and_images(void)
{
	FUNCTION(int, handle_rsc_table, rproc, struct resource_table *, size_t, io);
	FUNCTION(int, handle_carve_out_rsc, rproc, void *);
	FUNCTION(int, handle_trace_rsc, rproc, void *);
	FUNCTION(int, handle_vdev_rsc, rproc, void *);
	FUNCTION(int, handle_vendor_rsc, rproc, void *);
	FUNCTION(size_t, find_rsc, void *, unsigned int, unsigned int);
	FUNCTION(int, elf_identify, const void *, size_t);
	FUNCTION(int, elf_load_header, const void *, size_t, size_t, void **, int, size_t *,
		 size_t *);
	FUNCTION(int, elf_load, rproc, const void *, size_t, size_t, void **, int,
		 metal_phys_addr_t *, size_t *, size_t *, unsigned char *, size_t *);
	FUNCTION(void, elf_release, void *);
	FUNCTION(metal_phys_addr_t, elf_get_entry, void *);
	FUNCTION(int, elf_locate_rsc_table, void *, metal_phys_addr_t *, size_t *, size_t *);
	FUNCTION(int, openamp_version_major, void);
	FUNCTION(int, openamp_version_minor, void);
	FUNCTION(int, openamp_version_patch, void);
	FUNCTION(const char *, openamp_version, void);
	api_functions += elf_ops.load_header == elf_load_header;
}

void api_openamp(void)
{
	rpmsg();
	rpmsg_virtio();
	virtio();
	virtqueue();
	remoteproc();
	tables_and_images();
}
