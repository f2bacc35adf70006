/* SPDX-License-Identifier: BSD-3-Clause */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client_priv.h"
#include "core_process.h"
#include "core_store.h"
#include "coredump.h"
#include "link.h"
#include "link_table.h"
#include "mica/abi.h"

/* A client that wrote its record powers off next; one that is a process waits until it was read. */
#define OFF_MS 5000

/* Memory of a client that is no process: its image and its pool, nothing of others. */
struct memory {
	struct mica_client *c;
	struct mica_window w[MICA_WINDOWS_MAX];
	unsigned int n_w;
	struct core_segment seg[MICA_SEGMENTS_MAX + 1];
	unsigned int n_seg;
};

static void add_span(struct memory *m, uint64_t da, uint64_t len)
{
	if (len && mica_window_va(m->w, m->n_w, da, len))
		m->seg[m->n_seg++] = (struct core_segment){
			.va = da, .memsz = len, .filesz = len, .flags = PF_R | PF_W | PF_X
		};
}

static void find_memory(struct memory *m, struct mica_client *c)
{
	uint64_t pool;
	size_t size;

	m->c = c;
	m->n_w = c->ops->windows(c->ped, m->w);
	for (unsigned int i = 0; i < c->facts.n_spans; i++)
		add_span(m, c->facts.span[i].da, c->facts.span[i].len);
	c->ops->pool(c->ped, &pool, &size);
	/* A table that was copied there lies in front of the pool. */
	if (!c->ops->caps.table_in_place && m->n_w && pool > m->w[0].da)
		add_span(m, m->w[0].da, pool - m->w[0].da);
	add_span(m, pool, size);
}

static void memory_read(void *arg, uint64_t va, void *buf, size_t len)
{
	struct memory *m = arg;
	const void *at = mica_window_va(m->w, m->n_w, va, len);

	if (!at)
		return;
	/* The client had its caches on, and this mapping has none. */
	if (m->c->ops->refresh)
		m->c->ops->refresh(m->c->ped, at, len);
	memcpy(buf, at, len);
}

static int signal_of(const struct mica_client *c)
{
	if (!c->crash.found)
		return 0;
	if (c->crash.panic)
		return 6; /* SIGABRT */
	return !c->ops->caps.needs_table_address && c->crash.syndrome < 64 ? (int)c->crash.syndrome
									   : 11; /* SIGSEGV */
}

static int store(struct mica_op *op, const struct core_image *core)
{
	struct mica_client *c = op->client;
	uint64_t limit = (uint64_t)c->cfg.core_dump_mib << 20;
	char *path;

	if (core_bytes(core) > limit)
		return mica_fail(&op->core_err, MICA_E_FAILED,
				 "no core file: %llu MiB of memory are more than "
				 "CoreDumpSizeMax=%u MiB",
				 (unsigned long long)(core_bytes(core) >> 20),
				 c->cfg.core_dump_mib);
	path = malloc(PATH_MAX);
	if (!path || core_store_write(op->host->state_root, c->cfg.name, c->cfg.core_dump_keep,
				      core, path, &op->core_err)) {
		free(path);
		return -1;
	}
	free(op->core_path);
	op->core_path = path;
	return 0;
}

static void dump(struct mica_op *op)
{
	struct core_process proc = { .mem = -1 };
	struct mica_client *c = op->client;
	struct memory *m = calloc(1, sizeof(*m));
	struct core_image core = {
		.machine = mica_image_machine(&c->ops->caps),
		.pid = 1,
		.signal = signal_of(c),
		.name = c->cfg.name,
		.reason = c->end_reason,
		.sha256 = c->facts.sha256,
		.crash = &c->crash,
	};
	pid_t pid = c->ops->process ? c->ops->process(c->ped) : 0;

	if (!m) {
		mica_fail(&op->core_err, MICA_E_FAILED, "no core file: out of memory");
		return;
	}
	if (pid > 0 && !core_process_open(&proc, pid)) {
		core.pid = pid;
		core.seg = proc.seg;
		core.n_seg = proc.n_seg;
		core.auxv = proc.auxv;
		core.auxv_len = proc.auxv_len;
		core.read = core_process_read;
		core.arg = &proc;
	} else {
		find_memory(m, c);
		core.seg = m->seg;
		core.n_seg = m->n_seg;
		core.read = memory_read;
		core.arg = m;
	}
	(void)store(op, &core);
	core_process_close(&proc);
	free(m);
}

