/* SPDX-License-Identifier: BSD-3-Clause */
/* Floors and what is compared with them, alternately, in one process lifetime. */
#include <getopt.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

struct bench_options bench_options = { .rounds = 21, .scale = 100 };

static struct bench_case cases[BENCH_CASES_MAX];
static unsigned int n_cases;

static const char usage[] =
	"bench_rpmsg|bench_app|bench_umt|bench_rpc [--smoke] [--rounds=N] [--scale=PERCENT] "
	"[--cpus=A,B] "
	"[--only=PREFIX,...] "
	"[--out=FILE]\n"
	"\n"
	"Measures rings and what they are compared with; prints medians, writes all figures as "
	"JSON.\n"
	"  --smoke    two rounds of a hundredth of the operations: shows that everything runs\n"
	"  --cpus     cores of the two processes; default: the first two this process may use\n";

/* Does one of the prefixes in bench_options.only, separated by commas, begin this name? */
static bool wanted(const char *id)
{
	const char *p = bench_options.only;
	size_t n;

	for (; p && *p; p += n + (p[n] == ',')) {
		n = strcspn(p, ",");
		if (strncmp(id, p, n) == 0)
			return true;
	}
	return !p;
}

void bench_add(const struct bench_kind *kind, void *arg, enum bench_place place, uint32_t ops,
	       uint32_t batches, const char *id, ...)
{
	struct bench_case *c = &cases[n_cases];
	va_list ap;

	if (n_cases == BENCH_CASES_MAX)
		bench_fail("too many cases");
	va_start(ap, id);
	vsnprintf(c->id, sizeof(c->id), id, ap);
	va_end(ap);
	if (!wanted(c->id))
		return;
	if (place == BENCH_CROSS && bench_options.cpu[0] == bench_options.cpu[1])
		return;
	c->kind = kind;
	c->arg = arg;
	c->place = place;
	c->ops = ops;
	c->batches = batches * bench_options.scale / 100;
	if (!c->batches)
		c->batches = 1;
	if (bench_options.scale < 100 && c->ops > 200)
		c->ops = 200;
	c->round = bench_alloc(bench_options.rounds * sizeof(double));
	c->sample = bench_alloc((size_t)bench_options.rounds * c->batches * sizeof(double));
	if (!c->round || !c->sample)
		bench_fail("memory");
	n_cases++;
}

/* ---- rounds ---- */

static double figure(const struct bench_case *c, uint64_t ns)
{
	double per_op = (double)ns / c->ops;

	if (c->kind->mb > 0)
		return c->kind->mb * 1e9 / per_op;
	return per_op;
}

static uint64_t run_batch(const struct bench_case *c)
{
	uint64_t begin = bench_now_ns();

	if (c->kind->timed)
		return c->kind->timed(c->arg, c->ops);
	c->kind->host(c->arg, c->ops);
	return bench_now_ns() - begin;
}

static void run_case(unsigned int index, uint32_t round)
{
	struct bench_case *c = &cases[index];
	double *sample = c->sample + c->n_samples;
	uint64_t before[BENCH_COUNTS] = { 0 }, after[BENCH_COUNTS] = { 0 };

	bench_pin(bench_options.cpu[0]);
	if (c->kind->peer)
		bench_peer_run(index);
	(void)run_batch(c); /* warms up */
	if (c->kind->counts)
		c->kind->counts(c->arg, before);
	for (uint32_t i = 0; i < c->batches; i++)
		sample[i] = figure(c, run_batch(c));
	if (c->kind->counts)
		c->kind->counts(c->arg, after);
	if (c->kind->peer)
		bench_peer_end(c);
	for (unsigned int i = 0; i < BENCH_COUNTS; i++)
		c->count[i] += (double)(after[i] - before[i]);
	c->all_ops += (uint64_t)c->ops * c->batches;
	c->n_samples += c->batches;
	/* Whoever else uses the cores only adds: the undisturbed batches are the figure. */
	c->round[round] = bench_quantile(sample, c->batches, c->kind->mb > 0 ? 90 : 10);
}

static void run_round(uint32_t round)
{
	unsigned int order[BENCH_CASES_MAX] = { 0 };

	for (unsigned int i = 0; i < n_cases; i++) {
		unsigned int j = (unsigned int)(random() % (i + 1));

		order[i] = order[j];
		order[j] = i;
	}
	for (unsigned int i = 0; i < n_cases; i++)
		run_case(order[i], round);
	fprintf(stderr, "\rround %u of %u ", round + 1, bench_options.rounds);
}

/* ---- options ---- */

static void default_cpus(void)
{
	cpu_set_t set;
	int n = 0;

	if (sched_getaffinity(0, sizeof(set), &set))
		bench_fail("placement on a core");
	for (int cpu = 0; cpu < CPU_SETSIZE && n < 2; cpu++) {
		if (CPU_ISSET((size_t)cpu, &set))
			bench_options.cpu[n++] = cpu;
	}
	if (n == 1)
		bench_options.cpu[1] = bench_options.cpu[0];
}

static void read_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "smoke", no_argument, NULL, 's' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "scale", required_argument, NULL, 'S' },
		{ "cpus", required_argument, NULL, 'c' },
		{ "only", required_argument, NULL, 'o' },
		{ "out", required_argument, NULL, 'O' },
		{ "client", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int opt;

	default_cpus();
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 's':
			bench_options.rounds = 2;
			bench_options.scale = 1;
			break;
		case 'r':
			bench_options.rounds = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'S':
			bench_options.scale = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'c':
			if (sscanf(optarg, "%d,%d", &bench_options.cpu[0], &bench_options.cpu[1]) !=
			    2)
				bench_options.rounds = 0;
			break;
		case 'o':
			bench_options.only = optarg;
			break;
		case 'O':
			bench_options.out = optarg;
			break;
		case 'n':
			bench_options.client = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		default:
			bench_options.rounds = 0;
		}
	}
	if (optind != argc || !bench_options.rounds || !bench_options.scale ||
	    bench_options.scale > 10000 || bench_options.rounds > 10000) {
		fputs(usage, stderr);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	bench_exec_child(argc, argv);
	read_options(argc, argv);
	srandom((unsigned int)bench_now_ns());
	bench_cases();
	for (unsigned int i = 0; i < n_cases; i++) {
		if (cases[i].kind->prepare)
			cases[i].kind->prepare(cases[i].arg);
	}
	bench_fork(cases);
	for (uint32_t r = 0; r < bench_options.rounds; r++)
		run_round(r);
	fputc('\n', stderr);
	bench_quit();
	return bench_write(cases, n_cases, bench_options.out);
}
