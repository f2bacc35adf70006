/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bus "platform": devices named ADDRESS.ANYTHING (hexadecimal, as the kernel names them), without a
 * driver for each. The address is looked for in the reserved memory of the machine, which /dev/mcs
 * maps uncached; a device has one region, from its address to the end of that memory. Where
 * METAL_SHARED_MEMORY=FILE@ADDRESS is set, that file's bytes are the memory at ADDRESS instead.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/mcs.h>
#include <metal/device.h>
#include <metal/system/platform.h>
#include <metal/utilities.h>

#define DEVICE	 "/dev/mcs"
#define FILE_ENV "METAL_SHARED_MEMORY"

struct platform_device {
	struct metal_device dev;
	metal_phys_addr_t phys;
	void *va;
	size_t size;
	char name[32];
};

/* Where it lies: offset in what fd maps, and how much there is from there on. */
struct place {
	int fd;
	off_t offset;
	size_t size;
};

static int find_in_file(const char *setting, metal_phys_addr_t phys, struct place *place)
{
	const char *at = strrchr(setting, '@');
	char path[PATH_MAX], *end;
	unsigned long base;
	struct stat st;

	if (!at || at == setting || (size_t)(at - setting) >= sizeof(path))
		return -EINVAL;
	base = strtoul(at + 1, &end, 16);
	if (end == at + 1 || *end)
		return -EINVAL;
	snprintf(path, sizeof(path), "%.*s", (int)(at - setting), setting);
	place->fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (place->fd < 0)
		return -errno;
	if (fstat(place->fd, &st) || !S_ISREG(st.st_mode) || phys < base ||
	    phys - base >= (unsigned long)st.st_size) {
		close(place->fd);
		return -ENODEV;
	}
	place->offset = (off_t)(phys - base);
	place->size = (size_t)st.st_size - (phys - base);
	return 0;
}

static int find_region(metal_phys_addr_t phys, struct place *place)
{
	struct mcs_region r = { .size = sizeof(r) };

	place->fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (place->fd < 0)
		return -errno;
	for (; ioctl(place->fd, MCS_IOC_REGION, &r) == 0; r.index++) {
		if (phys < r.base || phys - r.base >= r.length)
			continue;
		place->offset = (off_t)phys;
		place->size = r.length - (phys - r.base);
		return 0;
	}
	close(place->fd);
	return -ENODEV;
}

static void dev_close(struct metal_bus *bus, struct metal_device *dev)
{
	struct platform_device *p = metal_container_of(dev, struct platform_device, dev);

	(void)bus;
	munmap(p->va, p->size);
	metal_list_del(&dev->node);
	free(p);
}

/* The region of a page-aligned address; everything else is refused. */
static int map(struct platform_device *p, const struct place *place)
{
	void *va = mmap(NULL, place->size, PROT_READ | PROT_WRITE, MAP_SHARED, place->fd,
			place->offset);

	if (va == MAP_FAILED)
		return -errno;
	p->va = va;
	p->size = place->size;
	metal_io_init(&p->dev.regions[0], va, &p->phys, place->size, (unsigned int)-1, 0, NULL);
	p->dev.num_regions = 1;
	return 0;
}

static int dev_open(struct metal_bus *bus, const char *name, struct metal_device **device)
{
	const char *setting = getenv(FILE_ENV);
	struct platform_device *p;
	metal_phys_addr_t phys;
	struct place place = { .fd = -1 };
	char *end;
	int ret;

	errno = 0;
	phys = strtoul(name, &end, 16);
	if (errno || end == name || *end != '.' || strlen(name) >= sizeof(p->name) ||
	    strchr("-+ ", *name))
		return -ENODEV;
	ret = setting && *setting ? find_in_file(setting, phys, &place) : find_region(phys, &place);
	if (ret)
		return ret;
	p = calloc(1, sizeof(*p));
	if (!p) {
		close(place.fd);
		return -ENOMEM;
	}
	p->phys = phys;
	snprintf(p->name, sizeof(p->name), "%s", name);
	ret = map(p, &place);
	close(place.fd);
	if (ret) {
		free(p);
		return ret;
	}
	p->dev.name = p->name;
	p->dev.bus = bus;
	p->dev.irq_num = 0;
	metal_list_add_tail(&bus->devices, &p->dev.node);
	metal_log(METAL_LOG_DEBUG, "opened %s:%s\n", bus->name, name);
	*device = &p->dev;
	return 0;
}

static struct metal_bus platform_bus = {
	.name = "platform",
	.ops = { .dev_open = dev_open, .dev_close = dev_close },
	.devices = METAL_INIT_LIST(platform_bus.devices),
	.node = METAL_INIT_LIST(platform_bus.node),
};

int metal_linux_platform_init(void)
{
	return metal_bus_register(&platform_bus);
}

void metal_linux_platform_shutdown(void)
{
	struct metal_list *node, *next;

	for (node = platform_bus.devices.next; node != &platform_bus.devices; node = next) {
		next = node->next;
		dev_close(&platform_bus, metal_container_of(node, struct metal_device, node));
	}
	metal_bus_unregister(&platform_bus);
}
