/* SPDX-License-Identifier: BSD-3-Clause */
/* top: what clients do, again and again. On a terminal by plain escape sequences. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "link.h"
#include "options.h"
#include "rates.h"
#include "terminal.h"

#define CTRL_C 3

struct top {
	struct cli *cli;
	double delay;
	long long count; /* 0: without an end */
	bool batch, expand, quit;
	enum rates_order order;
	struct json_object *now, *before;
	double seconds; /* between these two */
};

static double clock_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* ---- text ---- */

/* "1234", "56.7k", "8.90M": at most 6 characters. */
static const char *short_number(double v, char out[16])
{
	static const char units[] = " kMGT";
	unsigned int u = 0;

	for (; v >= 9999.5 && u < 4; u++)
		v /= 1000;
	if (!u)
		snprintf(out, 16, "%.0f", v);
	else
		snprintf(out, 16, "%.1f%c", v, units[u]);
	return out;
}

static const char *up_time(long long us, char out[24])
{
	long long s = us / 1000000;

	if (!us)
		snprintf(out, 24, "-");
	else if (s < 86400)
		snprintf(out, 24, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
	else
		snprintf(out, 24, "%lldd %lld:%02lld", s / 86400, s / 3600 % 24, s / 60 % 60);
	return out;
}

static void heading(FILE *f, const char *end)
{
	fprintf(f, "%-20s %-10s %12s %5s %7s %7s %7s %7s %6s %6s %7s %7s%s", "NAME", "STATE",
		"UPTIME", "RST", "IN/s", "INB/s", "OUT/s", "OUTB/s", "BELLI", "BELLO", "RINGI",
		"RINGO", end);
}

static void client_cells(FILE *f, struct json_object *c, const struct rates *r)
{
	char up[24], a[16], b[16], ring[2][32] = { "-", "-" };
	long long size = json_number(c, "ring_size");
	struct json_object *restarts;

	if (size) {
		snprintf(ring[0], sizeof(ring[0]), "%lld/%lld", json_number(c, "ring_in"), size);
		snprintf(ring[1], sizeof(ring[1]), "%lld/%lld", json_number(c, "ring_out"), size);
	}
	fprintf(f, "%-20.20s %-10s %12s ", json_text(c, "name"), json_text(c, "state"),
		up_time(json_number(c, "uptime_us"), up));
	if (json_object_object_get_ex(c, "restarts", &restarts))
		fprintf(f, "%5lld ", json_number(c, "restarts"));
	else
		fprintf(f, "%5s ", "-");
	fprintf(f, "%7s %7s ", short_number(r->in_messages, a), short_number(r->in_bytes, b));
	fprintf(f, "%7s %7s ", short_number(r->out_messages, a), short_number(r->out_bytes, b));
	fprintf(f, "%6s %6s ", short_number(r->bells_in, a), short_number(r->bells_out, b));
	fprintf(f, "%7s %7s", ring[0], ring[1]);
}

static void endpoint_cells(FILE *f, struct json_object *s, const struct rates *r)
{
	char a[16], b[16];

	fprintf(f, "  %-48.48s ", json_text(s, "name"));
	fprintf(f, "%7s %7s ", short_number(r->in_messages, a), short_number(r->in_bytes, b));
	fprintf(f, "%7s %7s", short_number(r->out_messages, a), short_number(r->out_bytes, b));
}

static char *row_text(const struct rates_row *row)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	if (row->service)
		endpoint_cells(f, row->service, &row->rates);
	else
		client_cells(f, row->client, &row->rates);
	fclose(f);
	return text;
}

/* ---- output ---- */

static void print_rows(const struct rates_row *row, size_t n)
{
	heading(stdout, "\n");
	for (size_t i = 0; i < n; i++) {
		char *text = row_text(&row[i]);

		puts(text ? text : "");
		free(text);
	}
	printf("\n");
}

static void draw(const struct top *t, const struct rates_row *row, size_t n)
{
	static const char *const orders[] = { "age", "messages", "bytes" };
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	char *text, head[192];
	FILE *f;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row < 4 || size.ws_col < 20)
		size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	f = fmemopen(head, sizeof(head), "w");
	if (f) {
		heading(f, "");
		fputc('\0', f);
		fclose(f);
	}
	printf("\033[H%.*s\033[K\r\n\033[7m%.*s\033[0m\033[K\r\n", size.ws_col,
	       "q quit   e endpoints   s sort", size.ws_col, f ? head : "");
	for (size_t i = 0; i < n && i + 3 < size.ws_row; i++) {
		text = row_text(&row[i]);
		printf("%.*s\033[K\r\n", size.ws_col, text ? text : "");
		free(text);
	}
	printf("\033[Jsorted by %s", orders[t->order]);
	fflush(stdout);
}

static struct json_object *row_json(const struct rates_row *row)
{
	static const char *const kept[] = { "state",	 "uptime_us", "restarts",
					    "ring_size", "ring_in",   "ring_out" };
	struct json_object *o = json_object_new_object(), *v;
	const struct rates *r = &row->rates;

