/* SPDX-License-Identifier: BSD-3-Clause */
/* Client configurations: what is accepted, and the one line that says why something is not. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "mica/config.h"

#define HEAD "[Mica]\nName=a\nClientPath=/f.elf\nCPU=3\n"

static unsigned int warnings;
static char last_warning[256];

static void on_warning(void *arg, const char *line)
{
	(void)arg;
	warnings++;
	snprintf(last_warning, sizeof(last_warning), "%s", line);
}

static int parse(const char *text, struct mica_config *cfg, struct mica_error *err)
{
	warnings = 0;
	return mica_config_parse(text, "x.conf", cfg, on_warning, NULL, err);
}

static void refused(const char *text, const char *want)
{
	struct mica_config cfg;
	struct mica_error err = { .text = "" };

	assert_int_equal(parse(text, &cfg, &err), -1);
	assert_int_equal(err.code, MICA_E_CONFIG);
	if (!strstr(err.text, want))
		fail_msg("'%s' lacks '%s'", err.text, want);
	assert_null(strchr(err.text, '\n'));
}

static void accepts_existing_form(void **state)
{
	struct mica_config cfg;
	struct mica_error err;

	(void)state;
	assert_int_equal(parse("# comment\n[Mica]\nName=qemu-zephyr-rproc\nCPU=2-3\n"
			       "ClientPath=/lib/firmware/z.elf ; here\nAutoBoot=yes\n\n",
			       &cfg, &err),
			 0);
	assert_string_equal(cfg.name, "qemu-zephyr-rproc");
	assert_string_equal(cfg.image, "/lib/firmware/z.elf");
	assert_string_equal(cfg.pedestal, "baremetal");
	assert_string_equal(cfg.file, "x.conf");
	assert_true(cfg.auto_boot);
	assert_int_equal(cfg.cores.n, 2);
	assert_int_equal(cfg.cores.id[1], 3);
	assert_int_equal(cfg.start_timeout_ms, 20000);
	assert_int_equal(cfg.stop_timeout_ms, 10000);
	assert_true(cfg.comm_offset == MICA_COMM_OFFSET_AUTO);
	assert_int_equal(warnings, 0);
}

static void accepts_every_key(void **state)
{
	struct mica_config cfg;
	struct mica_error err;

	(void)state;
	assert_int_equal(
		parse("\xEF\xBB\xBF[Mica]\r\nName = a.B_c-1 \r\nClientPath=/x\r\nCPU=riscv\r\n"
		      "AutoBoot=Off\r\nPedestal=Xen\r\nPedestalConf=/y\r\nDebug=on\r\n"
		      "VCPU=1\r\nMaxVCPU=2\r\nCPUWeight=256\r\nCPUCapacity=0\r\n"
		      "Memory=64\r\nMaxMemory=64\r\nIOMem=0x1,0x2\r\nNetwork=bridge=x\r\n"
		      "  Layout=static\r\nCommOffset=0x20000\r\nLoadAddress=0x7a000000\r\n"
		      "Entry=2046820368\r\nStartTimeoutSec=1\r\n"
		      "\tStopTimeoutSec=3600",
		      &cfg, &err),
		0);
	assert_string_equal(cfg.name, "a.B_c-1");
	assert_int_equal(cfg.cores.kind, MICA_CORES_SMALL);
	assert_string_equal(cfg.pedestal, "xen");
	assert_true(cfg.debug);
	assert_false(cfg.auto_boot);
	assert_int_equal(cfg.max_vcpu, 2);
	assert_int_equal(cfg.cpu_capacity, 0);
	assert_string_equal(cfg.network, "bridge=x");
	assert_int_equal(cfg.layout, MICA_LAYOUT_STATIC);
	assert_int_equal(cfg.comm_offset, 0x20000);
	assert_int_equal(cfg.load_address, 0x7a000000);
	assert_int_equal(cfg.entry, 0x7a000010);
	assert_int_equal(cfg.start_timeout_ms, 1000);
	assert_int_equal(cfg.stop_timeout_ms, 3600000);
	assert_int_equal(warnings, 0); /* whose keys xen uses is not known here */
}

