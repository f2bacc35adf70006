/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of the menu: messages that come back, with figures, and a product of two matrices. */
#include <stdio.h>
#include <string.h>

#include "rpmsg_main.h"

#define SILENCE_MS 1000 /* what has not come back by then is lost */
#define PING_SIZE  32u
#define MATRIX	   6u

/* ---- messages that come back ---- */

static size_t make_message(const struct probe *p, unsigned int seq, uint8_t out[PING_SIZE])
{
	if (p->text)
		return (size_t)snprintf((char *)out, PING_SIZE, "hello! %u", seq + 1) + 1;
	for (unsigned int i = 0; i < PING_SIZE; i++)
		out[i] = (uint8_t)(i < 4 ? seq >> 8 * i : seq + 7 * i);
	return PING_SIZE;
}

static void report(const struct probe *p)
{
	unsigned int lost = p->sent - p->received;
	char times[96] = "";

	if (p->received)
		snprintf(times, sizeof(times), ", min/avg/max = %llu/%llu/%llu us",
			 (unsigned long long)(p->min / 1000),
			 (unsigned long long)(p->sum / p->received / 1000),
			 (unsigned long long)(p->max / 1000));
	printf("%s: %u sent, %u received, %u%% loss%s", p->what, p->sent, p->received,
	       p->sent ? 100 * lost / p->sent : 100, p->text ? "" : times);
	if (p->window > 1 && p->received && p->end > p->begin)
		printf(", %llu messages/s",
		       (unsigned long long)(p->received * 1000000000ull / (p->end - p->begin)));
	if (p->wrong)
		printf(", %u wrong", p->wrong);
	printf("\n");
}

static void probe_end(struct app *app)
{
	report(&app->probe);
	command_end(app, NULL);
}

static void send_more(struct app *app)
{
	struct probe *p = &app->probe;
	uint8_t message[PING_SIZE];

	while (p->sent < p->count && p->sent - p->received < p->window &&
	       (!p->sent || uv_now(&app->loop) - p->last_ms >= p->gap_ms) &&
	       mica_endpoint_can_send(app->used)) {
		size_t len = make_message(p, p->sent, message);

		p->sent_at[p->sent] = uv_hrtime();
		if (mica_endpoint_send(app->used, message, len))
			break;
		p->sent++;
		p->last_ms = uv_now(&app->loop);
	}
}

static void on_reply(struct app *app, const void *data, size_t len)
{
	struct probe *p = &app->probe;
	uint8_t expected[PING_SIZE];
	uint64_t now = uv_hrtime(), took;
	unsigned int seq = p->next;

	/* In order, unless some were lost. */
	while (seq < p->sent &&
	       (make_message(p, seq, expected) != len || memcmp(expected, data, len)))
		seq++;
	if (seq == p->sent) {
		p->wrong++;
		return;
	}
	took = now - p->sent_at[seq];
	p->next = seq + 1;
	p->received++;
	p->sum += took;
	p->min = took < p->min ? took : p->min;
	p->max = took > p->max ? took : p->max;
	p->end = now;
	p->last_ms = uv_now(&app->loop);
	if (p->text)
		printf("%s: %s\n", p->what, (const char *)expected);
	if (p->received == p->count)
		probe_end(app);
	else
		send_more(app);
}

static void on_probe_tick(struct app *app)
{
	if (uv_now(&app->loop) - app->probe.last_ms >= SILENCE_MS)
		probe_end(app);
	else
		send_more(app);
}

static void probe_begin(struct app *app)
{
	struct probe *p = &app->probe;

	p->min = UINT64_MAX;
	p->begin = uv_hrtime();
	p->last_ms = uv_now(&app->loop);
	app->cmd.message = on_reply;
	app->cmd.writable = send_more;
	command_every(app, p->gap_ms ? p->gap_ms : 20, on_probe_tick);
	send_more(app);
}

static void begin(struct app *app, const char *what, unsigned int count, unsigned int window,
		  uint64_t gap_ms)
{
	struct probe *p = &app->probe;

	memset(p, 0, sizeof(*p));
	p->what = what;
	p->count = count;
	p->window = window;
	p->gap_ms = gap_ms;
	p->text = !strcmp(what, "echo");
	command_begin(app, what, EPT_ECHO, EPT_MICA_ECHO, probe_begin);
}

void test_echo(struct app *app)
{
	begin(app, "echo", 5, 1, 0);
}

void test_ping(struct app *app)
{
	begin(app, "ping", 10, 1, 50);
}

void test_flood(struct app *app)
{
	begin(app, "flood-ping", PROBE_MAX, 4, 0);
}

/* ---- matrix ---- */

struct matrix {
	uint32_t size;
	uint32_t e[MATRIX][MATRIX];
};

_Static_assert(sizeof(struct matrix) == 148, "as images have it");

static void make_factors(struct matrix m[2])
{
	for (unsigned int f = 0; f < 2; f++) {
		m[f].size = MATRIX;
		for (unsigned int i = 0; i < MATRIX; i++) {
			for (unsigned int k = 0; k < MATRIX; k++)
				m[f].e[i][k] = f ? (i == k ? 2 : k) : i * MATRIX + k + 1;
		}
	}
}

static void on_product(struct app *app, const void *data, size_t len)
{
	struct matrix m;

	if (len < sizeof(m)) {
		command_end(app, "matrix: the answer is too short");
		return;
	}
	memcpy(&m, data, sizeof(m));
	for (unsigned int i = 0; i < MATRIX; i++) {
		for (unsigned int k = 0; k < MATRIX; k++)
			printf("%6u%s", m.e[i][k], k + 1 < MATRIX ? " " : "\n");
	}
	if (memcmp(&m, &app->product, sizeof(m))) {
		command_end(app, "matrix: the product is wrong");
		return;
	}
	printf("matrix: the product is right\n");
	command_end(app, NULL);
}

static void on_matrix_tick(struct app *app)
{
	if (uv_now(&app->loop) >= app->cmd.deadline)
		command_end(app, "matrix: no answer");
}

static void do_matrix(struct app *app)
{
	struct matrix m[2];

	_Static_assert(sizeof(app->product) == sizeof(m[0]), "one structure");
	make_factors(m);
	memset(&app->product, 0, sizeof(app->product));
	app->product.size = MATRIX;
	for (unsigned int i = 0; i < MATRIX; i++) {
		for (unsigned int k = 0; k < MATRIX; k++) {
			for (unsigned int j = 0; j < MATRIX; j++)
				app->product.e[i][k] += m[0].e[i][j] * m[1].e[j][k];
		}
	}
	if (!mica_endpoint_can_send(app->used) || mica_endpoint_send(app->used, m, sizeof(m))) {
		command_end(app, "client os takes no message on endpoint 'matrix'");
		return;
	}
	app->cmd.message = on_product;
	app->cmd.deadline = uv_now(&app->loop) + SILENCE_MS;
	command_every(app, 20, on_matrix_tick);
}

void test_matrix(struct app *app)
{
	command_begin(app, "matrix", EPT_MATRIX, -1, do_matrix);
}
