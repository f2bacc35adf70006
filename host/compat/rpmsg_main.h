/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rpmsg_main: one client, from start to end, in the hands of one program. Thin over libmica: the
 * client object starts and stops it, its terminals are libmica's tty service, and the tests of the
 * menu use endpoints opened by name. Everything but reading stdin happens on the loop thread.
 */
#ifndef RPMSG_MAIN_H
#define RPMSG_MAIN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "mica/client.h"
#include "mica/endpoint.h"

struct options {
	struct mica_config cfg; /* what becomes the client */
	char run_root[PATH_MAX];
	char dev_root[PATH_MAX];
	bool done; /* --help, --version */
};

/* Endpoints that the menu works with. */
enum { EPT_ECHO, EPT_MICA_ECHO, EPT_MATRIX, EPT_ONOFF, EPT_COUNT };

struct app;

struct ept {
	struct app *app;
	struct mica_endpoint *ep;
};

/* The command of the menu that is under way; at most one. */
struct command {
	void (*ready)(struct app *app); /* its endpoint is there */
	int ept, or_ept;		/* EPT_*; or_ept: another that will do, or -1 */
	void (*tick)(struct app *app);
	void (*message)(struct app *app, const void *data, size_t len);
	void (*writable)(struct app *app);
	uint64_t deadline; /* uv_now() */
};

/* Messages that are to come back as they were sent. */
#define PROBE_MAX 2000u

struct probe {
	const char *what;
	unsigned int count, window; /* messages; at most so many on the way */
	uint64_t gap_ms;	    /* between two */
	bool text;		    /* a greeting instead of a pattern, shown */
	unsigned int sent, next, received, wrong;
	uint64_t last_ms;	     /* uv_now() of the last progress */
	uint64_t begin, end;	     /* ns */
	uint64_t min, max, sum;	     /* ns */
	uint64_t sent_at[PROBE_MAX]; /* ns */
};

struct input {
	uv_thread_t thread;
	uv_async_t async;
	uv_sem_t taken; /* the loop is done with the line */
	char line[64];
};

struct app {
	struct options opt;
	uv_loop_t loop;
	struct mica_host *host;
	struct mica_client *client;
	uv_signal_t sig[3];
	uv_timer_t timer; /* of the command */
	int lock;
	int code;      /* exit status */
	bool changing; /* an operation on the client is under way */
	bool ending;
	bool input_open;
	struct input in;
	struct ept ept[EPT_COUNT];
	struct mica_endpoint *used; /* by the command */
	char tty[32];		    /* endpoint of the terminal that was opened last, "" none */
	struct command cmd;
	struct probe probe;
	struct {
		uint32_t size;
		uint32_t e[6][6];
	} product;
};

/* rpmsg_main_options.c: 0, or -1 after err was filled in. */
int options_parse(int argc, char **argv, struct options *opt, struct mica_error *err);

/* rpmsg_main_life.c */
int life_begin(struct app *app, struct mica_error *err);
void life_start(struct app *app);
void life_stop(struct app *app);
/* Takes the client offline, gives its core back and ends the loop. */
void life_end(struct app *app);
/* One line on stderr. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* rpmsg_main_pty.c: terminals that open and close, and the lines that tell of them. */
void pty_changed(struct app *app, const struct mica_service_info *service, bool open);
void pty_start(struct app *app);
void pty_close(struct app *app);

/* rpmsg_main_menu.c */
int menu_begin(struct app *app, struct mica_error *err);
void menu_end(struct app *app);
/* The command is over: the next line may come. */
void menu_next(struct app *app);
void menu_line(struct app *app, const char *line);

/* rpmsg_main_command.c: wait for an endpoint, then go on in ready(). what: for messages. */
void command_begin(struct app *app, const char *what, int ept, int or_ept,
		   void (*ready)(struct app *app));
void command_every(struct app *app, uint64_t ms, void (*tick)(struct app *app));
/* message: stands for the whole line to print on stderr, NULL: nothing went wrong. */
void command_end(struct app *app, const char *message);
bool command_running(const struct app *app);
const char *ept_name(int i);
int command_open_endpoints(struct app *app, struct mica_error *err);
void command_close_endpoints(struct app *app);

/* rpmsg_main_tests.c */
void test_echo(struct app *app);
void test_ping(struct app *app);
void test_flood(struct app *app);
void test_matrix(struct app *app);

#endif /* RPMSG_MAIN_H */
