/* SPDX-License-Identifier: BSD-3-Clause */
/* DMA maps, counted start and end, versions, lists that are emptied on the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <metal/device.h>
#include <metal/irq.h>
#include <metal/utilities.h>
#include <metal/version.h>

static struct metal_device dev = { .name = "dma" };

static void maps(void **state)
{
	const struct metal_init_params params = METAL_INIT_DEFAULTS;
	struct metal_bus bare = { .name = "bare" };
	struct metal_sg in[2], out[2] = { { 0 } };
	struct metal_device *opened;
	char memory[64];

	(void)state;
	in[0] = (struct metal_sg){ memory, NULL, 16 };
	in[1] = (struct metal_sg){ memory + 32, NULL, 32 };
	assert_int_equal(metal_init(&params), 0);
	assert_int_equal(metal_register_generic_device(&dev), 0);
	assert_int_equal(metal_device_open("generic", "dma", &opened), 0);
	assert_int_equal(metal_dma_map(opened, METAL_DMA_DEV_R, in, 2, out), 2);
	assert_ptr_equal(out[1].virt, memory + 32);
	assert_int_equal(out[1].len, 32);
	metal_dma_unmap(opened, METAL_DMA_DEV_R, out, 2);
	assert_int_equal(metal_dma_map(opened, METAL_DMA_DEV_W, in, 1, out), 1);
	metal_dma_unmap(opened, METAL_DMA_DEV_W, out, 1);
	assert_int_equal(metal_dma_map(opened, METAL_DMA_DEV_WR, in, 1, out), 1);
	metal_dma_unmap(opened, METAL_DMA_DEV_WR, out, 1);
	assert_int_equal(metal_dma_map(NULL, METAL_DMA_DEV_R, in, 1, out), -EINVAL);
	assert_int_equal(metal_dma_map(opened, 0, in, 1, out), -EINVAL);
	assert_int_equal(metal_dma_map(opened, 4, in, 1, out), -EINVAL);
	assert_int_equal(metal_dma_map(opened, METAL_DMA_DEV_R, in, 0, out), -EINVAL);
	in[1].len = -1;
	assert_int_equal(metal_dma_map(opened, METAL_DMA_DEV_R, in, 2, out), -EINVAL);
	opened->bus = &bare;
	assert_int_equal(metal_dma_map(opened, METAL_DMA_DEV_R, in, 1, out), -ENODEV);
	metal_dma_unmap(opened, METAL_DMA_DEV_R, out, 1);
	metal_dma_unmap(NULL, METAL_DMA_DEV_R, out, 1);
	metal_finish();
}

/* No UIO driver, no device: that is no reason to fail. */
static void counted(void **state)
{
	const struct metal_init_params params = METAL_INIT_DEFAULTS;
	struct metal_device *opened;

	(void)state;
	metal_finish(); /* nothing to end */
	assert_int_equal(metal_init(&params), 0);
	assert_int_equal(metal_init(&params), 0);
	assert_int_equal(metal_register_generic_device(&dev), 0);
	assert_true(_metal.page_size == 1ul << _metal.page_shift);
	metal_finish();
	assert_int_equal(metal_device_open("generic", "dma", &opened), 0);
	metal_finish();
	assert_int_equal(metal_device_open("generic", "dma", &opened), -ENOENT);
	assert_int_equal(metal_init(&params), 0);
	assert_int_equal(metal_device_open("generic", "dma", &opened), -ENODEV);
	metal_finish();
}

static void versions(void **state)
{
	(void)state;
	assert_int_equal(metal_ver_major(), METAL_VER_MAJOR);
	assert_int_equal(metal_ver_minor(), METAL_VER_MINOR);
	assert_int_equal(metal_ver_patch(), METAL_VER_PATCH);
	assert_string_equal(metal_ver(), "1.8.0");
}

static void emptied_on_the_way(void **state)
{
	METAL_DECLARE_LIST(list);
	struct metal_list nodes[5], *node, *temp;
	unsigned int seen = 0;

	(void)state;
	for (unsigned int i = 0; i < metal_dim(nodes); i++)
		metal_list_add_tail(&list, &nodes[i]);
	metal_list_for_each_safe(&list, temp, node)
	{
		assert_ptr_equal(node, &nodes[seen++]);
		metal_list_del(node);
	}
	assert_int_equal(seen, 5);
	assert_true(metal_list_is_empty(&list));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps),
		cmocka_unit_test(counted),
		cmocka_unit_test(versions),
		cmocka_unit_test(emptied_on_the_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
