/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The menu. stdin may be a terminal, a pipe, a file or nothing, and belongs to others too: a thread
 * reads it, blocking, and hands over one line at a time, the next one when its command is over.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rpmsg_main.h"

static const char menu[] = "please input number:<1-8>\n"
			   "1. test echo\n"
			   "2. send matrix\n"
			   "3. start pty\n"
			   "4. close pty\n"
			   "5. shutdown clientOS\n"
			   "6. start clientOS\n"
			   "7. test ping\n"
			   "8. test flood-ping\n"
			   "9. exit\n";

static void (*const commands[])(struct app *app) = {
	test_echo,  test_matrix, pty_start,  pty_close, life_stop,
	life_start, test_ping,	 test_flood, life_end,
};

void menu_line(struct app *app, const char *line)
{
	unsigned int number;
	char word[64], rest;

	if (sscanf(line, " %63s", word) != 1) {
		menu_next(app);
	} else if (!strcmp(word, "h")) {
		fputs(menu, stdout);
		menu_next(app);
	} else if (sscanf(word, "%1u%c", &number, &rest) == 1 && number >= 1 &&
		   number <= sizeof(commands) / sizeof(commands[0])) {
		commands[number - 1](app);
	} else {
		complain("'%.40s' is not in the menu: h shows it", word);
		menu_next(app);
	}
}

/* ---- reading ---- */

static void hand_over(struct app *app, const char *line, size_t len)
{
	if (len >= sizeof(app->in.line))
		len = sizeof(app->in.line) - 1;
	memcpy(app->in.line, line, len);
	app->in.line[len] = '\0';
	uv_async_send(&app->in.async);
	uv_sem_wait(&app->in.taken);
}

static void reader(void *arg)
{
	struct app *app = arg;
	char line[256];
	size_t len = 0;

	for (;;) {
		char c;
		ssize_t n = read(STDIN_FILENO, &c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EIO && isatty(STDIN_FILENO)) {
			/* In the background of a terminal: perhaps it comes back. */
			usleep(500 * 1000);
			continue;
		}
		if (n <= 0)
			break;
		if (c != '\n') {
			line[len] = c;
			len += len + 1 < sizeof(line);
			continue;
		}
		hand_over(app, line, len);
		len = 0;
	}
	if (len)
		hand_over(app, line, len);
}

static void on_line(uv_async_t *async)
{
	struct app *app = async->data;

	if (!app->ending)
		menu_line(app, app->in.line);
}

void menu_next(struct app *app)
{
	uv_sem_post(&app->in.taken);
}

int menu_begin(struct app *app, struct mica_error *err)
{
	/* Started with & from a shell: reading must fail, not stop the program. */
	signal(SIGTTIN, SIG_IGN);
	uv_sem_init(&app->in.taken, 0);
	uv_async_init(&app->loop, &app->in.async, on_line);
	app->in.async.data = app;
	app->input_open = true;
	if (uv_thread_create(&app->in.thread, reader, app))
		return mica_fail(err, MICA_E_FAILED, "no thread to read the menu's numbers");
	/* Nobody waits for it: it may be inside read() when the program ends. */
	pthread_detach(app->in.thread);
	return 0;
}

void menu_end(struct app *app)
{
	if (app->input_open)
		uv_close((uv_handle_t *)&app->in.async, NULL);
}
