/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * state.json in a client's folder: everything a later process needs to find the client again.
 * Written before each step that cannot be taken back, as a whole (write, rename). The folder is
 * below a root that only the daemon's user may write; what is read is checked all the same.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "client_priv.h"
#include "config_keys.h"
#include "files.h"
#include "service.h"
#include "logbook.h"

#define STATE_FILE    "state.json"
#define STATE_VERSION 2
#define STATE_MAX     (256u << 10)

static void put_str(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_object_new_string(value));
}

static void put_int(struct json_object *o, const char *key, int64_t value)
{
	json_object_object_add(o, key, json_object_new_int64(value));
}

static const char *get_str(struct json_object *o, const char *key)
{
	struct json_object *v;

	if (!json_object_object_get_ex(o, key, &v) || !json_object_is_type(v, json_type_string))
		return "";
	return json_object_get_string(v);
}

static int64_t get_int(struct json_object *o, const char *key)
{
	struct json_object *v;

	return json_object_object_get_ex(o, key, &v) ? json_object_get_int64(v) : 0;
}

#define COPY_STR(dst, o, key) snprintf(dst, sizeof(dst), "%s", get_str(o, key))

/* By the names and in the words of mica.conf(5). */
static struct json_object *config_json(const struct mica_config *c)
{
	struct json_object *o = json_object_new_object();
	char value[KEY_VALUE_MAX];

	for (unsigned int i = 0; i < config_n_keys; i++) {
		config_key_get(&config_keys[i], c, value);
		if (value[0])
			put_str(o, config_keys[i].name, value);
	}
	return o;
}

/* As text, made when it is first written: it hardly ever changes, and is most of the file. */
static struct json_object *config_part(struct mica_client *c)
{
	struct json_object *o;

	if (!c->config_text) {
		o = config_json(&c->cfg);
		c->config_text = strdup(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
		if (!c->config_text)
			return o;
		json_object_put(o);
	}
	o = json_object_new_object();
	json_object_set_serializer(o, json_object_userdata_to_json_string, c->config_text, NULL);
	return o;
}

void mica_client_config_changed(struct mica_client *c)
{
	free(c->config_text);
	c->config_text = NULL;
}

/* A key of another version of this program is passed over: the default stands in. */
static void config_from(struct json_object *o, struct mica_config *c)
{
	mica_config_defaults(c);
	json_object_object_foreach(o, name, value)
	{
		const struct config_key *key = config_key_find(name);

		if (key)
			config_key_set(key, c, json_object_get_string(value), NULL);
	}
}

static struct json_object *facts_json(const struct mica_image_facts *f)
{
	struct json_object *o = json_object_new_object();
	struct json_object *spans = json_object_new_array();

	put_int(o, "size", (int64_t)f->size);
	put_str(o, "sha256", f->sha256);
	put_int(o, "entry", (int64_t)f->entry);
	for (unsigned int i = 0; i < f->n_spans; i++) {
		json_object_array_add(spans, json_object_new_int64((int64_t)f->span[i].da));
		json_object_array_add(spans, json_object_new_int64((int64_t)f->span[i].len));
	}
	json_object_object_add(o, "spans", spans);
	return o;
}

static void facts_from(struct json_object *o, struct mica_image_facts *f)
{
	struct json_object *spans;

	f->size = (uint64_t)get_int(o, "size");
	COPY_STR(f->sha256, o, "sha256");
	f->entry = (uint64_t)get_int(o, "entry");
	if (!json_object_object_get_ex(o, "spans", &spans) ||
	    !json_object_is_type(spans, json_type_array))
		return;
	for (size_t i = 0; i + 1 < json_object_array_length(spans) && f->n_spans < MICA_SPANS_MAX;
	     i += 2) {
		f->span[f->n_spans].da =
			(uint64_t)json_object_get_int64(json_object_array_get_idx(spans, i));
		f->span[f->n_spans++].len =
			(uint64_t)json_object_get_int64(json_object_array_get_idx(spans, i + 1));
	}
}

static struct json_object *traces_json(const struct mica_table *t)
{
	struct json_object *list = json_object_new_array();

