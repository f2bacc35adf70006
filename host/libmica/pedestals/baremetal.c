/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pedestal "baremetal": cores and reserved memory owned through /dev/mcs. Region 0 is the
 * communication memory; the others hold images. Everything is mapped non-cached, so a page never
 * has two attributes on this side; what caches still hold of it is cleaned and invalidated first.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <json-c/json.h>
#include <linux/mcs.h>

#include "baremetal.h"
#include "mica/abi.h"

#define DEVICE "/dev/mcs"

static int device_open(struct mica_error *err)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0)
		return fd;
	switch (errno) {
	case EACCES:
	case EPERM:
		return mica_fail(err, MICA_E_PERMISSION,
				 "no permission to open " DEVICE ": run this as root");
	case ENOENT:
	case ENXIO:
	case ENODEV:
		if (access("/sys/module/mcs_km", F_OK) == 0)
			return mica_fail(err, MICA_E_PLATFORM,
					 "module mcs_km found no reserved memory: boot with a "
					 "device tree that has an "
					 "oe,mcs_remoteproc node, or load it with rmem_base= and "
					 "rmem_size= (see dmesg)");
		return mica_fail(err, MICA_E_PLATFORM,
				 "module mcs_km is not loaded: run 'modprobe mcs_km'");
	default:
		return mica_fail(err, MICA_E_PLATFORM, "cannot open " DEVICE ": %s",
				 strerror(errno));
	}
}

int mica_bm_info(int fd, struct mcs_info *info, struct mica_error *err)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	if (ioctl(fd, MCS_IOC_INFO, info) < 0)
		return mica_fail(err, MICA_E_PLATFORM, DEVICE " does not answer: %s",
				 strerror(errno));
	if (info->abi != MCS_ABI_VERSION)
		return mica_fail(err, MICA_E_PLATFORM,
				 "module mcs_km speaks ABI %u, this program speaks %u: install "
				 "matching versions",
				 info->abi, MCS_ABI_VERSION);
	if (!info->regions)
		return mica_fail(err, MICA_E_PLATFORM,
				 "module mcs_km has no reserved memory: boot with a device tree "
				 "that reserves it, or load "
				 "the module with rmem_base= and rmem_size=");
	if (!(info->caps & MCS_CAP_START))
		return mica_fail(err, MICA_E_PLATFORM,
				 "firmware cannot start cores: it offers neither PSCI nor SBI HSM");
	return 0;
}

static int baremetal_probe(struct mica_error *err)
{
	struct mcs_info info;
	int fd = device_open(err);
	int rc;

	if (fd < 0)
		return -1;
	rc = mica_bm_info(fd, &info, err);
	close(fd);
	return rc;
}

static int read_regions(struct mica_pedestal *p, unsigned int n, struct mica_error *err)
{
	for (unsigned int i = 0; i < n && i < MCS_MAX_REGIONS; i++) {
		struct mcs_region *r = &p->region[i];

		r->size = sizeof(*r);
		r->index = i;
		if (ioctl(p->fd, MCS_IOC_REGION, r) < 0)
			return mica_fail(err, MICA_E_PLATFORM,
					 "cannot query reserved region %u: %s", i, strerror(errno));
		r->name[sizeof(r->name) - 1] = '\0';
		p->n_regions = i + 1;
	}
	return 0;
}

int mica_bm_core(struct mica_pedestal *p, uint32_t id, struct mcs_core *core)
{
	memset(core, 0, sizeof(*core));
	core->size = sizeof(*core);
	core->core = id;
	if (ioctl(p->fd, MCS_IOC_CORE, core) < 0)
		return -errno;
	core->owner[sizeof(core->owner) - 1] = '\0';
	return 0;
}

