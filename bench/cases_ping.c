/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Round trips that the daemon makes and times, as mica ping shows them: one after the other, asked
 * for through its control socket.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bench.h"

#define SIZE	   64
#define ANSWER_MAX 65536u

static int control = -1;

static void connect_once(void *arg)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *root = getenv("MICA_RUN_ROOT");

	(void)arg;
	if (control >= 0)
		return;
	errno = ENAMETOOLONG;
	if (snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/micad.sock",
		     root ? root : "/run/mica") >= (int)sizeof(addr.sun_path))
		bench_fail("MICA_RUN_ROOT");
	control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (control < 0 || connect(control, (struct sockaddr *)&addr, sizeof(addr)))
		bench_fail(addr.sun_path);
}

/* What has come up to a NUL, which it has put there; the rest stays for the next. */
static char *next_answer(void)
{
	static char text[ANSWER_MAX];
	static size_t have, used;
	char *end;

	memmove(text, text + used, have - used);
	have -= used;
	while (!(end = memchr(text, '\0', have))) {
		ssize_t n = read(control, text + have, sizeof(text) - have);

		if (n <= 0)
			bench_fail("the control socket");
		have += (size_t)n;
	}
	used = (size_t)(end - text) + 1;
	return text;
}

/* Adds up the round trips in one answer. */
static uint32_t add_up(const char *answer, uint64_t *ns)
{
	static const char key[] = "\"rtt_ns\":";
	uint32_t n = 0;

	for (const char *at = answer; (at = strstr(at, key)); n++) {
		at += sizeof(key) - 1;
		*ns += strtoull(at, NULL, 10);
	}
	return n;
}

static uint64_t ping_timed(void *arg, uint32_t ops)
{
	uint32_t answered = 0;
	uint64_t ns = 0;
	char text[256];
	const char *answer;
	int n = snprintf(text, sizeof(text),
			 "{\"method\":\"io.mica.Manager.Ping\",\"more\":true,\"parameters\":"
			 "{\"name\":\"%s\",\"count\":%u,\"size\":%d,\"flood\":true}}",
			 bench_options.client, ops, SIZE);

	(void)arg;
	if (n >= (int)sizeof(text) || write(control, text, (size_t)n + 1) != n + 1)
		bench_fail("Ping");
	do {
		answer = next_answer();
		answered += add_up(answer, &ns);
	} while (strstr(answer, "\"continues\":true"));
	errno = EBADMSG;
	if (answered != ops)
		bench_fail(strstr(answer, "\"error\"") ? answer : "an answer to Ping is lost");
	return ns;
}

void bench_ping(void)
{
	static const struct bench_kind kind = { .unit = "ns",
						.prepare = connect_once,
						.timed = ping_timed };

	bench_add(&kind, NULL, BENCH_ALONE, 100, 20, "app.ping.%d", SIZE);
}
