/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A host process is killed while a client with lanes boots; the next one goes on with the lanes as
 * they are. The first host is a process that stops in the middle of the start; the client is this
 * program, too, and announces its terminal when nobody looks any more.
 */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <metal/atomic.h>
#include <openamp/rpmsg_hdr.h>
#include <openamp/rpmsg_lane.h>
#include <openamp/rsc_table.h>

#include "host_help.h"
#include "mica/abi.h"
#include "mica/native.h"

#define FOLDER_ENV "LANE_CLIENT" /* where GO and SAID are made */
#define GO	   "go"		 /* by the test: announce now */
#define SAID	   "said"	 /* by the client: it is announced */
#define LIFETIME_S 120
#define OWN	   1024
#define NS_ADDR	   53

/* ---- the client ---- */

struct image_table {
	uint32_t ver, num, reserved[2], offset[3];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
	struct mica_rsc_ept_table ept;
	struct mica_rsc_vendor vendor;
};

/* This object comes first in the program, so its table is the one that begins the section. */
static struct image_table image_table __attribute__((section(".resource_table"), used)) = {
	.ver = 1,
	.num = 3,
	.offset = { offsetof(struct image_table, vdev), offsetof(struct image_table, ept),
		    offsetof(struct image_table, vendor) },
	.vdev = { .type = RSC_VDEV, .id = 7, .dfeatures = 1, .num_of_vrings = 2 },
	.vring = { { .da = UINT32_MAX, .align = 16, .num = 8 },
		   { .da = UINT32_MAX, .align = 16, .num = 8, .notifyid = 1 } },
	.ept = { .type = MICA_RSC_EPT_TABLE },
	.vendor = { .type = MICA_RSC_VENDOR,
		    .len = sizeof(struct mica_rsc_vendor),
		    .version = MICA_VENDOR_VERSION,
		    .features = MICA_F_READY | MICA_F_CREDIT | MICA_F_LANES },
};

static struct {
	uint8_t *mem;
	struct image_table *table;
	struct rpmsg_lane_tx tx[MICA_LANES];
	struct rpmsg_lane_rx rx[MICA_LANES];
} c;

static void file_in(char path[160], const char *folder, const char *name)
{
	snprintf(path, 160, "%s/%s", folder, name);
}

static bool wait_file(const char *folder, const char *name)
{
	char path[160];

	file_in(path, folder, name);
	for (int ms = 0; ms < LIMIT_MS; ms += 5) {
		if (access(path, F_OK) == 0)
			return true;
		usleep(5000);
	}
	return false;
}

