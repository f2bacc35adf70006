// SPDX-License-Identifier: BSD-3-Clause
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <openamp/remoteproc_virtio.h>
#include <openamp/rsc_table.h>

#include "mica/native.h"
#include "native_peer.h"

#define PATIENCE_MS 5000

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

const char *peer_image(const char *name)
{
	static char path[4096];
	char self[2048], *cut;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		return "";
	self[n] = '\0';
	cut = strstr(self, "/tests/unit/");
	if (cut)
		*cut = '\0';
	snprintf(path, sizeof(path), "%s/client/mica-%s-native", self, name);
	return path;
}

/* Copy section .resource_table of the image to the start of the shared memory. */
static int place_table(struct peer *p, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const Elf64_Shdr *sh;
	const Elf64_Ehdr *eh;
	const char *names;
	unsigned char *f;
	struct stat st;
	int ret = -1;

	if (fd < 0 || fstat(fd, &st) != 0)
		return -1;
	f = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (f == MAP_FAILED)
		return -1;
	eh = (const Elf64_Ehdr *)(void *)f;
	sh = (const Elf64_Shdr *)(void *)(f + eh->e_shoff);
	names = (const char *)f + sh[eh->e_shstrndx].sh_offset;
	for (int i = 0; i < eh->e_shnum; i++) {
		if (strcmp(names + sh[i].sh_name, ".resource_table") == 0 &&
		    sh[i].sh_size <= MICA_NATIVE_TABLE_MAX) {
			memcpy(p->mem, f + sh[i].sh_offset, sh[i].sh_size);
			ret = 0;
		}
	}
	munmap(f, (size_t)st.st_size);
	return ret;
}

static int notify(void *priv, uint32_t id)
{
	struct peer *p = priv;
	uint64_t one = 1;

	(void)id;
	return write(p->to_client, &one, sizeof(one)) == sizeof(one) ? 0 : -1;
}

static int on_control(struct rpmsg_endpoint *rp, void *data, size_t len, uint32_t src, void *priv)
{
	struct mica_ctrl_credit m;
	struct peer *p = priv;

	(void)rp;
	(void)src;
	if (len < sizeof(m))
		return 0;
	memcpy(&m, data, sizeof(m));
	for (unsigned int i = 0; m.kind == MICA_CTRL_CREDIT && i < p->n_ept; i++) {
		if (p->ept[i].rp.addr == m.sender && p->ept[i].client_addr == m.receiver)
			p->ept[i].credit += m.count;
	}
	return 0;
}

static void give_credit(struct peer *p)
{
	for (unsigned int i = 0; i < p->n_ept; i++) {
		struct peer_ept *e = &p->ept[i];
		struct mica_ctrl_credit m = { MICA_CTRL_CREDIT, e->rp.addr, e->client_addr,
					      e->owed };

		if (!(p->acked & MICA_F_CREDIT) || p->hold_credit || !e->owed)
			continue;
		if (rpmsg_trysend(&p->ctrl, &m, sizeof(m)) >= 0)
			e->owed = 0;
	}
}

static int on_message(struct rpmsg_endpoint *rp, void *data, size_t len, uint32_t src, void *priv)
{
	struct peer_ept *e = (struct peer_ept *)rp;
	struct peer *p = priv;

	(void)src;
	if (!len)
		return 0;
	e->owed++;
	e->received++;
	if (p->in_len + len > p->in_size) {
		p->in_size = (p->in_len + len) * 2;
		p->in = realloc(p->in, p->in_size);
		if (!p->in)
			abort();
	}
	memcpy(p->in + p->in_len, data, len);
	p->in_len += len;
	return 0;
}

static void on_withdrawn(struct rpmsg_endpoint *rp)
{
	((struct peer_ept *)rp)->destroyed = true;
}

static struct peer *the_peer;

static int create(struct peer *p, struct peer_ept *e)
{
	int ret = rpmsg_create_ept(&e->rp, &p->rvdev.rdev, e->name, RPMSG_ADDR_ANY, e->client_addr,
				   on_message, on_withdrawn);

	e->rp.priv = p;
	e->credit = MICA_CREDIT_INITIAL;
	e->owed = 0;
	return ret;
}

