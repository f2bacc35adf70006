/* SPDX-License-Identifier: BSD-3-Clause */
/* Windows: what another process may see of a region, and for how long. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "harness.h"

#define PAGE   4096ul
#define WINDOW (COMM_BASE + 0x800000)
#define LENGTH (4 * PAGE)

static const int rw = PROT_READ | PROT_WRITE;

static int window_of(int fd, uint32_t flags, uint64_t addr, uint64_t length)
{
	struct mcs_window w = { .size = sizeof(w), .flags = flags, .addr = addr, .length = length };

	return ioctl(fd, MCS_IOC_WINDOW, &w);
}

static volatile uint64_t *map(int fd, uint64_t at, size_t length)
{
	void *va = mmap(NULL, length, rw, MAP_SHARED, fd, at);

	CHECK(va != MAP_FAILED);
	return va;
}

static int try_map(int fd, uint64_t at, size_t length, int protection, int flags)
{
	void *va = mmap(NULL, length, protection, flags, fd, at);

	if (va == MAP_FAILED)
		return -1;
	munmap(va, length);
	return 0;
}

static void needs_a_claim(void)
{
	struct mcs_info info = { .size = sizeof(info) };
	int fd = open_mcs();

	CHECK(ioctl(fd, MCS_IOC_INFO, &info) == 0 && info.caps & MCS_CAP_WINDOW);
	REFUSED(window_of(fd, 0, WINDOW, LENGTH), ENXIO);
	REFUSED(window_of(fd, MCS_WINDOW_END, 0, 0), ENXIO);
}

static void inside_a_region(void)
{
	int fd = open_mcs();

	claim(fd, "window", CPU_SPARE);
	REFUSED(window_of(fd, 0, WINDOW, 0), EINVAL);
	REFUSED(window_of(fd, 0, WINDOW + 8, LENGTH), EINVAL);
	REFUSED(window_of(fd, 0, WINDOW, 100), EINVAL);
	REFUSED(window_of(fd, 0, COMM_BASE - PAGE, 2 * PAGE), EINVAL);
	REFUSED(window_of(fd, 0, 0x40000000, PAGE), EINVAL);
	REFUSED(window_of(fd, 0, WINDOW, UINT64_MAX & ~(PAGE - 1)), EINVAL);
	REFUSED(window_of(fd, 2, WINDOW, LENGTH), EINVAL);
	REFUSED(window_of(fd, MCS_WINDOW_END, WINDOW, LENGTH), EINVAL);
}

static void that_part_only(void)
{
	struct mcs_info info = { .size = sizeof(info) };
	volatile uint64_t *whole, *part;
	int fd = open_mcs(), window;

	claim(fd, "window", CPU_SPARE);
	window = window_of(fd, 0, WINDOW, LENGTH);
	CHECK(window >= 0);
	whole = map(fd, WINDOW, LENGTH);
	part = map(window, PAGE, LENGTH - PAGE);
	for (unsigned int i = 0; i < LENGTH / 8; i++)
		whole[i] = i * 0x9e3779b97f4a7c15ull;
	for (unsigned int i = 0; i < (LENGTH - PAGE) / 8; i++)
		CHECK(part[i] == (i + PAGE / 8) * 0x9e3779b97f4a7c15ull);
	part[3] = 42;
	CHECK(whole[PAGE / 8 + 3] == 42);
	munmap((void *)part, LENGTH - PAGE);
	munmap((void *)whole, LENGTH);
	REFUSED(try_map(window, 0, LENGTH + PAGE, rw, MAP_SHARED), EINVAL);
	REFUSED(try_map(window, LENGTH, PAGE, rw, MAP_SHARED), EINVAL);
	REFUSED(try_map(window, WINDOW, PAGE, rw, MAP_SHARED), EINVAL);
	REFUSED(try_map(window, 0, PAGE, rw, MAP_PRIVATE), EINVAL);
	REFUSED(try_map(window, 0, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED), EPERM);
	REFUSED(ioctl(window, MCS_IOC_INFO, &info), ENOTTY);
	close(window);
}

/* The client's memory is out of reach, and looking kills nobody. */
static void ended(int window, volatile uint64_t *part, volatile uint64_t *whole)
{
	CHECK(part[0] == 0 && part[PAGE / 8] == 0);
	part[0] = 7;
	CHECK(whole[0] == 1 && whole[PAGE / 8] == 2);
	REFUSED(try_map(window, 0, PAGE, rw, MAP_SHARED), ENXIO);
}

