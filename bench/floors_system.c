/* SPDX-License-Identifier: BSD-3-Clause */
/* Floors of the system: memory, wake-ups, sockets, terminals, processes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "bench.h"
#include "rings.h"

#define MIB	 (1u << 20)
#define PTY_PART 4096u

extern char **environ;

/* ---- memory ---- */

struct copy {
	uint8_t *from, *to;
	uint32_t size;
	uint32_t *asked, *filled; /* shared: what a reader of another core's bytes waits for */
};

static void copy_open(void *arg)
{
	struct copy *c = arg;

	c->from = bench_shared(c->size);
	c->to = bench_shared(c->size);
	c->asked = bench_shared(2 * BENCH_LINE);
	c->filled = c->asked + BENCH_LINE / sizeof(uint32_t);
	memset(c->from, 0x5a, c->size);
}

static void copy_host(void *arg, uint32_t ops)
{
	struct copy *c = arg;

	while (ops--) {
		memcpy(c->to, c->from, c->size);
		__asm__ volatile("" ::: "memory");
	}
}

/* The peer writes, then this side reads: only the reading is an operation. */
static uint64_t read_once(struct copy *c)
{
	uint32_t n = __atomic_load_n(c->asked, __ATOMIC_RELAXED) + 1, turns = 0;
	uint64_t begin;

	__atomic_store_n(c->asked, n, __ATOMIC_RELEASE);
	while (__atomic_load_n(c->filled, __ATOMIC_ACQUIRE) != n)
		bench_spin(&turns);
	begin = bench_now_ns();
	bench_consume(c->to, c->size);
	return bench_now_ns() - begin;
}

/* The other core's side: acts once for each time it is asked. */
static void peer(struct copy *c, void (*act)(struct copy *c, uint32_t n))
{
	uint32_t n = __atomic_load_n(c->filled, __ATOMIC_RELAXED), seen, turns = 0;

	while (!bench_stopped()) {
		seen = __atomic_load_n(c->asked, __ATOMIC_ACQUIRE);
		if (seen == n) {
			bench_spin(&turns);
			continue;
		}
		act(c, seen);
		__atomic_store_n(c->filled, n = seen, __ATOMIC_RELEASE);
	}
}

static void fill(struct copy *c, uint32_t n)
{
	memset(c->to, (int)n, c->size);
}

static void consume(struct copy *c, uint32_t n)
{
	(void)n;
	bench_consume(c->to, c->size);
}

static void read_peer(void *arg)
{
	peer(arg, fill);
}

static uint64_t read_timed(void *arg, uint32_t ops)
{
	uint64_t ns = 0;

	while (ops--)
		ns += read_once(arg);
	return ns;
}

static const struct bench_kind copy_kind = { .unit = "ns",
					     .prepare = copy_open,
					     .host = copy_host };

static void add_copy(const struct bench_kind *kind, enum bench_place place, uint32_t size,
		     uint32_t ops, uint32_t batches, const char *name)
{
	struct copy *c = bench_alloc(sizeof(*c));
	c->size = size;
	bench_add(kind, c, place, ops, batches, "floor.%s.%u", name, size);
}

/* The peer has read it all before this side writes it: only the copy is an operation. */
static uint64_t write_once(struct copy *c)
{
	uint32_t n = __atomic_load_n(c->asked, __ATOMIC_RELAXED) + 1, turns = 0;
	uint64_t begin = bench_now_ns(), ns;

	memcpy(c->to, c->from, c->size);
	ns = bench_now_ns() - begin;
	__atomic_store_n(c->asked, n, __ATOMIC_RELEASE);
	while (__atomic_load_n(c->filled, __ATOMIC_ACQUIRE) != n)
		bench_spin(&turns);
	return ns;
}

static void write_peer(void *arg)
{
	peer(arg, consume);
}

static uint64_t write_timed(void *arg, uint32_t ops)
{
	uint64_t ns = 0;

	while (ops--)
		ns += write_once(arg);
	return ns;
}

