/* SPDX-License-Identifier: BSD-3-Clause */
/* The folder of one core: a lock for this process, what the next one needs if it is killed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>

#include "client_file.h"
#include "files.h"
#include "load_fw.h"

static void name(const struct load_fw *l, const char *file, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%.*s/%s", PATH_MAX - 32, l->folder, file);
}

/* A record lock: the client, where it is a process, does not hold it. */
int load_fw_lock(struct load_fw *l, struct mica_error *err)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[PATH_MAX];
	struct stat st;
	int rc = mica_mkdirs(l->folder, 0755);

	if (rc)
		return mica_fail(err, rc == -EACCES ? MICA_E_PERMISSION : MICA_E_FAILED,
				 "cannot create %.400s: %s", l->folder, strerror(-rc));
	if (lstat(l->folder, &st) || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    st.st_mode & 022)
		return mica_fail(err, MICA_E_PERMISSION,
				 "%.400s must be a folder of this user that nobody else may write",
				 l->folder);
	name(l, "lock", path);
	l->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (l->lock < 0)
		return mica_fail(err, errno == EACCES ? MICA_E_PERMISSION : MICA_E_FAILED,
				 "cannot open %.400s: %s", path, strerror(errno));
	if (fcntl(l->lock, F_SETLK, &whole))
		return mica_fail(err, MICA_E_BUSY,
				 "another load_fw has started a client on hart %u: end it with "
				 "Ctrl-C first",
				 l->hart);
	return 0;
}

int load_fw_save(struct load_fw *l, struct mica_error *err)
{
	struct json_object *o = json_object_new_object();
	char hex[2 * sizeof(l->token) + 1], path[PATH_MAX];
	const char *text;
	int ret;

	for (size_t i = 0; i < sizeof(l->token); i++)
		snprintf(hex + 2 * i, 3, "%02x", l->token[i]);
	json_object_object_add(o, "token", json_object_new_string(hex));
	json_object_object_add(o, "base", json_object_new_int64((int64_t)l->base));
	json_object_object_add(o, "pedestal", json_object_new_string(l->cfg.pedestal));
	json_object_object_add(o, "state", l->ops->save(l->ped));
	name(l, "state.json", path);
	text = json_object_to_json_string(o);
	ret = mica_write_atomic(path, text, strlen(text), 0600, err);
	json_object_put(o);
	return ret;
}

void load_fw_forget(struct load_fw *l)
{
	char path[PATH_MAX];

	client_file_remove(l->cfg.cores.id[0]);
	name(l, "state.json", path);
	unlink(path);
	name(l, "console", path);
	unlink(path);
}

static bool parse_token(const char *hex, uint8_t token[16])
{
	for (int i = 0; i < 16; i++) {
		if (sscanf(hex + 2 * i, "%2hhx", &token[i]) != 1)
			return false;
	}
	return hex[32] == '\0';
}

static const char *string_of(struct json_object *o, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(o, key, &value) ? json_object_get_string(value) : "";
}

int load_fw_adopt(struct load_fw *l, struct mica_error *err)
{
	struct json_object *o, *state = NULL, *base = NULL;
	struct mica_error why;
	char path[PATH_MAX];
	bool running = false;
	int ret = 0;

	name(l, "state.json", path);
	o = json_object_from_file(path);
	if (!o)
		return 0;
	json_object_object_get_ex(o, "state", &state);
	json_object_object_get_ex(o, "base", &base);
	l->base = (uint64_t)json_object_get_int64(base);
	if (strlen(string_of(o, "token")) == 32 && parse_token(string_of(o, "token"), l->token) &&
	    !strcmp(string_of(o, "pedestal"), l->cfg.pedestal)) {
		if (!l->ops->adopt(l->ped, l->token, state, &running, &why))
			ret = 1;
		else if (why.code != MICA_E_UNKNOWN)
			ret = mica_fail(err, why.code, "%s", why.text);
	}
	json_object_put(o);
	return ret;
}
