/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs in a board's Linux: mica_board_bench CONF NAME CORE IMAGE ROUNDS. Prints one line a case,
 * "CASE NS...", and counts of the module, "count NAME MESSAGES N". The floor of a start is what
 * nothing can do without: the core taken from Linux, the image's bytes copied, a core that is
 * started and stores a word; that of a stop a word that the core sees, and the core off. Its few
 * instructions are the client of the module's tests. CONF starts a client again that has crashed.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <linux/mcs.h>

#include "../../tests/qemu/kernel/client.h"
#include "mica/app.h"

#define CONTROL	   "/run/mica/micad.sock"
#define DEBUG	   "/sys/kernel/debug"
#define ROUNDS_MAX 200
#define MESSAGES   200
#define ALIVE_MS   10000
#define ANSWER_MAX 16384      /* bytes */
#define STAGING	   0x1000000u /* from the start of the image memory: where no client lies */

extern const unsigned char client_start[], client_end[];

enum { HOTPLUG, COPY, BOOT, OFF, FLOOR_START, FLOOR_AGAIN, START, STOP, AGAIN, CRASH, N_CASES };

static const char *const names[N_CASES] = {
	[HOTPLUG] = "floor.hotplug", [COPY] = "floor.copy",	    [BOOT] = "floor.boot",
	[OFF] = "floor.off",	     [FLOOR_START] = "floor.start", [FLOOR_AGAIN] = "floor.again",
	[START] = "board.start",     [STOP] = "board.stop",	    [AGAIN] = "board.again",
	[CRASH] = "board.crash",
};
static uint64_t took[N_CASES][ROUNDS_MAX]; /* nanoseconds */

static __attribute__((format(printf, 1, 2))) _Noreturn void fail(const char *format, ...)
{
	va_list args;

	printf("board bench: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf(": %s\n", strerror(errno));
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* ---- the floor ---- */

/* The bytes of the image that are loaded, one piece behind the other. */
static size_t read_image(const char *path, unsigned char **bytes)
{
	Elf64_Ehdr head;
	size_t size = 0;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || pread(fd, &head, sizeof(head), 0) != sizeof(head))
		fail("%s", path);
	*bytes = NULL;
	for (unsigned int i = 0; i < head.e_phnum; i++) {
		Elf64_Phdr p;

		if (pread(fd, &p, sizeof(p), (off_t)(head.e_phoff + i * sizeof(p))) != sizeof(p))
			fail("%s", path);
		if (p.p_type != PT_LOAD || !p.p_filesz)
			continue;
		*bytes = realloc(*bytes, size + p.p_filesz);
		if (!*bytes ||
		    pread(fd, *bytes + size, p.p_filesz, (off_t)p.p_offset) != (ssize_t)p.p_filesz)
			fail("%s", path);
		size += p.p_filesz;
	}
	close(fd);
	return size;
}

static void *map(int fd, uint64_t at, size_t size)
{
	void *va = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)at);

	if (va == MAP_FAILED)
		fail("mmap of 0x%llx", (unsigned long long)at);
	return va;
}

static bool hvc(int fd)
{
	struct mcs_info info = { .size = sizeof(info) };

	if (ioctl(fd, MCS_IOC_INFO, &info))
		fail("MCS_IOC_INFO");
	return info.firmware == MCS_FW_PSCI_HVC;
}

static uint64_t boot_floor(int fd, uint32_t core, volatile uint32_t *page, unsigned char *at)
{
	struct mcs_start start = { .size = sizeof(start),
				   .core = core,
				   .entry = IMAGE_BASE + STAGING,
				   .arg0 = COMM_BASE };
	uint64_t begin = now_ns();

	memcpy(at, client_start, (uintptr_t)client_end - (uintptr_t)client_start);
	memset((void *)page, 0, PAGE_SIZE_BYTES);
	page[PAGE_CONDUIT / 4] = hvc(fd) ? 1 : 2;
	if (ioctl(fd, MCS_IOC_START, &start))
		fail("MCS_IOC_START");
	while (page[PAGE_ALIVE / 4] != CLIENT_ALIVE) {
		if (now_ns() - begin > ALIVE_MS * 1000000ull)
			fail("the core does not store its word");
	}
	return now_ns() - begin;
}

