/* SPDX-License-Identifier: BSD-3-Clause */
/* libmetal's names: regions, copies, lists, bitmaps, devices, shared memory, logs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <cmocka.h>

#include <metal/alloc.h>
#include <metal/cache.h>
#include <metal/device.h>
#include <metal/errno.h>
#include <metal/irq.h>
#include <metal/mutex.h>
#include <metal/shmem.h>
#include <metal/sleep.h>
#include <metal/spinlock.h>
#include <metal/time.h>
#include <metal/utilities.h>

static void regions(void **state)
{
	static _Alignas(8) uint8_t mem[64];
	const metal_phys_addr_t phys = 0x1000;
	struct metal_io_region io;

	(void)state;
	metal_io_init(&io, mem, &phys, sizeof(mem), (unsigned int)-1, 0, NULL);
	assert_int_equal(metal_io_region_size(&io), 64);
	assert_ptr_equal(metal_io_virt(&io, 63), mem + 63);
	assert_null(metal_io_virt(&io, 64));
	assert_int_equal(metal_io_virt_to_offset(&io, mem + 3), 3);
	assert_int_equal(metal_io_virt_to_offset(&io, mem + 64), METAL_BAD_OFFSET);
	assert_int_equal(metal_io_virt_to_offset(&io, mem - 1), METAL_BAD_OFFSET);
	assert_int_equal(metal_io_phys(&io, 5), 0x1005);
	assert_int_equal(metal_io_phys(&io, 64), METAL_BAD_PHYS);
	assert_int_equal(metal_io_phys_to_offset(&io, 0x103f), 63);
	assert_int_equal(metal_io_phys_to_offset(&io, 0x1040), METAL_BAD_OFFSET);
	assert_int_equal(metal_io_phys_to_offset(&io, 0xfff), METAL_BAD_OFFSET);
	assert_ptr_equal(metal_io_phys_to_virt(&io, 0x1008), mem + 8);
	assert_int_equal(metal_io_virt_to_phys(&io, mem + 8), 0x1008);
	assert_ptr_equal(metal_io_phys_range(&io, 0x1000, 64), mem);
	assert_null(metal_io_phys_range(&io, 0x1000, 65));
	assert_null(metal_io_phys_range(&io, 0x1001, 64));
	assert_null(metal_io_phys_range(&io, 0x1001, SIZE_MAX));
	metal_io_write32(&io, 4, 0x12345678);
	assert_int_equal(mem[4], 0x78);
	assert_int_equal(metal_io_read16(&io, 6), 0x1234);
	metal_io_write64(&io, 8, 0x1122334455667788ull);
	assert_true(metal_io_read64(&io, 8) == 0x1122334455667788ull);
	metal_io_write8(&io, 63, 9);
	assert_int_equal(metal_io_read8(&io, 63), 9);
	/* Outside, or not aligned: nothing happens. */
	metal_io_write32(&io, 62, 0xffffffff);
	assert_int_equal(mem[62], 0);
	metal_io_write32(&io, 2, 0xffffffff);
	assert_int_equal(mem[2], 0);
	assert_int_equal(metal_io_read32(&io, 64), 0);
	metal_io_finish(&io);
	assert_int_equal(metal_io_region_size(&io), 0);
}

static void paged_region(void **state)
{
	static _Alignas(8) uint8_t mem[4 * 16];
	const metal_phys_addr_t pages[] = { 0x100, 0x110, 0x900, 0x200 };
	struct metal_io_region io;

	(void)state;
	metal_io_init(&io, mem, pages, sizeof(mem), 4, 0, NULL);
	assert_int_equal(metal_io_phys(&io, 0x21), 0x901);
	assert_int_equal(metal_io_phys_to_offset(&io, 0x20f), 0x3f);
	assert_int_equal(metal_io_phys_to_offset(&io, 0x300), METAL_BAD_OFFSET);
	/* Neighbours here, neighbours there: only the first two pages. */
	assert_ptr_equal(metal_io_phys_range(&io, 0x100, 32), mem);
	assert_ptr_equal(metal_io_phys_range(&io, 0x108, 24), mem + 8);
	assert_null(metal_io_phys_range(&io, 0x108, 25));
	assert_null(metal_io_phys_range(&io, 0x110, 17));
	assert_ptr_equal(metal_io_phys_range(&io, 0x900, 16), mem + 0x20);
}

