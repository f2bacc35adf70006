/* SPDX-License-Identifier: BSD-3-Clause */
/* Named shared memory: POSIX objects, created on first use. Physical addresses are offsets. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <metal/shmem.h>

static void shmem_close(struct metal_io_region *io)
{
	munmap(io->virt, io->size);
}

static int map_object(int fd, size_t size, struct metal_io_region **result)
{
	static const metal_phys_addr_t offsets_are_addresses[1] = { 0 };
	static const struct metal_io_ops ops = { .close = shmem_close };
	struct metal_io_region *io;
	struct stat st;
	void *mem;

	if (fstat(fd, &st) != 0)
		return -errno;
	if ((size_t)st.st_size < size && ftruncate(fd, (off_t)size) != 0)
		return -errno;
	io = malloc(sizeof(*io));
	if (!io)
		return -ENOMEM;
	mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mem == MAP_FAILED) {
		free(io);
		return -errno;
	}
	metal_io_init(io, mem, offsets_are_addresses, size, (unsigned int)-1, 0, &ops);
	*result = io;
	return 0;
}

int metal_shmem_open(const char *name, size_t size, struct metal_io_region **io)
{
	char path[NAME_MAX];
	int fd, ret;

	if (!name || !io || !size)
		return -EINVAL;
	ret = metal_shmem_open_generic(name, size, io);
	if (ret != -ENOENT)
		return ret;
	ret = snprintf(path, sizeof(path), "/%s", name + (name[0] == '/'));
	if (ret < 2 || (size_t)ret >= sizeof(path))
		return -EINVAL;
	fd = shm_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	ret = map_object(fd, size, io);
	close(fd);
	return ret;
}
