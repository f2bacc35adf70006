/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "access.h"
#include "instance.h"
#include "mica/control.h"
#include "mica/group.h"

static int make_dirs(const char *path)
{
	char part[PATH_MAX];

	if (strlen(path) >= sizeof(part))
		return -ENAMETOOLONG;
	strcpy(part, path);
	for (char *p = part + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(part, 0755) && errno != EEXIST)
			return -errno;
		*p = '/';
	}
	return mkdir(part, 0755) && errno != EEXIST ? -errno : 0;
}

/* Whoever can rename in the run root can pose as the daemon. */
static int check_root(const char *run_root, struct mica_error *err)
{
	struct stat st;
	int ret = make_dirs(run_root);

	if (ret)
		return mica_fail(err, ret == -EACCES ? MICA_E_PERMISSION : MICA_E_FAILED,
				 "cannot create %s: %s; give --run-root DIR", run_root,
				 strerror(-ret));
	if (lstat(run_root, &st) || !S_ISDIR(st.st_mode))
		return mica_fail(err, MICA_E_FAILED, "%s is not a folder; give --run-root DIR",
				 run_root);
	if (st.st_uid != geteuid())
		return mica_fail(err, MICA_E_PERMISSION,
				 "%s belongs to another user (%u); give --run-root DIR", run_root,
				 st.st_uid);
	if (st.st_mode & 022)
		return mica_fail(err, MICA_E_PERMISSION,
				 "%s can be written by others; chmod 755 it or give --run-root DIR",
				 run_root);
	return 0;
}

/*
 * The lock, not the socket file, says whether a daemon runs: the kernel drops it with its holder. A
 * record lock: a child that the daemon forked and that has yet to become a client does not hold it.
 */
static int lock_file(int fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_SETLK, &whole);
}

static int take_lock(const char *run_root, struct mica_error *err)
{
	char path[PATH_MAX], pid[32] = "";
	int fd, n;

	n = snprintf(path, sizeof(path), "%s/micad.lock", run_root);
	if (n < 0 || (size_t)n >= sizeof(path))
		return mica_fail(err, MICA_E_USAGE, "--run-root: path too long");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return mica_fail(err, errno == EACCES ? MICA_E_PERMISSION : MICA_E_FAILED,
				 "cannot open %s: %s", path, strerror(errno));
	if (lock_file(fd)) {
		n = (int)read(fd, pid, sizeof(pid) - 1);
		pid[strcspn(pid, "\n")] = '\0';
		close(fd);
		return mica_fail(err, MICA_E_BUSY,
				 "micad already runs on %s%s%s; stop it or give another --run-root",
				 run_root, n > 0 ? ", process " : "", pid);
	}
	snprintf(pid, sizeof(pid), "%d\n", getpid());
	if (ftruncate(fd, 0) || pwrite(fd, pid, strlen(pid), 0) < 0) {
		mica_fail(err, MICA_E_FAILED, "cannot write %s: %s", path, strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

/* Bound with mode 0600; opened to the group only after it belongs to it. */
static int bind_socket(struct instance *inst, struct mica_error *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t old;
	int fd, ret;

	strcpy(addr.sun_path, inst->socket);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return mica_fail(err, MICA_E_FAILED, "control socket: %s", strerror(errno));
	unlink(inst->socket);
	old = umask(0177);
	ret = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
	umask(old);
	if (!ret && inst->group != MICA_NO_GROUP)
		ret = chown(inst->socket, (uid_t)-1, inst->group) || chmod(inst->socket, 0660);
	if (ret || listen(fd, 64)) {
		mica_fail(err, MICA_E_FAILED, "control socket %s: %s", inst->socket,
			  strerror(errno));
		close(fd);
		return -1;
	}
	inst->listener = fd;
	return 0;
}

int instance_open(struct instance *inst, const char *run_root, struct mica_error *err)
{
	int n;

	inst->lock = inst->listener = -1;
	inst->group = geteuid() == 0 ? mica_group_id("/etc/group", MICA_GROUP) : MICA_NO_GROUP;
	n = snprintf(inst->socket, sizeof(inst->socket), "%s/" MICA_CONTROL_SOCKET, run_root);
	if (n < 0 || (size_t)n >= sizeof(inst->socket))
		return mica_fail(err, MICA_E_USAGE,
				 "--run-root %.120s: too long for a socket path (at most %zu "
				 "characters)",
				 run_root, sizeof(inst->socket) - sizeof("/" MICA_CONTROL_SOCKET));
	if (check_root(run_root, err))
		return -1;
	inst->lock = take_lock(run_root, err);
	if (inst->lock < 0)
		return -1;
	if (bind_socket(inst, err)) {
		close(inst->lock);
		return -1;
	}
	return 0;
}

/* The lock file stays: removing it would let two daemons lock two files of one name. */
void instance_close(struct instance *inst)
{
	unlink(inst->socket);
	if (inst->listener >= 0)
		close(inst->listener);
	close(inst->lock);
}