static int check_core(struct mica_pedestal *p, uint32_t id, bool running, struct mica_error *err)
{
	struct mcs_core core;
	int rc = mica_bm_core(p, id, &core);

	if (rc == -EINVAL || rc == -ENODEV || (!rc && core.state == MCS_CORE_ABSENT))
		return mica_fail(err, MICA_E_BUSY,
				 "CPU %u does not exist: this machine has CPUs 0-%ld", id,
				 sysconf(_SC_NPROCESSORS_CONF) - 1);
	if (rc)
		return mica_fail(err, MICA_E_PLATFORM, "cannot query CPU %u: %s", id,
				 strerror(-rc));
	if (core.flags & MCS_CORE_BOOT)
		return mica_fail(err, MICA_E_BUSY,
				 "CPU %u is the boot CPU and stays with Linux: choose another one",
				 id);
	/* Under its own name it is what an earlier micad left; adopt checks the token. */
	if ((core.flags & MCS_CORE_CLAIMED) && !(core.flags & MCS_CORE_MINE) &&
	    strncmp(core.owner, p->cfg.name, MCS_NAME_LEN - 1))
		return mica_fail(err, MICA_E_BUSY,
				 "CPU %u is in use by client '%.64s': choose another one or remove "
				 "that client",
				 id, core.owner);
	if (!running && core.state == MCS_CORE_ON && !(core.flags & MCS_CORE_CLAIMED))
		return mica_fail(err, MICA_E_BUSY,
				 "CPU %u already runs something that is not Linux: stop it first",
				 id);
	return 0;
}

static uint64_t pool_offset(const struct mica_pedestal *p)
{
	if (p->cfg.comm_offset != MICA_COMM_OFFSET_AUTO)
		return p->cfg.comm_offset;
	return p->cfg.layout == MICA_LAYOUT_STATIC ? 0
						   : (uint64_t)p->cfg.cores.id[0] * MICA_POOL_SIZE;
}

static uint64_t pool_length(const struct mica_pedestal *p)
{
	return p->cfg.layout == MICA_LAYOUT_STATIC ? MICA_STATIC_LEN : MICA_POOL_SIZE;
}

static int check_config(struct mica_pedestal *p, bool running, struct mica_error *err)
{
	const struct mica_config *cfg = &p->cfg;
	uint64_t offset;

	if (cfg->cores.kind != MICA_CORES_CPU || !cfg->cores.n)
		return mica_fail(
			err, MICA_E_CONFIG,
			"client '%s': pedestal baremetal needs CPU= with the client's CPU number",
			cfg->name);
	if (cfg->cores.n > MCS_MAX_CORES)
		return mica_fail(err, MICA_E_CONFIG, "client '%s': at most %d CPUs", cfg->name,
				 MCS_MAX_CORES);
	for (unsigned int i = 0; i < cfg->cores.n; i++) {
		if (check_core(p, cfg->cores.id[i], running, err))
			return -1;
	}
	offset = pool_offset(p);
	if (offset > p->region[0].length || p->region[0].length - offset < pool_length(p))
		return mica_fail(err, MICA_E_CONFIG,
				 "client '%s': communication pool at offset 0x%llx does not fit "
				 "into the region of 0x%llx "
				 "bytes: set CommOffset= or reserve more",
				 cfg->name, (unsigned long long)offset,
				 (unsigned long long)p->region[0].length);
	return 0;
}

static void baremetal_destroy(struct mica_pedestal *p)
{
	for (unsigned int i = 0; i < p->n_regions; i++) {
		if (p->va[i])
			munmap(p->va[i], p->region[i].length);
	}
	/* A claim whose core runs outlives this file. */
	if (p->fd >= 0)
		close(p->fd);
	free(p);
}

static int create(const struct mica_config *cfg, bool running, struct mica_pedestal **out,
		  struct mica_error *err)
{
	struct mica_pedestal *p = calloc(1, sizeof(*p));

	if (!p)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	p->cfg = *cfg;
	p->fd = device_open(err);
	if (p->fd < 0 || mica_bm_info(p->fd, &p->info, err) ||
	    read_regions(p, p->info.regions, err) || check_config(p, running, err)) {
		baremetal_destroy(p);
		return -1;
	}
	*out = p;
	return 0;
}

