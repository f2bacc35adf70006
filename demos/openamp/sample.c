/* SPDX-License-Identifier: BSD-3-Clause */
/* A hundred greetings that come back as they were: both halves. */
#include "demo.h"

#define LIMIT 100
#define HELLO "hello world!"
#define BYE   "goodbye!"

static struct rpmsg_endpoint ept;
static unsigned int received, sent, errors;
static volatile int done, gone;
static uint8_t message[DEMO_PAYLOAD];

static void begin(void)
{
	memset(&ept, 0, sizeof(ept));
	received = sent = errors = 0;
	done = gone = 0;
}

/* What was received as text for one line: whatever it is, it does not act on the terminal. */
static const char *text(size_t len)
{
	static char out[64];
	size_t i;

	for (i = 0; i < len && i < sizeof(out) - 1; i++)
		out[i] = (char)(message[i] >= ' ' && message[i] < 0x7f ? message[i] : '?');
	out[i] = '\0';
	return out;
}

/* ---- ping ---- */

static const char *greeting(unsigned int number)
{
	return number < LIMIT ? HELLO : BYE;
}

static int on_answer(struct rpmsg_endpoint *e, void *data, size_t len, uint32_t src, void *priv)
{
	const char *expected = greeting(received + 1);

	(void)e;
	(void)src;
	(void)priv;
	len = demo_take(message, data, len);
	port_say("received message %u: %s of size %u\n", received + 1, text(len),
		 (unsigned int)len);
	port_say("seed %s:\n", expected);
	port_say("rnum %u:\n", received);
	received++;
	if (received > sent || len != strlen(expected) || memcmp(message, expected, len)) {
		port_error("message %u is not what was sent", received);
		errors++;
	}
	return RPMSG_SUCCESS;
}

static void on_destroyed(struct rpmsg_endpoint *e)
{
	rpmsg_destroy_ept(e);
	port_say("echo test: service is destroyed\n");
	gone = 1;
}

static int exchange(void *platform, unsigned int number)
{
	const char *what = greeting(number);
	int ret;

	ret = rpmsg_send(&ept, what, (int)strlen(what));
	if (ret < 0) {
		port_error("message %u cannot be sent: %d", number, ret);
		return ret;
	}
	sent = number;
	port_say("rpmsg sample test: message %u sent\n", number);
	for (ret = 0; !ret && received < number && !gone;)
		ret = platform_poll(platform);
	if (!ret && received < number) {
		port_error("message %u did not come back: the service has ended", number);
		ret = -ENODEV;
	}
	return ret;
}

int demo_sample_ping(struct rpmsg_device *rdev, void *platform)
{
	int ret = 0;

	begin();
	port_say(
		" 1 - Send data to remote core, retrieve the echo and validate its integrity ..\n");
	if (rpmsg_create_ept(&ept, rdev, DEMO_SERVICE_ECHO, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY,
			     on_answer, on_destroyed)) {
		port_error("failed to create the endpoint");
		return 1;
	}
	while (!ret && !is_rpmsg_ept_ready(&ept) && !gone)
		ret = platform_poll(platform);
	if (!ret)
		port_say("RPMSG endpoint is binded with remote.\n");
	for (unsigned int i = 1; !ret && i <= LIMIT; i++)
		ret = exchange(platform, i);
	if (!ret)
		ret = demo_wait(platform, &gone);
	errors += ret != 0;
	demo_results("", errors);
	if (!gone)
		rpmsg_destroy_ept(&ept);
	port_say("Quitting application .. rpmsg sample test end\n");
	return ret ? ret : errors != 0;
}

/* ---- echo ---- */

static int on_message(struct rpmsg_endpoint *e, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src;
	(void)priv;
	len = demo_take(message, data, len);
	if (received == LIMIT)
		return RPMSG_SUCCESS;
	received++;
	port_say("echo message number %u: %s\n", received, text(len));
	if (rpmsg_send(e, message, (int)len) < 0) {
		port_error("rpmsg_send failed");
		errors++;
		done = 1;
	} else if (received == LIMIT) {
		port_say("reach message limit, exit\n");
		done = 1;
	}
	return RPMSG_SUCCESS;
}

static void on_unbind(struct rpmsg_endpoint *e)
{
	(void)e;
	port_say("unexpected Remote endpoint destroy\n");
	errors++;
	done = 1;
}

int demo_sample_echo(struct rpmsg_device *rdev, void *platform)
{
	int ret;

	begin();
	port_say("Try to create rpmsg endpoint.\n");
	if (rpmsg_create_ept(&ept, rdev, DEMO_SERVICE_ECHO, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY,
			     on_message, on_unbind)) {
		port_error("failed to create the endpoint");
		return 1;
	}
	port_say("Successfully created rpmsg endpoint.\n");
	ret = demo_wait(platform, &done);
	rpmsg_destroy_ept(&ept);
	return ret ? ret : errors != 0;
}
