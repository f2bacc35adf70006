/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "restart_policy.h"

static uint32_t delay(const struct mica_config *cfg, uint32_t in_a_row)
{
	/* A limit below the first delay does not shorten that. */
	uint64_t most =
		cfg->restart_max_ms > cfg->restart_ms ? cfg->restart_max_ms : cfg->restart_ms;
	uint64_t ms = cfg->restart_ms;

	while (in_a_row-- && ms && ms < most)
		ms *= 2;
	return (uint32_t)(ms < most ? ms : most);
}

/* Running so long counts as being well. */
static uint64_t calm_us(const struct mica_config *cfg)
{
	return (uint64_t)(cfg->start_limit_ms ? cfg->start_limit_ms : cfg->restart_max_ms) * 1000;
}

static bool one_too_many(const struct mica_config *cfg, struct restart_counts *n, uint64_t now_us)
{
	if (!cfg->start_limit_burst || !cfg->start_limit_ms)
		return false;
	if (!n->window_us || now_us < n->window_us ||
	    now_us - n->window_us >= (uint64_t)cfg->start_limit_ms * 1000) {
		n->window_us = now_us;
		n->in_window = 0;
	}
	if (n->in_window >= cfg->start_limit_burst)
		return true;
	n->in_window++;
	return false;
}

enum restart_verdict restart_decide(const struct mica_config *cfg, struct restart_counts *n,
				    bool failure, uint64_t started_us, uint64_t now_us,
				    uint32_t *delay_ms)
{
	if (cfg->restart == MICA_RESTART_NO ||
	    (cfg->restart == MICA_RESTART_ON_FAILURE && !failure))
		return RESTART_NO;
	if (started_us && now_us >= started_us && now_us - started_us >= calm_us(cfg))
		n->in_a_row = 0;
	if (one_too_many(cfg, n, now_us))
		return RESTART_LIMIT;
	n->restarts++;
	*delay_ms = delay(cfg, n->in_a_row);
	if (n->in_a_row < 64)
		n->in_a_row++;
	return RESTART_LATER;
}

void restart_seconds(uint64_t ms, char out[32])
{
	uint64_t fraction = ms % 1000;
	int digits = 3;

	while (digits && fraction % 10 == 0) {
		fraction /= 10;
		digits--;
	}
	if (digits)
		snprintf(out, 32, "%" PRIu64 ".%0*" PRIu64 " s", ms / 1000, digits, fraction);
	else
		snprintf(out, 32, "%" PRIu64 " s", ms / 1000);
}
