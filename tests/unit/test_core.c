/* SPDX-License-Identifier: BSD-3-Clause */
/* Crash records as a hostile client may write them, and core files byte by byte. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core_process.h"
#include "core_store.h"
#include "crash.h"

static char root[64];

static struct mica_crash good(void)
{
	struct mica_crash c = { .version = MICA_CRASH_VERSION,
				.machine = EM_AARCH64,
				.cause = MICA_CRASH_EXCEPTION,
				.pc = 0x7a001234,
				.syndrome = 0x96000045,
				.text = "data abort",
				.n_regs = 34 };

	for (unsigned int i = 0; i < MICA_CRASH_REGS; i++)
		c.reg[i] = 0x1000 + i;
	return c;
}

static void record(void **state)
{
	struct mica_crash raw = good();
	struct mica_crash_info info;
	char reason[256];

	(void)state;
	assert_true(mica_crash_check(&raw, EM_AARCH64, false, &info, reason, sizeof(reason)));
	assert_string_equal(reason,
			    "crashed: data abort at pc 0x7a001234, address 0x0 (esr 0x96000045)");
	assert_int_equal(info.n_regs, 34);
	assert_string_equal(mica_crash_register(&info, 30), "x30");
	assert_string_equal(mica_crash_register(&info, 33), "pstate");
	assert_string_equal(mica_crash_register(&info, 34), "");
	raw.cause = MICA_CRASH_PANIC;
	assert_true(mica_crash_check(&raw, EM_AARCH64, false, &info, reason, sizeof(reason)));
	assert_string_equal(reason, "crashed: panic: data abort (pc 0x7a001234)");
	raw.cause = MICA_CRASH_EXCEPTION;
	raw.syndrome = 11;
	assert_true(mica_crash_check(&raw, EM_AARCH64, true, &info, reason, sizeof(reason)));
	assert_non_null(strstr(reason, "(signal 11)"));
}

static void riscv_record(void **state)
{
	struct mica_crash raw = good();
	struct mica_crash_info info;
	char reason[256];

	(void)state;
	raw.machine = EM_RISCV;
	raw.syndrome = 15;
	raw.n_regs = 32;
	strcpy(raw.text, "store page fault");
	assert_true(mica_crash_check(&raw, EM_RISCV, false, &info, reason, sizeof(reason)));
	assert_string_equal(reason,
			    "crashed: store page fault at pc 0x7a001234, address 0x0 (scause 0xf)");
	assert_int_equal(info.n_regs, 32);
	assert_string_equal(mica_crash_register(&info, 0), "pc");
	assert_string_equal(mica_crash_register(&info, 2), "sp");
	assert_string_equal(mica_crash_register(&info, 31), "t6");
	assert_string_equal(mica_crash_register(&info, 32), "");
}

static void hostile_record(void **state)
{
	struct mica_crash raw = good();
	struct mica_crash_info info;
	char reason[256];

	(void)state;
	memset(raw.text, '\n', sizeof(raw.text)); /* no end, no printable character */
	raw.n_regs = UINT32_MAX;
	raw.cause = UINT32_MAX;
	assert_true(mica_crash_check(&raw, EM_AARCH64, false, &info, reason, sizeof(reason)));
	assert_int_equal(strlen(info.text), 63);
	assert_null(strchr(reason, '\n'));
	assert_int_equal(info.n_regs, MICA_CRASH_REGS);
	for (unsigned int i = 0; i < 100; i++)
		assert_non_null(mica_crash_register(&info, i));
	/* Of another machine: no registers, or a core file would show nonsense. */
	raw.machine = EM_X86_64;
	assert_true(mica_crash_check(&raw, EM_AARCH64, false, &info, reason, sizeof(reason)));
	assert_int_equal(info.n_regs, 0);
	raw.version = 7;
	assert_false(mica_crash_check(&raw, EM_AARCH64, false, &info, reason, sizeof(reason)));
	assert_string_equal(reason, "crashed; its crash record is of version 7, not 1");
	assert_false(info.found);
}

static uint8_t memory[5 * 4096 + 100];

static void read_memory(void *arg, uint64_t va, void *buf, size_t len)
{
	(void)arg;
	memcpy(buf, memory + (va - 0x7a000000), len);
}

static struct core_segment segment = { 0x7a000000, sizeof(memory) + 4096, sizeof(memory),
				       PF_R | PF_W };
static struct mica_crash_info crash;

