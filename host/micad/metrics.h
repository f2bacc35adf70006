/* SPDX-License-Identifier: BSD-3-Clause */
/* Metrics of the daemon and of all clients; docs/metrics.md lists them. */
#ifndef MICAD_METRICS_H
#define MICAD_METRICS_H

struct daemon;

/* OpenMetrics text, the caller's. NULL: out of memory. */
char *metrics_text(struct daemon *d);

#endif /* MICAD_METRICS_H */
