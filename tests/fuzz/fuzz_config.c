/* SPDX-License-Identifier: BSD-3-Clause */
/* A configuration file of any content: refused with one line, or every field within its bounds. */
#include <stdlib.h>
#include <string.h>

#include "mica/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(void *arg, const char *line)
{
	(void)arg;
	if (!*line || strchr(line, '\n'))
		abort();
}

static void check_config(const struct mica_config *cfg)
{
	struct mica_cores again;
	struct mica_error err;
	char text[64];

	if (!mica_name_valid(cfg->name) || cfg->image[0] != '/')
		abort();
	if (cfg->cores.n > MICA_CORES_MAX || cfg->start_timeout_ms < 1000 ||
	    cfg->stop_timeout_ms > 3600000)
		abort();
	for (unsigned int i = 1; i < cfg->cores.n; i++)
		if (cfg->cores.id[i - 1] >= cfg->cores.id[i])
			abort();
	mica_cores_format(&cfg->cores, text);
	if (cfg->cores.kind == MICA_CORES_NONE || strstr(text, "..."))
		return;
	if (mica_cores_parse(text, &again, &err) || again.n != cfg->cores.n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mica_error err = { .text = "" };
	struct mica_config cfg;
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (!mica_config_parse(text, "fuzz.conf", &cfg, check_line, NULL, &err))
		check_config(&cfg);
	else if (!err.text[0] || strchr(err.text, '\n'))
		abort();
	free(text);
	return 0;
}
