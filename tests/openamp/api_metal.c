/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/alloc.h>
#include <metal/assert.h>
#include <metal/atomic.h>
#include <metal/cache.h>
#include <metal/compiler.h>
#include <metal/condition.h>
#include <metal/config.h>
#include <metal/cpu.h>
#include <metal/device.h>
#include <metal/dma.h>
#include <metal/errno.h>
#include <metal/io.h>
#include <metal/irq.h>
#include <metal/irq_controller.h>
#include <metal/list.h>
#include <metal/log.h>
#include <metal/mutex.h>
#include <metal/shmem.h>
#include <metal/sleep.h>
#include <metal/softirq.h>
#include <metal/spinlock.h>
#include <metal/sys.h>
#include <metal/time.h>
#include <metal/utilities.h>
#include <metal/version.h>

#include "api.h"

VALUE(METAL_VER_MAJOR, 1);
VALUE(METAL_VER_MINOR, 8);
VALUE(METAL_VER_PATCH, 0);
VALUE(sizeof(METAL_VER), sizeof("1.8.0"));
VALUE(sizeof(METAL_SYSTEM), sizeof("linux"));
VALUE(sizeof(METAL_PROCESSOR) + sizeof(METAL_MACHINE) > 2, 1);
#ifndef METAL_SYSTEM_LINUX
#error METAL_SYSTEM_LINUX
#endif

VALUE(METAL_LOG_EMERGENCY, 0);
VALUE(METAL_LOG_ALERT, 1);
VALUE(METAL_LOG_CRITICAL, 2);
VALUE(METAL_LOG_ERROR, 3);
VALUE(METAL_LOG_WARNING, 4);
VALUE(METAL_LOG_NOTICE, 5);
VALUE(METAL_LOG_INFO, 6);
VALUE(METAL_LOG_DEBUG, 7);

VALUE(METAL_IRQ_NOT_HANDLED, 0);
VALUE(METAL_IRQ_HANDLED, 1);
VALUE(METAL_IRQ_ANY, -1);
VALUE(METAL_IRQ_DISABLE, 0);
VALUE(METAL_IRQ_ENABLE, 1);
VALUE(METAL_BAD_OFFSET, (unsigned long)-1);
VALUE(METAL_BAD_PHYS, (metal_phys_addr_t)-1);
VALUE(METAL_BAD_IRQ, (metal_irq_t)-1);
VALUE(METAL_DMA_DEV_R, 1);
VALUE(METAL_DMA_DEV_W, 2);
VALUE(METAL_DMA_DEV_WR, 3);
VALUE(METAL_MAX_DEVICE_REGIONS, 32);
VALUE(MB, 1048576);
VALUE(GB, 1073741824);
VALUE(METAL_BITS_PER_ULONG, 8 * sizeof(long));

FIELD(struct metal_io_ops, read,
      uint64_t (*)(struct metal_io_region *, unsigned long, memory_order, int));
FIELD(struct metal_io_ops, write,
      void (*)(struct metal_io_region *, unsigned long, uint64_t, memory_order, int));
FIELD(struct metal_io_ops, block_read,
      int (*)(struct metal_io_region *, unsigned long, void *restrict, memory_order, int));
FIELD(struct metal_io_ops, block_write,
      int (*)(struct metal_io_region *, unsigned long, const void *restrict, memory_order, int));
FIELD(struct metal_io_ops, block_set,
      void (*)(struct metal_io_region *, unsigned long, unsigned char, memory_order, int));
FIELD(struct metal_io_ops, close, void (*)(struct metal_io_region *));
FIELD(struct metal_io_ops, offset_to_phys,
      metal_phys_addr_t (*)(struct metal_io_region *, unsigned long));
FIELD(struct metal_io_ops, phys_to_offset,
      unsigned long (*)(struct metal_io_region *, metal_phys_addr_t));
FIELD(struct metal_io_region, virt, void *);
FIELD(struct metal_io_region, physmap, const metal_phys_addr_t *);
FIELD(struct metal_io_region, size, size_t);
FIELD(struct metal_io_region, page_shift, unsigned long);
FIELD(struct metal_io_region, page_mask, metal_phys_addr_t);
FIELD(struct metal_io_region, mem_flags, unsigned int);
FIELD(struct metal_io_region, ops, struct metal_io_ops);