static void blocks(void **state)
{
	static uint8_t mem[64], out[64];
	const metal_phys_addr_t phys = 0;
	struct metal_io_region io;

	(void)state;
	metal_io_init(&io, mem, &phys, sizeof(mem), (unsigned int)-1, 0, NULL);
	assert_int_equal(metal_io_block_write(&io, 3, "hello", 5), 5);
	assert_int_equal(metal_io_block_read(&io, 3, out, 5), 5);
	assert_memory_equal(out, "hello", 5);
	assert_int_equal(metal_io_block_set(&io, 60, 7, 100), 4);
	assert_int_equal(metal_io_block_read(&io, 64, out, 1), -ERANGE);
	assert_int_equal(metal_io_block_write(&io, 100, out, 1), -ERANGE);
	assert_int_equal(metal_io_block_write(&io, 0, out, -1), -EINVAL);
}

/* Every alignment and length, with guards on both sides. */
static void copies(void **state)
{
	static _Alignas(8) uint8_t shared[64], want[64];
	uint8_t src[64], back[64];
	size_t at, off, len, i;

	(void)state;
	for (i = 0; i < sizeof(src); i++)
		src[i] = (uint8_t)(i * 7 + 1);
	for (at = 0; at < 16; at++) {
		for (off = 0; off < 9; off++) {
			for (len = 0; len < 40; len++) {
				memset(shared, 0xaa, sizeof(shared));
				memset(want, 0xaa, sizeof(want));
				memcpy(want + at, src + off, len);
				metal_copy_to_shared(shared + at, src + off, len);
				assert_memory_equal(shared, want, sizeof(want));
				memset(back, 0, sizeof(back));
				metal_copy_from_shared(back + off, shared + at, len);
				assert_memory_equal(back + off, src + off, len);
				metal_set_shared(shared + at, 0x3c, len);
				memset(want + at, 0x3c, len);
				assert_memory_equal(shared, want, sizeof(want));
			}
		}
	}
}

static void lists(void **state)
{
	struct metal_list a, b, c, *node;
	METAL_DECLARE_LIST(list);
	int n = 0;

	(void)state;
	assert_true(metal_list_is_empty(&list));
	assert_null(metal_list_first(&list));
	metal_list_add_tail(&list, &b);
	metal_list_add_head(&list, &a);
	metal_list_add_tail(&list, &c);
	assert_ptr_equal(metal_list_first(&list), &a);
	metal_list_for_each (&list, node)
		n++;
	assert_int_equal(n, 3);
	assert_true(metal_list_find_node(&list, &b));
	metal_list_del(&b);
	assert_false(metal_list_find_node(&list, &b));
	metal_list_del(&b); /* once more does no harm */
	assert_ptr_equal(a.next, &c);
	metal_list_del(&a);
	metal_list_del(&c);
	assert_true(metal_list_is_empty(&list));
}

static void bitmaps(void **state)
{
	unsigned long map[metal_bitmap_longs(130)] = { 0 };
	unsigned int bit, seen = 0;

	(void)state;
	metal_bitmap_set_bit(map, 0);
	metal_bitmap_set_bit(map, 63);
	metal_bitmap_set_bit(map, 64);
	metal_bitmap_set_bit(map, 129);
	assert_true(metal_bitmap_is_bit_set(map, 64));
	assert_true(metal_bitmap_is_bit_clear(map, 65));
	metal_bitmap_for_each_set_bit(map, bit, 130) seen += bit;
	assert_int_equal(seen, 63 + 64 + 129);
	assert_int_equal(metal_bitmap_next_clear_bit(map, 63, 130), 65);
	assert_int_equal(metal_bitmap_next_clear_bit(map, 129, 130), 130);
	metal_bitmap_clear_bit(map, 64);
	assert_int_equal(metal_bitmap_next_set_bit(map, 64, 130), 129);
	assert_int_equal(metal_log2(4096), 12);
	assert_int_equal(metal_align_up(5, 4), 8);
}

static struct metal_device dev = { .name = "90100000.shm", .num_regions = 1 };

