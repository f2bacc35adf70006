/* SPDX-License-Identifier: BSD-3-Clause */
/* Buckets are as wide as a 64th of the power of two below their values. */
#include "stats.h"

#define STEPS (STATS_LINEAR / 2u) /* a power of two */

/* By hand: the C library's needs its mathematics. */
static double root(double x)
{
	double r = x > 1 ? x : 1;

	if (x <= 0)
		return 0;
	for (int i = 0; i < 200; i++) {
		double next = (r + x / r) / 2;

		if (next >= r)
			break;
		r = next;
	}
	return r;
}

static unsigned int log2_of(uint64_t value)
{
	return 63u - (unsigned int)__builtin_clzll(value);
}

/* Values 2^e to 2^(e+1) - 1, e >= 7, share STEPS buckets. */
static unsigned int bucket_of(uint64_t value)
{
	unsigned int e;

	if (value < STATS_LINEAR)
		return (unsigned int)value;
	e = log2_of(value);
	return STATS_LINEAR + (e - 7u) * STEPS + (unsigned int)((value >> (e - 6u)) - STEPS);
}

/* The largest value of a bucket. */
static uint64_t top_of(unsigned int bucket)
{
	unsigned int e, step;

	if (bucket < STATS_LINEAR)
		return bucket;
	e = 7u + (bucket - STATS_LINEAR) / STEPS;
	step = (bucket - STATS_LINEAR) % STEPS;
	return ((uint64_t)(STEPS + step) << (e - 6u)) + (((uint64_t)1 << (e - 6u)) - 1);
}

void stats_add(struct stats *s, uint64_t value)
{
	double delta = (double)value - s->mean;

	if (!s->n || value < s->min)
		s->min = value;
	if (value > s->max)
		s->max = value;
	s->n++;
	s->mean += delta / (double)s->n;
	s->squares += delta * ((double)value - s->mean);
	s->bucket[bucket_of(value)]++;
}

double stats_deviation(const struct stats *s)
{
	return s->n ? root(s->squares / (double)s->n) : 0;
}

uint64_t stats_percentile(const struct stats *s, unsigned int per_mille)
{
	uint64_t rank, seen = 0, value;

	if (!s->n)
		return 0;
	/* n * per_mille / 1000, rounded up, without an overflow. */
	rank = s->n / 1000u * per_mille + (s->n % 1000u * per_mille + 999u) / 1000u;
	for (unsigned int i = 0; i < STATS_BUCKETS; i++) {
		seen += s->bucket[i];
		if (!s->bucket[i] || seen < rank)
			continue;
		value = top_of(i);
		return value > s->max ? s->max : value < s->min ? s->min : value;
	}
	return s->max;
}