static uint64_t stop_floor(int fd, volatile uint32_t *page)
{
	struct mcs_wait_off wait = { .size = sizeof(wait), .timeout_ms = ALIVE_MS };
	uint64_t begin = now_ns();

	page[PAGE_COMMAND / 4] = COMMAND_OFF; /* it looks at it all the time */
	if (ioctl(fd, MCS_IOC_WAIT_OFF, &wait))
		fail("MCS_IOC_WAIT_OFF");
	return now_ns() - begin;
}

static void floors(uint32_t core, const unsigned char *image, size_t size, unsigned int round)
{
	struct mcs_claim claim = { .size = sizeof(claim), .ncores = 1, .cores = { core } };
	struct mcs_doorbell bell = { .size = sizeof(bell), .mode = MCS_DOORBELL_OWN };
	int fd = open("/dev/mcs", O_RDWR | O_CLOEXEC);
	unsigned char *to, *at;
	uint64_t t[4];
	void *page;

	if (fd < 0)
		fail("/dev/mcs");
	strcpy(claim.name, "floor");
	page = map(fd, COMM_BASE, PAGE_SIZE_BYTES);
	at = map(fd, IMAGE_BASE + STAGING, PAGE_SIZE_BYTES);
	to = map(fd, IMAGE_BASE + STAGING + PAGE_SIZE_BYTES, (size + 4095) & ~4095ul);
	t[0] = now_ns();
	if (ioctl(fd, MCS_IOC_CLAIM, &claim))
		fail("MCS_IOC_CLAIM");
	t[1] = now_ns();
	memcpy(to, image, size);
	t[2] = now_ns();
	if (ioctl(fd, MCS_IOC_DOORBELL, &bell))
		fail("MCS_IOC_DOORBELL");
	t[3] = boot_floor(fd, core, page, at);
	took[OFF][round] = stop_floor(fd, page);
	if (ioctl(fd, MCS_IOC_RELEASE))
		fail("MCS_IOC_RELEASE");
	munmap(page, PAGE_SIZE_BYTES);
	munmap(at, PAGE_SIZE_BYTES);
	munmap(to, (size + 4095) & ~4095ul);
	close(fd);
	took[HOTPLUG][round] = t[1] - t[0];
	took[COPY][round] = t[2] - t[1];
	took[BOOT][round] = t[3];
	took[FLOOR_AGAIN][round] = t[2] - t[1] + t[3];
	took[FLOOR_START][round] = t[2] - t[0] + t[3];
}

/* ---- the daemon ---- */

static int control(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX, .sun_path = CONTROL };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		fail(CONTROL);
	return fd;
}

static void ask(int fd, const char *method, const char *key, const char *value)
{
	char text[256];
	int n = snprintf(text, sizeof(text),
			 "{\"method\":\"io.mica.Manager.%s\",\"parameters\":{\"%s\":\"%s\"}}",
			 method, key, value);

	if (n >= (int)sizeof(text) || write(fd, text, (size_t)n + 1) != n + 1)
		fail("%s", method);
}

static void answer(int fd, char text[ANSWER_MAX], const char *method)
{
	size_t len = 0;

	do {
		ssize_t got = read(fd, text + len, ANSWER_MAX - len);

		if (got <= 0)
			fail("%s", method);
		len += (size_t)got;
	} while (text[len - 1]);
}

/* Nanoseconds from the request to its answer. */
static uint64_t call(int fd, const char *method, const char *key, const char *value)
{
	uint64_t begin = now_ns(), end;
	char text[ANSWER_MAX];

	ask(fd, method, key, value);
	answer(fd, text, method);
	end = now_ns();
	if (strstr(text, "\"error\""))
		fail("%s: %s", method, text);
	return end - begin;
}

/* The terminal of the client's shell, once it has said that it has one. */
static int terminal(int fd, const char *name)
{
	static const char key[] = "\"device\":\"";
	uint64_t begin = now_ns();
	char text[ANSWER_MAX];
	const char *path;
	int tty;

	do {
		ask(fd, "GetTty", "name", name);
		answer(fd, text, "GetTty");
		path = strstr(text, key);
		if (!path && now_ns() - begin > ALIVE_MS * 1000000ull)
			fail("GetTty: %s", text);
	} while (!path);
	path += sizeof(key) - 1;
	text[(path - text) + (ptrdiff_t)strcspn(path, "\"")] = '\0';
	tty = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (tty < 0)
		fail("%s", path);
	return tty;
}

