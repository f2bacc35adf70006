/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System calls. Without commands: those that the calls of the interface and the C library need,
 * and nothing by name but openat2, whose resolution is confined. With commands: all but those that
 * ordinary programs do not need. What is refused fails with EPERM.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "sandbox.h"

static const char *const always[] = {
	"accept",
	"accept4",
	"bind",
	"brk",
	"clock_gettime",
	"clock_nanosleep",
	"clone",
	"clone3",
	"close",
	"connect",
	"dup",
	"dup2",
	"dup3",
	"exit",
	"exit_group",
	"faccessat",
	"faccessat2",
	"fchdir",
	"fchmodat",
	"fcntl",
	"fstat",
	"fsync",
	"futex",
	"getdents64",
	"getegid",
	"geteuid",
	"getgid",
	"getpeername",
	"getpid",
	"getppid",
	"getrandom",
	"getrlimit",
	"getsockname",
	"getsockopt",
	"gettid",
	"gettimeofday",
	"getuid",
	"ioctl",
	"listen",
	"lseek",
	"madvise",
	"membarrier",
	"mkdirat",
	"mknodat",
	"mmap",
	"mprotect",
	"mremap",
	"munmap",
	"nanosleep",
	"newfstatat",
	"openat2",
	"pipe",
	"pipe2",
	"poll",
	"ppoll",
	"prlimit64",
	"pselect6",
	"read",
	"readlinkat",
	"readv",
	"recvfrom",
	"recvmsg",
	"renameat",
	"renameat2",
	"restart_syscall",
	"rseq",
	"rt_sigaction",
	"rt_sigprocmask",
	"rt_sigreturn",
	"sched_getaffinity",
	"sched_yield",
	"select",
	"sendmsg",
	"sendto",
	"set_robust_list",
	"setsockopt",
	"shutdown",
	"sigaltstack",
	"statx",
	"sysinfo",
	"tgkill",
	"umask",
	"uname",
	"unlinkat",
	"wait4",
	"write",
	"writev",
};

/* The C library reads its files about names: those of the system, with our rights. */
static const char *const for_network[] = {
	"open", "openat", "stat", "lstat", "access", "readlink", "pread64", "sendmmsg", "recvmmsg",
};

static const char *const never[] = {
	"acct",
	"add_key",
	"bpf",
	"chroot",
	"delete_module",
	"fanotify_init",
	"finit_module",
	"fsconfig",
	"fsmount",
	"fsopen",
	"fspick",
	"init_module",
	"io_uring_enter",
	"io_uring_register",
	"io_uring_setup",
	"iopl",
	"ioperm",
	"kexec_file_load",
	"kexec_load",
	"keyctl",
	"lookup_dcookie",
	"mount",
	"mount_setattr",
	"move_mount",
	"name_to_handle_at",
	"nfsservctl",
	"open_by_handle_at",
	"open_tree",
	"perf_event_open",
	"pidfd_getfd",
	"pivot_root",
	"process_vm_readv",
	"process_vm_writev",
	"ptrace",
	"quotactl",
	"reboot",
	"request_key",
	"setdomainname",
	"sethostname",
	"setns",
	"settimeofday",
	"swapoff",
	"swapon",
	"syslog",
	"umount2",
	"unshare",
	"userfaultfd",
	"vhangup",
};

static int rules(scmp_filter_ctx ctx, uint32_t action, const char *const *names, size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++) {
		int number = seccomp_syscall_resolve_name(names[i]);

		/* Not every architecture has all, nor does every library know all. */
		if (number != __NR_SCMP_ERROR && number >= 0)
			rc = seccomp_rule_add(ctx, action, number, 0);
	}
	return rc;
}

/* The library's own business: interfaces and addresses of this machine. */
static int socket_rules(scmp_filter_ctx ctx, bool network)
{
	static const int families[] = { AF_INET, AF_INET6, AF_NETLINK };
	int rc = 0;

	for (size_t i = 0; network && i < sizeof(families) / sizeof(families[0]) && !rc; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
				      SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i]));
	return rc;
}

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static int fill(scmp_filter_ctx ctx, const struct sandbox *s)
{
	int rc;

	if (s->commands) {
		rc = rules(ctx, SCMP_ACT_ERRNO(EPERM), never, COUNT(never));
		if (!rc && !s->network)
			rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 1,
					      SCMP_A0(SCMP_CMP_NE, AF_UNIX));
		return rc;
	}
	rc = rules(ctx, SCMP_ACT_ALLOW, always, COUNT(always));
	if (!rc && s->network)
		rc = rules(ctx, SCMP_ACT_ALLOW, for_network, COUNT(for_network));
	return rc ? rc : socket_rules(ctx, s->network);
}

int sandbox_filter(const struct sandbox *s)
{
	scmp_filter_ctx ctx;
	int rc = -ENOMEM;

	ctx = seccomp_init(s->commands ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
	if (ctx) {
		rc = fill(ctx, s);
		if (!rc)
			rc = seccomp_load(ctx);
		seccomp_release(ctx);
	}
	if (!rc)
		return 0;
	fprintf(stderr, "rpc: seccomp: %s\n", strerror(-rc));
	return -1;
}
