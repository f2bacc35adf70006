// SPDX-License-Identifier: BSD-3-Clause
/* "rpc mixed": eight threads at once; two wait in reads all the time, the others go on. */
#include <string.h>

#include "mica_os.h"
#include "mica_rpc.h"
#include "rpc_test.h"
#include "shell.h"

#define THREADS 8
#define WAITING 2 /* the first ones */
#define ROUNDS	20
#define STACK	8192u

struct worker {
	struct mica_os_thread thread; /* dead ones are used again as they are */
	unsigned int number, good;
	int error; /* its errno, at the end */
	int fd;	   /* WAITING: the pipe that it reads */
	char path[16];
};

static struct worker workers[THREADS];
static struct mica_os_sem done;
static _Alignas(16) unsigned char stacks[THREADS][STACK];

static bool use_file(const struct worker *w)
{
	int fd = mica_open(w->path, MICA_O_RDWR | MICA_O_CREAT | MICA_O_TRUNC, 0600);
	struct mica_stat st = { 0 };
	char back[8] = "";
	bool good = mica_write(fd, w->path, 8) == 8 && mica_lseek(fd, 0, MICA_SEEK_SET) == 0 &&
		    mica_read(fd, back, 8) == 8 && memcmp(back, w->path, 8) == 0 &&
		    mica_stat(w->path, &st) == 0 && st.size == 8;

	return mica_close(fd) == 0 && mica_unlink(w->path) == 0 && good;
}

static bool use_stream(const struct worker *w, unsigned int round)
{
	mica_file f = mica_fopen(w->path, "w+");
	unsigned int a = 0, b = 0;
	bool good = mica_fprintf(f, "%u %u\n", w->number, round) > 3 &&
		    mica_fseek(f, 0, MICA_SEEK_SET) == 0 && mica_fscanf(f, "%u %u", &a, &b) == 2 &&
		    a == w->number && b == round;

	return mica_fclose(f) == 0 && mica_unlink(w->path) == 0 && good;
}

static bool use_pipe(const struct worker *w)
{
	int fd[2] = { -1, -1 };
	struct mica_pollfd p;
	char back[8] = "";
	bool good = mica_pipe(fd) == 0;

	p = (struct mica_pollfd){ .fd = fd[0], .events = 1 };
	good = good && mica_poll(&p, 1, 1) == 0 && mica_write(fd[1], w->path, 8) == 8 &&
	       mica_poll(&p, 1, 1000) == 1 && mica_read(fd[0], back, 8) == 8 &&
	       memcmp(back, w->path, 8) == 0;
	return mica_close(fd[0]) == 0 && mica_close(fd[1]) == 0 && good;
}

/* Each has its errno: a failure of its own in between must not show elsewhere. */
static void work(void *arg)
{
	struct worker *w = arg;
	char byte;

	*mica_os_errno() = (int)(1000 + w->number);
	if (w->number < WAITING) {
		w->good = mica_read(w->fd, &byte, 1) == 1 && byte == 'e' ? ROUNDS : 0;
	} else {
		for (unsigned int i = 0; i < ROUNDS; i++) {
			if (i % 3 == 0)
				w->good += use_file(w);
			else if (i % 3 == 1)
				w->good += use_stream(w, i);
			else
				w->good += use_pipe(w);
		}
	}
	w->error = *mica_os_errno();
	mica_os_sem_give(&done);
}

static void start_workers(int fd)
{
	for (unsigned int i = 0; i < THREADS; i++) {
		struct worker *w = &workers[i];

		w->number = i;
		w->good = 0;
		w->error = 0;
		w->fd = fd;
		memcpy(w->path, "/mixed-0", 9);
		w->path[7] = (char)('0' + i);
		mica_os_thread_start(&w->thread, "rpc", MICA_OS_PRIO_APP, work, w, stacks[i],
				     STACK);
	}
}

void rpc_test_mixed(void)
{
	unsigned int good = 0, errors = 0, early = 0;
	int fd[2] = { -1, -1 };

	mica_os_sem_init(&done, 0);
	rpc_show("pipe", mica_pipe(fd), true);
	start_workers(fd[0]);
	for (unsigned int i = WAITING; i < THREADS; i++)
		mica_os_sem_take(&done, MICA_OS_FOREVER);
	for (unsigned int i = 0; i < WAITING; i++)
		early += workers[i].error != 0;
	rpc_show("waiting", WAITING - early, early == 0);
	mica_write(fd[1], "ee", WAITING);
	for (unsigned int i = 0; i < WAITING; i++)
		mica_os_sem_take(&done, MICA_OS_FOREVER);
	for (unsigned int i = 0; i < THREADS; i++) {
		good += workers[i].good;
		errors += workers[i].error == (int)(1000 + i);
	}
	rpc_show("rounds", good, good == THREADS * ROUNDS);
	rpc_show("errno", errors, errors == THREADS);
	mica_close(fd[0]);
	mica_close(fd[1]);
	shell_printf("rpc: mixed done\n");
}
