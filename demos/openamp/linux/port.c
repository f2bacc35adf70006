/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of Linux: options, the client that load_fw started, its memory, its life. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/mcs.h>
#include <metal/device.h>

#include "../map.h"
#include "../port.h"
#include "client_file.h"
#include "mica/native.h"
#include "port_linux.h"

#define BASE_ENV   "OPENAMP_BASE"
#define MEMORY_ENV "METAL_SHARED_MEMORY"
#define LIMIT_MAX  86400ul

static const char *const usage =
	"Usage: %s [--cpu N] [--wait SECONDS] [--timeout SECONDS]%s\n"
	"One of the demo programs of OpenAMP: talks to a client that load_fw(8) started.\n"
	"\n"
	"  --cpu N            the client on that CPU, where there are several\n"
	"  --wait SECONDS     how long to wait for the client's command, default 60\n"
	"  --timeout SECONDS  how long an answer may take, default 10\n"
	"  --version          print the version and exit\n"
	"  --help             print this and exit\n"
	"\n"
	"Exit status: 0 all results were right, 1 they were not, 11 no answer, 13 the client\n"
	"went off or broke the rules, 130 Ctrl-C; others as in mica(1).\n";

enum { OPT_CPU = 256, OPT_WAIT, OPT_TIMEOUT, OPT_VERSION, OPT_HELP };

static const struct option longs[] = {
	{ "cpu", required_argument, NULL, OPT_CPU },
	{ "wait", required_argument, NULL, OPT_WAIT },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static struct {
	const char *name;
	uint32_t cpu;
	unsigned long wait_s, timeout_s;
	struct client_file client;
	struct metal_device *device;
	int alive; /* pidfd of the client, or /dev/mcs; -1: nobody knows */
} port = { .alive = -1 };

const char *port_argument;

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

void port_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
}

void port_error(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	va_start(args, format);
	fprintf(stderr, "%s: ", port.name);
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
}

bool port_number(const char *text, unsigned long max, unsigned long *value)
{
	char *end;

	errno = 0;
	*value = strtoul(text, &end, 0);
	return !errno && end != text && !*end && *text >= '0' && *text <= '9' && *value <= max;
}

static int usage_error(const char *what, const char *value)
{
	port_error("%s '%.40s': --help shows the options", what, value);
	return MICA_E_USAGE;
}

/* -1: go on; else the exit status. */
static int parse(int argc, char *argv[])
{
	unsigned long number;
	int c;

	port.cpu = CLIENT_ANY;
	port.wait_s = 60;
	port.timeout_s = 10;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		switch (c) {
		case OPT_CPU:
			if (!port_number(optarg, CLIENT_ANY - 1, &number))
				return usage_error("no CPU:", optarg);
			port.cpu = (uint32_t)number;
			break;
		case OPT_WAIT:
			if (!port_number(optarg, LIMIT_MAX, &port.wait_s))
				return usage_error("no number of seconds:", optarg);
			break;
		case OPT_TIMEOUT:
			if (!port_number(optarg, LIMIT_MAX, &port.timeout_s) || !port.timeout_s)
				return usage_error("no number of seconds:", optarg);
			break;
		case OPT_VERSION:
			printf("%s %s\n", port.name, MICA_VERSION);
			exit(0);
		case OPT_HELP:
			printf(usage, port.name,
			       port_argument ? " [WHAT]" : ""); /* NOLINT: a constant */
			exit(0);
		case ':':
			return usage_error("a value is missing after", argv[optind - 1]);
		default:
			return usage_error("unknown option", argv[optind - 1]);
		}
	}
	if (port_argument && optind < argc)
		port_argument = argv[optind++];
	return optind < argc ? usage_error("one argument too many:", argv[optind]) : -1;
}

