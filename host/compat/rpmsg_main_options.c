/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mica/control.h"
#include "rpmsg_main.h"

#define PEDESTAL_ENV "MICA_PEDESTAL"

static const char usage[] =
	"Usage: rpmsg_main -c CPU -t FILE -a ADDRESS [-e ENTRY]\n"
	"Starts one client OS and talks with it; mica(1) and micad(8) do more.\n"
	"\n"
	"  -c CPU       the core it runs on\n"
	"  -t FILE      its image, raw or ELF\n"
	"  -a ADDRESS   hexadecimal: where a raw image is loaded; an ELF file says that itself\n"
	"  -e ENTRY     hexadecimal: where it is entered; default ADDRESS, or the ELF file's "
	"entry\n"
	"  --version    print the version and exit\n"
	"  --help       print this and exit\n"
	"\n"
	"Reads numbers of a menu from stdin; h shows it. Ctrl-C takes the client offline and\n"
	"ends. MICA_PEDESTAL=native in the environment runs the client as a process of this\n"
	"machine. Exit status: as in mica(1).\n";

enum { OPT_VERSION = 256, OPT_HELP };

static const struct option longs[] = {
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

struct texts {
	const char *cpu, *file, *address, *entry;
};

static int missing(const char *option, struct mica_error *err)
{
	return mica_fail(err, MICA_E_USAGE, "%s is missing: rpmsg_main --help shows the options",
			 option);
}

static int parse_hex(const char *option, const char *text, uint64_t *out, struct mica_error *err)
{
	unsigned long long v;
	char *end;

	errno = 0;
	v = strtoull(text, &end, 16);
	if (errno || end == text || *end || strchr(text, '-') || v > INT64_MAX || v % 4)
		return mica_fail(err, MICA_E_USAGE,
				 "%s '%.40s' is no address: give a multiple of 4 like 0x7a000000",
				 option, text);
	*out = v;
	return 0;
}

static int parse_cpu(const char *text, struct mica_cores *cores, struct mica_error *err)
{
	struct mica_error why;

	if (mica_cores_parse(text, cores, &why) || cores->kind != MICA_CORES_CPU || cores->n != 1)
		return mica_fail(err, MICA_E_USAGE,
				 "-c '%.40s' is no core: give the number of one CPU", text);
	return 0;
}

static int take_image(struct options *opt, const struct texts *t, struct mica_error *err)
{
	struct mica_config *cfg = &opt->cfg;
	bool raw;

	if (!realpath(t->file, cfg->image))
		return mica_fail(err, MICA_E_FIRMWARE, "image %.200s: %s: check -t", t->file,
				 strerror(errno));
	if (mica_image_kind(cfg->image, &cfg->layout, &raw, err))
		return -1;
	if (t->address && parse_hex("-a", t->address, &cfg->load_address, err))
		return -1;
	if (t->entry && parse_hex("-e", t->entry, &cfg->entry, err))
		return -1;
	if (raw && !t->address)
		return mica_fail(
			err, MICA_E_USAGE,
			"-a is missing: image %s is a raw binary, which does not say where "
			"it is loaded",
			cfg->image);
	if (!raw)
		cfg->load_address = MICA_ADDRESS_NONE;
	return 0;
}

/* A folder of its own below the run root: micad has nothing to do with this client. */
static int find_roots(struct options *opt, struct mica_error *err)
{
	char root[PATH_MAX - 64];

	if (mica_run_root(root, sizeof(root)))
		return mica_fail(err, MICA_E_USAGE,
				 "no place for run-time state: run this as root, or set %s",
				 MICA_RUN_ROOT_ENV);
	if (root[0] != '/')
		return mica_fail(err, MICA_E_USAGE, "%s '%.100s' is no absolute path",
				 MICA_RUN_ROOT_ENV, root);
	snprintf(opt->run_root, sizeof(opt->run_root), "%s/rpmsg_main/cpu%u", root,
		 opt->cfg.cores.id[0]);
	snprintf(opt->dev_root, sizeof(opt->dev_root), "%s",
		 strcmp(root, "/run/mica") ? root : "/dev");
	return 0;
}

static int make_config(struct options *opt, const struct texts *t, struct mica_error *err)
{
	const char *pedestal = getenv(PEDESTAL_ENV);

	mica_config_defaults(&opt->cfg);
	opt->cfg.endpoint_sockets = false; /* its menu is for them */
	if (!t->cpu)
		return missing("-c", err);
	if (!t->file)
		return missing("-t", err);
	if (parse_cpu(t->cpu, &opt->cfg.cores, err) || take_image(opt, t, err))
		return -1;
	if (pedestal && *pedestal)
		snprintf(opt->cfg.pedestal, sizeof(opt->cfg.pedestal), "%s", pedestal);
	snprintf(opt->cfg.name, sizeof(opt->cfg.name), "rpmsg_main-%u", opt->cfg.cores.id[0]);
	return find_roots(opt, err);
}

int options_parse(int argc, char **argv, struct options *opt, struct mica_error *err)
{
	struct texts t = { 0 };
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":c:t:a:e:", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			t.cpu = optarg;
			break;
		case 't':
			t.file = optarg;
			break;
		case 'a':
			t.address = optarg;
			break;
		case 'e':
			t.entry = optarg;
			break;
		case OPT_VERSION:
			printf("rpmsg_main %s\n", MICA_VERSION);
			opt->done = true;
			return 0;
		case OPT_HELP:
			fputs(usage, stdout);
			opt->done = true;
			return 0;
		case ':':
			return mica_fail(err, MICA_E_USAGE, "-%c needs a value: see --help",
					 optopt);
		default:
			if (optopt)
				return mica_fail(err, MICA_E_USAGE,
						 "unknown option '-%c': see --help", optopt);
			return mica_fail(err, MICA_E_USAGE, "unknown option '%.40s': see --help",
					 argv[optind - 1]);
		}
	}
	if (optind < argc)
		return mica_fail(err, MICA_E_USAGE, "'%.40s' is one argument too many: see --help",
				 argv[optind]);
	return make_config(opt, &t, err);
}
