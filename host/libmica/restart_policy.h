/* SPDX-License-Identifier: BSD-3-Clause */
/* When a client is restarted, as systemd.service(5) has it. Pure arithmetic: the caller's clock. */
#ifndef MICA_RESTART_POLICY_H
#define MICA_RESTART_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "mica/config.h"

struct restart_counts {
	uint32_t restarts;  /* since the last start by hand */
	uint32_t in_a_row;  /* times the delay doubles */
	uint32_t in_window; /* restarts since window_us */
	uint64_t window_us; /* when the interval of StartLimitIntervalSec began; 0: it did not */
};

enum restart_verdict {
	RESTART_NO,    /* stay as it is */
	RESTART_LATER, /* after the delay */
	RESTART_LIMIT, /* would be one too many: Failed */
};

/*
 * The client ended, in failure or not. now_us: any clock that only goes forward and is never 0;
 * started_us: when it began to run, by the same clock, 0 if it never did. *delay_ms with LATER.
 */
enum restart_verdict restart_decide(const struct mica_config *cfg, struct restart_counts *counts,
				    bool failure, uint64_t started_us, uint64_t now_us,
				    uint32_t *delay_ms);

/* Milliseconds as "2 s", "1.6 s", "0.05 s". */
void restart_seconds(uint64_t ms, char out[32]);

#endif /* MICA_RESTART_POLICY_H */
