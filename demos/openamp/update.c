/* SPDX-License-Identifier: BSD-3-Clause */
/* Sends back what comes, until the other side asks for the end or its endpoint goes. */
#include "demo.h"

#define HELD 64

static struct rpmsg_endpoint ept;
static volatile int done;
static unsigned int errors;
static uint8_t message[DEMO_PAYLOAD];

/* Received buffers that are still to be answered. */
static struct {
	void *data;
	size_t len;
} held[HELD];
static unsigned int n_held;

static bool asks_for_end(const void *data, size_t len)
{
	uint32_t word;

	if (len != sizeof(word))
		return false;
	metal_copy_from_shared(&word, data, sizeof(word));
	if (word != DEMO_SHUTDOWN)
		return false;
	port_say("shutdown message is received.\n");
	done = 1;
	return true;
}

static int on_message(struct rpmsg_endpoint *e, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src;
	(void)priv;
	/* After one that could not be answered the next answer would look like its own. */
	if (done || asks_for_end(data, len))
		return RPMSG_SUCCESS;
	len = demo_take(message, data, len);
	if (rpmsg_send(e, message, (int)len) < 0) {
		port_error("rpmsg_send, size %u failed", (unsigned int)len);
		errors++;
		done = 1;
	}
	return RPMSG_SUCCESS;
}

static void on_unbind(struct rpmsg_endpoint *e)
{
	(void)e;
	port_say("unexpected Remote endpoint destroy\n");
	done = 1;
}

static int begin(struct rpmsg_device *rdev, rpmsg_ept_cb cb)
{
	memset(&ept, 0, sizeof(ept));
	done = 0;
	errors = 0;
	n_held = 0;
	port_say("Try to create rpmsg endpoint.\n");
	if (rpmsg_create_ept(&ept, rdev, DEMO_SERVICE, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, cb,
			     on_unbind)) {
		port_error("failed to create the endpoint");
		return 1;
	}
	port_say("Successfully created rpmsg endpoint.\n");
	return 0;
}

int demo_update(struct rpmsg_device *rdev, void *platform)
{
	int ret = begin(rdev, on_message);

	if (ret)
		return ret;
	ret = demo_wait(platform, &done);
	rpmsg_destroy_ept(&ept);
	return ret ? ret : errors != 0;
}

/* ---- from buffer to buffer ---- */

static void answer(void *data, size_t len)
{
	uint32_t room;
	void *buf = rpmsg_get_tx_payload_buffer(&ept, &room, 1);

	len = demo_take(message, data, len);
	if (buf && len <= room) {
		metal_copy_to_shared(buf, message, len);
		if (rpmsg_send_nocopy(&ept, buf, (int)len) >= 0)
			return;
	}
	if (buf)
		rpmsg_release_tx_buffer(&ept, buf);
	port_error("rpmsg_send_nocopy, size %u failed", (unsigned int)len);
	errors++;
	done = 1;
}

/* Answered later, out of the buffer it came in. */
static int on_held(struct rpmsg_endpoint *e, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src;
	(void)priv;
	if (done || asks_for_end(data, len))
		return RPMSG_SUCCESS;
	if (n_held == HELD) {
		answer(data, len);
		return RPMSG_SUCCESS;
	}
	rpmsg_hold_rx_buffer(e, data);
	held[n_held].data = data;
	held[n_held++].len = len;
	return RPMSG_SUCCESS;
}

int demo_nocopy_echo(struct rpmsg_device *rdev, void *platform)
{
	int ret = begin(rdev, on_held);

	if (ret)
		return ret;
	while (!ret && !done) {
		ret = platform_poll(platform);
		for (unsigned int i = 0; i < n_held; i++) {
			if (!ret && !done)
				answer(held[i].data, held[i].len);
			rpmsg_release_rx_buffer(&ept, held[i].data);
		}
		n_held = 0;
	}
	rpmsg_destroy_ept(&ept);
	return ret ? ret : errors != 0;
}
