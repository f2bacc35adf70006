// SPDX-License-Identifier: BSD-3-Clause
/*
 * Endpoints of UniProton images: rpmsg-rpc in its silent form and rpmsg-umt. Their boot waits for
 * one message on each before anything else happens.
 */
#include <string.h>

#include "extras.h"
#include "mica/umt_abi.h"
#include "mica_chip.h"
#include "mica_client.h"
#include "shell.h"
#include "variant.h"

#define RPC_POWER_OFF 1u

static struct mica_ept rpc_ept, umt_ept;
static struct mica_os_sem gate;

static void spoke(bool *before)
{
	static unsigned int count;

	if (*before)
		return;
	*before = true;
	if (++count == 2)
		mica_os_sem_give(&gate);
}

static bool on_rpc(struct mica_ept *ept, const void *data, size_t len, void *arg)
{
	static bool before;
	uint32_t id;

	(void)ept;
	(void)arg;
	spoke(&before);
	if (len < sizeof(id))
		return true;
	memcpy(&id, data, sizeof(id));
	if (id == RPC_POWER_OFF)
		mica_session_stop();
	return true;
}

/* Sends what came back, from the client's half of the window. */
static bool on_umt(struct mica_ept *ept, const void *data, size_t len, void *arg)
{
	static bool before;
	struct mica_umt_message m;
	const void *from;
	void *to;

	(void)arg;
	spoke(&before);
	if (len < sizeof(m))
		return true;
	memcpy(&m, data, sizeof(m));
	if (!m.phy_addr || m.data_len <= 0 || m.data_len > (int32_t)MICA_UMT_WINDOW)
		return true;
	from = mica_chip_to_va(m.phy_addr, (size_t)m.data_len);
	to = mica_chip_to_va(m.phy_addr + MICA_UMT_WINDOW, (size_t)m.data_len);
	if (!from || !to)
		return true;
	memcpy(to, from, (size_t)m.data_len);
	if (mica_variant.umt_short)
		return mica_ept_send(ept, &m.data_len, sizeof(m.data_len), 0) == MICA_OK;
	m.phy_addr += MICA_UMT_WINDOW;
	return mica_ept_send(ept, &m, sizeof(m), 0) == MICA_OK;
}

void extras_uniproton_open(void)
{
	struct shell_config config = mica_variant.shell;

	mica_os_sem_init(&gate, 0);
	config.gate = &gate;
	shell_start(&config);
	mica_ept_open(&rpc_ept, "rpmsg-rpc", on_rpc, NULL);
	mica_ept_open(&umt_ept, "rpmsg-umt", on_umt, NULL);
}