	for (unsigned int i = 0; i < t->n_traces; i++) {
		struct json_object *e = json_object_new_object();

		put_int(e, "offset", t->trace[i].offset);
		put_int(e, "da", t->trace[i].da);
		put_int(e, "len", t->trace[i].len);
		put_str(e, "name", t->trace[i].name);
		json_object_array_add(list, e);
	}
	return list;
}

static void traces_from(struct json_object *o, struct mica_table *t)
{
	struct json_object *list;

	if (!json_object_object_get_ex(o, "traces", &list) ||
	    !json_object_is_type(list, json_type_array))
		return;
	for (size_t i = 0; i < json_object_array_length(list) && i < MICA_TRACES_MAX; i++) {
		struct json_object *e = json_object_array_get_idx(list, i);
		struct mica_trace_entry *trace = &t->trace[t->n_traces++];

		trace->offset = (uint32_t)get_int(e, "offset");
		trace->da = (uint32_t)get_int(e, "da");
		trace->len = (uint32_t)get_int(e, "len");
		COPY_STR(trace->name, e, "name");
	}
}

static struct json_object *table_json(const struct mica_table *t)
{
	struct json_object *o = json_object_new_object();

	put_int(o, "da", (int64_t)t->da);
	put_int(o, "len", t->len);
	put_int(o, "vdev", t->vdev);
	put_int(o, "ept_table", t->ept_table);
	put_int(o, "ring_pair", t->ring_pair);
	put_int(o, "vring_offset", t->vring_offset);
	put_int(o, "vendor", t->vendor);
	put_int(o, "notifyid", t->notifyid);
	put_int(o, "features", t->features);
	json_object_object_add(o, "traces", traces_json(t));
	for (int i = 0; i < 2; i++) {
		struct json_object *v = json_object_new_object();

		put_int(v, "da", t->vring[i].da);
		put_int(v, "align", t->vring[i].align);
		put_int(v, "num", t->vring[i].num);
		put_int(v, "notifyid", t->vring[i].notifyid);
		json_object_object_add(o, i ? "vring1" : "vring0", v);
	}
	return o;
}

static void table_from(struct json_object *o, struct mica_table *t)
{
	t->present = true;
	t->da = (uint64_t)get_int(o, "da");
	t->len = (uint32_t)get_int(o, "len");
	t->vdev = (uint32_t)get_int(o, "vdev");
	t->ept_table = (uint32_t)get_int(o, "ept_table");
	t->ring_pair = (uint32_t)get_int(o, "ring_pair");
	t->vring_offset = (uint32_t)get_int(o, "vring_offset");
	t->vendor = (uint32_t)get_int(o, "vendor");
	t->notifyid = (uint32_t)get_int(o, "notifyid");
	t->features = (uint32_t)get_int(o, "features");
	traces_from(o, t);
	for (int i = 0; i < 2; i++) {
		struct json_object *v;

		if (!json_object_object_get_ex(o, i ? "vring1" : "vring0", &v))
			continue;
		t->vring[i].da = (uint32_t)get_int(v, "da");
		t->vring[i].align = (uint32_t)get_int(v, "align");
		t->vring[i].num = (uint32_t)get_int(v, "num");
		t->vring[i].notifyid = (uint32_t)get_int(v, "notifyid");
	}
}

static struct json_object *endpoints_json(const struct mica_client *c)
{
	struct json_object *list = json_object_new_array();

	for (unsigned int i = 0; i < c->n_kept; i++) {
		struct json_object *e = json_object_new_object();

		put_str(e, "name", c->kept[i].name);
		put_int(e, "remote", c->kept[i].remote);
		put_int(e, "local", c->kept[i].local);
		json_object_array_add(list, e);
	}
	return list;
}

static struct json_object *client_json(struct mica_client *c, const char *step)
{
	struct json_object *o = json_object_new_object();
	struct json_object *ttys = json_object_new_array();
	char token[33];

