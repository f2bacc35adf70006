// SPDX-License-Identifier: BSD-3-Clause
/* libmetal's shared memory demo, the echoing half. */
#include "../demo.h"
#include "../shmem.h"
#include "mica_os.h"
#include "openamp.h"

static uint8_t message[SHMEM_BUFFER];

/* True: go on. The core is not kept from other threads, but never for longer than a moment. */
static bool wait_while(struct metal_io_region *io, unsigned long offset, uint32_t value)
{
	while (metal_io_read32(io, offset) == value) {
		if (shell_interrupted())
			return false;
		mica_os_sleep_ms(1);
	}
	return true;
}

static bool echo_one(struct metal_io_region *io, uint32_t number)
{
	struct shmem_head head;

	metal_io_block_read(io, SHMEM_TO_CLIENT, &head, sizeof(head));
	if (head.length > SHMEM_BUFFER - sizeof(head)) {
		port_error("a message of %u bytes does not fit", head.length);
		return false;
	}
	metal_io_block_read(io, SHMEM_TO_CLIENT, message, (int)(sizeof(head) + head.length));
	metal_io_write32(io, SHMEM_TX_USED, number);
	metal_io_block_write(io, SHMEM_TO_LINUX, message, (int)(sizeof(head) + head.length));
	metal_io_write32(io, SHMEM_RX_AVAIL, number);
	return true;
}

static bool serve(struct metal_io_region *io)
{
	uint32_t number = 0, available;

	while (metal_io_read32(io, SHMEM_CONTROL) == SHMEM_START) {
		available = metal_io_read32(io, SHMEM_TX_AVAIL);
		if (available != number + 1) {
			if (shell_interrupted())
				return false;
			mica_os_sleep_ms(1);
			continue;
		}
		number++;
		if (!echo_one(io, number))
			return false;
	}
	return true;
}

void openamp_shmem(const char *args)
{
	struct metal_io_region *io;
	metal_phys_addr_t base;

	(void)args;
	port_say("CLIENT> Configuration share memory\n");
	if (port_open(0, NULL, &io, &base))
		return;
	port_say("CLIENT> Wait for shared memory demo to start.\n");
	if (!wait_while(io, SHMEM_CONTROL, SHMEM_IDLE))
		return;
	port_say("CLIENT> Demo has started.\n");
	if (serve(io))
		port_say("CLIENT> Shared memory test finished\n");
}