/* Changes of this client, from now on, while it runs. */
static int watch(const char *name)
{
	char text[ANSWER_MAX];
	int fd = control();
	int n = snprintf(text, sizeof(text),
			 "{\"method\":\"io.mica.Manager.Monitor\",\"more\":true,"
			 "\"parameters\":{\"name\":\"%s\"}}",
			 name);

	if (write(fd, text, (size_t)n + 1) != n + 1)
		fail("Monitor");
	answer(fd, text, "Monitor");
	if (!strstr(text, "\"state\":\"Running\""))
		fail("Monitor: %s", text);
	return fd;
}

static void until_running(int fd)
{
	static const char mark[] = "\"to\":\"Running\"";
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char text[ANSWER_MAX];
	size_t len = 0;

	while (!memmem(text, len, mark, sizeof(mark) - 1)) {
		ssize_t got =
			poll(&pfd, 1, ALIVE_MS) > 0 ? read(fd, text + len, sizeof(text) - len) : -1;

		if (got <= 0)
			fail("the client does not run again");
		len += (size_t)got;
	}
}

/* Nanoseconds from the shell's order to die of an exception until the client is ready again. */
static uint64_t crash(int fd, const char *name)
{
	static const char order[] = "crash\n";
	int tty = terminal(fd, name), changes = watch(name);
	uint64_t begin = now_ns();

	if (write(tty, order, sizeof(order) - 1) != (ssize_t)sizeof(order) - 1)
		fail("the terminal");
	until_running(changes);
	begin = now_ns() - begin;
	close(changes);
	close(tty);
	return begin;
}

static void lives(int fd, const char *conf, const char *name, unsigned int round)
{
	call(fd, "Create", "file", conf);
	took[START][round] = call(fd, "Start", "name", name);
	took[STOP][round] = call(fd, "Stop", "name", name);
	took[AGAIN][round] = call(fd, "Start", "name", name);
	took[CRASH][round] = crash(fd, name);
	call(fd, "Stop", "name", name);
	call(fd, "Remove", "name", name);
}

/* ---- counts ---- */

static uint64_t counter(const char *name)
{
	char text[1024], *at;
	int fd = open(DEBUG "/mcs/counters", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n < 0)
		fail(DEBUG "/mcs/counters");
	close(fd);
	text[n] = '\0';
	at = strstr(text, name);
	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

/* Messages to an endpoint that sends them back, each after the answer to the one before. */
static void counts(int fd, const char *conf, const char *name)
{
	uint64_t in, out, spurious;
	struct mica_app *app;
	char data[64] = "";

	call(fd, "Create", "file", conf);
	call(fd, "Start", "name", name);
	app = mica_app_open(name, "mica-echo", 0, ALIVE_MS);
	if (!app)
		fail("mica-echo");
	sleep(1); /* what it says at its start is over */
	in = counter("doorbells_in ");
	out = counter("doorbells_out ");
	spurious = counter("spurious ");
	for (unsigned int i = 0; i < MESSAGES; i++) {
		if (mica_app_send(app, data, sizeof(data), ALIVE_MS) ||
		    mica_app_recv(app, data, sizeof(data), ALIVE_MS) != sizeof(data))
			fail("mica-echo");
	}
	printf("count in %d %llu\n", MESSAGES, (unsigned long long)(counter("doorbells_in ") - in));
	printf("count out %d %llu\n", MESSAGES,
	       (unsigned long long)(counter("doorbells_out ") - out));
	printf("count spurious %d %llu\n", MESSAGES,
	       (unsigned long long)(counter("spurious ") - spurious));
	mica_app_close(app);
	call(fd, "Stop", "name", name);
	call(fd, "Remove", "name", name);
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc == 6 ? (unsigned int)strtoul(argv[5], NULL, 10) : 0;
	unsigned char *image;
	size_t size;
	int fd;

	if (!rounds || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: %s CONF NAME CORE IMAGE ROUNDS\n", argv[0]);
		return 2;
	}
	(void)mount("debugfs", DEBUG, "debugfs", 0, NULL); /* there already, or not at all */
	size = read_image(argv[4], &image);
	fd = control();
	for (unsigned int i = 0; i < rounds; i++) {
		floors((uint32_t)strtoul(argv[3], NULL, 10), image, size, i);
		lives(fd, argv[1], argv[2], i);
	}
	for (unsigned int c = 0; c < N_CASES; c++) {
		printf("%s", names[c]);
		for (unsigned int i = 0; i < rounds; i++)
			printf(" %llu", (unsigned long long)took[c][i]);
		putchar('\n');
	}
	counts(fd, argv[1], argv[2]);
	printf("board bench: done\n");
	return 0;
}