static struct core_image image(void)
{
	memset(memory, 0, sizeof(memory));
	memory[5] = 1;
	memory[sizeof(memory) - 1] = 2;
	crash.found = true;
	crash.n_regs = 34;
	for (unsigned int i = 0; i < 34; i++)
		crash.reg[i] = 0x1000 + i;
	return (struct core_image){ .machine = EM_AARCH64,
				    .pid = 1,
				    .signal = 11,
				    .name = "a-name-longer-than-the-field-has-room",
				    .reason = "crashed: it says",
				    .sha256 = "00",
				    .crash = &crash,
				    .seg = &segment,
				    .n_seg = 1,
				    .read = read_memory };
}

/* Next note after *at; its descriptor. */
static const uint8_t *note(const uint8_t *file, uint64_t *at, const char *owner, uint32_t type,
			   uint32_t size)
{
	Elf64_Nhdr h;
	const uint8_t *desc;

	memcpy(&h, file + *at, sizeof(h));
	assert_int_equal(h.n_type, type);
	assert_int_equal(h.n_namesz, 5);
	assert_string_equal((const char *)file + *at + sizeof(h), owner);
	if (size)
		assert_int_equal(h.n_descsz, size);
	desc = file + *at + sizeof(h) + 8;
	*at += sizeof(h) + 8 + ((h.n_descsz + 3) & ~3u);
	return desc;
}

static void core_file(void **state)
{
	struct core_image core = image();
	char path[] = "/tmp/mica-core-XXXXXX", reason[64];
	int fd = mkstemp(path);
	uint8_t file[16 * 4096] = { 0 };
	Elf64_Phdr ph[2];
	Elf64_Ehdr eh;
	uint64_t at, reg;

	(void)state;
	unlink(path);
	assert_int_equal(core_bytes(&core), sizeof(memory));
	assert_int_equal(core_write(fd, &core), 0);
	assert_true(pread(fd, file, sizeof(file), 0) > (ssize_t)sizeof(memory));
	memcpy(&eh, file, sizeof(eh));
	assert_int_equal(eh.e_type, ET_CORE);
	assert_int_equal(eh.e_machine, EM_AARCH64);
	assert_int_equal(eh.e_phnum, 2);
	memcpy(ph, file + eh.e_phoff, sizeof(ph));
	at = ph[0].p_offset;
	assert_string_equal((const char *)note(file, &at, "MICA", 1, 0), "crashed: it says");
	memcpy(&reg, note(file, &at, "CORE", NT_PRSTATUS, 392) + 112 + 32 * 8, sizeof(reg));
	assert_int_equal(reg, 0x1020); /* pc */
	note(file, &at, "CORE", NT_PRPSINFO, 136);
	assert_int_equal(at, ph[0].p_offset + ph[0].p_filesz);
	assert_int_equal(ph[1].p_vaddr, 0x7a000000);
	assert_int_equal(ph[1].p_memsz, sizeof(memory) + 4096);
	assert_int_equal(ph[1].p_offset % 4096, 0);
	assert_memory_equal(file + ph[1].p_offset, memory, sizeof(memory));
	core_read_reason(fd, reason, sizeof(reason));
	assert_string_equal(reason, "crashed: it says");
	assert_int_equal(ftruncate(fd, 40), 0); /* damaged */
	core_read_reason(fd, reason, sizeof(reason));
	assert_string_equal(reason, "");
	close(fd);
}

static void core_of(uint16_t machine, unsigned int n_regs, uint32_t size)
{
	struct core_image core = image();
	char path[] = "/tmp/mica-core-XXXXXX";
	uint64_t at = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr), reg;
	int fd = mkstemp(path);
	uint8_t file[4096];
	const uint8_t *st;
	Elf64_Ehdr eh;

	unlink(path);
	core.machine = machine;
	crash.n_regs = n_regs;
	assert_int_equal(core_write(fd, &core), 0);
	assert_int_equal(pread(fd, file, sizeof(file), 0), sizeof(file));
	memcpy(&eh, file, sizeof(eh));
	assert_int_equal(eh.e_machine, machine);
	note(file, &at, "MICA", 1, 0);
	st = note(file, &at, "CORE", NT_PRSTATUS, size);
	for (unsigned int i = 0; i < n_regs; i++) {
		memcpy(&reg, st + 112 + 8 * i, sizeof(reg));
		assert_int_equal(reg, 0x1000 + i);
	}
	memcpy(&reg, st + 112 + 8 * n_regs, sizeof(reg));
	assert_int_equal(reg, 0); /* pr_fpvalid */
	close(fd);
}

