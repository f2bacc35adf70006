/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The daemon, dying by SIGKILL at a step named in its environment: MICA_DIE_AT="VERB: STEP" dies
 * before anything of that step was done, "VERB: STEP, saved" once the step was written down. Linked
 * around the daemon's own functions; the daemon itself knows nothing of it.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_priv.h"

void __real_mica_log(struct mica_host *host, int level, const char *client, const char *fmt, ...);
void __wrap_mica_log(struct mica_host *host, int level, const char *client, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
int __real_mica_client_save(struct mica_client *c, const char *step, struct mica_error *err);
int __wrap_mica_client_save(struct mica_client *c, const char *step, struct mica_error *err);

static char at[128];

static void die_at(const char *place)
{
	const char *where = getenv("MICA_DIE_AT");

	if (where && !strcmp(where, place))
		raise(SIGKILL);
}

void __wrap_mica_log(struct mica_host *host, int level, const char *client, const char *fmt, ...)
{
	char line[MICA_ERROR_TEXT + 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	__real_mica_log(host, level, client, "%s", line);
	if (level != LOG_DEBUG)
		return;
	snprintf(at, sizeof(at), "%.100s", line);
	die_at(line);
}

int __wrap_mica_client_save(struct mica_client *c, const char *step, struct mica_error *err)
{
	int ret = __real_mica_client_save(c, step, err);
	char place[sizeof(at) + 16];

	if (*step) {
		snprintf(place, sizeof(place), "%s, saved", at);
		die_at(place);
	}
	return ret;
}