static void end_when_asked(void)
{
	int fd = open_mcs(), other = open_mcs(), window, kept;
	volatile uint64_t *whole, *part, *theirs;

	claim(fd, "window", CPU_SPARE);
	claim(other, "other", CPU_TAKEN);
	window = window_of(fd, 0, WINDOW, LENGTH);
	kept = window_of(other, 0, WINDOW, LENGTH);
	CHECK(window >= 0 && kept >= 0);
	whole = map(fd, WINDOW, LENGTH);
	part = map(window, 0, LENGTH);
	theirs = map(kept, 0, LENGTH);
	part[0] = 1;
	part[PAGE / 8] = 2;
	CHECK(window_of(fd, MCS_WINDOW_END, 0, 0) == 0);
	ended(window, part, whole);
	CHECK(theirs[0] == 1 && theirs[PAGE / 8] == 2);
	close(window);
	window = window_of(fd, 0, WINDOW, LENGTH);
	CHECK(window >= 0);
	munmap((void *)part, LENGTH);
	part = map(window, 0, LENGTH);
	CHECK(part[0] == 1);
	munmap((void *)part, LENGTH);
	munmap((void *)theirs, LENGTH);
	munmap((void *)whole, LENGTH);
	close(window);
	close(kept);
}

static void end_with_the_claim(void)
{
	int fd = open_mcs(), second = open_mcs(), window;
	volatile uint64_t *whole = map(second, WINDOW, LENGTH), *part;

	claim(fd, "window", CPU_SPARE);
	window = window_of(fd, 0, WINDOW, LENGTH);
	CHECK(window >= 0);
	part = map(window, 0, LENGTH);
	part[0] = 1;
	part[PAGE / 8] = 2;
	close_mcs(fd);
	ended(window, part, whole);
	munmap((void *)part, LENGTH);
	munmap((void *)whole, LENGTH);
	close(window);
}

/* Exit status of a process without rights that has the descriptor, before and after the end. */
static void child(int fd, volatile uint64_t *whole, int window, int go)
{
	volatile uint64_t *part;
	char byte;

	/* Or it would hold the claim. */
	munmap((void *)whole, LENGTH);
	close(fd);
	if (setgid(65534) || setuid(65534))
		_exit(10);
	part = mmap(NULL, LENGTH, rw, MAP_SHARED, window, 0);
	if (part == MAP_FAILED || part[0] != 1)
		_exit(11);
	part[1] = 3;
	if (write(go, "", 1) != 1 || read(go, &byte, 1) != 1)
		_exit(12);
	_exit(part[0] == 0 && part[1] == 0 ? 0 : 13);
}

static void another_process(void)
{
	int fd = open_mcs(), window, go[2], status = -1;
	volatile uint64_t *whole;
	char byte;
	pid_t pid;

	claim(fd, "window", CPU_SPARE);
	window = window_of(fd, 0, WINDOW, LENGTH);
	whole = map(fd, WINDOW, LENGTH);
	whole[0] = 1;
	whole[1] = 0;
	CHECK(window >= 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, go) == 0);
	pid = fork();
	if (!pid)
		child(fd, whole, window, go[1]);
	close(go[1]);
	close(window);
	CHECK(read(go[0], &byte, 1) == 1 && whole[1] == 3);
	munmap((void *)whole, LENGTH);
	close_mcs(fd);
	CHECK(write(go[0], "", 1) == 1);
	close(go[0]);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

const struct test window_tests[] = {
	{ "a window needs a claim", needs_a_claim },
	{ "windows lie inside one region", inside_a_region },
	{ "a window shows its part and nothing else", that_part_only },
	{ "windows end when that is asked for", end_when_asked },
	{ "windows end with their claim", end_with_the_claim },
	{ "a process without rights uses a window until its end", another_process },
	{ NULL, NULL },
};