	json_object_object_add(o, "name",
			       json_object_new_string(json_text(
				       row->service ? row->service : row->client, "name")));
	json_object_object_add(o, "in_messages", json_object_new_double(r->in_messages));
	json_object_object_add(o, "in_bytes", json_object_new_double(r->in_bytes));
	json_object_object_add(o, "out_messages", json_object_new_double(r->out_messages));
	json_object_object_add(o, "out_bytes", json_object_new_double(r->out_bytes));
	if (row->service)
		return o;
	json_object_object_add(o, "doorbells_in", json_object_new_double(r->bells_in));
	json_object_object_add(o, "doorbells_out", json_object_new_double(r->bells_out));
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (json_object_object_get_ex(row->client, kept[i], &v))
			json_object_object_add(o, kept[i], json_object_get(v));
	return o;
}

static void print_json(const struct rates_row *row, size_t n)
{
	struct json_object *o = json_object_new_object(), *clients = json_object_new_array(),
			   *endpoints = NULL;

	for (size_t i = 0; i < n; i++) {
		struct json_object *r = row_json(&row[i]);

		if (row[i].service) {
			json_object_array_add(endpoints, r);
			continue;
		}
		endpoints = json_object_new_array();
		json_object_object_add(r, "endpoints", endpoints);
		json_object_array_add(clients, r);
	}
	json_object_object_add(o, "clients", clients);
	cli_print_json(o);
}

static void show(const struct top *t)
{
	size_t n;
	bool all = t->batch || t->expand;
	struct rates_row *row = rates_of(t->now, t->before, t->seconds, t->order, all, &n);

	if (t->cli->json)
		print_json(row, n);
	else if (t->batch)
		print_rows(row, n);
	else
		draw(t, row, n);
	free(row);
}

/* ---- time and keys ---- */

static void key(struct top *t, char c)
{
	if (c == 'q' || c == CTRL_C)
		t->quit = true;
	else if (c == 'e')
		t->expand = !t->expand;
	else if (c == 's')
		t->order = (t->order + 1) % RATES_ORDERS;
}

/* Until the next look is due. */
static void pass_time(struct top *t, double end)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	double left;
	char c;

	while (!t->quit && !terminal_stop && (left = end - clock_s()) > 0) {
		int ready = poll(&p, t->batch ? 0 : 1, (int)(left * 1000) + 1);

		if (ready < 0 && errno != EINTR)
			t->quit = true;
		if (ready <= 0)
			continue;
		if (read(STDIN_FILENO, &c, 1) != 1) {
			t->quit = true;
			return;
		}
		key(t, c);
		show(t);
	}
}

static int watch(struct top *t, struct link *link, struct mica_error *err)
{
	/* The first look of a batch only begins the first row of rates. */
	long long left = t->batch ? t->count + 1 : t->count;
	double last = 0, at;

	while (!t->quit && !terminal_stop) {
		struct json_object *reply;

		if (link_call(link, "List", NULL, &reply, err))
			return -1;
		at = clock_s();
		json_object_put(t->before);
		t->before = t->now;
		t->now = reply;
		t->seconds = at - last;
		last = at;
		if (!t->batch || t->before)
			show(t);
		if (t->count && --left == 0)
			break;
		pass_time(t, at + t->delay);
	}
	return 0;
}

static int top(struct top *t)
{
	struct mica_error err;
	struct link link;
	int ret;

	if (link_open(&link, t->cli->socket, &err))
		return cli_fail(t->cli, &err);
	if (!t->batch) {
		terminal_raw();
		printf("\033[?1049h\033[?25l");
	}
	ret = watch(t, &link, &err);
	if (!t->batch) {
		printf("\033[?25h\033[?1049l");
		fflush(stdout);
		terminal_restore();
	}
	link_close(&link);
	json_object_put(t->before);
	json_object_put(t->now);
	return ret ? cli_fail(t->cli, &err) : MICA_OK;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct top t = { .cli = cli, .delay = 2, .expand = true };
	const struct cli_option options[] = {
		{ .name = "delay", .letter = 'd', .seconds = &t.delay, .min = 0.1, .max = 3600 },
		{ .name = "number", .letter = 'n', .number = &t.count, .min = 1, .max = 1e9 },
		{ .name = "batch", .letter = 'b', .flag = &t.batch },
		{ 0 },
	};
	int ret = cli_options(cli, &verb_top, &argc, &argv, options, "");

	if (ret >= 0)
		return ret;
	t.batch |= cli->json || !terminal_is_one() || !isatty(STDOUT_FILENO);
	return top(&t);
}

const struct verb verb_top = {
	.name = "top",
	.args = "[OPTION]...",
	.summary = "Show live what clients send and receive",
	.help = "  -d, --delay SEC   between two looks (2)\n"
		"  -n, --number N    end after N of them\n"
		"  -b, --batch       tables one after the other; so it is without a terminal\n"
		"\nKeys: q quit, e endpoints on or off, s sort by age, messages or bytes.\n"
		"IN is from the client, OUT to it; BELL doorbells, RING messages that wait for\n"
		"their receiver, of all buffers; RST how often it was restarted.\n",
	.run = run,
};
