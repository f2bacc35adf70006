/* SPDX-License-Identifier: BSD-3-Clause */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "host_help.h"
#include "raw_client.h"

uv_loop_t loop;
struct mica_host *host;
char root[64];
char self[PATH_MAX];

/* ---- running the loop ---- */

static bool time_is_up;

static void on_time(uv_timer_t *timer)
{
	(void)timer;
	time_is_up = true;
}

static void on_tick(uv_timer_t *timer)
{
	(void)timer;
}

bool run_until(bool (*condition)(void *arg), void *arg, unsigned int ms)
{
	uv_timer_t timer, tick;

	time_is_up = false;
	uv_timer_init(&loop, &timer);
	uv_timer_start(&timer, on_time, ms, 0);
	/* Conditions look at clocks and set timers that may be due before the loop waits: it must
	 * come back to them when nothing else happens. */
	uv_timer_init(&loop, &tick);
	uv_timer_start(&tick, on_tick, 10, 10);
	while (!condition(arg) && !time_is_up)
		uv_run(&loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&timer, NULL);
	uv_close((uv_handle_t *)&tick, NULL);
	/* Its end must be seen before it goes out of scope. */
	uv_run(&loop, UV_RUN_NOWAIT);
	return condition(arg);
}

struct result result;

void on_done(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct result *r = arg;

	r->done = true;
	r->client = client;
	memset(&r->err, 0, sizeof(r->err));
	if (err)
		r->err = *err;
}

static bool is_done(void *arg)
{
	return ((struct result *)arg)->done;
}

enum mica_code finish(void)
{
	assert_false(result.done); /* never from within the call */
	assert_true(run_until(is_done, &result, LIMIT_MS));
	return result.err.code;
}

struct mica_config config(const char *name)
{
	struct mica_config cfg;

	mica_config_defaults(&cfg);
	snprintf(cfg.name, sizeof(cfg.name), "%s", name);
	snprintf(cfg.image, sizeof(cfg.image), "%s", self);
	snprintf(cfg.pedestal, sizeof(cfg.pedestal), "native");
	cfg.start_timeout_ms = LIMIT_MS - 5000;
	cfg.stop_timeout_ms = 3000;
	return cfg;
}

enum mica_code create(const struct mica_config *cfg)
{
	memset(&result, 0, sizeof(result));
	mica_client_create(host, cfg, on_done, &result);
	return finish();
}

enum mica_code act(void (*verb)(struct mica_client *, mica_done, void *),
		   struct mica_client *client)
{
	memset(&result, 0, sizeof(result));
	verb(client, on_done, &result);
	return finish();
}

struct mica_client *start_one(const char *name, const char *how)
{
	struct mica_config cfg = config(name);
	struct mica_client *client;

	setenv(RAW_CLIENT_ENV, how, 1);
	assert_int_equal(create(&cfg), MICA_OK);
	client = result.client;
	assert_ptr_equal(mica_host_find(host, name), client);
	if (act(mica_client_start, client) != MICA_OK)
		fail_msg("start: %s", result.err.text);
	return client;
}

void stop_and_remove(struct mica_client *client)
{
	if (act(mica_client_stop, client) != MICA_OK)
		fail_msg("stop: %s", result.err.text);
	assert_int_equal(act(mica_client_remove, client), MICA_OK);
}

struct mica_client_info *info_of(struct mica_client *client)
{
	static struct mica_client_info info;

	mica_client_info(client, &info);
	return &info;
}

bool is_crashed(void *arg)
{
	return info_of(arg)->state == MICA_CRASHED;
}

static unsigned int open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static bool never(void *arg)
{
	(void)arg;
	return false;
}

unsigned int files_at_rest(void)
{
	run_until(never, NULL, 1000);
	return open_files();
}

static bool few_files(void *arg)
{
	unsigned int *most = arg;

	return open_files() <= *most;
}

bool files_settle(unsigned int most)
{
	return run_until(few_files, &most, LIMIT_MS);
}

unsigned int client_folders(void)
{
	char path[100];
	struct dirent *de;
	unsigned int n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/clients", root);
	dir = opendir(path);
	while ((de = readdir(dir)))
		n += de->d_name[0] != '.';
	closedir(dir);
	return n;
}

/* ---- a tty ---- */

struct echo {
	int fd;
	const char *text;
	char got[64];
	size_t len;
};

static bool echoed(void *arg)
{
	struct echo *e = arg;
	ssize_t n = read(e->fd, e->got + e->len, sizeof(e->got) - 1 - e->len);

	if (n > 0)
		e->len += (size_t)n;
	return strstr(e->got, e->text);
}

void check_echo(struct mica_client *client, const char *text)
{
	check_echo_of(client, 0, text);
}

void check_echo_of(struct mica_client *client, unsigned int i, const char *text)
{
	struct echo e = { .text = text };

	e.fd = open(info_of(client)->service[i].device, O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(e.fd >= 0);
	assert_int_equal(write(e.fd, text, strlen(text)), strlen(text));
	assert_true(run_until(echoed, &e, LIMIT_MS));
	/* Nothing came back twice. */
	assert_int_equal(e.len, strlen(text));
	close(e.fd);
}

int saved_pid(const char *name)
{
	char path[160];
	struct json_object *o, *p, *pid;
	int value;

	snprintf(path, sizeof(path), "%s/clients/%s/state.json", root, name);
	o = json_object_from_file(path);
	assert_non_null(o);
	value = json_object_object_get_ex(o, "pedestal", &p) &&
				json_object_object_get_ex(p, "pid", &pid)
			? json_object_get_int(pid)
			: 0;
	json_object_put(o);
	return value;
}

int open_host(void)
{
	struct mica_host_options opt = { .loop = &loop, .run_root = root, .dev_root = root };
	struct mica_error err;

	return mica_host_new(&opt, &host, &err);
}

static void on_closed(void *arg)
{
	*(bool *)arg = true;
}

static bool is_true(void *arg)
{
	return *(bool *)arg;
}

void close_host(void)
{
	bool closed = false;

	mica_host_close(host, on_closed, &closed);
	assert_true(run_until(is_true, &closed, LIMIT_MS));
	host = NULL;
}

int group_setup(void **state)
{
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	(void)state;
	if (n < 0)
		return -1;
	self[n] = '\0';
	snprintf(root, sizeof(root), "/tmp/mica-test-host-%d", (int)getpid());
	uv_loop_init(&loop);
	return open_host();
}

int group_teardown(void **state)
{
	char path[100];

	(void)state;
	close_host();
	uv_run(&loop, UV_RUN_DEFAULT);
	/* Everything that was opened on the loop was closed. */
	assert_int_equal(uv_loop_close(&loop), 0);
	snprintf(path, sizeof(path), "%s/clients", root);
	rmdir(path);
	return rmdir(root);
}
