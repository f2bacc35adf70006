/* SPDX-License-Identifier: BSD-3-Clause */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mica/control.h"
#include "options.h"

static const char usage[] =
	"Usage: micad [OPTION]...\n"
	"Manages client OSes beside this Linux; mica(1) is its command line.\n"
	"\n"
	"  --run-root DIR    sockets and run-time state (/run/mica; without root\n"
	"                    $XDG_RUNTIME_DIR/mica)\n"
	"  --state-root DIR  what outlives a boot: images, core files (/var/lib/micad; without\n"
	"                    root $XDG_STATE_HOME/micad; with another run root: there)\n"
	"  --config-dir DIR  client configurations (/etc/mica); those with AutoBoot=yes\n"
	"                    are created and started now\n"
	"  --dev-root DIR    where ttyRPMSG<n> links go (/dev; with another run root: there)\n"
	"  --pedestal NAME   pedestal of clients started by their image alone (baremetal)\n"
	"  --journal PATH    also write to the journal on this socket; under systemd its own is\n"
	"                    used unasked\n"
	"  --debug           log each step of what is done\n"
	"  --foreground      stay in the foreground; it always does\n"
	"  --version         print the version and exit\n"
	"  --help            print this and exit\n"
	"\n"
	"SIGTERM ends the daemon and leaves running clients alone; the next micad takes\n"
	"them over. Exit status: as in mica(1).\n";

enum {
	OPT_RUN = 256,
	OPT_STATE,
	OPT_CONFIG,
	OPT_DEV,
	OPT_PEDESTAL,
	OPT_JOURNAL,
	OPT_DEBUG,
	OPT_FOREGROUND,
	OPT_VERSION,
	OPT_HELP
};

static const struct option longs[] = {
	{ "run-root", required_argument, NULL, OPT_RUN },
	{ "state-root", required_argument, NULL, OPT_STATE },
	{ "config-dir", required_argument, NULL, OPT_CONFIG },
	{ "dev-root", required_argument, NULL, OPT_DEV },
	{ "pedestal", required_argument, NULL, OPT_PEDESTAL },
	{ "journal", required_argument, NULL, OPT_JOURNAL },
	{ "debug", no_argument, NULL, OPT_DEBUG },
	{ "foreground", no_argument, NULL, OPT_FOREGROUND },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

/* Paths become absolute: the daemon's messages must make sense in any folder. */
static int set_path(char *out, const char *option, const char *value, struct mica_error *err)
{
	char cwd[PATH_MAX] = "";
	int n;

	if (!*value)
		return mica_fail(err, MICA_E_USAGE, "%s needs a folder", option);
	if (value[0] != '/' && !getcwd(cwd, sizeof(cwd)))
		return mica_fail(err, MICA_E_USAGE, "%s '%s': give an absolute path", option,
				 value);
	n = snprintf(out, PATH_MAX, "%s%s%s", cwd, *cwd ? "/" : "", value);
	if (n < 0 || n >= PATH_MAX)
		return mica_fail(err, MICA_E_USAGE, "%s: path too long", option);
	while (n > 1 && out[n - 1] == '/')
		out[--n] = '\0';
	return 0;
}

static int take(int c, struct options *opt, struct mica_error *err)
{
	switch (c) {
	case OPT_RUN:
		return set_path(opt->run_root, "--run-root", optarg, err);
	case OPT_STATE:
		return set_path(opt->state_root, "--state-root", optarg, err);
	case OPT_CONFIG:
		return set_path(opt->config_dir, "--config-dir", optarg, err);
	case OPT_DEV:
		return set_path(opt->dev_root, "--dev-root", optarg, err);
	case OPT_PEDESTAL:
		if (strlen(optarg) >= sizeof(opt->pedestal))
			return mica_fail(err, MICA_E_USAGE, "--pedestal '%.40s': name too long",
					 optarg);
		strcpy(opt->pedestal, optarg);
		return 0;
	case OPT_JOURNAL:
		return set_path(opt->journal, "--journal", optarg, err);
	case OPT_DEBUG:
		opt->debug = true;
		return 0;
	case OPT_FOREGROUND:
		return 0;
	case OPT_VERSION:
		printf("micad %s (protocol %d)\n", MICA_VERSION, MICA_PROTOCOL);
		opt->done = true;
		return 0;
	case OPT_HELP:
		fputs(usage, stdout);
		opt->done = true;
		return 0;
	default:
		return mica_fail(err, MICA_E_USAGE, "try 'micad --help'");
	}
}

static int fill_in(struct options *opt, struct mica_error *err)
{
	char run[PATH_MAX], state[PATH_MAX];
	bool other = opt->run_root[0] || getenv(MICA_RUN_ROOT_ENV);

	if (!opt->run_root[0]) {
		if (mica_run_root(run, sizeof(run)))
			return mica_fail(err, MICA_E_USAGE,
					 "no place for run-time files: XDG_RUNTIME_DIR is not set; "
					 "give --run-root DIR");
		if (set_path(opt->run_root, MICA_RUN_ROOT_ENV, run, err))
			return -1;
	}
	if (opt->state_root[0])
		;
	else if (!mica_state_root(other ? opt->run_root : NULL, state, sizeof(state)))
		strcpy(opt->state_root, state);
	else
		return mica_fail(err, MICA_E_USAGE,
				 "no place for what outlives a boot; give --state-root DIR");
	if (!opt->config_dir[0])
		strcpy(opt->config_dir, "/etc/mica");
	if (!opt->dev_root[0])
		strcpy(opt->dev_root, strcmp(opt->run_root, "/run/mica") ? opt->run_root : "/dev");
	return 0;
}

int options_parse(int argc, char **argv, struct options *opt, struct mica_error *err)
{
	int c;

	memset(opt, 0, sizeof(*opt));
	strcpy(opt->pedestal, "baremetal");
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (take(c, opt, err))
			return -1;
		if (opt->done)
			return 0;
	}
	if (optind < argc)
		return mica_fail(err, MICA_E_USAGE,
				 "unexpected argument '%.80s'; try 'micad --help'", argv[optind]);
	return fill_in(opt, err);
}