FIELD(struct metal_bus_ops, bus_close, void (*)(struct metal_bus *));
FIELD(struct metal_bus_ops, dev_open,
      int (*)(struct metal_bus *, const char *, struct metal_device **));
FIELD(struct metal_bus_ops, dev_close, void (*)(struct metal_bus *, struct metal_device *));
FIELD(struct metal_bus_ops, dev_irq_ack, void (*)(struct metal_bus *, struct metal_device *, int));
FIELD(struct metal_bus_ops, dev_dma_map,
      int (*)(struct metal_bus *, struct metal_device *, uint32_t, struct metal_sg *, int,
	      struct metal_sg *));
FIELD(struct metal_bus_ops, dev_dma_unmap,
      void (*)(struct metal_bus *, struct metal_device *, uint32_t, struct metal_sg *, int));
FIELD(struct metal_bus, name, const char *);
FIELD(struct metal_bus, ops, struct metal_bus_ops);
FIELD(struct metal_bus, devices, struct metal_list);
FIELD(struct metal_bus, node, struct metal_list);
FIELD(struct metal_device, name, const char *);
FIELD(struct metal_device, bus, struct metal_bus *);
FIELD(struct metal_device, num_regions, unsigned int);
FIELD(struct metal_device, regions[0], struct metal_io_region);
FIELD(struct metal_device, node, struct metal_list);
FIELD(struct metal_device, irq_num, int);
FIELD(struct metal_device, irq_info, void *);

FIELD(struct metal_irq, hd, metal_irq_handler);
FIELD(struct metal_irq, arg, void *);
FIELD(struct metal_irq_controller, irq_base, int);
FIELD(struct metal_irq_controller, irq_num, int);
FIELD(struct metal_irq_controller, arg, void *);
FIELD(struct metal_irq_controller, irq_set_enable, metal_irq_set_enable);
FIELD(struct metal_irq_controller, irq_register, metal_cntr_irq_register);
FIELD(struct metal_irq_controller, node, struct metal_list);
FIELD(struct metal_irq_controller, irqs, struct metal_irq *);
FIELD(struct metal_sg, virt, void *);
FIELD(struct metal_sg, io, struct metal_io_region *);
FIELD(struct metal_sg, len, int);
FIELD(struct metal_generic_shmem, name, const char *);
FIELD(struct metal_generic_shmem, io, struct metal_io_region);
FIELD(struct metal_generic_shmem, node, struct metal_list);
FIELD(struct metal_list, next, struct metal_list *);
FIELD(struct metal_list, prev, struct metal_list *);
FIELD(struct metal_spinlock, v, atomic_flag);
FIELD(struct metal_init_params, log_handler, metal_log_handler);
FIELD(struct metal_init_params, log_level, enum metal_log_level);
FIELD(struct metal_common_state, ref_count, int);
FIELD(struct metal_common_state, log_level, enum metal_log_level);
FIELD(struct metal_common_state, log_handler, metal_log_handler);
FIELD(struct metal_common_state, bus_list, struct metal_list);
FIELD(struct metal_common_state, generic_shmem_list, struct metal_list);
FIELD(struct metal_common_state, generic_device_list, struct metal_list);
FIELD(struct metal_state, common, struct metal_common_state);
FIELD(struct metal_state, page_size, unsigned long);
FIELD(struct metal_state, page_shift, unsigned long);

typedef struct metal_io_region *io;
typedef unsigned long ul;