static void accepts_supervision_keys(void **state)
{
	struct mica_config cfg;
	struct mica_error err;

	(void)state;
	assert_int_equal(parse(HEAD "Restart=on-failure\nRestartSec=500ms\n"
				    "RestartMaxDelaySec=1min 30s\nStartLimitBurst=0\n"
				    "StartLimitIntervalSec=2.5\nWatchdogSec=2 s\nCoreDump=no\n"
				    "CoreDumpKeep=7\nCoreDumpSizeMax=64\nLogLevel=debug\n"
				    "EndpointSockets=no\nEndpointGroup=rt\nEndpoints=a* b\n"
				    "RequireSignature=yes\nHealthySec=0\n",
			       &cfg, &err),
			 0);
	assert_int_equal(cfg.restart, MICA_RESTART_ON_FAILURE);
	assert_int_equal(cfg.restart_ms, 500);
	assert_int_equal(cfg.restart_max_ms, 90000);
	assert_int_equal(cfg.start_limit_burst, 0);
	assert_int_equal(cfg.start_limit_ms, 2500);
	assert_int_equal(cfg.watchdog_ms, 2000);
	assert_false(cfg.core_dump);
	assert_int_equal(cfg.core_dump_keep, 7);
	assert_int_equal(cfg.core_dump_mib, 64);
	assert_int_equal(cfg.log_level, 7);
	assert_false(cfg.endpoint_sockets);
	assert_string_equal(cfg.endpoints, "a* b");
	assert_true(cfg.require_signature);
	assert_int_equal(cfg.healthy_ms, 0);
}

static void changes_one_key(void **state)
{
	struct mica_config cfg, before;
	struct mica_error err;

	(void)state;
	assert_int_equal(parse(HEAD, &cfg, &err), 0);
	assert_int_equal(mica_config_set(&cfg, "Restart", "always", true, &err), 0);
	assert_int_equal(cfg.restart, MICA_RESTART_ALWAYS);
	before = cfg;
	assert_int_equal(mica_config_set(&cfg, "Restart", "maybe", true, &err), -1);
	assert_int_equal(err.code, MICA_E_CONFIG);
	assert_int_equal(mica_config_set(&cfg, "restart", "no", true, &err), -1);
	assert_int_equal(err.code, MICA_E_USAGE);
	assert_int_equal(mica_config_set(&cfg, "CPU", "2", true, &err), -1);
	assert_int_equal(err.code, MICA_E_STATE);
	assert_int_equal(mica_config_set(&cfg, "Name", "b", false, &err), -1);
	assert_memory_equal(&cfg, &before, sizeof(cfg));
	assert_int_equal(mica_config_set(&cfg, "CPU", "2", false, &err), 0);
	assert_int_equal(cfg.cores.id[0], 2);
}

static void refuses_bad_lines(void **state)
{
	char text[1200] = HEAD "Network=";

	(void)state;
	refused(HEAD "Colour=red\n", "x.conf:5: unknown key 'Colour'");
	refused(HEAD "autoboot=yes\n", "write AutoBoot");
	refused(HEAD "[Other]\nName=b\n", "x.conf:5: unknown section '[Other]'");
	refused(HEAD "[Mica]\n", "x.conf:5: section [Mica] is given twice");
	refused("Name=a\n" HEAD, "x.conf:1: a key before the line [Mica]");
	refused(HEAD "CPU=2\n", "x.conf:5: CPU is given twice (first in line 4)");
	refused(HEAD "nonsense\n", "x.conf:5: not of the form KEY=VALUE");
	refused(HEAD "IOMem=\n", "x.conf:5: IOMem has no value");
	refused("", "no section [Mica]");
	memset(text + strlen(text), 'n', 1000);
	refused(text, "x.conf:5: line longer than 198 characters");
}

