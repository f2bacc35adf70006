/* SPDX-License-Identifier: BSD-3-Clause */
/* One loop and one host with clients that are this very program (raw_client.h). */
#ifndef HOST_HELP_H
#define HOST_HELP_H

#include <limits.h>
#include <stdbool.h>
#include <uv.h>

#include "mica/client.h"

#define LIMIT_MS 60000

extern uv_loop_t loop;
extern struct mica_host *host;
extern char root[64];	    /* run root and dev root */
extern char self[PATH_MAX]; /* this program */

/* How the last operation ended. */
struct result {
	bool done;
	struct mica_client *client;
	struct mica_error err;
};
extern struct result result;

/* Run the loop until condition(arg); false when the time was up first. */
bool run_until(bool (*condition)(void *arg), void *arg, unsigned int ms);
void on_done(void *arg, struct mica_client *client, const struct mica_error *err);
/* Until the operation whose `done` is on_done with &result has ended. */
enum mica_code finish(void);

struct mica_config config(const char *name);
enum mica_code create(const struct mica_config *cfg);
enum mica_code act(void (*verb)(struct mica_client *, mica_done, void *),
		   struct mica_client *client);
/* Create and start a client that behaves in one of the ways of raw_client.h. */
struct mica_client *start_one(const char *name, const char *how);
void stop_and_remove(struct mica_client *client);
/* Valid until the next call. */
struct mica_client_info *info_of(struct mica_client *client);
bool is_crashed(void *client);
/* Of the client's process, as a later micad would read it; 0: not written yet. */
int saved_pid(const char *name);
unsigned int client_folders(void);
/* Open files. A terminal lingers for a moment: on a slow machine it may be counted. */
unsigned int files_at_rest(void);
/* Whether no more than that are open once nothing lingers any more. */
bool files_settle(unsigned int most);
/* What is written to the client's first tty comes back, once. */
void check_echo(struct mica_client *client, const char *text);
/* The same on the client's i-th service. */
void check_echo_of(struct mica_client *client, unsigned int i, const char *text);

int open_host(void);
void close_host(void);
int group_setup(void **state);
int group_teardown(void **state);

#endif /* HOST_HELP_H */