static void on_announce(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	struct peer *p = the_peer;
	struct peer_ept *e;

	(void)rdev;
	if (p->n_ept == PEER_EPTS)
		return;
	e = &p->ept[p->n_ept++];
	snprintf(e->name, sizeof(e->name), "%s", name);
	e->client_addr = dest;
	create(p, e);
}

static void *table_entry(struct peer *p, uint32_t type)
{
	struct resource_table *t = (struct resource_table *)(void *)p->mem;

	for (uint32_t i = 0; i < t->num; i++) {
		uint32_t offset, found;

		memcpy(&offset, p->mem + offsetof(struct resource_table, offset) + i * 4u, 4);
		memcpy(&found, p->mem + offset, 4);
		if (found == type)
			return p->mem + offset;
	}
	return NULL;
}

static size_t place_ring(struct peer *p, unsigned int i, size_t offset)
{
	struct fw_rsc_vdev_vring r;
	unsigned char *at =
		(unsigned char *)p->vdev_rsc + sizeof(struct fw_rsc_vdev) + i * sizeof(r);
	size_t size;

	memcpy(&r, at, sizeof(r));
	r.da = (uint32_t)(MICA_NATIVE_BASE + offset);
	memcpy(at, &r, sizeof(r));
	size = ((size_t)vring_size(r.num, r.align) + r.align - 1) & ~(size_t)(r.align - 1);
	if (rproc_virtio_init_vring(p->vdev, i, r.notifyid, p->mem + offset, &p->shm_io, r.num,
				    r.align) != 0)
		return 0;
	return offset + size;
}

static int rings_up(struct peer *p)
{
	size_t at = MICA_NATIVE_POOL_OFFSET;

	p->vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DRIVER, 2, p->vdev_rsc, &p->rsc_io, p, notify,
					   NULL);
	if (!p->vdev)
		return -1;
	at = place_ring(p, 0, at);
	at = at ? place_ring(p, 1, at) : 0;
	if (!at)
		return -1;
	at = (at + 63) & ~(size_t)63;
	rpmsg_virtio_init_shm_pool(&p->pool, p->mem + at, MICA_POOL_SIZE - 0x4000);
	if (rpmsg_init_vdev(&p->rvdev, p->vdev, on_announce, &p->shm_io, &p->pool) != 0)
		return -1;
	if (!(p->acked & MICA_F_CREDIT))
		return 0;
	if (rpmsg_create_ept(&p->ctrl, &p->rvdev.rdev, "", MICA_CTRL_ADDR, MICA_CTRL_ADDR,
			     on_control, NULL) != 0)
		return -1;
	p->ctrl.priv = p;
	return 0;
}

static int spawn(struct peer *p, const char *path)
{
	int mem = fcntl(p->mem_fd, F_DUPFD, 20), in = fcntl(p->to_client, F_DUPFD, 20),
	    out = fcntl(p->to_host, F_DUPFD, 20);

	p->pid = fork();
	if (p->pid != 0) {
		close(mem);
		close(in);
		close(out);
		return p->pid < 0 ? -1 : 0;
	}
	dup2(mem, MICA_NATIVE_FD_MEM);
	dup2(in, MICA_NATIVE_FD_TO_CLIENT);
	dup2(out, MICA_NATIVE_FD_TO_HOST);
	setenv(MICA_NATIVE_ENV, "1", 1);
	execl(path, path, (char *)NULL);
	_exit(127);
}

int peer_start(struct peer *p, const char *name, uint32_t features)
{
	const char *path = peer_image(name);

	memset(p, 0, sizeof(*p));
	the_peer = p;
	p->mem_fd = memfd_create("mica-test", MFD_CLOEXEC);
	p->to_client = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	p->to_host = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (p->mem_fd < 0 || ftruncate(p->mem_fd, MICA_NATIVE_SIZE) != 0)
		return -1;
	p->mem = mmap(NULL, MICA_NATIVE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, p->mem_fd, 0);
	if (p->mem == MAP_FAILED || place_table(p, path) != 0)
		return -1;
	p->shm_da = MICA_NATIVE_BASE;
	metal_io_init(&p->shm_io, p->mem, &p->shm_da, MICA_NATIVE_SIZE, (unsigned int)-1, 0, NULL);
	p->rsc_da = 0;
	metal_io_init(&p->rsc_io, p->mem, &p->rsc_da, MICA_NATIVE_TABLE_MAX, (unsigned int)-1, 0,
		      NULL);
	p->status = (uint32_t *)(void *)(p->mem + offsetof(struct resource_table, reserved));
	p->vdev_rsc = table_entry(p, RSC_VDEV);
	p->vendor = table_entry(p, MICA_RSC_VENDOR);
	if (p->vendor) {
		p->acked = p->vendor->features & features;
		__atomic_store_n(&p->vendor->acked, p->acked, __ATOMIC_RELEASE);
	}
	if (!p->vdev_rsc || rings_up(p) != 0 || spawn(p, path) != 0)
		return -1;
	peer_status(p, MICA_STATUS_RUNNING);
	return 0;
}

