/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The benchmark's frame: one process and the peer it forked, memory that both have mapped once,
 * cases that are run in rounds. A round runs every case in an order drawn anew; a case is a number
 * of batches, each timed by itself. docs/performance.md says how figures are read.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_LINE	64 /* bytes between words of different writers */
#define BENCH_CASES_MAX 128
#define BENCH_COUNTS	4

/* Where the two processes of a case run. */
enum bench_place {
	BENCH_ALONE, /* no peer */
	BENCH_CROSS, /* a core each */
	BENCH_SAME,  /* both on one core */
};

struct bench_case;

struct bench_kind {
	const char *unit;	    /* of one operation's figure: "ns", "MB/s" */
	double mb;		    /* not 0: an operation moves so many MB; the figure is a rate */
	void (*prepare)(void *arg); /* before the fork; may be NULL */
	void (*host)(void *arg, uint32_t ops);
	/* Instead of host where not all of an operation counts: nanoseconds of what does. */
	uint64_t (*timed)(void *arg, uint32_t ops);
	void (*peer)(void *arg); /* until bench_stopped(); NULL: nothing */
	void (*wake)(void *arg); /* gets a peer that sleeps to look at bench_stopped() */
	/* Counters since the start of the program, in the order of count_name. */
	void (*counts)(void *arg, uint64_t count[BENCH_COUNTS]);
	const char *count_name[BENCH_COUNTS];
};

struct bench_case {
	char id[48];
	const struct bench_kind *kind;
	void *arg;
	enum bench_place place;
	uint32_t ops;	  /* a batch */
	uint32_t batches; /* a round */
	/* results */
	double *round;	/* 10 % quantile of each round's batches (of a rate: 90 %) */
	double *sample; /* all batches */
	uint32_t n_samples;
	double count[BENCH_COUNTS]; /* an operation, over all rounds */
	uint64_t all_ops;
};

struct bench_options {
	uint32_t rounds;
	uint32_t scale;	    /* per cent of each case's operations */
	int cpu[2];	    /* host's, peer's; equal where there is only one */
	const char *only;   /* cases whose id begins with one of these, comma between; NULL: all */
	const char *out;    /* file of results */
	const char *client; /* name of a running one, for bench_app */
};

extern struct bench_options bench_options;

/* main.c: before the fork. id is a format. The case is kept; arg is the caller's. */
__attribute__((format(printf, 6, 7))) void bench_add(const struct bench_kind *kind, void *arg,
						     enum bench_place place, uint32_t ops,
						     uint32_t batches, const char *id, ...);

/* cases_*.c: all cases of one program. */
void bench_cases(void);

/* floors_*.c, rpmsg_cases.c: add their cases. */
void bench_floors_ring(void);
void bench_floors_system(void);
void bench_floors_wires(void);	/* eventfds and sockets, of those */
void bench_floors_pty(void);	/* terminals on one core, either way */
void bench_floors_memory(void); /* copies and reads of what bulk messages hold; also in system */
void bench_rpmsg(void);
void bench_lanes(void);
void bench_ping(void); /* in bench_app */
/* floors_system.c: the program that fork and exec start is this one; does not return in there. */
void bench_exec_child(int argc, char **argv);

/* world.c */
void *bench_alloc(size_t size);	 /* zeroed, private */
void *bench_shared(size_t size); /* zeroed, aligned to a page; before the fork */
__attribute__((noreturn)) void bench_fail(const char *what);
uint64_t bench_now_ns(void);
bool bench_stopped(void);
/* Between two looks at a word that the peer writes: gives the core away from time to time. */
void bench_spin(uint32_t *turns);
/* Reads all of it, as a receiver does that uses what it got. */
void bench_consume(const void *data, size_t size);
void bench_fork(struct bench_case *cases);
void bench_pin(int cpu);
void bench_peer_run(unsigned int index);
void bench_peer_end(struct bench_case *c);
void bench_quit(void);

/* results.c: the JSON that report.py reads. */
int bench_write(struct bench_case *cases, unsigned int n, const char *path);
double bench_quantile(double *values, uint32_t n, uint32_t percent); /* sorts them */

#endif /* BENCH_H */
