/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The client object, from create to remove, with a client that keeps the rules and ones that do
 * not: what goes wrong in one client has one reason, an end, and no effect on another.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "client_priv.h"
#include "files.h"
#include "mica/client.h"
#include "raw_client.h"

#define LIMIT_MS 15000

static uv_loop_t loop;
static struct mica_host *host;
static char root[64];
static char self[PATH_MAX];

/* ---- running the loop ---- */

static bool time_is_up;

static void on_time(uv_timer_t *timer)
{
	(void)timer;
	time_is_up = true;
}

static bool run_until(bool (*condition)(void *arg), void *arg, unsigned int ms)
{
	uv_timer_t timer;

	time_is_up = false;
	uv_timer_init(&loop, &timer);
	uv_timer_start(&timer, on_time, ms, 0);
	while (!condition(arg) && !time_is_up)
		uv_run(&loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&timer, NULL);
	/* Its end must be seen before it goes out of scope. */
	uv_run(&loop, UV_RUN_NOWAIT);
	return condition(arg);
}

static struct result {
	bool done;
	struct mica_client *client;
	struct mica_error err;
} result;

static void on_done(void *arg, struct mica_client *client, const struct mica_error *err)
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

static enum mica_code finish(void)
{
	assert_false(result.done); /* never from within the call */
	assert_true(run_until(is_done, &result, LIMIT_MS));
	return result.err.code;
}

static struct mica_config config(const char *name)
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

static enum mica_code create(const struct mica_config *cfg)
{
	memset(&result, 0, sizeof(result));
	mica_client_create(host, cfg, on_done, &result);
	return finish();
}

static enum mica_code act(void (*verb)(struct mica_client *, mica_done, void *),
			  struct mica_client *client)
{
	memset(&result, 0, sizeof(result));
	verb(client, on_done, &result);
	return finish();
}

static struct mica_client *start_one(const char *name, const char *how)
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

static void stop_and_remove(struct mica_client *client)
{
	if (act(mica_client_stop, client) != MICA_OK)
		fail_msg("stop: %s", result.err.text);
	assert_int_equal(act(mica_client_remove, client), MICA_OK);
}

static struct mica_client_info *info_of(struct mica_client *client)
{
	static struct mica_client_info info;

	mica_client_info(client, &info);
	return &info;
}

static bool is_crashed(void *arg)
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

/* Open files once nothing lingers any more. */
static unsigned int fewest_files(void)
{
	run_until(never, NULL, 60);
	return open_files();
}

static unsigned int client_folders(void)
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

