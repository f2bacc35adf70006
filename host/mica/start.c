/* SPDX-License-Identifier: BSD-3-Clause */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "link.h"
#include "options.h"

/* A client announces its terminal some time after it runs. */
#define TTY_WAIT_MS 5000
#define TTY_STEP_MS 50

struct start_args {
	const char *what, *cpu, *mode;
};

static int start_client(struct cli *cli, struct link *link, const char *name,
			struct mica_error *err)
{
	if (!cli->json)
		printf("starting %s...\n", name);
	if (link_call(link, "Start", json_strings("name", name), NULL, err))
		return -1;
	if (cli->json)
		cli_print_json(json_strings("name", name));
	else
		printf("start %s successfully!\n", name);
	return 0;
}

/* The terminal's device; empty if the client announced none in time. */
static void await_tty(struct link *link, const char *name, char *out, size_t size)
{
	const struct timespec step = { .tv_nsec = TTY_STEP_MS * 1000000l };

	*out = '\0';
	for (int ms = 0; ms < TTY_WAIT_MS; ms += TTY_STEP_MS) {
		struct json_object *reply = NULL;
		struct mica_error err;

		if (!link_call(link, "GetTty", json_strings("name", name), &reply, &err)) {
			snprintf(out, size, "%s", json_text(reply, "device"));
			json_object_put(reply);
			return;
		}
		if (err.code != MICA_E_STATE)
			return;
		nanosleep(&step, NULL);
	}
}

/* The lines on stdout are those that existing scripts look for. */
static int start_image(struct cli *cli, struct link *link, const struct start_args *a,
		       const char *image, struct mica_error *err)
{
	struct json_object *params, *reply = NULL;
	char tty[256];
	const char *name;

	params = json_strings("image", image, "cpu", a->cpu, "mode", a->mode);
	if (link_call(link, "StartImage", params, &reply, err))
		return -1;
	name = json_text(reply, "name");
	if (!cli->json)
		printf("Starting %s on CPU%s\n", name, json_text(reply, "cpu"));
	await_tty(link, name, tty, sizeof(tty));
	if (cli->json) {
		json_object_object_add(reply, "device", *tty ? json_object_new_string(tty) : NULL);
		cli_print_json(reply);
		return 0;
	}
	if (*tty)
		printf("Please open %s to talk with client OS\n", tty);
	else
		cli_warn("it runs, but it has announced no terminal");
	json_object_put(reply);
	return 0;
}

static bool looks_like_image(const struct start_args *a)
{
	size_t len = strlen(a->what);

	return a->cpu || a->mode || strchr(a->what, '/') ||
	       (len > 4 && !strcmp(a->what + len - 4, ".elf"));
}

/* A client of that name wins over a file of that name. */
static int start(struct cli *cli, struct link *link, const struct start_args *a,
		 struct mica_error *err)
{
	const char *image = a->what;
	char path[PATH_MAX];

	if (strchr(image, '/')) {
		if (cli_absolute(path, sizeof(path), image, err))
			return -1;
		return start_image(cli, link, a, path, err);
	}
	if (!a->cpu && !a->mode && !link_call(link, "List", json_strings("name", image), NULL, err))
		return start_client(cli, link, image, err);
	if (!a->cpu && !a->mode && (err->code != MICA_E_UNKNOWN || !looks_like_image(a)))
		return -1;
	return start_image(cli, link, a, image, err);
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct start_args a = { 0 };
	const struct cli_option options[] = {
		{ .name = "cpu", .letter = 'c', .text = &a.cpu },
		{ .name = "mode", .letter = 'm', .text = &a.mode },
		{ 0 },
	};
	int ret = cli_options(cli, &verb_start, &argc, &argv, options, "NAME|FILE");
	struct mica_error err;
	struct link link;

	if (ret >= 0)
		return ret;
	a.what = argv[0];
	if (link_open(&link, cli->socket, &err))
		return cli_fail(cli, &err);
	ret = start(cli, &link, &a, &err);
	link_close(&link);
	return ret ? cli_fail(cli, &err) : MICA_OK;
}

const struct verb verb_start = {
	.name = "start",
	.args = "NAME | FILE.elf",
	.summary = "Start a client, or an image without a configuration",
	.help = "A client of that name wins. Otherwise FILE.elf is a path, or a bare name in\n"
		"/lib/firmware; the new client is named after the file.\n"
		"  --cpu N      core, or cores (2-3), of the image; default the last core\n"
		"  --mode MODE  phys: on the bare core (default); virt: in a virtual machine\n",
	.run = run,
};