static void regions(void)
{
	FUNCTION(void, metal_io_init, io, void *, const metal_phys_addr_t *, size_t, unsigned int,
		 unsigned int, const struct metal_io_ops *);
	FUNCTION(void, metal_io_finish, io);
	FUNCTION(size_t, metal_io_region_size, io);
	FUNCTION(void *, metal_io_virt, io, ul);
	FUNCTION(metal_phys_addr_t, metal_io_phys, io, ul);
	FUNCTION(ul, metal_io_phys_to_offset, io, metal_phys_addr_t);
	FUNCTION(void *, metal_io_phys_to_virt, io, metal_phys_addr_t);
	FUNCTION(uint64_t, metal_io_read, io, ul, memory_order, int);
	FUNCTION(void, metal_io_write, io, ul, uint64_t, memory_order, int);
	FUNCTION(int, metal_io_block_read, io, ul, void *restrict, int);
	FUNCTION(int, metal_io_block_write, io, ul, const void *restrict, int);
	FUNCTION(int, metal_io_block_set, io, ul, unsigned char, int);
	FUNCTION(void, metal_sys_io_mem_map, io);
	FUNCTION(int, metal_shmem_open, const char *, size_t, io *);
	FUNCTION(int, metal_shmem_register_generic, struct metal_generic_shmem *);
	FUNCTION(int, metal_shmem_open_generic, const char *, size_t, io *);
	FUNCTION(void *, metal_allocate_memory, unsigned int);
	FUNCTION(void, metal_free_memory, void *);
	FUNCTION(void, metal_cache_flush, void *, unsigned int);
	FUNCTION(void, metal_cache_invalidate, void *, unsigned int);
}

static void devices(void)
{
	FUNCTION(int, metal_bus_register, struct metal_bus *);
	FUNCTION(int, metal_bus_unregister, struct metal_bus *);
	FUNCTION(int, metal_bus_find, const char *, struct metal_bus **);
	FUNCTION(int, metal_register_generic_device, struct metal_device *);
	FUNCTION(int, metal_device_open, const char *, const char *, struct metal_device **);
	FUNCTION(void, metal_device_close, struct metal_device *);
	FUNCTION(io, metal_device_io_region, struct metal_device *, unsigned int);
	FUNCTION(int, metal_dma_map, struct metal_device *, uint32_t, struct metal_sg *, int,
		 struct metal_sg *);
	FUNCTION(void, metal_dma_unmap, struct metal_device *, uint32_t, struct metal_sg *, int);
	FUNCTION(int, metal_irq_register, int, metal_irq_handler, void *);
	FUNCTION(void, metal_irq_unregister, int);
	FUNCTION(unsigned int, metal_irq_save_disable, void);
	FUNCTION(void, metal_irq_restore_enable, unsigned int);
	FUNCTION(void, metal_irq_enable, unsigned int);
	FUNCTION(void, metal_irq_disable, unsigned int);
	FUNCTION(int, metal_irq_register_controller, struct metal_irq_controller *);
	FUNCTION(int, metal_irq_handle, struct metal_irq *, int);
	FUNCTION(int, metal_softirq_init, void);
	FUNCTION(void, metal_softirq_dispatch, void);
	FUNCTION(int, metal_softirq_allocate, int);
	FUNCTION(void, metal_softirq_set, int);
}

static void threads(void)
{
	FUNCTION(void, metal_mutex_init, metal_mutex_t *);
	FUNCTION(void, metal_mutex_deinit, metal_mutex_t *);
	FUNCTION(int, metal_mutex_try_acquire, metal_mutex_t *);
	FUNCTION(void, metal_mutex_acquire, metal_mutex_t *);
	FUNCTION(void, metal_mutex_release, metal_mutex_t *);
	FUNCTION(int, metal_mutex_is_acquired, metal_mutex_t *);
	FUNCTION(void, metal_condition_init, struct metal_condition *);
	FUNCTION(int, metal_condition_signal, struct metal_condition *);
	FUNCTION(int, metal_condition_broadcast, struct metal_condition *);
	FUNCTION(int, metal_condition_wait, struct metal_condition *, metal_mutex_t *);
	FUNCTION(void, metal_spinlock_init, struct metal_spinlock *);
	FUNCTION(void, metal_spinlock_acquire, struct metal_spinlock *);
	FUNCTION(void, metal_spinlock_release, struct metal_spinlock *);
	FUNCTION(int, metal_sleep_usec, unsigned int);
	FUNCTION(unsigned long long, metal_get_timestamp, void);
}

