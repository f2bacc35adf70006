/* SPDX-License-Identifier: BSD-3-Clause */
/* Statistics of round-trip times in constant memory: exact extremes, average and deviation;
 * percentiles are at most 2 % too high. */
#ifndef MICA_STATS_H
#define MICA_STATS_H

#include <stdint.h>

#define STATS_LINEAR  128u /* times below are counted one by one */
#define STATS_BUCKETS (STATS_LINEAR + 57u * STATS_LINEAR / 2u)

struct stats {
	uint64_t n, min, max;
	double mean, squares; /* running, by Welford */
	uint64_t bucket[STATS_BUCKETS];
};

/* All zero is an empty one. */
void stats_add(struct stats *s, uint64_t value);
double stats_deviation(const struct stats *s);
/* The smallest value that `per_mille` thousandths of all do not exceed; 0 of none. */
uint64_t stats_percentile(const struct stats *s, unsigned int per_mille);

#endif /* MICA_STATS_H */
