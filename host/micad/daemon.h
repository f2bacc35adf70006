/* SPDX-License-Identifier: BSD-3-Clause */
/* All state of the daemon. Owned by the loop thread; nothing else touches it. */
#ifndef MICAD_DAEMON_H
#define MICAD_DAEMON_H

#include <uv.h>

#include "fdstore.h"
#include "instance.h"
#include "mica/client.h"
#include "options.h"
#include "server.h"

struct daemon {
	uv_loop_t loop;
	uv_signal_t term, intr;
	struct options opt;
	struct instance instance;
	struct fdstore fds;
	struct server server;
	struct mica_host *host;
	uint64_t start_time_ms; /* since the epoch */
	bool stopping;
};

#endif /* MICAD_DAEMON_H */
