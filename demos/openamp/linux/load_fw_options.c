/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/mcs.h>

#include "client_file.h"
#include "load_fw.h"

#define PEDESTAL_ENV "MICA_PEDESTAL"

static const char usage[] =
	"Usage: load_fw FILE HART\n"
	"Takes a core from Linux, starts a client image of OpenAMP's demos on it, and stops it at\n"
	"Ctrl-C.\n"
	"\n"
	"  FILE         the image, ELF; linked 2 MiB above the memory it shares with Linux\n"
	"  HART         the core: a hart id on RISC-V, else a CPU number of Linux\n"
	"  --version    print the version and exit\n"
	"  --help       print this and exit\n"
	"\n"
	"MICA_PEDESTAL=native in the environment runs the client as a process of this machine.\n"
	"Exit status: as in mica(1).\n";

enum { OPT_VERSION = 256, OPT_HELP };

static const struct option longs[] = {
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

/* Linux counts the harts from the one it booted on; people do not. */
static int find_cpu(uint32_t hart, uint32_t *cpu, struct mica_error *err)
{
	struct mcs_info info = { .size = sizeof(info) };
	struct mcs_core core = { .size = sizeof(core) };
	int fd = open("/dev/mcs", O_RDWR | O_CLOEXEC);
	long n = sysconf(_SC_NPROCESSORS_CONF);
	int ret = 0;

	*cpu = hart;
	/* Where it is not there, the pedestal says what is missing. */
	if (fd < 0)
		return 0;
	if (!ioctl(fd, MCS_IOC_INFO, &info) && info.firmware == MCS_FW_SBI_HSM) {
		for (; core.core < (uint32_t)n; core.core++) {
			if (!ioctl(fd, MCS_IOC_CORE, &core) && core.hwid == hart)
				break;
		}
		*cpu = core.core;
		if (core.core == (uint32_t)n)
			ret = mica_fail(
				err, MICA_E_BUSY,
				"hart %u does not exist: /proc/cpuinfo lists those there are",
				hart);
	}
	close(fd);
	return ret;
}

static int take_core(const char *text, struct load_fw *l, struct mica_error *err)
{
	struct mica_cores *cores = &l->cfg.cores;
	struct mica_error why;

	if (mica_cores_parse(text, cores, &why) || cores->kind != MICA_CORES_CPU || cores->n != 1)
		return mica_fail(err, MICA_E_USAGE,
				 "'%.40s' is no core: give the number of one, like 1", text);
	l->hart = cores->id[0];
	if (strcmp(l->cfg.pedestal, "native"))
		return find_cpu(l->hart, &cores->id[0], err);
	return 0;
}

static int take_arguments(char **argv, struct load_fw *l, struct mica_error *err)
{
	const char *pedestal = getenv(PEDESTAL_ENV);

	mica_config_defaults(&l->cfg);
	/* Where its table is and what is in it is between the image and the demo programs. */
	l->cfg.layout = MICA_LAYOUT_STATIC;
	if (pedestal && *pedestal)
		snprintf(l->cfg.pedestal, sizeof(l->cfg.pedestal), "%s", pedestal);
	if (!realpath(argv[0], l->cfg.image))
		return mica_fail(err, MICA_E_FIRMWARE, "image %.200s: %s", argv[0],
				 strerror(errno));
	if (take_core(argv[1], l, err))
		return -1;
	snprintf(l->cfg.name, sizeof(l->cfg.name), "load_fw-%u", l->cfg.cores.id[0]);
	return client_folder(l->folder, l->cfg.cores.id[0], err);
}

int load_fw_parse(int argc, char **argv, struct load_fw *l, bool *done, struct mica_error *err)
{
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case OPT_VERSION:
			printf("load_fw %s\n", MICA_VERSION);
			*done = true;
			return 0;
		case OPT_HELP:
			fputs(usage, stdout);
			*done = true;
			return 0;
		default:
			return mica_fail(err, MICA_E_USAGE, "unknown option '%.40s': see --help",
					 argv[optind - 1]);
		}
	}
	if (argc - optind != 2)
		return mica_fail(err, MICA_E_USAGE,
				 "give the image and the core: load_fw FILE HART");
	return take_arguments(argv + optind, l, err);
}