static int baremetal_create(const struct mica_config *cfg, const char *run_dir,
			    struct mica_pedestal **out, struct mica_error *err)
{
	(void)run_dir;
	return create(cfg, false, out, err);
}

static int baremetal_create_running(const struct mica_config *cfg, const char *run_dir,
				    struct mica_pedestal **out, struct mica_error *err)
{
	(void)run_dir;
	return create(cfg, true, out, err);
}

static int sync_range(struct mica_pedestal *p, uint64_t pa, uint64_t len, struct mica_error *err)
{
	struct mcs_sync sync = {
		.size = sizeof(sync), .op = MCS_SYNC_CLEAN_INV, .addr = pa, .length = len
	};

	if (len && ioctl(p->fd, MCS_IOC_SYNC, &sync) < 0)
		return mica_fail(err, MICA_E_PLATFORM,
				 "cache maintenance of 0x%llx (0x%llx bytes) failed: %s",
				 (unsigned long long)pa, (unsigned long long)len, strerror(errno));
	return 0;
}

int mica_bm_map(struct mica_pedestal *p, struct mica_error *err)
{
	for (unsigned int i = 0; i < p->n_regions; i++) {
		if (p->va[i])
			continue;
		p->va[i] = mmap(NULL, p->region[i].length, PROT_READ | PROT_WRITE, MAP_SHARED,
				p->fd, (off_t)p->region[i].base);
		if (p->va[i] == MAP_FAILED) {
			p->va[i] = NULL;
			return mica_fail(err, MICA_E_PLATFORM,
					 "cannot map reserved region 0x%llx: %s",
					 (unsigned long long)p->region[i].base, strerror(errno));
		}
	}
	return 0;
}

static void unmap_regions(struct mica_pedestal *p)
{
	for (unsigned int i = 0; i < p->n_regions; i++) {
		if (p->va[i])
			munmap(p->va[i], p->region[i].length);
		p->va[i] = NULL;
	}
}

static int baremetal_release(struct mica_pedestal *p, struct mica_error *err)
{
	if (p->claimed && ioctl(p->fd, MCS_IOC_RELEASE) < 0) {
		if (errno == EBUSY)
			return mica_fail(err, MICA_E_STATE,
					 "a core of client '%s' still runs: its cores cannot go "
					 "back to Linux",
					 p->cfg.name);
		return mica_fail(err, MICA_E_PLATFORM,
				 "cannot give the cores of client '%s' back: %s", p->cfg.name,
				 strerror(errno));
	}
	p->claimed = false;
	unmap_regions(p);
	return 0;
}

/*
 * What firmware and whoever booted Linux left of all the communication memory: images may use more
 * of it than they say. Of what other clients use nothing is lost: nobody has it in a cache of this
 * side. A line of it costs as much as one of an image, and there are many.
 */
static int clean_once(struct mica_pedestal *p, struct mica_error *err)
{
	static atomic_bool done;

	if (atomic_load(&done))
		return 0;
	if (sync_range(p, p->region[0].base, p->region[0].length, err))
		return -1;
	atomic_store(&done, true);
	return 0;
}

static int baremetal_claim(struct mica_pedestal *p, const uint8_t token[16], struct mica_error *err)
{
	bool running;

	if (mica_bm_claim(p, token, 0, &running, err))
		return -1;
	if (clean_once(p, err) || mica_bm_map(p, err)) {
		baremetal_release(p, NULL);
		return -1;
	}
	return 0;
}

static int baremetal_adopt(struct mica_pedestal *p, const uint8_t token[16],
			   const struct json_object *state, bool *running, struct mica_error *err)
{
	(void)state;
	if (mica_bm_claim(p, token, MCS_CLAIM_ADOPT, running, err))
		return -1;
	return mica_bm_map(p, err);
}