static void refuses_bad_values(void **state)
{
	(void)state;
	refused("[Mica]\nName=a b\n", "x.conf:2: Name 'a b'");
	refused("[Mica]\nName=../x\n", "x.conf:2: Name");
	refused("[Mica]\nName=..\n", "x.conf:2: Name");
	refused("[Mica]\nName=aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff12345\n",
		"1 to 64");
	refused("[Mica]\nName=a\nClientPath=f.elf\n", "must be an absolute path");
	refused("[Mica]\nName=a\nClientPath=/f\x01.elf\n", "control character");
	refused(HEAD "AutoBoot=maybe\n", "neither yes nor no");
	refused(HEAD "VCPU=0\n", "from 1 to 4096");
	refused(HEAD "Memory=99999999999999999999\n", "from 1 to");
	refused(HEAD "Memory=12x\n", "whole number");
	refused(HEAD "CPUWeight=\t\n", "has no value");
	refused(HEAD "Layout=round\n", "not one of table, static");
	refused(HEAD "CommOffset=5\n", "not a multiple of 4096");
	refused(HEAD "CommOffset=-4096\n", "from 0 to");
	refused(HEAD "LoadAddress=-4\n", "from 0 to");
	refused(HEAD "LoadAddress=0x7a000002\n", "not a multiple of 4");
	refused(HEAD "Entry=here\n", "not a whole number");
	refused(HEAD "StartTimeoutSec=0\n", "from 1 to 3600");
	refused(HEAD "WatchdogSec=2h\n", "not a time span from 0.1 to 3600 seconds");
	refused(HEAD "WatchdogSec=99ms\n", "nor 0 for off");
	refused(HEAD "WatchdogSec=0.4ms\n", "not a time span from 0.1");
	refused(HEAD "WatchdogSec=1e3\n", "not a time span");
	refused(HEAD "RestartSec=0x10\n", "not a time span");
	refused(HEAD "RestartSec=5 days\n", "not a time span");
	refused(HEAD "RestartSec=.\n", "not a time span");
	refused(HEAD "Restart=sometimes\n", "not one of no, on-failure, always");
	refused(HEAD "LogLevel=loud\n", "not one of emerg, alert");
	refused(HEAD "CoreDumpKeep=0\n", "from 1 to 1000");
	refused(HEAD "Pedestal=x/../y\n", "not the name of a pedestal");
	refused(HEAD "VCPU=3\nMaxVCPU=2\n", "VCPU is larger than MaxVCPU");
	refused(HEAD "Memory=3\nMaxMemory=2\n", "Memory is larger than MaxMemory");
	refused("[Mica]\nClientPath=/x\nCPU=1\n", "Name= is missing");
	refused("[Mica]\nName=x\nCPU=1\n", "ClientPath= is missing");
	refused("[Mica]\nName=x\nClientPath=/x\n", "CPU= is missing");
}

static void warns_of_unused_keys(void **state)
{
	struct mica_config cfg;
	struct mica_error err;

	(void)state;
	assert_int_equal(parse(HEAD "Memory=64\n", &cfg, &err), 0);
	assert_int_equal(warnings, 1);
	assert_string_equal(last_warning, "x.conf:5: Memory is not used by pedestal baremetal");
	assert_int_equal(
		parse("[Mica]\nName=a\nClientPath=/x\nVCPU=1\nPedestal=native\n", &cfg, &err), 0);
	assert_int_equal(warnings, 1);
	assert_int_equal(cfg.cores.kind, MICA_CORES_NONE);
}

static void leaves_result_alone_after_error(void **state)
{
	struct mica_config cfg;
	struct mica_error err;

	(void)state;
	memset(&cfg, 0x5a, sizeof(cfg));
	assert_int_equal(parse(HEAD "Colour=red\n", &cfg, &err), -1);
	for (size_t i = 0; i < sizeof(cfg); i++)
		assert_int_equal(((unsigned char *)&cfg)[i], 0x5a);
}

static void cores_refused(const char *text, const char *want)
{
	struct mica_cores cores;
	struct mica_error err;

	assert_int_equal(mica_cores_parse(text, &cores, &err), -1);
	if (!strstr(err.text, want))
		fail_msg("'%s' lacks '%s'", err.text, want);
}

