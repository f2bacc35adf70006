/* SPDX-License-Identifier: BSD-3-Clause */
/* mmap() and cache maintenance: inside the regions only. */
#define _GNU_SOURCE
#include "harness.h"

#define PAGE 4096ul

static void *map(int fd, uint64_t at, size_t length, int protection, int flags)
{
	return mmap(NULL, length, protection, flags, fd, at);
}

static int try_map(int fd, uint64_t at, size_t length, int protection, int flags)
{
	void *va = map(fd, at, length, protection, flags);

	if (va == MAP_FAILED)
		return -1;
	munmap(va, length);
	return 0;
}

static struct mcs_region region_of(int fd, uint32_t index)
{
	struct mcs_region region = { .size = sizeof(region), .index = index };

	CHECK(ioctl(fd, MCS_IOC_REGION, &region) == 0);
	return region;
}

static void inside_only(void)
{
	const int rw = PROT_READ | PROT_WRITE;
	int fd = open_mcs();
	struct mcs_region comm = region_of(fd, 0);
	uint64_t end = comm.base + comm.length;

	CHECK(try_map(fd, comm.base, comm.length, rw, MAP_SHARED) == 0);
	CHECK(try_map(fd, end - PAGE, PAGE, rw, MAP_SHARED) == 0);
	REFUSED(try_map(fd, end - PAGE, 2 * PAGE, rw, MAP_SHARED), EINVAL);
	REFUSED(try_map(fd, comm.base - PAGE, 2 * PAGE, rw, MAP_SHARED), EINVAL);
	REFUSED(try_map(fd, end, PAGE, rw, MAP_SHARED), EINVAL);
	REFUSED(try_map(fd, 0, PAGE, rw, MAP_SHARED), EINVAL);
	REFUSED(try_map(fd, comm.base | 1ull << 61, PAGE, rw, MAP_SHARED), EINVAL);
	REFUSED(try_map(fd, (MCS_MAP_CACHED | comm.base) - PAGE, PAGE, rw, MAP_SHARED), EINVAL);
}

static void never_executable(void)
{
	int fd = open_mcs();
	void *va;

	REFUSED(try_map(fd, IMAGE_BASE, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED), EPERM);
	va = map(fd, IMAGE_BASE, PAGE, PROT_READ, MAP_SHARED);
	CHECK(va != MAP_FAILED);
	REFUSED(mprotect(va, PAGE, PROT_READ | PROT_EXEC), EACCES);
	munmap(va, PAGE);
}

static void shared_and_fixed(void)
{
	int fd = open_mcs();
	void *va;

	REFUSED(try_map(fd, COMM_BASE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE), EINVAL);
	va = map(fd, COMM_BASE, PAGE, PROT_READ, MAP_SHARED);
	CHECK(va != MAP_FAILED);
	REFUSED((long)mremap(va, PAGE, 4 * PAGE, MREMAP_MAYMOVE), EFAULT);
	munmap(va, PAGE);
}

static void both_attributes(void)
{
	const int rw = PROT_READ | PROT_WRITE;
	struct mcs_sync sync = {
		.size = sizeof(sync), .op = MCS_SYNC_CLEAN_INV, .addr = IMAGE_BASE, .length = PAGE
	};
	volatile uint64_t *cached, *noncached;
	int fd = open_mcs();

	cached = map(fd, IMAGE_BASE | MCS_MAP_CACHED, PAGE, rw, MAP_SHARED);
	CHECK(cached != MAP_FAILED);
	for (unsigned int i = 0; i < PAGE / 8; i++)
		cached[i] = i * 0x9e3779b97f4a7c15ull;
	CHECK(ioctl(fd, MCS_IOC_SYNC, &sync) == 0);
	munmap((void *)cached, PAGE);
	close_mcs(fd);
	fd = open_mcs();
	noncached = map(fd, IMAGE_BASE, PAGE, rw, MAP_SHARED);
	CHECK(noncached != MAP_FAILED);
	for (unsigned int i = 0; i < PAGE / 8; i++)
		CHECK(noncached[i] == i * 0x9e3779b97f4a7c15ull);
	munmap((void *)noncached, PAGE);
}

static int try_sync(int fd, uint32_t op, uint64_t addr, uint64_t length)
{
	struct mcs_sync sync = { .size = sizeof(sync), .op = op, .addr = addr, .length = length };

	return ioctl(fd, MCS_IOC_SYNC, &sync);
}

static void sync_bounds(void)
{
	int fd = open_mcs();
	struct mcs_region image = region_of(fd, 1);

	CHECK(try_sync(fd, MCS_SYNC_CLEAN, image.base, image.length) == 0);
	CHECK(try_sync(fd, MCS_SYNC_CLEAN, image.base + 3, 5) == 0);
	REFUSED(try_sync(fd, 2, image.base, PAGE), EINVAL);
	REFUSED(try_sync(fd, MCS_SYNC_CLEAN, image.base, 0), EINVAL);
	REFUSED(try_sync(fd, MCS_SYNC_CLEAN, image.base, image.length + 1), EINVAL);
	REFUSED(try_sync(fd, MCS_SYNC_CLEAN, image.base - 1, 1), EINVAL);
	REFUSED(try_sync(fd, MCS_SYNC_CLEAN, image.base + 8, UINT64_MAX), EINVAL);
	REFUSED(try_sync(fd, MCS_SYNC_CLEAN, 0x40000000, PAGE), EINVAL);
}

const struct test memory_tests[] = {
	{ "mappings lie inside one region", inside_only },
	{ "no mapping is executable, now or later", never_executable },
	{ "mappings are shared and do not grow", shared_and_fixed },
	{ "cached writes arrive after a sync", both_attributes },
	{ "sync lies inside one region", sync_bounds },
	{ NULL, NULL },
};
