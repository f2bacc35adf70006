/* SPDX-License-Identifier: BSD-3-Clause */
/* load_fw: start, wait, stop. The lines are those that existing set-ups look for. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <metal/atomic.h>

#include "../bench.h"
#include "../map.h"
#include "client_file.h"
#include "load_fw.h"
#include "mica/abi.h"
#include "mica/native.h"

#define TICK_MS	   20
#define SECOND	   (1000 / TICK_MS)
#define ASK_MS	   1000 /* where it can be forced */
#define PATIENT_MS 10000

static volatile sig_atomic_t end_asked;

static void on_signal(int number)
{
	(void)number;
	end_asked = 1;
}

static void tick(void)
{
	const struct timespec t = { .tv_nsec = TICK_MS * 1000000L };

	nanosleep(&t, NULL);
}

/* The n bytes at the base + offset; NULL: not in one window. */
static void *shared(struct load_fw *l, uint64_t offset, size_t n)
{
	struct mica_window w[MICA_WINDOWS_MAX];
	unsigned int count = l->ops->windows(l->ped, w);

	return mica_window_va(w, count, l->base + offset, n);
}

/* ---- stop ---- */

static bool can_force(struct load_fw *l)
{
	if (!l->ops->force_stop)
		return false;
	if (l->ops->can_force)
		return l->ops->can_force(l->ped) != MICA_FORCE_NONE;
	return l->ops->caps.force_stop != MICA_FORCE_NONE;
}

/* Images that know the table's status word power themselves off. A demo may put the table there
 * anew at any moment: asked again and again. */
static bool ask(struct load_fw *l, unsigned int ms)
{
	uint8_t *table = shared(l, DEMO_TABLE, 4 * DEMO_WORDS);

	for (unsigned int waited = 0; waited <= ms; waited += TICK_MS) {
		if (l->ops->power(l->ped) == MICA_POWER_OFF)
			return true;
		if (table)
			metal_shared_write32_release(table + 4 * DEMO_WORD_STATUS,
						     MICA_STATUS_STOP);
		tick();
	}
	return false;
}

static int stop(struct load_fw *l, struct mica_error *err)
{
	bool force = can_force(l);

	if (ask(l, force ? ASK_MS : PATIENT_MS))
		return 0;
	if (force && l->ops->force_stop(l->ped, err))
		return -1;
	for (int i = 0; i < SECOND && l->ops->power(l->ped) != MICA_POWER_OFF; i++)
		tick();
	if (l->ops->power(l->ped) == MICA_POWER_OFF)
		return 0;
	return mica_fail(err, MICA_E_TIMEOUT,
			 "the client on hart %u does not stop: its image cannot be asked to, and "
			 "nothing here can force it; it goes on, and keeps its core until the "
			 "machine restarts",
			 l->hart);
}

static int give_back(struct load_fw *l, struct mica_error *err)
{
	if (l->ops->release(l->ped, err))
		return -1;
	load_fw_forget(l);
	return 0;
}

/* ---- start ---- */

static int end_earlier(struct load_fw *l, struct mica_error *err)
{
	int found = load_fw_adopt(l, err);

	if (found <= 0)
		return found;
	if (l->ops->power(l->ped) != MICA_POWER_OFF)
		fprintf(stderr, "load_fw: an earlier load_fw left its client running: it is "
				"stopped first\n");
	return stop(l, err) || give_back(l, err) ? -1 : 0;
}

static int check_image(struct load_fw *l, struct mica_error *err)
{
	struct mica_window w[MICA_WINDOWS_MAX];
	uint64_t pool, lowest = UINT64_MAX;
	size_t size;

	printf("Start to load executable with remoteproc_load()\n");
	if (mica_image_read(&l->cfg, &l->ops->caps, &l->image, err))
		return -1;
	printf("file size %zu\n%zu read\n", l->image.len, l->image.len);
	l->base = MICA_NATIVE_BASE;
	if (!l->ops->caps.needs_table_address)
		return 0;
	if (l->image.raw)
		return mica_fail(err, MICA_E_FIRMWARE, "image %s is no ELF file", l->cfg.image);
	l->ops->pool(l->ped, &pool, &size);
	if (mica_image_fit(&l->image, &l->cfg, w, l->ops->windows(l->ped, w), pool, size, err))
		return -1;
	for (unsigned int i = 0; i < l->image.n_segments; i++) {
		if (l->image.seg[i].da < lowest)
			lowest = l->image.seg[i].da;
	}
	l->base = lowest - DEMO_IMAGE;
	return 0;
}

static int load(struct load_fw *l, struct mica_error *err)
{
	struct mica_segment clear = { .da = l->base, .memsz = DEMO_SIZE };
	uint64_t begin = l->base + DEMO_IMAGE;

	if (!l->ops->caps.needs_table_address)
		return 0;
	if (!shared(l, 0, DEMO_SIZE))
		return mica_fail(err, MICA_E_FIRMWARE,
				 "image %s begins at 0x%llx, and the 2 MiB below are not all "
				 "reserved memory: link it elsewhere",
				 l->cfg.image, (unsigned long long)begin);
	if (l->ops->load(l->ped, &clear, err))
		return -1;
	for (unsigned int i = 0; i < l->image.n_segments; i++) {
		if (l->ops->load(l->ped, &l->image.seg[i], err))
			return -1;
	}
	return l->ops->load_done(l->ped, err);
}

