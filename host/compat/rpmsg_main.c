/* SPDX-License-Identifier: BSD-3-Clause */
/* rpmsg_main: see rpmsg_main(8). */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include "rpmsg_main.h"

void complain(const char *fmt, ...)
{
	char line[MICA_ERROR_TEXT + 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fprintf(stderr, "rpmsg_main: %s\n", line);
}

static int fail(const struct mica_error *err)
{
	complain("%s", err->text);
	return err->code;
}

int main(int argc, char **argv)
{
	static struct app app;
	struct mica_error err;

	/* Whoever reads along in a pipe or a file sees each line at once. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	umask(022);
	if (options_parse(argc, argv, &app.opt, &err))
		return fail(&err);
	if (app.opt.done)
		return 0;
	uv_loop_init(&app.loop);
	if (life_begin(&app, &err))
		return fail(&err);
	uv_run(&app.loop, UV_RUN_DEFAULT);
	return app.code;
}