/* As rates: copies, reads of what the other core has just written, copies over what it has read. */
static void add_rates(uint32_t size, uint32_t ops)
{
	struct bench_kind *copy = bench_alloc(sizeof(*copy)), *read = bench_alloc(sizeof(*read));
	struct bench_kind *write = bench_alloc(sizeof(*write));

	*copy = (struct bench_kind){
		.unit = "MB/s", .mb = size / 1e6, .prepare = copy_open, .host = copy_host
	};
	*read = (struct bench_kind){ .unit = "MB/s",
				     .mb = size / 1e6,
				     .prepare = copy_open,
				     .timed = read_timed,
				     .peer = read_peer };
	*write = *read;
	write->timed = write_timed;
	write->peer = write_peer;
	add_copy(copy, BENCH_ALONE, size, ops, 10, "memcpy");
	add_copy(read, BENCH_CROSS, size, ops, 10, "read");
	add_copy(write, BENCH_CROSS, size, ops, 10, "write");
}

void bench_floors_memory(void)
{
	add_rates(4096, 64);
	add_rates(65536, 16);
	add_rates(MIB, 2);
}

/* ---- wake-ups: what one side writes wakes the other ---- */

struct wires {
	int to[2], fro[2]; /* [0] the host's end, [1] the peer's */
	uint32_t size;	   /* a message's; eventfds: 8 */
	bool back;	   /* of a terminal: from the slave to the master */
};

static void eventfd_open(void *arg)
{
	struct wires *w = arg;

	w->to[0] = w->to[1] = eventfd(0, EFD_CLOEXEC);
	w->fro[0] = w->fro[1] = eventfd(0, EFD_CLOEXEC);
	w->size = sizeof(uint64_t);
	if (w->to[0] < 0 || w->fro[0] < 0)
		bench_fail("eventfd");
}

static void socket_open(void *arg)
{
	struct wires *w = arg;
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv))
		bench_fail("socketpair");
	w->to[0] = w->fro[0] = sv[0];
	w->to[1] = w->fro[1] = sv[1];
}

static void send_wire(int fd, const void *data, size_t size)
{
	if (write(fd, data, size) != (ssize_t)size)
		bench_fail("write");
}

static void take_wire(int fd, void *data, size_t size)
{
	if (read(fd, data, size) != (ssize_t)size)
		bench_fail("read");
}

static void wires_host(void *arg, uint32_t ops)
{
	struct wires *w = arg;
	uint64_t data[RINGS_PAYLOAD_MAX / 8] = { 1 };

	while (ops--) {
		data[0] = 1;
		send_wire(w->to[0], data, w->size);
		take_wire(w->fro[0], data, w->size);
	}
}

static void wires_peer(void *arg)
{
	struct wires *w = arg;
	uint64_t data[RINGS_PAYLOAD_MAX / 8];

	for (;;) {
		take_wire(w->to[1], data, w->size);
		if (bench_stopped())
			return;
		data[0] = 1;
		send_wire(w->fro[1], data, w->size);
	}
}

static void wires_wake(void *arg)
{
	struct wires *w = arg;
	uint64_t data[RINGS_PAYLOAD_MAX / 8] = { 1 };

	send_wire(w->to[0], data, w->size);
}

static const struct bench_kind eventfd_kind = { .unit = "ns",
						.prepare = eventfd_open,
						.host = wires_host,
						.peer = wires_peer,
						.wake = wires_wake };
static const struct bench_kind socket_kind = { .unit = "ns",
					       .prepare = socket_open,
					       .host = wires_host,
					       .peer = wires_peer,
					       .wake = wires_wake };

static void add_wires(const struct bench_kind *kind, uint32_t size, const char *name)
{
	static const char *const places[] = { [BENCH_CROSS] = "cross", [BENCH_SAME] = "same" };

	for (int place = BENCH_CROSS; place <= BENCH_SAME; place++) {
		struct wires *w = bench_alloc(sizeof(*w));
		w->size = size;
		bench_add(kind, w, (enum bench_place)place, 200, 20, "floor.%s.%s.%u", name,
			  places[place], size);
	}
}

/* ---- a raw terminal: the peer writes to one end, the host reads at the other ---- */