void peer_turn(struct peer *p, int ms)
{
	struct pollfd fd = { .fd = p->to_host, .events = POLLIN };
	uint64_t count;

	if (poll(&fd, 1, ms) > 0 && read(p->to_host, &count, sizeof(count)) < 0)
		return;
	rproc_virtio_notified(p->vdev, RSC_NOTIFY_ID_ANY);
	give_credit(p);
}

struct peer_ept *peer_find(struct peer *p, const char *name)
{
	int64_t end = now_ms() + PATIENCE_MS;

	do {
		for (unsigned int i = 0; i < p->n_ept; i++) {
			if (strcmp(p->ept[i].name, name) == 0)
				return &p->ept[i];
		}
		peer_turn(p, 20);
	} while (now_ms() < end);
	return NULL;
}

int peer_send(struct peer *p, struct peer_ept *e, const void *data, size_t len)
{
	int64_t end = now_ms() + PATIENCE_MS;
	bool counts = len && (p->acked & MICA_F_CREDIT);

	do {
		if ((!counts || e->credit) &&
		    rpmsg_trysendto(&e->rp, data, (int)len, e->client_addr) >= 0) {
			e->credit -= counts;
			return 0;
		}
		peer_turn(p, 20);
	} while (now_ms() < end);
	return -1;
}

static void consume(struct peer *p, size_t n)
{
	memmove(p->in, p->in + n, p->in_len - n);
	p->in_len -= n;
}

bool peer_expect(struct peer *p, const char *text, int ms)
{
	int64_t end = now_ms() + ms;
	unsigned char *at;

	do {
		at = p->in_len ? memmem(p->in, p->in_len, text, strlen(text)) : NULL;
		if (at) {
			consume(p, (size_t)(at - p->in) + strlen(text));
			return true;
		}
		peer_turn(p, 20);
	} while (now_ms() < end);
	fprintf(stderr, "expected \"%s\", got \"%.*s\"\n", text, (int)p->in_len, (char *)p->in);
	return false;
}

bool peer_read(struct peer *p, void *data, size_t len, int ms)
{
	int64_t end = now_ms() + ms;

	while (p->in_len < len) {
		if (now_ms() >= end)
			return false;
		peer_turn(p, 20);
	}
	memcpy(data, p->in, len);
	consume(p, len);
	return true;
}

void peer_status(struct peer *p, uint32_t word)
{
	__atomic_store_n(p->status, word, __ATOMIC_RELEASE);
	notify(p, 0);
}

int peer_wait(struct peer *p, int ms)
{
	int64_t end = now_ms() + ms;
	int status;

	do {
		if (waitpid(p->pid, &status, WNOHANG) == p->pid) {
			p->pid = 0;
			peer_turn(p, 0); /* what it said last */
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		}
		peer_turn(p, 10);
	} while (now_ms() < end);
	return -1;
}

int peer_reattach(struct peer *p)
{
	rpmsg_deinit_vdev(&p->rvdev);
	rproc_virtio_remove_vdev(p->vdev);
	p->in_len = 0;
	if (rings_up(p) != 0)
		return -1;
	for (unsigned int i = 0; i < p->n_ept; i++) {
		if (create(p, &p->ept[i]) != 0)
			return -1;
	}
	return 0;
}

void peer_end(struct peer *p)
{
	if (p->pid > 0) {
		kill(p->pid, SIGKILL);
		waitpid(p->pid, NULL, 0);
	}
	if (p->vdev) {
		rpmsg_deinit_vdev(&p->rvdev);
		rproc_virtio_remove_vdev(p->vdev);
	}
	munmap(p->mem, MICA_NATIVE_SIZE);
	close(p->mem_fd);
	close(p->to_client);
	close(p->to_host);
	free(p->in);
}
