/* SPDX-License-Identifier: BSD-3-Clause */
/* Payloads of every size that must come back as they were: copied, in place, as a flood. */
#include "demo.h"

#define PATTERN 0xA5

unsigned int demo_flood_count = 20;

/* As it travels; size: bytes of data. */
struct payload {
	uint64_t num;
	uint64_t size;
	uint8_t data[DEMO_PAYLOAD - 16];
};

#define HEAD	 offsetof(struct payload, data)
#define MAX_DATA (DEMO_PAYLOAD - HEAD)

static struct rpmsg_endpoint ept;
static struct payload out, in;
static uint64_t expected; /* number of the next answer */
static uint64_t out_size; /* bytes of data that all outstanding ones have */
static unsigned int errors;
static volatile int gone;
static bool quiet;

static int on_answer(struct rpmsg_endpoint *e, void *data, size_t len, uint32_t src, void *priv)
{
	bool good;

	(void)e;
	(void)src;
	(void)priv;
	len = demo_take((uint8_t *)&in, data, len);
	if (!quiet && len >= HEAD)
		port_say("received payload number %llu of size %u\n", (unsigned long long)in.num,
			 (unsigned int)len);
	good = len == HEAD + out_size && in.num == expected && in.size == out_size;
	for (size_t i = 0; good && i < out_size; i++)
		good = in.data[i] == PATTERN;
	if (!good) {
		port_error("payload number %llu came back changed", (unsigned long long)expected);
		errors++;
	}
	expected++;
	return RPMSG_SUCCESS;
}

static void on_destroyed(struct rpmsg_endpoint *e)
{
	rpmsg_destroy_ept(e);
	port_say("echo test: service is destroyed\n");
	gone = 1;
}

static int begin(struct rpmsg_device *rdev, void *platform)
{
	int ret = 0;

	memset(&ept, 0, sizeof(ept));
	memset(out.data, PATTERN, sizeof(out.data));
	expected = 0;
	errors = 0;
	gone = 0;
	port_say(
		" 1 - Send data to remote core, retrieve the echo and validate its integrity ..\n");
	if (rpmsg_create_ept(&ept, rdev, DEMO_SERVICE, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, on_answer,
			     on_destroyed)) {
		port_error("failed to create the endpoint");
		return 1;
	}
	while (!ret && !is_rpmsg_ept_ready(&ept) && !gone)
		ret = platform_poll(platform);
	if (!ret)
		port_say("RPMSG endpoint is binded with remote.\n");
	return ret;
}

static int end(int ret)
{
	errors += ret != 0;
	demo_results("", errors);
	if (!gone)
		rpmsg_destroy_ept(&ept);
	port_say("Quitting application .. Echo test end\n");
	return ret ? ret : errors != 0;
}

static int send_copy(void)
{
	return rpmsg_send(&ept, &out, (int)(HEAD + out_size));
}

static int send_in_place(void)
{
	uint32_t room;
	void *buf = rpmsg_get_tx_payload_buffer(&ept, &room, 1);
	int ret;

	if (!buf)
		return RPMSG_ERR_NO_BUFF;
	if (room < HEAD + out_size) {
		rpmsg_release_tx_buffer(&ept, buf);
		return RPMSG_ERR_BUFF_SIZE;
	}
	metal_copy_to_shared(buf, &out, HEAD + out_size);
	ret = rpmsg_send_nocopy(&ept, buf, (int)(HEAD + out_size));
	if (ret < 0)
		rpmsg_release_tx_buffer(&ept, buf);
	return ret;
}

/* Poll until answer `until` - 1 is there. */
static int wait_for(void *platform, uint64_t until)
{
	int ret = 0;

	while (!ret && expected < until && !gone)
		ret = platform_poll(platform);
	if (!ret && expected < until) {
		port_error("payload number %llu did not come back: the service has ended",
			   (unsigned long long)expected);
		ret = -ENODEV;
	}
	return ret;
}

static int ping(struct rpmsg_device *rdev, void *platform, int (*send)(void))
{
	int ret = begin(rdev, platform);

	quiet = false;
	for (out_size = 1; !ret && !errors && out_size <= MAX_DATA; out_size++) {
		unsigned int size = (unsigned int)(HEAD + out_size);

		out.num = out_size - 1;
		out.size = out_size;
		port_say("sending payload number %u of size %u\n", size - (unsigned int)HEAD - 1,
			 size);
		ret = send();
		if (ret < 0) {
			port_error("payload cannot be sent: %d", ret);
			break;
		}
		port_say("echo test: sent : %u\n", size);
		ret = wait_for(platform, out_size);
	}
	return end(ret);
}

int demo_ping(struct rpmsg_device *rdev, void *platform)
{
	return ping(rdev, platform, send_copy);
}

int demo_nocopy_ping(struct rpmsg_device *rdev, void *platform)
{
	return ping(rdev, platform, send_in_place);
}

/* As many as fit are on the way at a time. */
static int flood(void *platform)
{
	int ret = 0;

	for (out.num = 0; out.num < demo_flood_count; out.num++) {
		while (!ret && !errors && !gone) {
			ret = rpmsg_trysend(&ept, &out, (int)(HEAD + out_size));
			if (ret != RPMSG_ERR_NO_BUFF)
				break;
			ret = platform_poll(platform);
		}
		if (ret < 0 || errors || gone)
			break;
		ret = 0;
	}
	if (ret < 0)
		return ret;
	return wait_for(platform, errors ? 0 : demo_flood_count);
}

int demo_flood_ping(struct rpmsg_device *rdev, void *platform)
{
	int ret = begin(rdev, platform);

	quiet = true;
	for (out_size = 1; !ret && !errors && out_size <= MAX_DATA; out_size++) {
		port_say("echo test: package size %u, num of packages: %u\n",
			 (unsigned int)(HEAD + out_size), demo_flood_count);
		out.size = out_size;
		expected = 0;
		ret = flood(platform);
	}
	return end(ret);
}
