/* SPDX-License-Identifier: BSD-3-Clause */
/* Files by a proxy: whatever it answers, a read fills the reader's buffer and nothing else. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openamp/rpmsg_retarget.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rpmsg_device rdev;
static struct rpmsg_rpc_data rpc;
static uint8_t *answer;
static size_t answer_len;

/* The proxy answers at once; an end of it comes as any other message. */
static int send(struct rpmsg_device *dev, uint32_t src, uint32_t dst, const void *data, int len,
		int wait)
{
	(void)dev;
	(void)src;
	(void)dst;
	(void)data;
	(void)wait;
	(void)rpc.ept.cb(&rpc.ept, answer, answer_len, 1, NULL);
	return len;
}

static void init(void)
{
	memset(&rdev, 0, sizeof(rdev));
	metal_mutex_init(&rdev.lock);
	metal_list_init(&rdev.endpoints);
	rdev.ops.send_offchannel_raw = send;
	if (rpmsg_rpc_init(&rpc, &rdev, "fuzz", 100, 200, NULL, NULL, NULL))
		abort();
	rpmsg_set_default_rpc(&rpc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *buffer = malloc(17);
	int ret;

	answer = malloc(size ? size : 1);
	answer_len = size;
	if (answer && buffer) {
		memcpy(answer, data, size);
		init();
		ret = _read(0, buffer, 17);
		if (ret > 17)
			abort();
		(void)_open("file", 0, 0);
		(void)_write(1, "text", 4);
		(void)_close(3);
		rpmsg_rpc_release(&rpc);
	}
	free(answer);
	free(buffer);
	return 0;
}