static void make_file(const char *folder, const char *name)
{
	char path[160];

	file_in(path, folder, name);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

static void use_lanes(void)
{
	uint8_t *base = c.mem + (c.table->vendor.lanes_da - MICA_NATIVE_BASE);
	const struct mica_lanes *lanes = (const void *)base;

	if (!(c.table->vendor.acked & MICA_F_LANES) || lanes->magic != MICA_LANES_MAGIC)
		_exit(7);
	for (unsigned int i = 0; i < MICA_LANES; i++) {
		const struct mica_lane_place *p = &lanes->lane[i];

		if (rpmsg_lane_tx_init(&c.tx[i], (void *)(base + p->to_host), p->to_host_size, 0) ||
		    rpmsg_lane_rx_init(&c.rx[i], (void *)(base + p->to_client), p->to_client_size,
				       0))
			_exit(8);
	}
}

static void kick(void)
{
	uint64_t one = 1;

	if (write(MICA_NATIVE_FD_TO_HOST, &one, sizeof(one)) < 0)
		_exit(4);
}

/* The first message shows that the host has heard of us: only now the client is ready. */
static void take(unsigned int lane, const struct rpmsg_lane_msg *m)
{
	bool ring;

	if (lane == MICA_LANES - 1) {
		metal_shared_write32_release(&c.table->vendor.client_state, MICA_CLIENT_READY);
		if (m->len && rpmsg_lane_send(&c.tx[lane], OWN, m->src, m->payload, m->len))
			_exit(9);
	}
	(void)rpmsg_lane_release(&c.rx[lane], m->payload, &ring);
	kick();
}

static _Noreturn void serve(void)
{
	struct pollfd pfd = { .fd = MICA_NATIVE_FD_TO_CLIENT, .events = POLLIN };
	struct rpmsg_lane_msg m;
	uint64_t n;
	bool ring;

	for (;;) {
		for (unsigned int i = 0; i < MICA_LANES; i++) {
			while (rpmsg_lane_next(&c.rx[i], &m))
				take(i, &m);
			(void)rpmsg_lane_sleep(&c.rx[i], &ring);
		}
		if (metal_shared_read32_acquire(&c.table->reserved[0]) == MICA_STATUS_STOP) {
			metal_shared_write32_release(&c.table->reserved[0], MICA_STATUS_OFF);
			kick();
			_exit(0);
		}
		if (poll(&pfd, 1, 10) > 0 && read(pfd.fd, &n, sizeof(n)) < 0)
			_exit(6);
	}
}

static void lane_client_main(void)
{
	struct rpmsg_ns_msg tty = { .name = "rpmsg-tty", .addr = OWN };
	const char *folder = getenv(FOLDER_ENV);

	if (!getenv(MICA_NATIVE_ENV) || !folder)
		return;
	alarm(LIFETIME_S);
	c.mem = mmap(NULL, MICA_NATIVE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, MICA_NATIVE_FD_MEM,
		     0);
	if (c.mem == MAP_FAILED)
		_exit(5);
	c.table = (struct image_table *)(void *)c.mem;
	while (!(metal_shared_read8_acquire(&c.table->vdev.status) & 4))
		usleep(1000);
	use_lanes();
	if (!wait_file(folder, GO) ||
	    rpmsg_lane_send(&c.tx[MICA_LANES - 1], OWN, NS_ADDR, &tty, sizeof(tty)))
		_exit(3);
	make_file(folder, SAID);
	serve();
}

/* ---- the hosts ---- */

static bool core_is_on(void *arg)
{
	return info_of(arg)->state == MICA_READY && saved_pid("one") > 0;
}

/* Starts the client and stands still in the middle of that; tells by `fd`. */
static _Noreturn void first_host(int fd)
{
	struct mica_config cfg = config("one");
	struct mica_client *client;

	uv_loop_init(&loop);
	if (open_host() != 0 || create(&cfg) != MICA_OK)
		_exit(1);
	client = result.client;
	memset(&result, 0, sizeof(result));
	mica_client_start(client, on_done, &result);
	if (!run_until(core_is_on, client, LIMIT_MS) || write(fd, "x", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static bool is_running(void *arg)
{
	return info_of(arg)->state == MICA_RUNNING;
}

static void remove_root(void)
{
	static const char *const names[] = { GO, SAID, "clients" };
	char path[160];

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		file_in(path, root, names[i]);
		(void)remove(path);
	}
	assert_int_equal(rmdir(root), 0);
}

static void booting_client_is_resumed(void **state)
{
	struct mica_client *client;
	int end[2];
	pid_t pid;
	char byte;

	(void)state;
	assert_int_equal(pipe(end), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		first_host(end[1]);
	close(end[1]);
	assert_int_equal(read(end[0], &byte, 1), 1);
	close(end[0]);
	make_file(root, GO);
	assert_true(wait_file(root, SAID));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);

	uv_loop_init(&loop);
	assert_int_equal(open_host(), 0);
	memset(&result, 0, sizeof(result));
	mica_host_adopt(host, on_done, &result);
	assert_int_equal(finish(), MICA_OK);
	client = mica_host_find(host, "one");
	assert_non_null(client);
	assert_true(run_until(is_running, client, LIMIT_MS));
	assert_int_equal(info_of(client)->n_services, 1);
	assert_string_equal(info_of(client)->reason, "");
	check_echo(client, "hello");
	check_echo(client, "once more");
	stop_and_remove(client);
	close_host();
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	remove_root();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(booting_client_is_resumed) };
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	lane_client_main();
	if (n < 0)
		return 1;
	self[n] = '\0';
	snprintf(root, sizeof(root), "/tmp/mica-test-lanes-%d", (int)getpid());
	setenv(FOLDER_ENV, root, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
