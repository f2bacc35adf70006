/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "configs.h"
#include "daemon.h"
#include "log.h"

/* One client on its way up. */
struct booting {
	struct daemon *daemon;
	char name[MICA_NAME_MAX + 1];
};

struct boot {
	uv_work_t work;
	struct daemon *daemon;
	unsigned int n;
	struct mica_config *cfg; /* with AutoBoot=yes */
	struct lines {
		unsigned int n;
		char *text[2 * CONFIGS_MAX];
	} complaints; /* logged on the loop thread */
};

static void complain(void *arg, const char *line)
{
	struct lines *l = arg;

	if (l->n < sizeof(l->text) / sizeof(l->text[0]) && (l->text[l->n] = strdup(line)))
		l->n++;
}

static void keep(struct boot *b, const struct mica_config *cfg)
{
	struct mica_config *more = realloc(b->cfg, (b->n + 1) * sizeof(*more));

	if (!more) {
		complain(&b->complaints, "out of memory");
		return;
	}
	b->cfg = more;
	b->cfg[b->n++] = *cfg;
}

static void read_work(uv_work_t *work)
{
	struct boot *b = work->data;
	struct mica_config *cfg = calloc(1, sizeof(*cfg));
	struct mica_error err;
	struct configs list;

	if (configs_list(&list, b->daemon->opt.config_dir, &err))
		complain(&b->complaints, err.text);
	for (unsigned int i = 0; cfg && i < list.n; i++) {
		if (mica_config_read(list.file[i], cfg, complain, &b->complaints, &err))
			complain(&b->complaints, err.text);
		else if (cfg->auto_boot)
			keep(b, cfg);
	}
	configs_free(&list);
	free(cfg);
}

static void on_started(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct booting *b = arg;

	(void)client;
	if (err)
		log_line(LOG_ERR, b->name, "AutoBoot: %s", err->text);
	else
		log_line(LOG_INFO, b->name, "started (AutoBoot)");
	free(b);
}

static void on_created(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct booting *b = arg;

	if (err || b->daemon->stopping) {
		if (err)
			log_line(LOG_ERR, b->name, "AutoBoot: %s", err->text);
		free(b);
		return;
	}
	server_change(&b->daemon->server, "created", b->name, "", mica_state_name(MICA_OFFLINE), "",
		      false);
	mica_client_boot(client, on_started, b);
}

static void bring_up(struct daemon *d, const struct mica_config *cfg)
{
	struct booting *b;

	if (mica_host_find(d->host, cfg->name))
		return;
	b = calloc(1, sizeof(*b));
	if (!b) {
		log_line(LOG_ERR, cfg->name, "AutoBoot: out of memory");
		return;
	}
	b->daemon = d;
	strcpy(b->name, cfg->name);
	mica_client_create(d->host, cfg, on_created, b);
}

static void read_done(uv_work_t *work, int status)
{
	struct boot *b = work->data;

	(void)status;
	for (unsigned int i = 0; i < b->complaints.n; i++) {
		log_line(LOG_WARNING, NULL, "%s", b->complaints.text[i]);
		free(b->complaints.text[i]);
	}
	for (unsigned int i = 0; i < b->n && !b->daemon->stopping; i++)
		bring_up(b->daemon, &b->cfg[i]);
	free(b->cfg);
	free(b);
}

void boot_start(struct daemon *d)
{
	struct boot *b = calloc(1, sizeof(*b));

	if (!b) {
		log_line(LOG_ERR, NULL, "AutoBoot: out of memory");
		return;
	}
	b->daemon = d;
	b->work.data = b;
	uv_queue_work(&d->loop, &b->work, read_work, read_done);
}
