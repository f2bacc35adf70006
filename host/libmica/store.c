/* SPDX-License-Identifier: BSD-3-Clause */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "files.h"
#include "minisig.h"
#include "store.h"

#define RECORD	   "record"
#define RECORD_MAX (32u << 10)
#define VERSION	   1

int store_dir(char out[PATH_MAX], const char *state_root, const char *name)
{
	int n = snprintf(out, PATH_MAX, "%s/images/%s", state_root, name);

	/* Room for a hash and its endings. */
	return !*state_root || n < 0 || n >= PATH_MAX - 128 ? -1 : 0;
}

void store_path(char out[PATH_MAX], const char *dir, const struct mica_stored *image)
{
	snprintf(out, PATH_MAX, "%.*s/%s%s", PATH_MAX - 100, dir, image->sha256,
		 image->raw ? ".bin" : ".elf");
}

bool stored_same(const struct mica_stored *a, const struct mica_stored *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind != STORED_COPY || !strcmp(a->sha256, b->sha256);
}

void store_defaults(struct mica_images *images)
{
	memset(images, 0, sizeof(*images));
	images->current.kind = STORED_CLIENT_PATH;
}

static const char *const kinds[] = { "none", "client-path", "copy" };

static struct json_object *image_json(const struct mica_stored *s)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "kind", json_object_new_string(kinds[s->kind]));
	json_object_object_add(o, "sha256", json_object_new_string(s->sha256));
	json_object_object_add(o, "raw", json_object_new_boolean(s->raw));
	return o;
}

static const char *text_of(struct json_object *o, const char *key)
{
	struct json_object *v;

	if (!json_object_object_get_ex(o, key, &v) || !json_object_is_type(v, json_type_string))
		return "";
	return json_object_get_string(v);
}

/* The hash becomes a file name: nothing but a hash will do. */
static bool is_hash(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static int image_from(struct json_object *record, const char *key, struct mica_stored *s)
{
	struct json_object *o, *raw;
	const char *kind, *sha;

	memset(s, 0, sizeof(*s));
	if (!json_object_object_get_ex(record, key, &o) ||
	    !json_object_is_type(o, json_type_object))
		return -1;
	kind = text_of(o, "kind");
	sha = text_of(o, "sha256");
	while (s->kind <= STORED_COPY && strcmp(kind, kinds[s->kind]) != 0)
		s->kind++;
	if (s->kind > STORED_COPY)
		return -1;
	s->raw = json_object_object_get_ex(o, "raw", &raw) && json_object_get_boolean(raw);
	if (is_hash(sha))
		strcpy(s->sha256, sha);
	return (*sha && !*s->sha256) || (s->kind == STORED_COPY && !*sha) ? -1 : 0;
}

static int record_from(struct json_object *o, struct mica_images *images)
{
	struct json_object *v;

	if (!json_object_is_type(o, json_type_object) ||
	    !json_object_object_get_ex(o, "version", &v) || json_object_get_int(v) != VERSION)
		return -1;
	if (image_from(o, "current", &images->current) ||
	    image_from(o, "previous", &images->previous) ||
	    image_from(o, "pending", &images->pending) || image_from(o, "kept", &images->kept) ||
	    images->current.kind == STORED_NONE)
		return -1;
	snprintf(images->boot, sizeof(images->boot), "%s", text_of(o, "boot"));
	if (json_object_object_get_ex(o, "deadline_us", &v))
		images->deadline_us = (uint64_t)json_object_get_int64(v);
	return 0;
}

static int read_text(const char *path, void **data)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	size_t len;
	int rc;

	if (fd < 0)
		return -errno;
	rc = mica_read_whole(fd, RECORD_MAX, data, &len);
	close(fd);
	return rc;
}

int store_read(const char *dir, const char *client_path, struct mica_images *images, bool *other,
	       struct mica_error *err)
{
	char path[PATH_MAX + 16];
	struct json_object *o;
	void *data = NULL;
	int rc;

	*other = false;
	store_defaults(images);
	snprintf(path, sizeof(path), "%s/" RECORD, dir);
	rc = read_text(path, &data);
	if (rc == -ENOENT)
		return 0;
	if (rc)
		return mica_fail(err, MICA_E_FAILED, "cannot read %s: %s", path, strerror(-rc));
	o = json_tokener_parse(data);
	free(data);
	rc = record_from(o, images);
	if (rc) {
		store_defaults(images);
		mica_fail(err, MICA_E_FAILED, "%s is damaged", path);
	} else if (strcmp(text_of(o, "client_path"), client_path) != 0) {
		*other = true;
		store_defaults(images);
	}
	json_object_put(o);
	return rc ? -1 : !*other;
}

