// SPDX-License-Identifier: BSD-3-Clause
/* The reference image: a session, a shell on a tty, an echo endpoint. */
#include "extras.h"
#include "kernel.h"
#include "mica_client.h"
#include "mica_rpc.h"
#include "openamp.h"
#include "platform.h"
#include "shell.h"
#include "traffic.h"
#include "variant.h"

static struct mica_ept echo_ept, urgent_ept;
static uint64_t boot_us;

uint64_t platform_boot_us(void)
{
	return boot_us;
}

static bool on_echo(struct mica_ept *ept, const void *data, size_t len, void *arg)
{
	(void)arg;
	return len == 0 || mica_ept_send(ept, data, len, 0) == MICA_OK;
}

static void ready(void *arg)
{
	(void)arg;
	mica_log(MICA_LOG_INFO, "%s %s is up", mica_variant.name, MICA_VERSION);
	switch (mica_variant.kind) {
	case KIND_UNIPROTON:
		extras_uniproton_open();
		break;
	case KIND_UMT_HOSTILE:
		shell_start(&mica_variant.shell);
		extras_umt_hostile_open();
		break;
	case KIND_RTTHREAD:
		extras_rtthread_open();
		break;
	case KIND_BENCH:
		shell_start(&mica_variant.shell);
		extras_bench_open();
		break;
	case KIND_PLAIN:
		shell_start(&mica_variant.shell);
		break;
	case KIND_REFERENCE:
		shell_start(&mica_variant.shell);
		mica_rpc_start();
		extras_umt_open();
		mica_ept_open(&echo_ept, "mica-echo", on_echo, NULL);
		mica_ept_open_urgent(&urgent_ept, "mica-urgent", on_echo, NULL);
		traffic_open();
		break;
	}
}

static void stopping(void *arg)
{
	(void)arg;
	smp_stop();
}

void app_start(void)
{
	const struct mica_session_config config = {
		.ready = ready,
		.stopping = stopping,
		.quirks = &mica_variant.quirks,
	};

	boot_us = k_time_us();
	if (mica_variant.debug)
		mica_variant.debug();
	if (mica_variant.boot == BOOT_CRASH)
		platform_crash();
	if (mica_variant.boot == BOOT_STANDALONE)
		standalone_start();
	if (mica_variant.boot == BOOT_OPENAMP)
		openamp_start();
	if (mica_variant.boot == BOOT_NORMAL)
		mica_session_start(&config);
}