static void rest(void)
{
	FUNCTION(int, metal_init, const struct metal_init_params *);
	FUNCTION(void, metal_finish, void);
	FUNCTION(int, metal_ver_major, void);
	FUNCTION(int, metal_ver_minor, void);
	FUNCTION(int, metal_ver_patch, void);
	FUNCTION(const char *, metal_ver, void);
	FUNCTION(void, metal_set_log_handler, metal_log_handler);
	FUNCTION(metal_log_handler, metal_get_log_handler, void);
	FUNCTION(void, metal_set_log_level, enum metal_log_level);
	FUNCTION(enum metal_log_level, metal_get_log_level, void);
	FUNCTION(void, metal_default_log_handler, enum metal_log_level, const char *, ...);
	FUNCTION(void, metal_list_init, struct metal_list *);
	FUNCTION(void, metal_list_add_before, struct metal_list *, struct metal_list *);
	FUNCTION(void, metal_list_add_after, struct metal_list *, struct metal_list *);
	FUNCTION(void, metal_list_add_head, struct metal_list *, struct metal_list *);
	FUNCTION(void, metal_list_add_tail, struct metal_list *, struct metal_list *);
	FUNCTION(int, metal_list_is_empty, struct metal_list *);
	FUNCTION(void, metal_list_del, struct metal_list *);
	FUNCTION(struct metal_list *, metal_list_first, struct metal_list *);
	FUNCTION(bool, metal_list_find_node, struct metal_list *, struct metal_list *);
	FUNCTION(void, metal_bitmap_set_bit, ul *, int);
	FUNCTION(void, metal_bitmap_clear_bit, ul *, int);
	FUNCTION(ul, metal_log2, ul);
}

/* Everything that is a macro, used the way programs use it. */
static METAL_MUTEX_DEFINE(mutex);
static METAL_DECLARE_LIST(list);
static struct metal_spinlock spinlock = METAL_SPINLOCK_INIT;
static struct metal_condition condition = METAL_CONDITION_INIT;
static struct metal_irq irqs[2];
static METAL_IRQ_CONTROLLER_DECLARE(controller, METAL_IRQ_ANY, 2, NULL, NULL, NULL, irqs);
/* clang-format off */
static METAL_IRQ_CONTROLLER_DECLARE(no_semicolon, METAL_IRQ_ANY, 2, NULL, NULL, NULL, irqs)
	/* clang-format on */

	METAL_PACKED_BEGIN struct packed {
	char c;
	int i;
} METAL_PACKED_END;
SIZE(struct packed, 5);

static void macros(void)
{
	struct metal_init_params params = METAL_INIT_DEFAULTS;
	struct metal_list *node, *temp;
	unsigned long map[metal_bitmap_longs(70)] = { 0 };
	unsigned int bit, seen = 0;
	struct metal_io_region region;
	metal_phys_addr_t phys = 0;
	uint64_t words[2] = { 0 };

	VALUE(metal_align_up(5, 4), 8);
	VALUE(metal_align_down(7, 4), 4);
	VALUE(metal_div_round_up(5, 4), 2);
	VALUE(metal_min(1, 2) + metal_max(1, 2) + metal_sign(-3), 2);
	VALUE(metal_dim(irqs), 2);
	VALUE(metal_offset_of(struct packed, i), 1);
	metal_unused(params);
	metal_list_for_each (&list, node)
		seen++;
	metal_list_for_each_safe(&list, temp, node) seen++;
	metal_bitmap_for_each_clear_bit(map, bit, 70) seen++;
	metal_bitmap_for_each_set_bit(map, bit, 70) seen++;
	metal_io_init(&region, words, &phys, sizeof(words), -1, 0, NULL);
	metal_io_write8(&region, 0, 1);
	metal_io_write16(&region, 2, 1);
	metal_io_write32(&region, 4, 1);
	metal_io_write64(&region, 8, 1);
	seen += metal_io_read8(&region, 0) + metal_io_read16(&region, 2) +
		metal_io_read32(&region, 4) + metal_io_read64(&region, 8);
	metal_assert(seen == 74);
	metal_assert(metal_io_virt_to_offset(&region, &words[1]) == 8);
	metal_assert(metal_io_virt_to_phys(&region, &words[1]) == 8);
	metal_dbg("%u of %p %p %p %p\n", seen, (void *)&mutex, (void *)&spinlock,
		  (void *)&condition, (void *)&controller);
	metal_log(METAL_LOG_DEBUG, "no arguments\n");
	seen == 74 ? metal_log(METAL_LOG_DEBUG, "an expression %d\n", no_semicolon.irq_num)
		   : metal_err("no arguments either\n");
	metal_yield();
	metal_cpu_yield();
}

void api_metal(void)
{
	regions();
	devices();
	threads();
	rest();
	macros();
}
