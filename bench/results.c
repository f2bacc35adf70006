/* SPDX-License-Identifier: BSD-3-Clause */
/* Results: a table of medians for whoever looks, all figures as JSON for report.py. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "bench.h"

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(const double *sorted, uint32_t n, uint32_t percent)
{
	return sorted[(uint64_t)(n - 1) * percent / 100];
}

double bench_quantile(double *values, uint32_t n, uint32_t percent)
{
	qsort(values, n, sizeof(*values), ascending);
	return quantile(values, n, percent);
}

static void write_environment(FILE *f)
{
	struct utsname u;
	double load[3] = { 0 };

	uname(&u);
	if (getloadavg(load, 3) < 1)
		load[0] = -1;
	fprintf(f, "\"machine\": \"%s\", \"kernel\": \"%s\", \"compiler\": \"%s\",\n", u.machine,
		u.release, __VERSION__);
	fprintf(f, "\"cpus\": [%d, %d], \"load\": %.2f, \"rounds\": %u, \"scale\": %u,\n",
		bench_options.cpu[0], bench_options.cpu[1], load[0], bench_options.rounds,
		bench_options.scale);
}

static void write_case(FILE *f, struct bench_case *c)
{
	static const char *const places[] = { "alone", "cross", "same" };

	qsort(c->sample, c->n_samples, sizeof(double), ascending);
	fprintf(f, "{\"id\": \"%s\", \"unit\": \"%s\", \"place\": \"%s\", \"ops\": %u, ", c->id,
		c->kind->unit, places[c->place], c->ops * c->batches);
	fprintf(f, "\"min\": %.2f, \"p50\": %.2f, \"p90\": %.2f, \"counts\": {", c->sample[0],
		quantile(c->sample, c->n_samples, 50), quantile(c->sample, c->n_samples, 90));
	for (unsigned int i = 0; i < BENCH_COUNTS && c->kind->count_name[i]; i++)
		fprintf(f, "%s\"%s\": %.5f", i ? ", " : "", c->kind->count_name[i],
			c->count[i] / (double)c->all_ops);
	fputs("}, \"rounds\": [", f);
	for (uint32_t i = 0; i < bench_options.rounds; i++)
		fprintf(f, "%s%.2f", i ? ", " : "", c->round[i]);
	fputs("]}", f);
}

static void print_case(struct bench_case *c)
{
	double *round = bench_alloc(bench_options.rounds * sizeof(double));

	memcpy(round, c->round, bench_options.rounds * sizeof(double));
	printf("%-34s %12.1f %-5s", c->id, bench_quantile(round, bench_options.rounds, 50),
	       c->kind->unit);
	for (unsigned int i = 0; i < BENCH_COUNTS && c->kind->count_name[i]; i++)
		printf("  %s %.3f", c->kind->count_name[i], c->count[i] / (double)c->all_ops);
	putchar('\n');
	free(round);
}

int bench_write(struct bench_case *cases, unsigned int n, const char *path)
{
	FILE *f;

	for (unsigned int i = 0; i < n; i++)
		print_case(&cases[i]);
	if (!path)
		return 0;
	f = fopen(path, "w");
	if (!f) {
		bench_fail(path);
		return 1;
	}
	fprintf(f, "{\"program\": \"%s\",\n", program_invocation_short_name);
	write_environment(f);
	fputs("\"cases\": [\n", f);
	for (unsigned int i = 0; i < n; i++) {
		write_case(f, &cases[i]);
		fputs(i + 1 < n ? ",\n" : "\n", f);
	}
	fputs("]}\n", f);
	if (fclose(f))
		bench_fail(path);
	return 0;
}