static void check_echo(struct mica_client *client, const char *text)
{
	struct echo e = { .text = text };

	e.fd = open(info_of(client)->service[0].device, O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(e.fd >= 0);
	assert_int_equal(write(e.fd, text, strlen(text)), strlen(text));
	assert_true(run_until(echoed, &e, 5000));
	/* Nothing came back twice. */
	assert_int_equal(e.len, strlen(text));
	close(e.fd);
}

/* ---- tests ---- */

static void life(void **state)
{
	struct mica_client *client;
	struct stat st;
	char tty[128];
	unsigned int files = 0;

	(void)state;
	client = start_one("one", RAW_ECHO);
	assert_int_equal(info_of(client)->state, MICA_RUNNING);
	assert_true(info_of(client)->started_us > 0);
	assert_int_equal(info_of(client)->n_services, 1);
	assert_string_equal(info_of(client)->service[0].name, "rpmsg-tty");
	memcpy(tty, info_of(client)->service[0].device, sizeof(tty));
	assert_non_null(strstr(tty, "/ttyRPMSG0"));
	check_echo(client, "hello");
	for (int i = 0; i < 20; i++) {
		assert_int_equal(act(mica_client_stop, client), MICA_OK);
		assert_int_equal(info_of(client)->state, MICA_STOPPED);
		assert_int_equal(lstat(tty, &st), -1);
		/* The pty stays for a moment, for a reader. */
		if (!files)
			files = fewest_files();
		assert_int_equal(fewest_files(), files);
		assert_int_equal(act(mica_client_start, client), MICA_OK);
		assert_string_equal(info_of(client)->service[0].device, tty);
	}
	check_echo(client, "again");
	stop_and_remove(client);
	assert_null(mica_host_find(host, "one"));
	assert_int_equal(client_folders(), 0);
}

static void refusals(void **state)
{
	struct mica_config cfg = config("one");
	struct mica_client *client = start_one("one", RAW_ECHO);

	(void)state;
	assert_int_equal(act(mica_client_start, client), MICA_E_STATE);
	assert_non_null(strstr(result.err.text, "running already"));
	assert_int_equal(act(mica_client_remove, client), MICA_E_STATE);
	assert_int_equal(create(&cfg), MICA_E_BUSY);
	snprintf(cfg.name, sizeof(cfg.name), "../one");
	assert_int_equal(create(&cfg), MICA_E_CONFIG);
	cfg = config("two");
	snprintf(cfg.image, sizeof(cfg.image), "%s/none.elf", root);
	assert_int_equal(create(&cfg), MICA_E_FIRMWARE);
	snprintf(cfg.image, sizeof(cfg.image), "%s", self);
	snprintf(cfg.pedestal, sizeof(cfg.pedestal), "none");
	assert_int_equal(create(&cfg), MICA_E_PLATFORM);
	cfg = config("two");
	cfg.cores.kind = MICA_CORES_CPU;
	cfg.cores.n = 1;
	cfg.cores.id[0] = 4000;
	assert_int_equal(create(&cfg), MICA_E_BUSY);
	assert_null(mica_host_find(host, "two"));
	assert_int_equal(client_folders(), 1);
	assert_int_equal(act(mica_client_stop, client), MICA_OK);
	assert_int_equal(act(mica_client_stop, client), MICA_E_STATE);
	assert_int_equal(act(mica_client_remove, client), MICA_OK);
}

/* Breaks a rule of the rings: quarantined, with a reason; its neighbour goes on. */
static void breaks_rules(const char *how, const char *words)
{
	struct mica_client *good = start_one("good", RAW_ECHO);
	struct mica_client *bad;
	struct mica_config cfg = config("bad");

	setenv(RAW_CLIENT_ENV, how, 1);
	assert_int_equal(create(&cfg), MICA_OK);
	bad = result.client;
	/* It misbehaves at the first message, so it may or may not have been ready before. */
	if (act(mica_client_start, bad) == MICA_OK) {
		assert_true(run_until(is_crashed, bad, 5000));
		assert_non_null(strstr(info_of(bad)->reason, words));
		assert_int_equal(info_of(bad)->n_services, 0);
		check_echo(good, "still here");
		assert_int_equal(act(mica_client_start, bad), MICA_E_STATE);
		assert_int_equal(act(mica_client_stop, bad), MICA_OK);
		assert_int_equal(info_of(bad)->state, MICA_STOPPED);
	} else {
		assert_int_equal(result.err.code, MICA_E_CLIENT);
		assert_non_null(strstr(result.err.text, words));
		assert_int_equal(info_of(bad)->state, MICA_OFFLINE);
	}
	check_echo(good, "and here");
	assert_int_equal(act(mica_client_remove, bad), MICA_OK);
	stop_and_remove(good);
}

static void index_leaps(void **state)
{
	(void)state;
	breaks_rules(RAW_LEAP, "used index jumped");
}

static void wrong_descriptor(void **state)
{
	(void)state;
	breaks_rules(RAW_ID, "descriptor number outside the ring");
}

static void long_message(void **state)
{
	(void)state;
	breaks_rules(RAW_LONG, "message longer than its buffer");
}

static bool full(void *arg)
{
	return info_of(arg)->n_services == MICA_SERVICES_MAX;
}

static void name_flood(void **state)
{
	struct mica_client *client = start_one("one", RAW_FLOOD);

	(void)state;
	assert_true(run_until(full, client, 5000));
	check_echo(client, "hello");
	stop_and_remove(client);
}

/* One client that never stops takes turns with another one. */
static void storm(void **state)
{
	struct mica_client *busy = start_one("busy", RAW_STORM);
	struct mica_client *good = start_one("good", RAW_ECHO);

	(void)state;
	check_echo(good, "hello");
	check_echo(busy, "hello");
	stop_and_remove(busy);
	stop_and_remove(good);
}

static bool dropped(void *arg)
{
	return info_of(arg)->service[0].dropped_bytes > 1000000;
}

/* Nobody reads the tty: the backlog stays bounded, what goes is counted, others go on. */
static void nobody_reads(void **state)
{
	struct mica_client *talker = start_one("talker", RAW_TALK);
	struct mica_client *good = start_one("good", RAW_ECHO);

	(void)state;
	assert_true(run_until(dropped, talker, LIMIT_MS));
	check_echo(good, "hello");
	stop_and_remove(talker);
	stop_and_remove(good);
}

static void dies_at_start(void **state)
{
	struct mica_config cfg = config("one");
	uint64_t begin = uv_hrtime();

	(void)state;
	setenv(RAW_CLIENT_ENV, RAW_DIE, 1);
	assert_int_equal(create(&cfg), MICA_OK);
	assert_int_equal(act(mica_client_start, mica_host_find(host, "one")), MICA_E_CLIENT);
	assert_non_null(strstr(result.err.text, "status 3"));
	/* At once, not when the start's time is up. */
	assert_true(uv_hrtime() - begin < cfg.start_timeout_ms * 1000000ull / 2);
	assert_int_equal(info_of(result.client)->state, MICA_OFFLINE);
	assert_non_null(strstr(info_of(result.client)->reason, "status 3"));
	assert_int_equal(act(mica_client_remove, result.client), MICA_OK);
}

static void never_ready(void **state)
{
	struct mica_config cfg = config("one");
	struct mica_client *client;

	(void)state;
	cfg.start_timeout_ms = 300;
	cfg.stop_timeout_ms = 200;
	setenv(RAW_CLIENT_ENV, RAW_MUTE, 1);
	assert_int_equal(create(&cfg), MICA_OK);
	client = result.client;
	assert_int_equal(act(mica_client_start, client), MICA_E_TIMEOUT);
	assert_int_equal(info_of(client)->state, MICA_OFFLINE);
	assert_int_equal(client->claimed, false);
	/* The same once more: nothing was left of the first attempt. */
	assert_int_equal(act(mica_client_start, client), MICA_E_TIMEOUT);
	assert_int_equal(act(mica_client_remove, client), MICA_OK);
}

static int saved_pid(const char *name)
{
	char path[160];
	struct json_object *o, *p, *pid;
	int value;

	snprintf(path, sizeof(path), "%s/clients/%s/state.json", root, name);
	o = json_object_from_file(path);
	assert_non_null(o);
	assert_true(json_object_object_get_ex(o, "pedestal", &p));
	assert_true(json_object_object_get_ex(p, "pid", &pid));
	value = json_object_get_int(pid);
	json_object_put(o);
	return value;
}

static void killed(void **state)
{
	struct mica_client *client = start_one("one", RAW_ECHO);

	(void)state;
	assert_int_equal(kill(saved_pid("one"), SIGKILL), 0);
	assert_true(run_until(is_crashed, client, 5000));
	assert_non_null(strstr(info_of(client)->reason, "signal 9"));
	assert_int_equal(info_of(client)->n_services, 0);
	/* And it can be started again. */
	assert_int_equal(act(mica_client_start, client), MICA_OK);
	check_echo(client, "hello");
	stop_and_remove(client);
}

/* ---- a later process ---- */

static int open_host(void)
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

static void close_host(void)
{
	bool closed = false;

	mica_host_close(host, on_closed, &closed);
	assert_true(run_until(is_true, &closed, LIMIT_MS));
	host = NULL;
}

static void adopt(void)
{
	assert_int_equal(open_host(), 0);
	memset(&result, 0, sizeof(result));
	mica_host_adopt(host, on_done, &result);
	assert_int_equal(finish(), MICA_OK);
}

static void taken_over(void **state)
{
	struct mica_client *client;
	char tty[128];
	int pid;

	(void)state;
	start_one("one", RAW_ECHO);
	client = start_one("two", RAW_ECHO);
	memcpy(tty, info_of(client)->service[0].device, sizeof(tty));
	pid = saved_pid("two");
	for (int i = 0; i < 3; i++) {
		close_host();
		assert_int_equal(kill(pid, 0), 0);
		adopt();
		client = mica_host_find(host, "two");
		assert_non_null(client);
		assert_int_equal(info_of(client)->state, MICA_RUNNING);
		assert_string_equal(info_of(client)->reason, "");
		assert_int_equal(info_of(client)->n_services, 1);
		assert_string_equal(info_of(client)->service[0].device, tty);
		check_echo(client, "hello");
	}
	/* In order of creation. */
	assert_ptr_equal(mica_host_next(host, NULL), mica_host_find(host, "one"));
	assert_ptr_equal(mica_host_next(host, mica_host_find(host, "one")), client);
	stop_and_remove(client);
	stop_and_remove(mica_host_find(host, "one"));
}

/* The process was started, the note of its pid was not written any more. */
static void found_by_token(void **state)
{
	struct mica_client *client;
	char path[160];
	struct json_object *o;

	(void)state;
	start_one("one", RAW_ECHO);
	close_host();
	snprintf(path, sizeof(path), "%s/clients/one/state.json", root);
	o = json_object_from_file(path);
	json_object_object_del(o, "pedestal");
	json_object_object_add(o, "step", json_object_new_string("starting"));
	json_object_object_add(o, "state", json_object_new_string("Ready"));
	assert_int_equal(json_object_to_file(path, o), 0);
	json_object_put(o);
	adopt();
	client = mica_host_find(host, "one");
	assert_non_null(client);
	assert_int_equal(info_of(client)->state, MICA_RUNNING);
	check_echo(client, "hello");
	stop_and_remove(client);
}

static void gone_meanwhile(void **state)
{
	struct mica_client *client;
	int pid;

	(void)state;
	start_one("one", RAW_ECHO);
	pid = saved_pid("one");
	close_host();
	assert_int_equal(kill(pid, SIGKILL), 0);
	usleep(100000);
	adopt();
	client = mica_host_find(host, "one");
	assert_non_null(client);
	assert_int_equal(info_of(client)->state, MICA_OFFLINE);
	assert_int_not_equal(info_of(client)->reason[0], '\0');
	assert_int_equal(act(mica_client_start, client), MICA_OK);
	stop_and_remove(client);
}

/* Killed while it was stopping the client: the next one finishes that. */
static bool is_stopped(void *arg)
{
	return info_of(arg)->state == MICA_STOPPED;
}

static void stop_is_finished(void **state)
{
	struct mica_client *client;
	struct json_object *o;
	char path[160];

	(void)state;
	start_one("one", RAW_ECHO);
	close_host();
	snprintf(path, sizeof(path), "%s/clients/one/state.json", root);
	o = json_object_from_file(path);
	json_object_object_add(o, "step", json_object_new_string("stopping"));
	assert_int_equal(json_object_to_file(path, o), 0);
	json_object_put(o);
	adopt();
	client = mica_host_find(host, "one");
	assert_true(run_until(is_stopped, client, 5000));
	assert_int_equal(act(mica_client_remove, client), MICA_OK);
}

static void damaged_folder(void **state)
{
	char path[160];

	(void)state;
	close_host();
	snprintf(path, sizeof(path), "%s/clients/broken", root);
	assert_int_equal(mica_mkdirs(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/clients/broken/state.json", root);
	assert_int_equal(mica_write_atomic(path, "{\"version\":1,\"con", 17, 0600, NULL), 0);
	adopt();
	assert_null(mica_host_next(host, NULL));
	unlink(path);
	snprintf(path, sizeof(path), "%s/clients/broken", root);
	rmdir(path);
}

/* ---- */

static int group_setup(void **state)
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

static int group_teardown(void **state)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(life),
		cmocka_unit_test(refusals),
		cmocka_unit_test(index_leaps),
		cmocka_unit_test(wrong_descriptor),
		cmocka_unit_test(long_message),
		cmocka_unit_test(name_flood),
		cmocka_unit_test(storm),
		cmocka_unit_test(nobody_reads),
		cmocka_unit_test(dies_at_start),
		cmocka_unit_test(never_ready),
		cmocka_unit_test(killed),
		cmocka_unit_test(taken_over),
		cmocka_unit_test(found_by_token),
		cmocka_unit_test(gone_meanwhile),
		cmocka_unit_test(stop_is_finished),
		cmocka_unit_test(damaged_folder),
	};

	raw_client_main();
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
