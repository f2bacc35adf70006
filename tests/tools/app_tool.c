/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libmica-app, driven by lines on standard input; each is answered by one line, "ok ..." or the
 *name of an error. Handles are the numbers 0 to 7; data is in hexadecimal digits, "-" for none.
 *
 *	path CLIENT ENDPOINT SIZE	open H CLIENT ENDPOINT FLAGS MS		close H
 *	send H DATA MS			recv H SIZE MS				poll H MS
 *	reconnects H			fill H SIZE MS (sends until one fails: how many, why)
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mica/app.h>

#define HANDLES	 8
#define WORDS	 6
#define DATA_MAX 2048u

static struct mica_app *handle[HANDLES];
static unsigned char data[DATA_MAX];

static int failed(void)
{
	return printf("%s\n", strerrorname_np(errno));
}

static size_t from_hex(const char *text)
{
	size_t len = 0;
	unsigned int byte;

	while (len < sizeof(data) && sscanf(text + 2 * len, "%2x", &byte) == 1)
		data[len++] = (unsigned char)byte;
	return len;
}

static void receive(struct mica_app *app, size_t size, int ms)
{
	ssize_t n = mica_app_recv(app, data, size < sizeof(data) ? size : sizeof(data), ms);

	if (n < 0) {
		failed();
		return;
	}
	printf("ok ");
	for (ssize_t i = 0; i < n; i++)
		printf("%02x", data[i]);
	printf("\n");
}

static void fill(struct mica_app *app, size_t size, int ms)
{
	unsigned int n = 0;

	memset(data, 0x5a, sizeof(data));
	while (!mica_app_send(app, data, size, ms))
		n++;
	printf("ok %u %s\n", n, strerrorname_np(errno));
}

static void wait_for(const struct mica_app *app, int ms)
{
	struct pollfd pfd = { .fd = mica_app_fd(app), .events = POLLIN };

	printf("ok %d\n", poll(&pfd, 1, ms) > 0);
}

/* One that needs no handle. False: not one of these. */
static int without(char **w)
{
	int h = atoi(w[1]) % HANDLES;

	if (!strcmp(w[0], "path")) {
		char path[DATA_MAX];
		size_t size = strtoul(w[3], NULL, 0);

		if (mica_app_path(w[1], w[2], path, size < sizeof(path) ? size : sizeof(path)))
			failed();
		else
			printf("ok %s\n", path);
	} else if (!strcmp(w[0], "open")) {
		handle[h] =
			mica_app_open(w[2], w[3], (unsigned int)strtoul(w[4], NULL, 0), atoi(w[5]));
		if (handle[h])
			printf("ok\n");
		else
			failed();
	} else {
		return 0;
	}
	return 1;
}

static void with(struct mica_app *app, char **w)
{
	if (!strcmp(w[0], "send")) {
		if (mica_app_send(app, data, from_hex(w[2]), atoi(w[3])))
			failed();
		else
			printf("ok\n");
	} else if (!strcmp(w[0], "recv")) {
		receive(app, strtoul(w[2], NULL, 0), atoi(w[3]));
	} else if (!strcmp(w[0], "fill")) {
		fill(app, strtoul(w[2], NULL, 0), atoi(w[3]));
	} else if (!strcmp(w[0], "poll")) {
		wait_for(app, atoi(w[2]));
	} else if (!strcmp(w[0], "reconnects")) {
		printf("ok %u\n", mica_app_reconnects(app));
	} else if (!strcmp(w[0], "close")) {
		mica_app_close(app);
		handle[atoi(w[1]) % HANDLES] = NULL;
		printf("ok\n");
	} else {
		printf("what?\n");
	}
}

int main(void)
{
	static char line[2 * DATA_MAX + 512], none[] = "";

	while (fgets(line, sizeof(line), stdin)) {
		char *word[WORDS], *rest = NULL;

		for (int i = 0; i < WORDS; i++) {
			word[i] = strtok_r(i ? NULL : line, " \n", &rest);
			if (!word[i])
				word[i] = none;
		}
		if (!without(word))
			with(handle[atoi(word[1]) % HANDLES], word);
		fflush(stdout);
	}
	for (int i = 0; i < HANDLES; i++)
		mica_app_close(handle[i]);
	return 0;
}
