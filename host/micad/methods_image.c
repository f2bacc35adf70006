/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The short form: start an image without a configuration. The client is named after the file;
 * what this call created and could not start, it removes again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "methods.h"

#define FIRMWARE_DIR "/lib/firmware"
#define CPUS_PRESENT "/sys/devices/system/cpu/present"

struct launch {
	struct request *req;
	struct mica_config cfg; /* name and cores also for a client that was there before */
	struct mica_error err;
	bool created;
};

/* "0-3", "0,2-5": the last number. Small and in memory, so read on the loop thread. */
static int last_core(struct mica_cores *cores, struct mica_error *err)
{
	char text[256], *p;
	FILE *f = fopen(CPUS_PRESENT, "re");

	if (!f || !fgets(text, sizeof(text), f))
		text[0] = '\0';
	if (f)
		fclose(f);
	text[strcspn(text, "\n")] = '\0';
	for (p = text + strlen(text); p > text && p[-1] >= '0' && p[-1] <= '9'; p--)
		;
	if (!*p)
		return mica_fail(err, MICA_E_PLATFORM,
				 "cannot tell the last core (%s); give --cpu N", CPUS_PRESENT);
	return mica_cores_parse(p, cores, err);
}

static void launch_end(struct launch *l, const struct mica_error *err)
{
	struct json_object *params;
	char cpu[64];

	if (err) {
		request_fail(l->req, err);
	} else {
		mica_cores_format(&l->cfg.cores, cpu);
		params = json_object_new_object();
		json_object_object_add(params, "name", json_object_new_string(l->cfg.name));
		json_object_object_add(params, "cpu", json_object_new_string(cpu));
		request_reply(l->req, params);
	}
	free(l);
}

/* With the reason in l->err. */
static void launch_fail(struct launch *l)
{
	request_fail(l->req, &l->err);
	free(l);
}

static void on_undone(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct launch *l = arg;

	(void)client;
	if (!err)
		server_change(&l->req->daemon->server, "removed", l->cfg.name, "", "", "", false);
	launch_fail(l);
}

static void on_started(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct launch *l = arg;

	if (err && l->created) {
		l->err = *err;
		mica_client_remove(client, on_undone, l);
		return;
	}
	launch_end(l, err);
}

static void on_created(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct launch *l = arg;

	if (err) {
		launch_end(l, err);
		return;
	}
	l->created = true;
	server_change(&l->req->daemon->server, "created", l->cfg.name, "",
		      mica_state_name(MICA_OFFLINE), "", false);
	mica_client_start(client, on_started, l);
}

static bool same_cores(const struct mica_cores *a, const struct mica_cores *b)
{
	return a->kind == b->kind && a->n == b->n && !memcmp(a->id, b->id, a->n * sizeof(a->id[0]));
}

/* A client of that name is there: it is started if it is what the caller means. */
static int check_existing(struct launch *l, const struct mica_client *client, const char *image,
			  const char *cpu, struct mica_error *err)
{
	struct mica_client_info *info = calloc(1, sizeof(*info));
	int ret = 0;

	if (!info)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	mica_client_info(client, info);
	if (image[0] == '/' && strcmp(image, info->config.image) != 0)
		ret = mica_fail(err, MICA_E_BUSY,
				"a client named %s with another image is there (%.160s); "
				"'mica rm %s' removes it",
				info->name, info->config.image, info->name);
	else if (cpu && !same_cores(&l->cfg.cores, &info->config.cores))
		ret = mica_fail(err, MICA_E_BUSY,
				"client %s is there with other cores than %.40s; 'mica rm %s' "
				"removes it",
				info->name, cpu, info->name);
	l->cfg = info->config;
	free(info);
	return ret;
}

static int check_mode(const char *mode, struct mica_error *err)
{
	if (!mode || !strcmp(mode, "phys"))
		return 0;
	if (!strcmp(mode, "virt"))
		return mica_fail(err, MICA_E_PLATFORM,
				 "--mode virt: no pedestal with virtualization is available here; "
				 "leave it out or say --mode phys");
	return mica_fail(err, MICA_E_USAGE, "--mode '%.40s': say phys or virt", mode);
}

/* Everything of the configuration that can be said without looking at the image. */
static int prepare(struct launch *l, const char *image, const char *cpu, struct mica_error *err)
{
	const char *name = strrchr(image, '/');
	int n;

	mica_config_defaults(&l->cfg);
	strcpy(l->cfg.pedestal, l->req->daemon->opt.pedestal);
	name = name ? name + 1 : image;
	if (!mica_name_valid(name))
		return mica_fail(err, MICA_E_USAGE,
				 "'%.80s' cannot be the name of a client; a name is 1 to 64 "
				 "letters, digits, '_', '.' or '-'",
				 name);
	if (image[0] != '/' && name != image)
		return mica_fail(err, MICA_E_USAGE,
				 "'%.80s': give an absolute path or a bare name in " FIRMWARE_DIR,
				 image);
	strcpy(l->cfg.name, name);
	n = snprintf(l->cfg.image, sizeof(l->cfg.image), "%s%s",
		     name == image ? FIRMWARE_DIR "/" : "", image);
	if (n < 0 || (size_t)n >= sizeof(l->cfg.image))
		return mica_fail(err, MICA_E_USAGE, "path of the image is too long");
	return cpu ? mica_cores_parse(cpu, &l->cfg.cores, err) : last_core(&l->cfg.cores, err);
}

static void launch(struct launch *l, const char *image, const char *cpu)
{
	struct mica_host *host = l->req->daemon->host;
	struct mica_client *client;

	client = mica_host_find(host, l->cfg.name);
	if (!client)
		mica_client_create(host, &l->cfg, on_created, l);
	else if (check_existing(l, client, image, cpu, &l->err))
		launch_fail(l);
	else
		mica_client_start(client, on_started, l);
}

void method_start_image(struct request *req)
{
	const char *image = request_string(req, "image"), *cpu, *mode;
	struct launch *l;

	if (!image || !request_optional(req, "cpu", &cpu) || !request_optional(req, "mode", &mode))
		return;
	l = calloc(1, sizeof(*l));
	if (!l) {
		request_failf(req, MICA_E_FAILED, "out of memory");
		return;
	}
	l->req = req;
	if (check_mode(mode, &l->err) || prepare(l, image, cpu, &l->err))
		launch_fail(l);
	else
		launch(l, image, cpu);
}
