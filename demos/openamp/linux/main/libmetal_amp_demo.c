/* SPDX-License-Identifier: BSD-3-Clause */
/* libmetal's shared memory demo, the asking half. Other half: shmem_demod. */
#include <metal/errno.h>
#include <metal/sleep.h>
#include <metal/sys.h>
#include <metal/time.h>

#include "../../demo.h"
#include "../../shmem.h"
#include "mica/error.h"

#define GREETING "Hello World - libmetal shared memory demo"
#define MS	 1000000ull

/* Until the word is `value`; 0, or what port_trouble() gave. */
static int wait_for(struct metal_io_region *io, unsigned long offset, uint32_t value)
{
	unsigned long long begin = metal_get_timestamp();
	int ret = 0;

	while (!ret && metal_io_read32(io, offset) != value) {
		metal_sleep_usec(100);
		ret = port_trouble((metal_get_timestamp() - begin) / MS, false);
	}
	return ret;
}

static void send(struct metal_io_region *io)
{
	struct {
		struct shmem_head head;
		char text[sizeof(GREETING)];
	} message = { { 0, sizeof(GREETING) }, GREETING };

	port_say("CLIENT> Sending message: %s\n", message.text);
	metal_io_block_write(io, SHMEM_TO_CLIENT, &message, sizeof(message));
	metal_io_write32(io, SHMEM_TX_AVAIL, 1);
}

/* 0: the same came back. */
static int receive(struct metal_io_region *io)
{
	char text[sizeof(GREETING)];
	struct shmem_head head;

	metal_io_block_read(io, SHMEM_TO_LINUX, &head, sizeof(head));
	if (head.index != 0 || head.length != sizeof(text)) {
		port_error("message %u of %u bytes came back, not message 0 of %u", head.index,
			   head.length, (unsigned int)sizeof(text));
		return 1;
	}
	metal_io_block_read(io, SHMEM_TO_LINUX + sizeof(head), text, sizeof(text));
	metal_io_write32(io, SHMEM_RX_USED, 1);
	text[sizeof(text) - 1] = '\0';
	for (char *c = text; *c; c++)
		*c = (char)(*c >= ' ' && *c < 0x7f ? *c : '?');
	port_say("CLIENT> Message Received: %s\n", text);
	return memcmp(text, GREETING, sizeof(text)) != 0;
}

static int shared_memory(struct metal_io_region *io)
{
	int ret;

	port_say("CLIENT> Setting up shared memory demo.\n");
	metal_io_write32(io, SHMEM_CONTROL, SHMEM_IDLE);
	for (unsigned long word = SHMEM_TX_AVAIL; word <= SHMEM_RX_USED; word += 4)
		metal_io_write32(io, word, 0);
	port_say("CLIENT> Starting shared memory demo.\n");
	metal_io_write32(io, SHMEM_CONTROL, SHMEM_START);
	send(io);
	ret = wait_for(io, SHMEM_RX_AVAIL, 1);
	if (!ret)
		ret = receive(io);
	metal_io_write32(io, SHMEM_CONTROL, SHMEM_IDLE);
	port_say("CLIENT> Shared memory demo: %s.\n", ret ? "Failed" : "Passed");
	return ret;
}

int main(int argc, char *argv[])
{
	struct metal_init_params params = METAL_INIT_DEFAULTS;
	struct metal_io_region *io;
	metal_phys_addr_t base;
	int ret;

	if (metal_init(&params))
		return MICA_E_FAILED;
	ret = port_open(argc, argv, &io, &base);
	if (ret)
		return ret;
	port_say("CLIENT> ***** libmetal demo: shared memory *****\n");
	ret = demo_exit_code(shared_memory(io));
	port_close();
	metal_finish();
	return ret;
}