static unsigned int baremetal_windows(struct mica_pedestal *p,
				      struct mica_window w[MICA_WINDOWS_MAX])
{
	unsigned int n = 0;

	for (; n < p->n_regions && n < MICA_WINDOWS_MAX; n++) {
		w[n].va = p->va[n];
		w[n].pa = w[n].da = p->region[n].base;
		w[n].size = p->region[n].length;
		w[n].attr = MICA_MEM_NONCACHED;
		snprintf(w[n].name, sizeof(w[n].name), "%s", n ? "image" : "comm");
	}
	return n;
}

static void baremetal_pool(struct mica_pedestal *p, uint64_t *da, size_t *size)
{
	*da = p->region[0].base + pool_offset(p);
	*size = pool_length(p);
}

/* The client has its image cached: what it wrote there may not have reached the memory yet. */
static void baremetal_refresh(struct mica_pedestal *p, const void *va, size_t len)
{
	const uint8_t *at = va;

	for (unsigned int i = 1; i < p->n_regions; i++) {
		const uint8_t *base = p->va[i];

		if (base && at >= base && at < base + p->region[i].length)
			(void)sync_range(p, p->region[i].base + (uint64_t)(at - base), len, NULL);
	}
}

static int baremetal_share(struct mica_pedestal *p, uint64_t da, size_t len, struct mica_error *err)
{
	struct mcs_window w = { .size = sizeof(w), .addr = da, .length = len };
	int fd = ioctl(p->fd, MCS_IOC_WINDOW, &w);

	if (fd >= 0)
		return fd;
	if (errno == ENOTTY)
		return mica_fail(err, MICA_E_PLATFORM,
				 "module mcs_km is too old to share memory with applications: "
				 "install the one of this version");
	return mica_fail(err, MICA_E_PLATFORM, "cannot share memory 0x%llx: %s",
			 (unsigned long long)da, strerror(errno));
}

static void baremetal_unshare(struct mica_pedestal *p)
{
	struct mcs_window w = { .size = sizeof(w), .flags = MCS_WINDOW_END };

	(void)ioctl(p->fd, MCS_IOC_WINDOW, &w); /* one that cannot has shared nothing */
}

static int baremetal_clean(struct mica_pedestal *p, uint64_t da, uint64_t len,
			   struct mica_error *err)
{
	for (unsigned int i = 0; i < p->n_regions; i++) {
		uint64_t off = da - p->region[i].base;

		if (da >= p->region[i].base && off <= p->region[i].length &&
		    len <= p->region[i].length - off)
			return sync_range(p, da, len, err);
	}
	return 0;
}

/* The segment was checked to lie inside a window. */
static int baremetal_load(struct mica_pedestal *p, const struct mica_segment *seg,
			  struct mica_error *err)
{
	for (unsigned int i = 0; i < p->n_regions; i++) {
		uint64_t off = seg->da - p->region[i].base;
		uint8_t *to;

		if (seg->da < p->region[i].base || off > p->region[i].length ||
		    p->region[i].length - off < seg->memsz)
			continue;
		/* Dirty lines that an earlier user left would overwrite the image later. */
		if (sync_range(p, seg->da, seg->memsz, err))
			return -1;
		to = (uint8_t *)p->va[i] + off;
		memcpy(to, seg->data, seg->filesz);
		memset(to + seg->filesz, 0, seg->memsz - seg->filesz);
		/* And stale clean ones would be what a client with its caches on reads. */
		return sync_range(p, seg->da, seg->memsz, err);
	}
	return mica_fail(err, MICA_E_FIRMWARE, "segment at 0x%llx is outside the reserved memory",
			 (unsigned long long)seg->da);
}

static int baremetal_load_done(struct mica_pedestal *p, struct mica_error *err)
{
	(void)p;
	(void)err;
	__sync_synchronize(); /* non-cached writes reach memory before firmware starts the core */
	return 0;
}