static void machines(void **state)
{
	(void)state;
	core_of(EM_AARCH64, 34, 392);
	core_of(EM_X86_64, 27, 336);
	core_of(EM_RISCV, 32, 376);
	core_of(EM_MIPS, 0, 120);
}

/* No registers: nothing of a record that was not found gets in. */
static void silent(void **state)
{
	struct core_image core = image();
	char path[] = "/tmp/mica-core-XXXXXX";
	int fd = mkstemp(path);
	uint8_t file[4096];
	uint64_t at = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr);
	const uint8_t *st;

	(void)state;
	unlink(path);
	crash.found = false;
	core.machine = EM_X86_64;
	assert_int_equal(core_write(fd, &core), 0);
	assert_int_equal(pread(fd, file, sizeof(file), 0), sizeof(file));
	note(file, &at, "MICA", 1, 0);
	st = note(file, &at, "CORE", NT_PRSTATUS, 336);
	for (unsigned int i = 112; i < 336; i++)
		assert_int_equal(st[i], 0);
	close(fd);
}

static void count(void *arg, const struct mica_core_file *f)
{
	(void)f;
	++*(int *)arg;
}

static int files(const char *name)
{
	int n = 0;

	mica_core_files(root, name, count, &n);
	return n;
}

static void store(void **state)
{
	struct core_image core = image();
	char path[PATH_MAX], last[PATH_MAX], other[128];
	struct mica_error err;
	struct stat st;

	(void)state;
	assert_int_equal(files("one"), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(core_store_write(root, "one", 3, &core, path, &err), 0);
	assert_int_equal(files("one"), 3);
	assert_non_null(strstr(path, "-4.elf"));
	core_store_last(root, "one", last);
	assert_string_equal(last, path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* What is no core file, and what a power cut left. */
	snprintf(other, sizeof(other), "%s/cores/one/core-x.elf", root);
	assert_int_equal(symlink("/etc/passwd", other), 0);
	snprintf(other, sizeof(other), "%s/cores/one/core-20260101T000000-9.elf.new", root);
	close(open(other, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(files("one"), 3);
	assert_int_equal(core_store_write(root, "one", 1, &core, path, &err), 0);
	assert_int_equal(files("one"), 1);
	assert_int_equal(access(other, F_OK), -1);
	assert_int_equal(files(NULL), 1);
	assert_int_equal(files("../one"), 0);
}

/* A file that may not grow: as a disk without room. */
static void no_room(void **state)
{
	struct core_image core = image();
	struct rlimit was, small;
	char path[PATH_MAX];
	struct mica_error err = { 0 };
	int rc;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	small = was;
	small.rlim_cur = 8192;
	setrlimit(RLIMIT_FSIZE, &small);
	rc = core_store_write(root, "two", 3, &core, path, &err);
	setrlimit(RLIMIT_FSIZE, &was);
	assert_int_equal(rc, -1);
	assert_non_null(strstr(err.text, "no core file: cannot write "));
	assert_non_null(strstr(err.text, strerror(EFBIG)));
	snprintf(path, sizeof(path), "%s/cores/two", root);
	assert_int_equal(rmdir(path), 0); /* nothing in there */
}

static void process(void **state)
{
	static volatile uint64_t mark = 0x1122334455667788;
	struct core_process p;
	uint64_t value = 0, nowhere[2] = { 7, 7 };
	bool found = false;

	(void)state;
	assert_int_equal(core_process_open(&p, getpid()), 0);
	for (unsigned int i = 0; i < p.n_seg; i++)
		found = found || ((uintptr_t)&mark >= p.seg[i].va && p.seg[i].filesz &&
				  (uintptr_t)&mark - p.seg[i].va < p.seg[i].memsz);
	assert_true(found);
	core_process_read(&p, (uintptr_t)&mark, &value, sizeof(value));
	assert_int_equal(value, mark);
	core_process_read(&p, 0, nowhere, sizeof(nowhere));
	assert_int_equal(nowhere[0], 7);
	assert_true(p.auxv_len > 0);
	core_process_close(&p);
	assert_true(core_process_open(&p, 0x7ffffff0) < 0);
	core_process_close(&p);
}

static int setup(void **state)
{
	(void)state;
	strcpy(root, "/tmp/mica-cores-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", root);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record),    cmocka_unit_test(riscv_record),
		cmocka_unit_test(machines),  cmocka_unit_test(hostile_record),
		cmocka_unit_test(core_file), cmocka_unit_test(silent),
		cmocka_unit_test(store),     cmocka_unit_test(no_room),
		cmocka_unit_test(process),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
