/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Endpoints whose clients wait for a first message before they go on: umt and, of the static
 * layout, onoff. They get it; what they send after that is counted and its credit given back.
 */
#include "../service.h"

static const char *const umt_names[] = { "rpmsg-umt", NULL };

/* Bulk messages: physical address 0 and length 0 only bind. */
static const struct {
	uint64_t phy_addr;
	int32_t data_len;
	uint32_t pad;
} umt_hello;

_Static_assert(sizeof(umt_hello) == 16, "first umt message");

const struct mica_service_ops mica_service_umt = {
	.names = umt_names,
	.hello = &umt_hello,
	.hello_len = sizeof(umt_hello),
};

/* RT-Thread's switch: u32 1 starts its terminal (endpoint pty), 0xFF000001 shuts the client down.
 */
static const char *const onoff_names[] = { "onoff", NULL };
static const uint32_t terminal_on = 1;
static const uint32_t shut_down = 0xFF000001;

static bool onoff_ask_stop(struct mica_service *s)
{
	return mica_service_send(s, &shut_down, sizeof(shut_down)) == 0;
}

const struct mica_service_ops mica_service_onoff = {
	.names = onoff_names,
	.hello = &terminal_on,
	.hello_len = sizeof(terminal_on),
	.hello_acts = true,
	.ask_stop = onoff_ask_stop,
};
