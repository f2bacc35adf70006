// SPDX-License-Identifier: BSD-3-Clause
/* Shell command "rpc": functions of Linux, called from here. Each line says what came of one. */
#include <string.h>

#include "mica_os.h"
#include "mica_rpc.h"
#include "rpc_test.h"
#include "shell.h"

#define THREADS 4
#define ROUNDS	25
#define STACK	8192u
#define BULK	3000u

#define show rpc_show

void rpc_show(const char *what, int64_t result, bool good)
{
	shell_printf("%-10s %lld %s\n", what, (long long)result, good ? "ok" : "FAILED");
}

static uint8_t pattern(size_t i)
{
	return (uint8_t)(i * 7 + (i >> 8));
}

static void test_descriptors(void)
{
	static uint8_t out[BULK], in[BULK];
	struct mica_stat st = { 0 };
	int fd = mica_open("/rpc-test", MICA_O_RDWR | MICA_O_CREAT | MICA_O_TRUNC, 0600);
	int64_t n;

	show("open", fd, fd >= 0);
	for (size_t i = 0; i < BULK; i++)
		out[i] = pattern(i);
	n = mica_write(fd, out, BULK);
	show("write", n, n == BULK);
	n = mica_lseek(fd, 0, MICA_SEEK_SET);
	show("lseek", n, n == 0);
	n = mica_read(fd, in, BULK + 0);
	show("read", n, n == BULK && memcmp(in, out, BULK) == 0);
	n = mica_fstat(fd, &st);
	show("fstat", n, n == 0 && st.size == BULK);
	n = mica_close(fd);
	show("close", n, n == 0);
	n = mica_close(fd);
	show("closed", n, n == -9);
	n = mica_stat("/rpc-test", &st);
	show("stat", n, n == 0 && st.size == BULK && (st.mode & 0777) == 0600);
}

static void test_names(void)
{
	char cwd[64] = "";
	uint8_t entries[432];
	int64_t n = mica_mkdir("/rpc-dir", 0700);
	int fd;

	show("mkdir", n, n == 0);
	n = mica_rename("/rpc-test", "/rpc-dir/moved");
	show("rename", n, n == 0);
	n = mica_chdir("/rpc-dir");
	show("chdir", n, n == 0);
	n = mica_getcwd(cwd, sizeof(cwd));
	show("getcwd", n, n == 0 && strcmp(cwd, "/rpc-dir") == 0);
	n = mica_access("moved", 4);
	show("access", n, n == 0);
	fd = mica_open(".", MICA_O_RDONLY, 0);
	n = mica_getdents64(fd, entries, sizeof(entries));
	show("getdents64", n, n > 0);
	mica_close(fd);
	n = mica_unlink("moved");
	show("unlink", n, n == 0);
	n = mica_chdir("/");
	n = mica_rmdir("/rpc-dir");
	show("rmdir", n, n == 0);
	n = mica_open("/../../etc/passwd", MICA_O_RDONLY, 0);
	show("outside", n, n == -2);
}

static void test_streams(void)
{
	mica_file f = mica_fopen("/rpc-stream", "w+");
	char line[32] = "";
	int64_t n;

	show("fopen", f, f >= 4);
	n = mica_fputs("first\nsecond\n", f);
	show("fputs", n, n == 0);
	n = mica_ftell(f);
	show("ftell", n, n == 13);
	n = mica_fseek(f, 0, MICA_SEEK_SET);
	show("fseek", n, n == 0);
	n = mica_fgets(line, sizeof(line), f);
	show("fgets", n, n == 1 && strcmp(line, "first\n") == 0);
	n = mica_getc(f);
	show("getc", n, n == 's');
	n = mica_fread(line, sizeof(line), f);
	show("fread", n, n == 6);
	n = mica_feof(f);
	show("feof", n, n == 1);
	n = mica_fclose(f);
	show("fclose", n, n == 0);
	n = mica_fclose(f);
	show("fclosed", n, n == -9);
	n = mica_unlink("/rpc-stream");
	show("unlink", n, n == 0);
	n = mica_print("rpc test says hello\n");
	show("print", n, n == 0);
	n = mica_fputs("and so does stdout\n", MICA_STDOUT);
	show("stdout", n, n == 0);
}

/* ---- several threads at once ---- */

static struct {
	struct mica_os_thread thread[THREADS];
	struct mica_os_sem done;
	unsigned int good;
} par;