static void reads_cores(void **state)
{
	static const char *const good[][2] = {
		{ "3", "3" },	    { "2-3", "2-3" },	{ "1,3", "1,3" },
		{ "3,1", "1,3" },   { "1,2,3", "1-3" }, { "0-15", "0-15" },
		{ "5-5,4", "4-5" }, { "4095", "4095" }, { "riscv", "riscv" },
	};
	struct mica_cores cores;
	struct mica_error err;
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(mica_cores_parse(good[i][0], &cores, &err), 0);
		mica_cores_format(&cores, text);
		assert_string_equal(text, good[i][1]);
	}
	memset(&cores, 0, sizeof(cores));
	mica_cores_format(&cores, text);
	assert_string_equal(text, "-");
	cores_refused("", "not a core number");
	cores_refused("x", "not a core number");
	cores_refused("-1", "not a core number");
	cores_refused("4096", "not a core number");
	cores_refused("99999999999", "not a core number");
	cores_refused("3-", "has no end");
	cores_refused("3-2", "upwards");
	cores_refused("1,1", "named twice");
	cores_refused("0-3,2", "named twice");
	cores_refused("0-16", "too many");
	cores_refused("1 2", "unexpected character");
	cores_refused("1,", "not a core number");
}

/* The most that fits, and the longest numbers: no overflow, no half number. */
static void formats_many_cores(void **state)
{
	struct mica_cores cores = { .kind = MICA_CORES_CPU, .n = MICA_CORES_MAX };
	char text[64];

	(void)state;
	for (unsigned int i = 0; i < MICA_CORES_MAX; i++)
		cores.id[i] = 4000 + 2 * i;
	mica_cores_format(&cores, text);
	assert_true(strlen(text) < 64);
	assert_string_equal(text + strlen(text) - 4, ",...");
}

static void with_file(const char *data, size_t len, const char *want)
{
	char path[] = "/tmp/mica-test-XXXXXX";
	struct mica_config cfg;
	struct mica_error err;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
	assert_int_equal(mica_config_read(path, &cfg, NULL, NULL, &err), -1);
	unlink(path);
	if (!strstr(err.text, want))
		fail_msg("'%s' lacks '%s'", err.text, want);
}

static void refuses_bad_files(void **state)
{
	static char big[70000];
	struct mica_config cfg;
	struct mica_error err;
	char fifo[] = "/tmp/mica-fifo-XXXXXX";

	(void)state;
	with_file(HEAD "\0Debug=yes\n", sizeof(HEAD) + 11, "NUL byte");
	memset(big, '\n', sizeof(big));
	with_file(big, sizeof(big), "larger than 64 KiB");
	assert_int_equal(mica_config_read("/nonexistent/x", &cfg, NULL, NULL, &err), -1);
	assert_int_equal(err.code, MICA_E_CONFIG);
	assert_string_equal(err.text, "/nonexistent/x: No such file or directory");
	assert_int_equal(mica_config_read("/", &cfg, NULL, NULL, &err), -1);
	assert_non_null(strstr(err.text, "not a regular file"));
	assert_true(mkstemp(fifo) >= 0);
	unlink(fifo);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(mica_config_read(fifo, &cfg, NULL, NULL, &err),
			 -1); /* and does not hang */
	assert_non_null(strstr(err.text, "not a regular file"));
	unlink(fifo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_existing_form),
		cmocka_unit_test(accepts_every_key),
		cmocka_unit_test(accepts_supervision_keys),
		cmocka_unit_test(changes_one_key),
		cmocka_unit_test(refuses_bad_lines),
		cmocka_unit_test(refuses_bad_values),
		cmocka_unit_test(warns_of_unused_keys),
		cmocka_unit_test(leaves_result_alone_after_error),
		cmocka_unit_test(reads_cores),
		cmocka_unit_test(formats_many_cores),
		cmocka_unit_test(refuses_bad_files),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
