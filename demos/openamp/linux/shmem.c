/* SPDX-License-Identifier: BSD-3-Clause */
/* libmetal's shared memory demo, the asking half. Other half: shmem_demod. */

#include "../demo.h"
#include "../shmem.h"
#include "amp.h"

#define GREETING "Hello World - libmetal shared memory demo"

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

int amp_shared_memory(struct metal_io_region *io)
{
	int ret;

	port_say("CLIENT> Setting up shared memory demo.\n");
	metal_io_write32(io, SHMEM_CONTROL, SHMEM_IDLE);
	for (unsigned long word = SHMEM_TX_AVAIL; word <= SHMEM_RX_USED; word += 4)
		metal_io_write32(io, word, 0);
	port_say("CLIENT> Starting shared memory demo.\n");
	metal_io_write32(io, SHMEM_CONTROL, SHMEM_START);
	send(io);
	ret = amp_wait(io, SHMEM_RX_AVAIL, 1, false);
	if (!ret)
		ret = receive(io);
	metal_io_write32(io, SHMEM_CONTROL, SHMEM_IDLE);
	port_say("CLIENT> Shared memory demo: %s.\n", ret ? "Failed" : "Passed");
	return ret;
}
