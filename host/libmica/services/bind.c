/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Endpoints whose clients wait for a first message before they go on: of the static layout, onoff.
 * They get it; what they send after that is counted and its credit given back.
 */
#include "../link.h"
#include "../service.h"

/* RT-Thread's switch: u32 1 starts its terminal (endpoint pty), 0xFF000001 shuts the client down.
 */
static const char *const onoff_names[] = { "onoff", NULL };
static const uint32_t terminal_on = 1;
static const uint32_t shut_down = 0xFF000001;

static bool onoff_ask_stop(struct mica_service *s)
{
	/* Elsewhere the status word does it. */
	return !s->link->table && mica_service_send(s, &shut_down, sizeof(shut_down)) == 0;
}

const struct mica_service_ops mica_service_onoff = {
	.names = onoff_names,
	.hello = &terminal_on,
	.hello_len = sizeof(terminal_on),
	.hello_acts = true,
	.ask_stop = onoff_ask_stop,
};