static void devices(void **state)
{
	const struct metal_init_params params = METAL_INIT_DEFAULTS;
	struct metal_bus bus = { .name = "generic" }, *found;
	struct metal_device *opened;

	(void)state;
	assert_int_equal(metal_init(NULL), -EINVAL);
	assert_int_equal(metal_init(&params), 0);
	assert_int_equal(metal_bus_register(&bus), -EEXIST);
	assert_int_equal(metal_bus_find(NULL, NULL), -EINVAL);
	assert_int_equal(metal_register_generic_device(&dev), 0);
	assert_int_equal(metal_device_open("generic", "none", &opened), -ENODEV);
	assert_int_equal(metal_device_open("pci", dev.name, &opened), -ENOENT);
	assert_int_equal(metal_device_open("generic", dev.name, &opened), 0);
	assert_ptr_equal(opened, &dev);
	assert_ptr_equal(metal_device_io_region(opened, 0), &dev.regions[0]);
	assert_null(metal_device_io_region(opened, 1));
	metal_device_close(opened);
	bus.name = "pci";
	assert_int_equal(metal_bus_register(&bus), 0);
	assert_int_equal(metal_bus_find("pci", &found), 0);
	assert_ptr_equal(found, &bus);
	assert_int_equal(metal_bus_unregister(&bus), 0);
	assert_int_equal(metal_bus_find("pci", NULL), -ENOENT);
	metal_finish();
}

static void shared_memory(void **state)
{
	static uint8_t mem[128];
	const metal_phys_addr_t phys = 0;
	struct metal_generic_shmem seg = { .name = "static" };
	struct metal_io_region *one, *two;
	char name[64];

	(void)state;
	metal_io_init(&seg.io, mem, &phys, sizeof(mem), (unsigned int)-1, 0, NULL);
	assert_int_equal(metal_shmem_register_generic(&seg), 0);
	assert_int_equal(metal_shmem_open("static", 128, &one), 0);
	assert_ptr_equal(one, &seg.io);
	assert_int_equal(metal_shmem_open("static", 129, &one), -EINVAL);
	metal_list_del(&seg.node);

	snprintf(name, sizeof(name), "mica-test-%d", (int)getpid());
	assert_int_equal(metal_shmem_open(name, 4096, &one), 0);
	assert_int_equal(metal_shmem_open(name, 4096, &two), 0);
	metal_io_write32(one, 100, 0xcafe);
	assert_int_equal(metal_io_read32(two, 100), 0xcafe);
	metal_io_finish(one);
	metal_io_finish(two);
	free(one);
	free(two);
	name[0] = '/';
	snprintf(name + 1, sizeof(name) - 1, "mica-test-%d", (int)getpid());
	assert_int_equal(shm_unlink(name), 0);
}

static unsigned int lines;

static void handler(enum metal_log_level level, const char *format, ...)
{
	(void)level;
	(void)format;
	lines++;
}

static void logs(void **state)
{
	metal_log_handler before = metal_get_log_handler();

	(void)state;
	metal_set_log_handler(handler);
	metal_set_log_level(METAL_LOG_WARNING);
	metal_err("%d\n", 1);
	metal_warn("%d\n", 2);
	metal_info("%d\n", 3);
	assert_int_equal(lines, 2);
	metal_set_log_handler(NULL);
	metal_err("%d\n", 4);
	assert_int_equal(lines, 2);
	metal_set_log_handler(before);
}

static void services(void **state)
{
	struct metal_spinlock spin = METAL_SPINLOCK_INIT;
	unsigned long long before = metal_get_timestamp();
	unsigned int flags;
	metal_mutex_t mutex;
	void *p;

	(void)state;
	assert_int_equal(metal_sleep_usec(2000), 0);
	assert_true(metal_get_timestamp() - before >= 2000000);
	metal_mutex_init(&mutex);
	metal_mutex_acquire(&mutex);
	assert_int_equal(metal_mutex_try_acquire(&mutex), 0);
	metal_mutex_release(&mutex);
	assert_int_equal(metal_mutex_try_acquire(&mutex), 1);
	metal_mutex_release(&mutex);
	metal_mutex_deinit(&mutex);
	metal_spinlock_acquire(&spin);
	metal_spinlock_release(&spin);
	flags = metal_irq_save_disable();
	metal_irq_restore_enable(flags);
	p = metal_allocate_memory(100);
	assert_non_null(p);
	metal_cache_flush(p, 100);
	metal_cache_invalidate(p, 100);
	metal_free_memory(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regions), cmocka_unit_test(paged_region),
		cmocka_unit_test(blocks),  cmocka_unit_test(copies),
		cmocka_unit_test(lists),   cmocka_unit_test(bitmaps),
		cmocka_unit_test(devices), cmocka_unit_test(shared_memory),
		cmocka_unit_test(logs),	   cmocka_unit_test(services),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