static _Alignas(16) unsigned char stacks[THREADS][STACK];

static void hammer(void *arg)
{
	unsigned int number = (unsigned int)(uintptr_t)arg, good = 0;
	char path[] = "/rpc-thread-0", back[8];
	unsigned long key;
	int fd;

	path[sizeof(path) - 2] = (char)('0' + number);
	fd = mica_open(path, MICA_O_RDWR | MICA_O_CREAT | MICA_O_TRUNC, 0600);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		char text[8] = { (char)number, (char)i, 2, 3, 4, 5, 6, 7 };

		good += mica_lseek(fd, 0, MICA_SEEK_SET) == 0 && mica_write(fd, text, 8) == 8 &&
			mica_lseek(fd, 0, MICA_SEEK_SET) == 0 && mica_read(fd, back, 8) == 8 &&
			memcmp(text, back, 8) == 0;
	}
	mica_close(fd);
	mica_unlink(path);
	key = mica_os_critical_enter();
	par.good += good;
	mica_os_critical_exit(key);
	mica_os_sem_give(&par.done);
}

/* One of them waits in a read of an empty pipe meanwhile: that holds up nobody else. */
static void test_threads(void)
{
	int fd[2] = { -1, -1 };
	struct mica_pollfd p = { 0 };
	int64_t n = mica_pipe(fd);

	show("pipe", n, n == 0);
	par.good = 0;
	mica_os_sem_init(&par.done, 0);
	for (uintptr_t i = 0; i < THREADS; i++)
		mica_os_thread_start(&par.thread[i], "rpc", MICA_OS_PRIO_APP, hammer, (void *)i,
				     stacks[i], STACK);
	p = (struct mica_pollfd){ .fd = fd[0], .events = 1 };
	n = mica_poll(&p, 1, 50);
	show("poll", n, n == 0);
	for (unsigned int i = 0; i < THREADS; i++)
		mica_os_sem_take(&par.done, MICA_OS_FOREVER);
	show("threads", par.good, par.good == THREADS * ROUNDS);
	mica_close(fd[0]);
	mica_close(fd[1]);
}

static void test_refused(void)
{
	int64_t n = mica_system("true");

	show("system", n, n == -13);
	n = mica_popen("true", "r");
	show("popen", n, n == -13);
	n = mica_socket(2, 1, 0);
	show("socket", n, n == -13);
}

/* "posix" or "posix PORT", as a command line. */
static void run_posix(const char *args)
{
	static char line[SHELL_LINE];
	char *argv[] = { line, NULL, NULL };
	size_t len = strnlen(args, sizeof(line) - 1);
	int argc = 1;

	memcpy(line, args, len);
	line[len] = '\0';
	for (size_t i = 0; i < len && argc == 1; i++) {
		if (line[i] != ' ')
			continue;
		line[i] = '\0';
		argv[argc++] = line + i + 1;
	}
	shell_printf("rpc: posix %d\n", posix_demo_main(argc, argv));
}

void shell_rpc(const char *args)
{
	if (!mica_rpc_wait(5000)) {
		shell_printf("rpc: the host does not answer\n");
		return;
	}
	if (strcmp(args, "hold") == 0) {
		/* Left open: only the session's end closes it. Waits until the host has gone. */
		int fd[2] = { -1, -1 };
		char byte;

		shell_printf("holding\n");
		shell_write("", 0);
		mica_pipe(fd);
		show("read", mica_read(fd[0], &byte, 1), true);
	} else if (strcmp(args, "system") == 0) {
		show("system", mica_system("echo from the shell; exit 7"), true);
		show("socket", mica_socket(2, 1, 0), true);
	} else if (*args == '\0' || strcmp(args, "test") == 0) {
		test_descriptors();
		test_names();
		test_streams();
		test_threads();
		shell_printf("rpc: done\n");
	} else if (strcmp(args, "refused") == 0) {
		test_refused();
	} else if (strcmp(args, "sdk") == 0) {
		rpc_test_sdk();
	} else if (strcmp(args, "mixed") == 0) {
		rpc_test_mixed();
	} else if (strncmp(args, "posix", 5) == 0 && (!args[5] || args[5] == ' ')) {
		run_posix(args);
	} else {
		shell_printf("rpc: test, sdk, mixed, posix [PORT], hold, system or refused\n");
	}
}