/* The client's folder and those it lies in: made where they are missing, and on the disk. */
static int make_folder(const char *dir, struct mica_error *err)
{
	char above[PATH_MAX];
	int rc = mica_mkdirs(dir, 0700);

	snprintf(above, sizeof(above), "%s", dir);
	for (int i = 0; i < 2 && !rc && strrchr(above, '/') != above; i++) {
		*strrchr(above, '/') = '\0';
		rc = mica_sync_folder(above);
	}
	if (rc)
		return mica_fail(err, MICA_E_FAILED, "cannot create %s: %s", dir, strerror(-rc));
	return 0;
}

int store_write(const char *dir, const char *client_path, const struct mica_images *images,
		struct mica_error *err)
{
	struct json_object *o = json_object_new_object();
	char path[PATH_MAX + 16];
	const char *text;
	size_t len;
	int rc;

	if (make_folder(dir, err)) {
		json_object_put(o);
		return -1;
	}
	json_object_object_add(o, "version", json_object_new_int(VERSION));
	json_object_object_add(o, "client_path", json_object_new_string(client_path));
	json_object_object_add(o, "current", image_json(&images->current));
	json_object_object_add(o, "previous", image_json(&images->previous));
	json_object_object_add(o, "pending", image_json(&images->pending));
	json_object_object_add(o, "kept", image_json(&images->kept));
	json_object_object_add(o, "boot", json_object_new_string(images->boot));
	json_object_object_add(o, "deadline_us",
			       json_object_new_int64((int64_t)images->deadline_us));
	text = json_object_to_json_string_length(o, JSON_C_TO_STRING_PRETTY, &len);
	snprintf(path, sizeof(path), "%s/" RECORD, dir);
	rc = mica_write_durable(path, text, len, 0600, err);
	json_object_put(o);
	return rc;
}

int store_put(const char *dir, const struct mica_image *img, const char *sig, size_t sig_len,
	      struct mica_error *err)
{
	struct mica_stored image = { .kind = STORED_COPY, .raw = img->raw };
	char path[PATH_MAX], sig_path[PATH_MAX + 16];

	if (make_folder(dir, err))
		return -1;
	memcpy(image.sha256, img->facts.sha256, sizeof(image.sha256));
	store_path(path, dir, &image);
	snprintf(sig_path, sizeof(sig_path), "%s" MINISIG_ENDING, path);
	if (sig && mica_write_durable(sig_path, sig, sig_len, 0600, err))
		return -1;
	/* Written even where a file of that name is: it may be a torn one. */
	return mica_write_durable(path, img->data, img->len, 0600, err);
}

static bool names(const struct mica_stored *s, const char *file)
{
	return s->kind == STORED_COPY && !strncmp(file, s->sha256, 64);
}

void store_collect(const char *dir, const struct mica_images *images)
{
	DIR *d = opendir(dir);
	struct dirent *de;

	while (d && (de = readdir(d))) {
		const char *file = de->d_name;
		size_t len = strlen(file);
		bool half = len > 4 && !strcmp(file + len - 4, ".new");

		if (!strcmp(file, ".") || !strcmp(file, "..") || !strcmp(file, RECORD))
			continue;
		if (half || (!names(&images->current, file) && !names(&images->previous, file) &&
			     !names(&images->pending, file) && !names(&images->kept, file)))
			unlinkat(dirfd(d), file, 0);
	}
	if (d)
		closedir(d);
}

int store_purge(const char *dir, struct mica_error *err)
{
	char path[PATH_MAX + 16];
	struct mica_images none;

	/* The record first: what it names is there as long as it is. */
	snprintf(path, sizeof(path), "%s/" RECORD, dir);
	if (unlink(path) < 0 && errno != ENOENT)
		return mica_fail(err, MICA_E_FAILED, "cannot remove %s: %s", path, strerror(errno));
	store_defaults(&none);
	store_collect(dir, &none);
	if (rmdir(dir) < 0 && errno != ENOENT)
		return mica_fail(err, MICA_E_FAILED, "cannot remove %s: %s", dir, strerror(errno));
	return 0;
}

void store_boot_id(char out[40])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, 39);

	if (fd >= 0)
		close(fd);
	out[n > 0 ? n : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
}