static bool wanted(const struct mica_client *c)
{
	return c->cfg.core_dump && c->cfg.core_dump_keep && c->host->state_root[0] && c->claimed;
}

/* A worker: the client changes hands with the operation. */
int mica_step_core(struct mica_op *op)
{
	struct mica_client *c = op->client;

	if (c->core_done || !wanted(c) ||
	    (!c->crash_seen && c->ops->power(c->ped) != MICA_POWER_OFF))
		return MICA_STEP_DONE;
	c->core_done = true;
	if (op->failed)
		snprintf(c->end_reason, sizeof(c->end_reason), "%s", op->err.text);
	dump(op);
	return MICA_STEP_DONE;
}

int mica_step_core_said(struct mica_op *op)
{
	struct mica_client *c = op->client;

	if (op->core_path) {
		snprintf(c->core_path, sizeof(c->core_path), "%s", op->core_path);
		mica_log(c->host, LOG_NOTICE, c->cfg.name, "core file: %.400s", c->core_path);
	} else if (op->core_err.text[0]) {
		mica_log(c->host, LOG_ERR, c->cfg.name, "%.400s", op->core_err.text);
	}
	free(op->core_path);
	op->core_path = NULL;
	op->core_err.text[0] = '\0';
	return MICA_STEP_DONE;
}

/* It powers itself off after its record; as a process it stays until this. */
static int step_settled(struct mica_op *op)
{
	struct mica_client *c = op->client;

	/* A process waits for us, and its memory goes when it does. */
	if (!c->crash_seen || c->ops->process || c->ops->power(c->ped) == MICA_POWER_OFF)
		return MICA_STEP_DONE;
	return mica_op_wait_off(op, OFF_MS);
}

static int step_dump(struct mica_op *op)
{
	struct mica_client *c = op->client;

	if (!wanted(c) || c->core_done)
		return MICA_STEP_DONE;
	c->core_done = true;
	dump(op);
	return MICA_STEP_DONE;
}

static int step_let_go(struct mica_op *op)
{
	struct mica_client *c = op->client;

	if (!c->crash_seen || !c->ops->process || c->ops->power(c->ped) == MICA_POWER_OFF)
		return MICA_STEP_DONE;
	if (!op->entered && c->link) {
		mica_link_write_status(c->link, MICA_STATUS_STOP);
		mica_client_kick(c);
	}
	return mica_op_wait_off(op, OFF_MS);
}

/* What it wrote last is in ring and log yet. */
static void core_finish(struct mica_op *op)
{
	struct mica_client *c = op->client;

	if (!c->link || c->ops->power(c->ped) != MICA_POWER_OFF)
		return;
	mica_link_last_turns(c->link);
	mica_link_free(c->link, false);
	c->link = NULL;
}

static const struct mica_step core_steps[] = {
	{ .name = "settled", .loop = step_settled },
	{ .name = "dump", .work = step_dump },
	{ .name = "said", .loop = mica_step_core_said },
	{ .name = "letting go", .loop = step_let_go },
	{ 0 },
};

static const struct mica_plan core_plan = { "core file", core_steps, core_finish };

bool mica_core_begin(struct mica_client *c, mica_done done, void *arg)
{
	if (c->core_begun || (!c->crash_seen && (!wanted(c) || c->core_done)))
		return false;
	c->core_begun = true;
	mica_op_begin(c->host, c, &core_plan, done, arg);
	return true;
}