static int baremetal_start(struct mica_pedestal *p, const struct mica_entry *e,
			   struct mica_error *err)
{
	struct mcs_start start = { .size = sizeof(start),
				   .core = p->cfg.cores.id[0],
				   .entry = e->entry,
				   .arg0 = e->arg0 };

	if (ioctl(p->fd, MCS_IOC_START, &start) == 0)
		return 0;
	switch (errno) {
	case EFAULT:
		return mica_fail(err, MICA_E_FIRMWARE,
				 "entry 0x%llx is outside the reserved memory",
				 (unsigned long long)e->entry);
	case EALREADY:
		return mica_fail(err, MICA_E_BUSY, "CPU %u is on already", start.core);
	case EIO:
		return mica_fail(err, MICA_E_PLATFORM, "firmware refused to start CPU %u: error %d",
				 start.core, start.fw_error);
	default:
		return mica_fail(err, MICA_E_PLATFORM, "cannot start CPU %u: %s", start.core,
				 strerror(errno));
	}
}

static enum mica_power baremetal_power(struct mica_pedestal *p)
{
	enum mica_power power = MICA_POWER_OFF;

	for (unsigned int i = 0; i < p->cfg.cores.n; i++) {
		struct mcs_core core;

		if (mica_bm_core(p, p->cfg.cores.id[i], &core))
			return MICA_POWER_UNKNOWN;
		switch (core.state) {
		case MCS_CORE_ON:
			return MICA_POWER_ON;
		case MCS_CORE_PENDING:
			power = MICA_POWER_PENDING;
			break;
		case MCS_CORE_UNKNOWN:
			return MICA_POWER_UNKNOWN;
		default: /* off; or Linux's again, which it can only be when it was off */
			break;
		}
	}
	return power;
}

static uint32_t baremetal_cores_on(struct mica_pedestal *p)
{
	uint32_t on = 0;

	for (unsigned int i = 0; p->claimed && i < p->cfg.cores.n; i++) {
		struct mcs_core core;

		if (!mica_bm_core(p, p->cfg.cores.id[i], &core) && core.state == MCS_CORE_ON)
			on |= 1u << i;
	}
	return on;
}

static struct json_object *baremetal_save(struct mica_pedestal *p)
{
	struct json_object *o = json_object_new_object();

	/* The kernel keeps the claim; this is for whoever reads the file. */
	json_object_object_add(
		o, "pool", json_object_new_int64((int64_t)(p->region[0].base + pool_offset(p))));
	return o;
}

const struct mica_pedestal_ops mica_pedestal_baremetal = {
	.name = "baremetal",
	.caps = {
		.force_stop = MICA_FORCE_HANG, /* with firmware that can: can_force */
		.exclusive_cores = true,
		.gives_cpu_back = true,
		.survives_host_restart = true,
		.reads_memory_running = true,
		.table_in_place = true,
		.needs_table_address = true,
	},
	.probe = baremetal_probe,
	.create = baremetal_create,
	.destroy = baremetal_destroy,
	.claim = baremetal_claim,
	.adopt = baremetal_adopt,
	.create_running = baremetal_create_running,
	.look = mica_bm_look,
	.take = mica_bm_take,
	.release = baremetal_release,
	.doorbell = mica_bm_doorbell,
	.windows = baremetal_windows,
	.pool = baremetal_pool,
	.share = baremetal_share,
	.unshare = baremetal_unshare,
	.clean = baremetal_clean,
	.load = baremetal_load,
	.load_done = baremetal_load_done,
	.start = baremetal_start,
	.can_force = mica_bm_can_force,
	.force_stop = mica_bm_force_stop,
	.stop_memory = mica_bm_stop_memory,
	.refresh = baremetal_refresh,
	.power = baremetal_power,
	.cores_on = baremetal_cores_on,
	.kick = mica_bm_kick,
	.watch = mica_bm_watch,
	.event_fd = mica_bm_event_fd,
	.events = mica_bm_events,
	.save = baremetal_save,
};
