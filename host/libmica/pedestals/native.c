/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pedestal "native": the client OS is a process of the host. Contract: include/mica/native.h.
 * The process is its core, a pidfd tells of its death, and a later micad gets the shared memory
 * and the doorbells back out of the process itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json-c/json.h>

#include "mica/abi.h"
#include "mica/native.h"
#include "native.h"

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW)

_Static_assert(MICA_NATIVE_WINDOW_OFFSET == MICA_UMT_OFFSET, "place of the umt window");
_Static_assert(MICA_NATIVE_WINDOW_SIZE == 2 * MICA_UMT_WINDOW, "size of the umt window");

static int native_probe(struct mica_error *err)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	if (fd < 0)
		return mica_fail(err, MICA_E_PLATFORM,
				 "pedestal native needs pidfd_open (Linux 5.6 or later): %s",
				 strerror(errno));
	close(fd);
	return 0;
}

static int check_cores(const struct mica_config *cfg, struct mica_error *err)
{
	long n = sysconf(_SC_NPROCESSORS_CONF);

	if (cfg->cores.kind == MICA_CORES_SMALL)
		return mica_fail(
			err, MICA_E_CONFIG,
			"pedestal native has no small cores: give CPU numbers or leave CPU out");
	for (unsigned int i = 0; i < cfg->cores.n; i++) {
		if (cfg->cores.id[i] >= (unsigned long)n || cfg->cores.id[i] >= CPU_SETSIZE)
			return mica_fail(err, MICA_E_BUSY,
					 "CPU %u does not exist: this machine has CPUs 0-%ld",
					 cfg->cores.id[i], n - 1);
	}
	return 0;
}

/* A resource table goes in front of the pool; the static layout has none and starts at 0. */
static uint64_t pool_offset(const struct mica_config *cfg)
{
	if (cfg->comm_offset != MICA_COMM_OFFSET_AUTO)
		return cfg->comm_offset;
	return cfg->layout == MICA_LAYOUT_STATIC ? 0 : MICA_NATIVE_POOL_OFFSET;
}

static size_t pool_size(const struct mica_config *cfg)
{
	return cfg->layout == MICA_LAYOUT_STATIC ? MICA_STATIC_LEN : MICA_POOL_SIZE;
}

/* Not where the client's rings are in its place. */
static bool has_window(const struct mica_config *cfg)
{
	uint64_t pool = pool_offset(cfg);

	return pool + pool_size(cfg) <= MICA_NATIVE_WINDOW_OFFSET ||
	       pool >= MICA_NATIVE_WINDOW_OFFSET + MICA_NATIVE_WINDOW_SIZE;
}

static int check_pool(const struct mica_config *cfg, struct mica_error *err)
{
	uint64_t offset = pool_offset(cfg);
	uint64_t lowest = cfg->layout == MICA_LAYOUT_STATIC ? 0 : MICA_NATIVE_POOL_OFFSET;

	if (offset < lowest || offset % 4096 || offset > MICA_NATIVE_SIZE - pool_size(cfg))
		return mica_fail(err, MICA_E_CONFIG,
				 "client '%s': CommOffset 0x%llx: pedestal native takes multiples "
				 "of 4096 from 0x%llx "
				 "to 0x%zx",
				 cfg->name, (unsigned long long)offset, (unsigned long long)lowest,
				 MICA_NATIVE_SIZE - pool_size(cfg));
	return 0;
}

static int native_create(const struct mica_config *cfg, const char *run_dir,
			 struct mica_pedestal **out, struct mica_error *err)
{
	struct mica_pedestal *p;

	if (native_probe(err) || check_cores(cfg, err) || check_pool(cfg, err))
		return -1;
	p = calloc(1, sizeof(*p));
	if (!p)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	p->cfg = *cfg;
	p->mem_fd = p->to_client = p->to_host = p->window_fd = p->pidfd = p->program = -1;
	snprintf(p->run_dir, sizeof(p->run_dir), "%s", run_dir);
	p->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (p->epoll < 0) {
		free(p);
		return mica_fail(err, MICA_E_FAILED, "epoll: %s", strerror(errno));
	}
	*out = p;
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void drop(struct mica_pedestal *p)
{
	if (p->va)
		munmap(p->va, p->size);
	p->va = NULL;
	p->size = 0;
	/* Closing also takes it off the epoll set, but only once nobody else has it open. */
	if (p->pidfd >= 0)
		epoll_ctl(p->epoll, EPOLL_CTL_DEL, p->pidfd, NULL);
	close_fd(&p->mem_fd);
	close_fd(&p->to_client);
	close_fd(&p->to_host);
	close_fd(&p->window_fd);
	close_fd(&p->pidfd);
	p->pid = 0;
	p->dead = false;
}

static void native_destroy(struct mica_pedestal *p)
{
	drop(p);
	close_fd(&p->program);
	close_fd(&p->epoll);
	free(p);
}

static int watch_process(struct mica_pedestal *p, struct mica_error *err)
{
	struct epoll_event ev = { .events = EPOLLIN };

	if (epoll_ctl(p->epoll, EPOLL_CTL_ADD, p->pidfd, &ev) < 0)
		return mica_fail(err, MICA_E_FAILED, "epoll: %s", strerror(errno));
	return 0;
}

/* Memory that whoever else has it can neither cut short nor grow. */
static bool sealed(int fd, off_t size)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_size == size &&
	       (fcntl(fd, F_GET_SEALS) & SEALS) == SEALS;
}

