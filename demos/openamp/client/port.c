// SPDX-License-Identifier: BSD-3-Clause
/* The client's end: memory below the image, the shell as terminal. */
#include <metal/errno.h>

#include "mica_chip.h"
#include "port.h"
#include "shell.h"

#include "../map.h"

static struct metal_io_region region;
static metal_phys_addr_t address;

int port_open(int argc, char *argv[], struct metal_io_region **io, metal_phys_addr_t *base)
{
	size_t size;

	(void)argc;
	(void)argv;
	address = (metal_phys_addr_t)mica_chip_comm(&size);
	if (size < DEMO_SIZE) {
		port_error("this image has no memory for the demos: start mica-openamp");
		return 1;
	}
	metal_io_init(&region, mica_chip_to_va(address, DEMO_SIZE), &address, DEMO_SIZE,
		      (unsigned int)-1, 0, NULL);
	*io = &region;
	*base = address;
	return 0;
}

void port_close(void)
{
}

void port_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	shell_vprintf(format, args);
	va_end(args);
}

void port_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	shell_printf("ERROR: ");
	shell_vprintf(format, args);
	shell_printf("\n");
	va_end(args);
}

/* Linux may come whenever it likes; only the user ends this. */
int port_trouble(unsigned long long idle_ms, bool bound)
{
	(void)idle_ms;
	(void)bound;
	return shell_interrupted() ? -EINTR : 0;
}