/* For demos that ring; images that poll need none. Its own one where there is one. */
static void put_doorbell(struct load_fw *l)
{
	uint8_t *words = shared(l, BENCH_DOORBELL, 4 * BENCH_DB_WORDS);
	struct mica_doorbell db = { 0 };

	if (l->ops->doorbell(l->ped, true, &db, NULL) && l->ops->doorbell(l->ped, false, &db, NULL))
		return;
	const uint32_t facts[BENCH_DB_WORDS] = {
		[BENCH_DB_KIND] = db.kind,
		[BENCH_DB_KIND_TO_CLIENT] = db.kind_to_client,
		[BENCH_DB_TO_HOST] = db.to_host,
		[BENCH_DB_TO_CLIENT] = db.to_client,
		[BENCH_DB_VALUE] = db.value,
		[BENCH_DB_ADDR] = (uint32_t)db.addr,
		[BENCH_DB_ADDR + 1] = (uint32_t)(db.addr >> 32),
		[BENCH_DB_TARGET] = (uint32_t)db.target,
		[BENCH_DB_TARGET + 1] = (uint32_t)(db.target >> 32),
	};
	for (unsigned int i = 0; words && i < BENCH_DB_WORDS; i++)
		metal_shared_write32(words + 4 * i, facts[i]);
}

static int start(struct load_fw *l, struct mica_error *err)
{
	struct mica_entry e = { .entry = l->image.facts.entry };
	char console[PATH_MAX];

	put_doorbell(l);
	snprintf(console, sizeof(console), "%.*s/console", PATH_MAX - 16, l->folder);
	setenv("MICA_CONSOLE", console, 1);
	printf("Set hartid to %u.\n", l->hart);
	printf("Set paddr to 0x%llx.\n", (unsigned long long)e.entry);
	printf("Set state to start.\n");
	if (l->ops->start(l->ped, &e, err) || load_fw_save(l, err))
		return -1;
	printf("successfully started the processor\n");
	return 0;
}

static int tell(struct load_fw *l, struct mica_error *err)
{
	bool process = l->ops->process != NULL;
	struct client_file f = {
		.cpu = l->cfg.cores.id[0],
		.base = l->base,
		.process = process ? l->ops->process(l->ped) : 0,
		.loader = getpid(),
		.events = process ? -1 : l->ops->event_fd(l->ped),
	};

	return client_file_write(&f, err);
}

static int bring_up(struct load_fw *l, struct mica_error *err)
{
	const struct mica_pedestal_ops *ops = mica_pedestal_find(l->cfg.pedestal, err);

	if (!ops)
		return -1;
	l->ops = ops;
	if (ops->probe(err) || load_fw_lock(l, err) ||
	    ops->create(&l->cfg, l->folder, &l->ped, err))
		return -1;
	printf("apu_rproc_init: node id: %u\n", l->hart);
	if (end_earlier(l, err))
		return -1;
	printf("Successfully open rproc device.\n");
	if (check_image(l, err))
		return -1;
	if (getrandom(l->token, sizeof(l->token), 0) != (ssize_t)sizeof(l->token))
		return mica_fail(err, MICA_E_FAILED, "no random numbers: %s", strerror(errno));
	if (l->ops->claim(l->ped, l->token, err))
		return -1;
	printf("Successfully added rproc shared memory\n");
	if (!load_fw_save(l, err) && !load(l, err) && !start(l, err) && !tell(l, err))
		return 0;
	if (l->ops->power(l->ped) == MICA_POWER_OFF || !stop(l, NULL))
		give_back(l, NULL);
	return -1;
}

/* ---- in between ---- */

static int run(struct load_fw *l, struct mica_error *err)
{
	char how[96] = "";

	for (unsigned int i = 0; !end_asked; i++) {
		if (l->ops->power(l->ped) == MICA_POWER_OFF)
			break;
		if (i % SECOND == 0)
			printf("waiting for remote proc shutdown request\n");
		tick();
	}
	if (end_asked) {
		printf("going to stop the processor\n");
		if (stop(l, err))
			return -1;
		printf("going to shutdown the processor\n");
		return give_back(l, err);
	}
	if (l->ops->why_off)
		l->ops->why_off(l->ped, how, sizeof(how));
	printf("the processor has stopped by itself\n");
	if (give_back(l, err))
		return -1;
	return how[0] ? mica_fail(err, MICA_E_CLIENT, "the client has crashed: %s", how) : 0;
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct load_fw l = { .lock = -1 };
	struct mica_error err;
	bool done = false;
	int ret;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = load_fw_parse(argc, argv, &l, &done, &err);
	if (!ret && !done) {
		/* A second Ctrl-C does not cut the stop short; nor does a closed terminal. */
		sigaction(SIGINT, &sa, NULL);
		sigaction(SIGTERM, &sa, NULL);
		sigaction(SIGHUP, &sa, NULL);
		signal(SIGPIPE, SIG_IGN);
		printf("Loading Executable Demo\n");
		ret = bring_up(&l, &err);
		if (!ret)
			ret = run(&l, &err);
	}
	if (l.ped)
		l.ops->destroy(l.ped);
	mica_image_free(&l.image);
	if (ret)
		fprintf(stderr, "load_fw: %s\n", err.text);
	return ret ? (int)err.code : 0;
}
