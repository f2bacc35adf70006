/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * micarpc: executes the POSIX calls of one client. Started by micad, one for each session of a
 * client, with descriptor 3 a SOCK_SEQPACKET socket (requests in, replies out) and standard output
 * the client's console. Ends when the socket is closed, with all it has started.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "console.h"
#include "flags.h"
#include "handles.h"
#include "keeper.h"
#include "path.h"
#include "policy.h"
#include "sandbox.h"
#include "server.h"

#define SOCKET_FD 3

struct options {
	struct sandbox box;
	unsigned int machine;
};

static const char usage[] = "micarpc is started by micad, see micad(8)\n";

static int parse(int argc, char **argv, struct options *opt)
{
	static const struct option longs[] = {
		{ "root", required_argument, NULL, 'r' },
		{ "uid", required_argument, NULL, 'u' },
		{ "machine", required_argument, NULL, 'm' },
		{ "system", no_argument, NULL, 's' },
		{ "network", no_argument, NULL, 'n' },
		{ NULL, 0, NULL, 0 },
	};
	int ch;

	while ((ch = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (ch == 'r')
			opt->box.root = optarg;
		else if (ch == 'u')
			opt->box.uid = (uid_t)strtoul(optarg, NULL, 10);
		else if (ch == 'm')
			opt->machine = (unsigned int)strtoul(optarg, NULL, 10);
		else if (ch == 's')
			opt->box.commands = true;
		else if (ch == 'n')
			opt->box.network = true;
		else
			return -1;
	}
	/* Another user only if this one is root; root itself never serves. */
	if (geteuid() != 0)
		opt->box.uid = 0;
	return opt->box.root && (geteuid() != 0 || opt->box.uid) ? 0 : -1;
}

/* A copy above the client's range; those below FD_LIMIT are free for the client. */
static int move_up(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, FD_LIMIT);

	if (high < 0)
		fprintf(stderr, "rpc: cannot set up descriptors: %s\n", strerror(errno));
	close(fd);
	return high;
}

static int own_proc(void)
{
	return open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int execute(const struct options *opt, int root)
{
	int socket = move_up(SOCKET_FD), proc = -1;
	int console = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, FD_LIMIT);

	root = move_up(root);
	if (socket < 0 || root < 0 || console < 0)
		return 1;
	proc = move_up(own_proc());
	if (proc < 0 || sandbox_drop(&opt->box, root, true))
		return 1;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (sandbox_limits() || sandbox_filter(&opt->box))
		return 1;
	policy.commands = opt->box.commands;
	policy.network = opt->box.network;
	flags_init(opt->machine);
	path_init(root, proc);
	console_init(console);
	for (int fd = 0; fd < 3; fd++)
		(void)fd_give(fd);
	server_run(socket);
	return 0;
}

int main(int argc, char **argv)
{
	struct options opt = { 0 };
	struct stat st;
	pid_t executor;
	int root;

	if (parse(argc, argv, &opt) || fstat(SOCKET_FD, &st) || !S_ISSOCK(st.st_mode)) {
		fputs(usage, stderr);
		return 2;
	}
	setlocale(LC_ALL, "C.UTF-8");
	mallopt(M_ARENA_MAX, 2); /* each takes much of the address space that is allowed */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	umask(022);
	/* What a client has Linux do goes before nobody, whatever the daemon has. */
	if (getpriority(PRIO_PROCESS, 0) < 0)
		(void)setpriority(PRIO_PROCESS, 0, 0);
	if (setsid() < 0 && errno != EPERM)
		return 1;
	root = sandbox_open_root(&opt.box);
	if (root < 0)
		return 1;
	executor = keeper_fork();
	if (executor < 0) {
		fprintf(stderr, "rpc: cannot start: %s\n", strerror(errno));
		return 1;
	}
	/* No destructors: threads may still be in the middle of calls. */
	if (!executor)
		_exit(execute(&opt, root));
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	if (sandbox_drop(&opt.box, root, false))
		return 1;
	keeper_run(executor, SOCKET_FD);
	_exit(0);
}
