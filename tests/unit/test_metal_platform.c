/* SPDX-License-Identifier: BSD-3-Clause */
/* Bus "platform" of libmetal on Linux: devices by the address in their name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include <metal/device.h>
#include <metal/errno.h>
#include <metal/io.h>
#include <metal/sys.h>

#define BASE 0x90000000ul
#define SIZE 0x300000ul

static int memory;

static int setup(void **state)
{
	const struct metal_init_params params = METAL_INIT_DEFAULTS;
	char setting[64];

	(void)state;
	memory = memfd_create("platform", MFD_CLOEXEC);
	assert_int_equal(ftruncate(memory, (off_t)SIZE), 0);
	snprintf(setting, sizeof(setting), "/proc/self/fd/%d@0x%lx", memory, BASE);
	setenv("METAL_SHARED_MEMORY", setting, 1);
	return metal_init(&params);
}

static int teardown(void **state)
{
	(void)state;
	metal_finish();
	close(memory);
	return 0;
}

static void maps_by_name(void **state)
{
	static const struct {
		const char *name;
		unsigned long offset;
	} devices[] = { { "90000000.shm", 0 },
			{ "90100000.shm", 0x100000 },
			{ "90200000.rproc", 0x200000 } };
	struct metal_io_region *io;
	struct metal_device *dev;
	uint32_t seen;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(metal_device_open("platform", devices[i].name, &dev), 0);
		assert_string_equal(dev->name, devices[i].name);
		io = metal_device_io_region(dev, 0);
		assert_int_equal(metal_io_phys(io, 0), BASE + devices[i].offset);
		assert_int_equal(metal_io_region_size(io), SIZE - devices[i].offset);
		metal_io_write32(io, 8, 0x1000 + i);
		assert_int_equal(pread(memory, &seen, 4, (off_t)devices[i].offset + 8), 4);
		assert_int_equal(seen, 0x1000 + i);
		metal_device_close(dev);
	}
	/* The end closes what is open. */
	assert_int_equal(metal_device_open("platform", devices[0].name, &dev), 0);
}

static void refuses(void **state)
{
	static const char *const bad[] = { "90300000.shm",
					   "8ffff000.shm",
					   "shm",
					   "",
					   ".shm",
					   "90000000",
					   "-70000000.shm",
					   "zz.shm",
					   "fffffffffffffffff.shm",
					   "90000000.a-name-that-is-far-too-long-for-it" };
	struct metal_device *dev;

	(void)state;
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(metal_device_open("platform", bad[i], &dev), -ENODEV);
	assert_int_equal(metal_device_open("platform", "90000100.shm", &dev),
			 -EINVAL); /* no page */
	setenv("METAL_SHARED_MEMORY", "/dev/zero@0x90000000", 1);
	assert_int_equal(metal_device_open("platform", "90000000.shm", &dev), -ENODEV);
	setenv("METAL_SHARED_MEMORY", "/nonexistent@0x90000000", 1);
	assert_int_equal(metal_device_open("platform", "90000000.shm", &dev), -ENOENT);
	setenv("METAL_SHARED_MEMORY", "no address", 1);
	assert_int_equal(metal_device_open("platform", "90000000.shm", &dev), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(maps_by_name, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