static int find_client(struct mica_error *err)
{
	const char *base = getenv(BASE_ENV);
	struct client_file *f = &port.client;
	char setting[64];
	unsigned long value;

	if (base && *base) {
		if (!port_number(base, ULONG_MAX, &value) || value % 4096)
			return mica_fail(err, MICA_E_USAGE,
					 BASE_ENV " '%.40s' is no address: give one like "
						  "0x90000000",
					 base);
		*f = (struct client_file){ .cpu = port.cpu, .base = value, .events = -1 };
		return 0;
	}
	if (client_file_read(port.cpu, f, err))
		return -1;
	if (f->process) {
		snprintf(setting, sizeof(setting), "/proc/%d/fd/%d@%llx", (int)f->process,
			 MICA_NATIVE_FD_MEM, MICA_NATIVE_BASE);
		setenv(MEMORY_ENV, setting, 1);
	}
	return 0;
}

static void watch_client(void)
{
	if (port.client.process)
		port.alive = (int)syscall(SYS_pidfd_open, port.client.process, 0);
	else if (port.client.cpu != CLIENT_ANY)
		port.alive = open("/dev/mcs", O_RDWR | O_CLOEXEC);
}

/* By the word of the kernel or of firmware. */
static bool client_is_off(void)
{
	struct mcs_core core = { .size = sizeof(core), .core = port.client.cpu };
	struct pollfd pfd = { .fd = port.alive, .events = POLLIN };

	if (port.client.process)
		return port.alive < 0 || poll(&pfd, 1, 0) > 0;
	if (port.alive < 0 || ioctl(port.alive, MCS_IOC_CORE, &core) < 0)
		return false;
	return core.state == MCS_CORE_OFF || core.state == MCS_CORE_LINUX;
}

static int open_memory(struct mica_error *err)
{
	char name[32];
	int ret;

	snprintf(name, sizeof(name), "%llx.shm", (unsigned long long)port.client.base);
	ret = metal_device_open("platform", name, &port.device);
	if (ret)
		return mica_fail(err, ret == -EACCES ? MICA_E_PERMISSION : MICA_E_PLATFORM,
				 "cannot open device platform:%s: %s%s", name, strerror(-ret),
				 ret == -EACCES	  ? " (run this as root)"
				 : ret == -ENODEV ? " (that address is not in the reserved memory)"
						  : "");
	if (metal_io_region_size(metal_device_io_region(port.device, 0)) < DEMO_SIZE) {
		metal_device_close(port.device);
		return mica_fail(err, MICA_E_PLATFORM,
				 "the reserved memory from 0x%llx on is too small",
				 (unsigned long long)port.client.base);
	}
	return 0;
}

int port_open(int argc, char *argv[], struct metal_io_region **io, metal_phys_addr_t *base)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct mica_error err = { .code = MICA_E_CLIENT };
	const char *slash = strrchr(argv[0], '/');
	int ret;

	port.name = slash ? slash + 1 : argv[0];
	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = parse(argc, argv);
	if (ret >= 0)
		return ret;
	ret = find_client(&err);
	if (!ret) {
		watch_client();
		if (client_is_off())
			ret = mica_fail(&err, MICA_E_CLIENT,
					"the client on CPU %u does not run any more: start it "
					"again with load_fw",
					port.client.cpu);
	}
	if (!ret)
		ret = open_memory(&err);
	if (ret) {
		port_error("%s", err.text);
		return err.code;
	}
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	*io = metal_device_io_region(port.device, 0);
	*base = (metal_phys_addr_t)port.client.base;
	return 0;
}

void port_close(void)
{
	metal_device_close(port.device);
	if (port.alive >= 0)
		close(port.alive);
	port.alive = -1;
}

int port_trouble(unsigned long long idle_ms, bool bound)
{
	unsigned long limit = bound ? port.timeout_s : port.wait_s;

	if (interrupted) {
		port_error("ended by the user");
		return -EINTR;
	}
	if (client_is_off()) {
		port_error("the client on CPU %u has gone off", port.client.cpu);
		return -ENODEV;
	}
	if (idle_ms < limit * 1000ull)
		return 0;
	if (bound)
		port_error("no answer for %lu s: the client hangs, or its command has ended",
			   limit);
	else
		port_error("the client has not come within %lu s: start the other half of this "
			   "demo in its shell",
			   limit);
	return -ETIMEDOUT;
}

const struct client_file *port_client(void)
{
	return &port.client;
}