	put_int(o, "version", STATE_VERSION);
	put_str(o, "name", c->cfg.name);
	put_int(o, "serial", (int64_t)c->serial);
	put_str(o, "step", step);
	put_str(o, "state", mica_state_name(c->state));
	put_str(o, "reason", c->reason);
	for (int i = 0; i < 16; i++)
		snprintf(token + 2 * i, 3, "%02x", c->token[i]);
	put_str(o, "token", token);
	put_int(o, "started_us", (int64_t)c->started_us);
	put_int(o, "umt_window", (int64_t)c->umt_da);
	put_str(o, "config_file", c->cfg.file);
	json_object_object_add(o, "config", config_part(c));
	json_object_object_add(o, "image", facts_json(&c->facts));
	if (c->table.present)
		json_object_object_add(o, "table", table_json(&c->table));
	for (unsigned int i = 0; i < c->n_ttys; i++) {
		struct json_object *t = json_object_new_object();

		put_str(t, "endpoint", c->tty[i].endpoint);
		put_int(t, "number", c->tty[i].number);
		json_object_array_add(ttys, t);
	}
	json_object_object_add(o, "supervision", mica_supervise_save(c));
	json_object_object_add(o, "ttys", ttys);
	json_object_object_add(o, "endpoints", endpoints_json(c));
	if (c->claimed)
		json_object_object_add(o, "pedestal", c->ops->save(c->ped));
	return o;
}

int mica_client_save(struct mica_client *c, const char *step, struct mica_error *err)
{
	struct json_object *o = client_json(c, step);
	char path[PATH_MAX + 16];
	const char *text;
	size_t len;
	int rc;

	text = json_object_to_json_string_length(o, JSON_C_TO_STRING_PRETTY, &len);
	snprintf(path, sizeof(path), "%s/" STATE_FILE, c->dir);
	rc = mica_write_atomic(path, text, len, 0600, err);
	json_object_put(o);
	return rc;
}

int mica_client_save_again(struct mica_client *c, struct mica_error *err)
{
	const char *step = c->step ? c->step : "";

	if (!c->op)
		step = "";
	else if (c->op->saved_step[0])
		step = c->op->saved_step; /* being taken over: still at that */
	return mica_client_save(c, step, err);
}

void mica_client_note(struct mica_client *c)
{
	struct mica_error err;

	if (mica_client_save(c, "", &err))
		mica_log(c->host, LOG_ERR, c->cfg.name, "%s", err.text);
}

/* With what is in it; one folder in it, that of the sockets, is the deepest. */
static void remove_folder(const char *path)
{
	char inner[PATH_MAX + NAME_MAX + 2];
	DIR *dir = opendir(path);
	struct dirent *de;

	while (dir && (de = readdir(dir))) {
		if (!strcmp(de->d_name, ".") || !strcmp(de->d_name, ".."))
			continue;
		if (!unlinkat(dirfd(dir), de->d_name, 0) || errno == ENOENT)
			continue;
		snprintf(inner, sizeof(inner), "%s/%s", path, de->d_name);
		remove_folder(inner);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

void mica_client_forget(struct mica_client *c)
{
	remove_folder(c->dir);
}

bool mica_client_forget_rest(struct mica_host *host, const char *name)
{
	char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/clients/%s/" STATE_FILE, host->run_root, name);
	if (!access(path, F_OK) || errno != ENOENT)
		return false;
	*strrchr(path, '/') = '\0';
	remove_folder(path);
	return true;
}

static void ttys_from(struct json_object *o, struct mica_client *c)
{
	struct json_object *ttys;

	if (!json_object_object_get_ex(o, "ttys", &ttys) ||
	    !json_object_is_type(ttys, json_type_array))
		return;
	for (size_t i = 0; i < json_object_array_length(ttys) && c->n_ttys < MICA_TTY_SLOTS; i++) {
		struct json_object *t = json_object_array_get_idx(ttys, i);
		struct mica_tty_slot *slot = &c->tty[c->n_ttys++];

		COPY_STR(slot->endpoint, t, "endpoint");
		slot->number = (unsigned int)get_int(t, "number");
	}
}

static void endpoints_from(struct json_object *o, struct mica_client *c)
{
	struct json_object *list;

	if (!json_object_object_get_ex(o, "endpoints", &list) ||
	    !json_object_is_type(list, json_type_array))
		return;
	for (size_t i = 0; i < json_object_array_length(list) && i < MICA_SERVICES_MAX; i++) {
		struct json_object *e = json_object_array_get_idx(list, i);
		struct mica_kept_endpoint *kept = &c->kept[c->n_kept++];

		COPY_STR(kept->name, e, "name");
		kept->remote = (uint32_t)get_int(e, "remote");
		kept->local = (uint32_t)get_int(e, "local");
	}
}

static enum mica_state state_from(const char *name)
{
	for (int s = MICA_OFFLINE; s <= MICA_ERROR; s++) {
		if (!strcmp(mica_state_name((enum mica_state)s), name))
			return (enum mica_state)s;
	}
	return MICA_OFFLINE;
}

static int token_from(const char *text, uint8_t token[16])
{
	for (int i = 0; i < 16; i++) {
		unsigned int byte;

		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			return -1;
		token[i] = (uint8_t)byte;
		if (!text[2 * i + 1])
			return -1;
	}
	return 0;
}

static struct json_object *read_state(const char *path, struct mica_error *err)
{
	struct json_object *o = NULL;
	void *data = NULL;
	size_t len;
	int fd, rc;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	rc = fd < 0 ? -errno : mica_read_whole(fd, STATE_MAX, &data, &len);
	if (fd >= 0)
		close(fd);
	if (rc) {
		mica_fail(err, MICA_E_FAILED, "cannot read %s: %s", path, strerror(-rc));
		return NULL;
	}
	o = json_tokener_parse(data);
	free(data);
	if (!o || !json_object_is_type(o, json_type_object) ||
	    get_int(o, "version") != STATE_VERSION) {
		json_object_put(o);
		mica_fail(err, MICA_E_FAILED, "%s is damaged or of another version", path);
		return NULL;
	}
	return o;
}

struct mica_client *mica_client_restore(struct mica_host *host, const char *name, char step[32],
					struct json_object **pedestal, struct mica_error *err)
{
	struct mica_client *c = NULL;
	struct json_object *o, *part;
	char path[2 * PATH_MAX];
	struct mica_config cfg;

	snprintf(path, sizeof(path), "%s/clients/%s/" STATE_FILE, host->run_root, name);
	o = read_state(path, err);
	if (!o)
		return NULL;
	if (!json_object_object_get_ex(o, "config", &part)) {
		mica_fail(err, MICA_E_FAILED, "%s is damaged: no configuration", path);
		goto out;
	}
	config_from(part, &cfg);
	COPY_STR(cfg.file, o, "config_file");
	snprintf(cfg.name, sizeof(cfg.name), "%s", name);
	c = mica_client_new(host, &cfg);
	if (!c) {
		mica_fail(err, MICA_E_FAILED, "out of memory");
		goto out;
	}
	if (token_from(get_str(o, "token"), c->token)) {
		mica_client_free(c);
		c = NULL;
		mica_fail(err, MICA_E_FAILED, "%s is damaged: no token", path);
		goto out;
	}
	snprintf(step, 32, "%s", get_str(o, "step"));
	c->state = state_from(get_str(o, "state"));
	COPY_STR(c->reason, o, "reason");
	c->started_us = (uint64_t)get_int(o, "started_us");
	c->umt_da = (uint64_t)get_int(o, "umt_window");
	if (json_object_object_get_ex(o, "image", &part))
		facts_from(part, &c->facts);
	if (json_object_object_get_ex(o, "table", &part))
		table_from(part, &c->table);
	if (json_object_object_get_ex(o, "supervision", &part))
		mica_supervise_load(c, part);
	ttys_from(o, c);
	if (c->book)
		mica_book_restore(c->book);
	endpoints_from(o, c);
	mica_client_insert(c, (uint64_t)get_int(o, "serial"));
	*pedestal = NULL;
	if (json_object_object_get_ex(o, "pedestal", &part))
		*pedestal = json_object_get(part);
out:
	json_object_put(o);
	return c;
}