static void pty_open(void *arg)
{
	struct wires *w = arg;
	struct termios tio;
	int slave;
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (master < 0 || grantpt(master) || unlockpt(master))
		bench_fail("pty");
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || tcgetattr(slave, &tio))
		bench_fail("pty");
	cfmakeraw(&tio);
	if (tcsetattr(slave, TCSANOW, &tio))
		bench_fail("pty");
	w->to[1] = w->back ? slave : master;
	w->fro[0] = w->back ? master : slave;
	w->to[0] = eventfd(0, EFD_CLOEXEC);
	if (w->to[0] < 0)
		bench_fail("eventfd");
}

/* An operation is w->size bytes through the terminal. */
static void pty_host(void *arg, uint32_t ops)
{
	struct wires *w = arg;
	uint64_t left = (uint64_t)ops * w->size, count = ops;
	uint8_t data[PTY_PART];

	send_wire(w->to[0], &count, sizeof(count));
	while (left) {
		ssize_t n = read(w->fro[0], data, left < sizeof(data) ? left : sizeof(data));

		if (n <= 0)
			bench_fail("pty");
		left -= (uint64_t)n;
	}
}

static void pty_peer(void *arg)
{
	struct wires *w = arg;
	uint8_t data[PTY_PART];
	uint64_t count;

	memset(data, 'x', sizeof(data));
	for (;;) {
		take_wire(w->to[0], &count, sizeof(count));
		if (bench_stopped())
			return;
		while (count--)
			send_wire(w->to[1], data, w->size);
	}
}

static void pty_wake(void *arg)
{
	uint64_t one = 1;

	send_wire(((struct wires *)arg)->to[0], &one, sizeof(one));
}

static const struct bench_kind pty_kind = { .unit = "MB/s",
					    .mb = 496 / 1e6,
					    .prepare = pty_open,
					    .host = pty_host,
					    .peer = pty_peer,
					    .wake = pty_wake };

/* ---- a program: from fork to its first word ---- */

static void exec_host(void *arg, uint32_t ops)
{
	int fd = *(int *)arg, status;
	uint64_t word;
	pid_t pid;

	while (ops--) {
		char text[16], name[] = "bench", mark[] = "--child";
		char *argv[] = { name, mark, text, NULL };

		snprintf(text, sizeof(text), "%d", fd);
		errno = posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ);
		if (errno)
			bench_fail("/proc/self/exe");
		take_wire(fd, &word, sizeof(word));
		waitpid(pid, &status, 0);
	}
}

void bench_exec_child(int argc, char **argv)
{
	uint64_t one = 1;

	if (argc != 3 || strcmp(argv[1], "--child") != 0)
		return;
	_exit(write((int)strtol(argv[2], NULL, 10), &one, sizeof(one)) != (ssize_t)sizeof(one));
}

static void exec_open(void *arg)
{
	*(int *)arg = eventfd(0, 0);
}

static const struct bench_kind exec_kind = { .unit = "ns",
					     .prepare = exec_open,
					     .host = exec_host };

void bench_floors_wires(void)
{
	add_wires(&eventfd_kind, 8, "eventfd");
	add_wires(&socket_kind, 16, "socket");
	add_wires(&socket_kind, 496, "socket");
}

void bench_floors_pty(void)
{
	for (int back = 0; back <= 1; back++) {
		struct wires *pty = bench_alloc(sizeof(*pty));

		pty->size = 496;
		pty->back = back;
		bench_add(&pty_kind, pty, BENCH_SAME, 1000, 5, "floor.pty%s.same.496",
			  back ? ".back" : "");
	}
}

void bench_floors_system(void)
{
	struct wires *pty = bench_alloc(sizeof(*pty));
	int *fd = bench_alloc(sizeof(*fd));
	pty->size = 496;
	for (unsigned int i = 0; rings_sizes[i]; i++)
		add_copy(&copy_kind, BENCH_ALONE, rings_sizes[i], 1000, 50, "memcpy");
	bench_floors_memory();
	bench_floors_wires();
	bench_add(&pty_kind, pty, BENCH_CROSS, 1000, 5, "floor.pty.496");
	bench_add(&exec_kind, fd, BENCH_ALONE, 5, 4, "floor.exec");
}