static int make_memory(const char *name, off_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	/* The client has this descriptor too: without the seal it could cut the memory from under
	 * the host, which would then die of SIGBUS. */
	if (fd >= 0 &&
	    (ftruncate(fd, size) < 0 || fcntl(fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) < 0)) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* The descriptors are there: map the memory. */
static int attach(struct mica_pedestal *p, struct mica_error *err)
{
	/* Adopted ones come from the client: memory it can cut short would kill the host. */
	if (!sealed(p->mem_fd, MICA_NATIVE_SIZE))
		return mica_fail(err, MICA_E_CLIENT,
				 "shared memory of client '%s' is not %u sealed bytes", p->cfg.name,
				 MICA_NATIVE_SIZE);
	p->va = mmap(NULL, MICA_NATIVE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, p->mem_fd, 0);
	if (p->va == MAP_FAILED) {
		p->va = NULL;
		return mica_fail(err, MICA_E_FAILED, "cannot map shared memory: %s",
				 strerror(errno));
	}
	p->size = MICA_NATIVE_SIZE;
	if (p->window_fd >= 0 && !sealed(p->window_fd, MICA_NATIVE_WINDOW_SIZE))
		close_fd(&p->window_fd);
	return 0;
}

static int native_claim(struct mica_pedestal *p, const uint8_t token[16], struct mica_error *err)
{
	char name[MICA_NATIVE_MEMORY_NAME];

	memcpy(p->token, token, sizeof(p->token));
	mica_native_memory_name(p, name);
	p->mem_fd = make_memory(name, MICA_NATIVE_SIZE);
	if (has_window(&p->cfg))
		p->window_fd = make_memory(name, MICA_NATIVE_WINDOW_SIZE);
	p->to_client = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	p->to_host = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (p->mem_fd < 0 || p->to_client < 0 || p->to_host < 0 ||
	    (has_window(&p->cfg) && p->window_fd < 0)) {
		mica_fail(err, MICA_E_FAILED, "cannot create shared memory: %s", strerror(errno));
		drop(p);
		return -1;
	}
	if (attach(p, err)) {
		drop(p);
		return -1;
	}
	return 0;
}

static bool process_on(struct mica_pedestal *p)
{
	struct pollfd pfd = { .fd = p->pidfd, .events = POLLIN };
	siginfo_t info = { 0 };

	if (p->pidfd < 0 || p->dead)
		return false;
	if (poll(&pfd, 1, 0) <= 0)
		return true;
	p->dead = true;
	epoll_ctl(p->epoll, EPOLL_CTL_DEL, p->pidfd, NULL);
	/* Reap it, and learn how it ended; not ours (ECHILD) when an earlier micad started it. */
	p->how[0] = '\0';
	if (waitid(P_PIDFD, (id_t)p->pidfd, &info, WEXITED) < 0)
		return false;
	if (info.si_code == CLD_EXITED && !info.si_status)
		return false;
	if (info.si_code == CLD_EXITED)
		snprintf(p->how, sizeof(p->how), "process exited with status %d", info.si_status);
	else
		snprintf(p->how, sizeof(p->how), "process was killed by signal %d (%s)",
			 info.si_status, strsignal(info.si_status));
	return false;
}

static int native_adopt(struct mica_pedestal *p, const uint8_t token[16],
			const struct json_object *state, bool *running, struct mica_error *err)
{
	memcpy(p->token, token, sizeof(p->token));
	if (mica_native_find(p, state, err) || mica_native_fetch(p, err) || attach(p, err)) {
		drop(p);
		return -1;
	}
	if (watch_process(p, err)) {
		drop(p);
		return -1;
	}
	*running = process_on(p);
	return 0;
}

static int native_look(struct mica_pedestal *p, pid_t pid, struct mica_error *err)
{
	if (mica_native_look(p, pid, err) || attach(p, err)) {
		drop(p);
		return -1;
	}
	if (!has_window(&p->cfg))
		close_fd(&p->window_fd);
	if (watch_process(p, err)) {
		drop(p);
		return -1;
	}
	return 0;
}

static int native_take(struct mica_pedestal *p, const uint8_t token[16], struct mica_error *err)
{
	(void)err;
	memcpy(p->token, token, sizeof(p->token));
	return 0;
}

static int native_release(struct mica_pedestal *p, struct mica_error *err)
{
	if (process_on(p))
		return mica_fail(err, MICA_E_STATE, "process %d of client '%s' still runs", p->pid,
				 p->cfg.name);
	drop(p);
	return 0;
}

static int native_doorbell(struct mica_pedestal *p, bool own, struct mica_doorbell *db,
			   struct mica_error *err)
{
	(void)p;
	(void)own;
	(void)err;
	/* eventfds: nothing to tell the client beyond the contract. */
	memset(db, 0, sizeof(*db));
	return 0;
}

static unsigned int native_windows(struct mica_pedestal *p, struct mica_window w[MICA_WINDOWS_MAX])
{
	memset(&w[0], 0, sizeof(w[0]));
	w[0].va = p->va;
	w[0].pa = w[0].da = MICA_NATIVE_BASE;
	w[0].size = MICA_NATIVE_SIZE;
	w[0].attr = MICA_MEM_CACHED;
	strcpy(w[0].name, "comm");
	return 1;
}

static void native_pool(struct mica_pedestal *p, uint64_t *da, size_t *size)
{
	*da = MICA_NATIVE_BASE + pool_offset(&p->cfg);
	*size = pool_size(&p->cfg);
}

static int native_share(struct mica_pedestal *p, uint64_t da, size_t len, struct mica_error *err)
{
	int fd;

	if (p->window_fd < 0 || da != MICA_NATIVE_BASE + MICA_NATIVE_WINDOW_OFFSET ||
	    len > MICA_NATIVE_WINDOW_SIZE)
		return mica_fail(err, MICA_E_PLATFORM,
				 "client '%s' runs without a umt window of its own: start it again",
				 p->cfg.name);
	fd = fcntl(p->window_fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return mica_fail(err, MICA_E_FAILED, "umt window: %s", strerror(errno));
	return fd;
}

static int native_start(struct mica_pedestal *p, const struct mica_entry *e, struct mica_error *err)
{
	int rc;

	(void)e; /* the process knows its own entry */
	close_fd(&p->pidfd);
	p->dead = false;
	p->how[0] = '\0';
	rc = mica_native_spawn(p, err);
	close_fd(&p->program);
	if (rc)
		return -1;
	return watch_process(p, err);
}

static int native_force_stop(struct mica_pedestal *p, struct mica_error *err)
{
	struct pollfd pfd = { .fd = p->pidfd, .events = POLLIN };

	if (p->pidfd < 0)
		return 0;
	if (syscall(SYS_pidfd_send_signal, p->pidfd, SIGKILL, NULL, 0) < 0 && errno != ESRCH)
		return mica_fail(err, MICA_E_FAILED, "cannot kill process %d: %s", p->pid,
				 strerror(errno));
	if (poll(&pfd, 1, 2000) <= 0)
		return mica_fail(err, MICA_E_TIMEOUT, "process %d did not end after SIGKILL",
				 p->pid);
	return 0;
}

static enum mica_power native_power(struct mica_pedestal *p)
{
	return process_on(p) ? MICA_POWER_ON : MICA_POWER_OFF;
}

static int native_kick(struct mica_pedestal *p)
{
	uint64_t one = 1;

	if (p->to_client < 0)
		return -ENXIO;
	/* EAGAIN: the counter is full, so the client has a doorbell pending already. */
	if (write(p->to_client, &one, sizeof(one)) < 0 && errno != EAGAIN)
		return -errno;
	return 0;
}

static int native_event_fd(struct mica_pedestal *p)
{
	return p->epoll;
}

static uint32_t native_events(struct mica_pedestal *p)
{
	return p->pidfd >= 0 && !p->dead && !process_on(p) ? MICA_PEV_OFF : 0;
}

static int native_bell_fd(struct mica_pedestal *p)
{
	return p->to_host;
}

static struct json_object *native_save(struct mica_pedestal *p)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "pid", json_object_new_int(p->pid));
	json_object_object_add(o, "start_time", json_object_new_int64((int64_t)p->mark));
	return o;
}

static void native_why_off(struct mica_pedestal *p, char *buf, size_t size)
{
	snprintf(buf, size, "%s", p->how);
}

static pid_t native_process(struct mica_pedestal *p)
{
	return process_on(p) ? p->pid : 0;
}

const struct mica_pedestal_ops mica_pedestal_native = {
	.name = "native",
	.caps = {
		.force_stop = MICA_FORCE_TRUE,
		.isolates_memory = true,
		.survives_host_restart = true,
		.reads_memory_running = true,
		.prompt = true,
	},
	.probe = native_probe,
	.create = native_create,
	.destroy = native_destroy,
	.claim = native_claim,
	.adopt = native_adopt,
	.look = native_look,
	.take = native_take,
	.release = native_release,
	.doorbell = native_doorbell,
	.windows = native_windows,
	.pool = native_pool,
	.program = mica_native_program,
	.share = native_share,
	.start = native_start,
	.force_stop = native_force_stop,
	.power = native_power,
	.kick = native_kick,
	.event_fd = native_event_fd,
	.events = native_events,
	.bell_fd = native_bell_fd,
	.save = native_save,
	.process = native_process,
	.why_off = native_why_off,
};
