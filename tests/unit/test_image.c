/* SPDX-License-Identifier: BSD-3-Clause */
/* Images as users have them: good ones, and every bad kind with its one clear line. */
#include <elf.h>
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

#include <openamp/rsc_table.h>

#include "image.h"
#include "image_known.h"
#include "mica/client.h"

/* A small AArch64 image: one segment with a table in it. */
struct file {
	Elf64_Ehdr eh;
	Elf64_Phdr ph[2];
	struct {
		uint32_t ver, num, reserved[2], offset[1];
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring vring[2];
	} table;
	uint8_t code[256];
	char names[32];
	Elf64_Shdr sh[3];
};

#define BASE 0x7a000000ull

static const struct mica_pedestal_caps caps = {
	.table_in_place = true,
	.needs_table_address = true,
	.elf_machine = { EM_AARCH64 },
};

static const struct mica_window windows[] = {
	{ .pa = 0x70000000, .da = 0x70000000, .size = 0x1000000, .name = "comm" },
	{ .pa = BASE, .da = BASE, .size = 0x100000, .name = "image" },
};

static char path[64];

static void make(struct file *f)
{
	memset(f, 0, sizeof(*f));
	memcpy(f->eh.e_ident, ELFMAG, SELFMAG);
	f->eh.e_ident[EI_CLASS] = ELFCLASS64;
	f->eh.e_ident[EI_DATA] = ELFDATA2LSB;
	f->eh.e_ident[EI_VERSION] = EV_CURRENT;
	f->eh.e_type = ET_EXEC;
	f->eh.e_machine = EM_AARCH64;
	f->eh.e_version = EV_CURRENT;
	f->eh.e_entry = BASE + offsetof(struct file, code);
	f->eh.e_phoff = offsetof(struct file, ph);
	f->eh.e_phentsize = sizeof(Elf64_Phdr);
	f->eh.e_phnum = 2;
	f->eh.e_ehsize = sizeof(Elf64_Ehdr);
	f->eh.e_shoff = offsetof(struct file, sh);
	f->eh.e_shentsize = sizeof(Elf64_Shdr);
	f->eh.e_shnum = 3;
	f->eh.e_shstrndx = 1;
	f->ph[0].p_type = PT_LOAD;
	f->ph[0].p_flags = PF_R | PF_W | PF_X;
	f->ph[0].p_vaddr = f->ph[0].p_paddr = BASE;
	f->ph[0].p_filesz = offsetof(struct file, names);
	f->ph[0].p_memsz = 0x8000;
	f->ph[1] = f->ph[0];
	f->ph[1].p_type = PT_NOTE;
	memcpy(f->names, "\0.resource_table\0.shstrtab", 26);
	f->sh[1].sh_name = 17;
	f->sh[1].sh_type = SHT_STRTAB;
	f->sh[1].sh_offset = offsetof(struct file, names);
	f->sh[1].sh_size = sizeof(f->names);
	f->sh[2].sh_name = 1;
	f->sh[2].sh_type = SHT_PROGBITS;
	f->sh[2].sh_flags = SHF_ALLOC;
	f->sh[2].sh_addr = BASE + offsetof(struct file, table);
	f->sh[2].sh_offset = offsetof(struct file, table);
	f->sh[2].sh_size = sizeof(f->table);
	f->table.ver = 1;
	f->table.num = 1;
	f->table.offset[0] = 20;
	f->table.vdev.type = RSC_VDEV;
	f->table.vdev.id = 7;
	f->table.vdev.num_of_vrings = 2;
	for (int i = 0; i < 2; i++) {
		f->table.vring[i].da = UINT32_MAX;
		f->table.vring[i].align = 16;
		f->table.vring[i].num = 8;
	}
}

static void write_file(const void *data, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static int read_it(struct mica_image *img, enum mica_layout layout, struct mica_error *err)
{
	struct mica_config cfg;

	mica_config_defaults(&cfg);
	snprintf(cfg.name, sizeof(cfg.name), "x");
	snprintf(cfg.image, sizeof(cfg.image), "%s", path);
	cfg.layout = layout;
	memset(img, 0, sizeof(*img));
	return mica_image_read(&cfg, &caps, img, err);
}

static int fit(struct mica_image *img, struct mica_error *err)
{
	struct mica_config cfg;

	mica_config_defaults(&cfg);
	snprintf(cfg.image, sizeof(cfg.image), "%s", path);
	return mica_image_fit(img, &cfg, windows, 2, 0x70060000, 0x20000, err);
}

static void expect_bad(enum mica_layout layout, const char *words)
{
	struct mica_error err = { 0 };
	struct mica_image img;

	assert_int_equal(read_it(&img, layout, &err), -1);
	assert_int_equal(err.code, MICA_E_FIRMWARE);
	assert_non_null(strstr(err.text, path));
	if (!strstr(err.text, words))
		fail_msg("'%s' does not say '%s'", err.text, words);
	assert_null(img.data);
}

static void good(void **state)
{
	struct mica_error err;
	struct mica_image img;
	struct file f;

	(void)state;
	make(&f);
	write_file(&f, sizeof(f));
	assert_int_equal(read_it(&img, MICA_LAYOUT_TABLE, &err), 0);
	assert_int_equal(img.n_segments, 1);
	assert_int_equal(img.seg[0].da, BASE);
	assert_int_equal(img.seg[0].memsz, 0x8000);
	assert_int_equal(img.facts.entry, BASE + offsetof(struct file, code));
	assert_int_equal(img.facts.size, sizeof(f));
	assert_int_equal(strlen(img.facts.sha256), 64);
	assert_true(img.table.present);
	assert_int_equal(img.table.da, BASE + offsetof(struct file, table));
	assert_int_equal(fit(&img, &err), 0);
	mica_image_free(&img);
}

/* Raw ones, at an address and with an entry of their own. */
static void placed(uint64_t load, uint64_t entry, int code, const char *words)
{
	struct mica_error err = { 0 };
	struct mica_image img = { 0 };
	struct mica_config cfg;

	mica_config_defaults(&cfg);
	snprintf(cfg.image, sizeof(cfg.image), "%s", path);
	cfg.layout = MICA_LAYOUT_STATIC;
	cfg.load_address = load;
	cfg.entry = entry;
	if (mica_image_read(&cfg, &caps, &img, &err) ||
	    mica_image_fit(&img, &cfg, windows, 2, 0x70060000, 0x20000, &err)) {
		assert_int_equal(err.code, code);
		if (!strstr(err.text, words))
			fail_msg("'%s' does not say '%s'", err.text, words);
	} else {
		assert_int_equal(code, 0);
		assert_int_equal(img.seg[0].da, load == MICA_ADDRESS_NONE ? BASE : load);
		assert_int_equal(img.facts.entry,
				 entry == MICA_ADDRESS_NONE ? img.seg[0].da : entry);
		assert_int_equal(img.facts.span[0].da, img.seg[0].da);
	}
	mica_image_free(&img);
}

static void raw_placed(void **state)
{
	enum mica_layout layout;
	struct mica_error err;
	struct file f;
	bool raw;

	(void)state;
	make(&f);
	write_file(f.code, sizeof(f.code));
	placed(MICA_ADDRESS_NONE, MICA_ADDRESS_NONE, 0, "");
	placed(BASE + 0x1000, MICA_ADDRESS_NONE, 0, "");
	placed(BASE + 0x1000, BASE + 0x1000 + sizeof(f.code) - 4, 0, "");
	placed(BASE + 0x1000, BASE, MICA_E_FIRMWARE, "outside the image, which begins at");
	placed(BASE, BASE + sizeof(f.code), MICA_E_FIRMWARE, "outside the image");
	placed(BASE + 0x100000 - 128, MICA_ADDRESS_NONE, MICA_E_FIRMWARE, "reserved memory");
	placed(0x70060000, MICA_ADDRESS_NONE, MICA_E_FIRMWARE, "overlaps the communication");
	placed(UINT64_MAX - 7, MICA_ADDRESS_NONE, MICA_E_FIRMWARE, "reserved memory");
	assert_int_equal(mica_image_kind(path, &layout, &raw, &err), 0);
	assert_true(raw && layout == MICA_LAYOUT_STATIC);

	write_file(&f, sizeof(f));
	placed(BASE, MICA_ADDRESS_NONE, MICA_E_CONFIG, "remove LoadAddress");
	placed(MICA_ADDRESS_NONE, BASE + sizeof(f), MICA_E_FIRMWARE, "outside the image");
	assert_int_equal(mica_image_kind(path, &layout, &raw, &err), 0);
	assert_true(!raw && layout == MICA_LAYOUT_TABLE);
	unlink(path);
	assert_int_equal(mica_image_kind(path, &layout, &raw, &err), -1);
	assert_int_equal(err.code, MICA_E_FIRMWARE);
}

static void not_there(void **state)
{
	(void)state;
	unlink(path);
	expect_bad(MICA_LAYOUT_TABLE, "check its path");
	assert_int_equal(mkdir(path, 0700), 0);
	expect_bad(MICA_LAYOUT_TABLE, "not a file");
	rmdir(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_bad(MICA_LAYOUT_TABLE, "not a file");
	unlink(path);
	write_file("", 0);
	expect_bad(MICA_LAYOUT_TABLE, "is empty");
	write_file("#!/bin/sh\nexit 0\n# padding so that a header would fit in here easily\n", 70);
	expect_bad(MICA_LAYOUT_TABLE, "no ELF file");
}

/* A file cut anywhere is refused or, beyond all that matters, read; it never gets further. */
static void truncated(void **state)
{
	struct file f;

	(void)state;
	make(&f);
	write_file(&f, 40);
	expect_bad(MICA_LAYOUT_TABLE, "truncated");
	for (size_t len = 4; len < sizeof(f); len += 37) {
		struct mica_error err = { 0 };
		struct mica_image img;

		write_file(&f, len);
		assert_int_equal(read_it(&img, MICA_LAYOUT_TABLE, &err), -1);
		assert_int_equal(err.code, MICA_E_FIRMWARE);
	}
}

static void foreign(void **state)
{
	struct file f;

	(void)state;
	make(&f);
	f.eh.e_machine = EM_RISCV;
	write_file(&f, sizeof(f));
	expect_bad(MICA_LAYOUT_TABLE, "RISC-V");
	make(&f);
	f.eh.e_ident[EI_DATA] = ELFDATA2MSB;
	write_file(&f, sizeof(f));
	expect_bad(MICA_LAYOUT_TABLE, "endian");
}

static void hostile(void **state)
{
	struct file f;

	(void)state;
	make(&f);
	f.ph[0].p_filesz = f.ph[0].p_memsz + 1;
	write_file(&f, sizeof(f));
	expect_bad(MICA_LAYOUT_TABLE, "");
	make(&f);
	f.ph[0].p_offset = UINT64_MAX - 8;
	write_file(&f, sizeof(f));
	expect_bad(MICA_LAYOUT_TABLE, "truncated or damaged");
	make(&f);
	f.ph[0].p_paddr = UINT64_MAX - 16;
	write_file(&f, sizeof(f));
	expect_bad(MICA_LAYOUT_TABLE, "beyond the address space");
	make(&f);
	f.sh[2].sh_size = UINT64_MAX;
	write_file(&f, sizeof(f));
	expect_bad(MICA_LAYOUT_TABLE, "");
	make(&f);
	f.table.vring[0].align = 3;
	write_file(&f, sizeof(f));
	expect_bad(MICA_LAYOUT_TABLE, "corrupt");
}

static void no_table(void **state)
{
	struct mica_error err;
	struct mica_image img;
	struct file f;

	(void)state;
	make(&f);
	f.names[2] = 'X';
	write_file(&f, sizeof(f));
	expect_bad(MICA_LAYOUT_TABLE, "Layout=static");
	assert_int_equal(read_it(&img, MICA_LAYOUT_STATIC, &err), 0);
	assert_false(img.table.present);
	mica_image_free(&img);
}

static void outside(void **state)
{
	struct mica_error err = { 0 };
	struct mica_image img;
	struct file f;

	(void)state;
	make(&f);
	f.ph[0].p_memsz = 0x100001;
	write_file(&f, sizeof(f));
	assert_int_equal(read_it(&img, MICA_LAYOUT_TABLE, &err), 0);
	assert_int_equal(fit(&img, &err), -1);
	assert_int_equal(err.code, MICA_E_FIRMWARE);
	assert_non_null(strstr(err.text, "segment 0 at 0x7a000000 (0x100001 bytes)"));
	assert_non_null(strstr(err.text, "0x70000000-0x70ffffff, 0x7a000000-0x7a0fffff"));
	mica_image_free(&img);

	make(&f);
	f.ph[0].p_paddr = 0x7007f000; /* of the pool's last page */
	write_file(&f, sizeof(f));
	assert_int_equal(read_it(&img, MICA_LAYOUT_TABLE, &err), 0);
	assert_int_equal(fit(&img, &err), -1);
	assert_non_null(strstr(err.text, "overlaps the communication pool"));
	mica_image_free(&img);

	make(&f);
	f.eh.e_entry = 0x40000000;
	write_file(&f, sizeof(f));
	assert_int_equal(read_it(&img, MICA_LAYOUT_TABLE, &err), 0);
	assert_int_equal(fit(&img, &err), -1);
	assert_non_null(strstr(err.text, "entry 0x40000000"));
	mica_image_free(&img);
}

static void raw_binary(void **state)
{
	uint8_t code[1000] = { 1, 2, 3 };
	struct mica_error err;
	struct mica_image img;

	(void)state;
	write_file(code, sizeof(code));
	assert_int_equal(read_it(&img, MICA_LAYOUT_STATIC, &err), 0);
	assert_true(img.raw);
	assert_int_equal(fit(&img, &err), 0);
	assert_int_equal(img.seg[0].da, BASE);
	assert_int_equal(img.facts.entry, BASE);
	assert_int_equal(img.facts.span[0].len, sizeof(code));
	mica_image_free(&img);
}

static void windows_bound(void **state)
{
	static uint8_t memory[0x100];
	const struct mica_window w = { .va = memory, .da = 0x1000, .size = sizeof(memory) };

	(void)state;
	assert_ptr_equal(mica_window_va(&w, 1, 0x1000, 0x100), memory);
	assert_ptr_equal(mica_window_va(&w, 1, 0x10ff, 1), memory + 0xff);
	assert_null(mica_window_va(&w, 1, 0x10ff, 2));
	assert_null(mica_window_va(&w, 1, 0xfff, 1));
	assert_null(mica_window_va(&w, 1, 0x1001, UINT64_MAX));
}

static int make_path(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/mica-test-image-%d", (int)getpid());
	return 0;
}

static int drop_path(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

/* FIPS 180-2, appendix B.1. */
static void hashes(void **state)
{
	uint8_t abc[] = { 'a', 'b', 'c' };
	struct mica_image img = { .data = abc, .len = sizeof(abc) };

	(void)state;
	mica_image_hash(&img);
	assert_string_equal(img.facts.sha256, "ba7816bf8f01cfea414140de5dae2223"
					      "b00361a396177a9cb410ff61f20015ad");
}

/* A process's image: nothing of it is loaded by addresses. */
static const struct mica_pedestal_caps process_caps = { .elf_machine = { EM_AARCH64 } };

/* As a start does. True: the file was not read. */
static bool read_known(struct mica_known *k, const struct mica_pedestal_caps *c,
		       struct mica_image *img)
{
	struct mica_config cfg;
	struct mica_error err;

	mica_config_defaults(&cfg);
	snprintf(cfg.image, sizeof(cfg.image), "%s", path);
	memset(img, 0, sizeof(*img));
	if (mica_known_image(k, &cfg, c, img))
		return true;
	assert_int_equal(mica_known_fetch(k, path, img, &err), 0);
	assert_int_equal(mica_image_parse(&cfg, c, img, &err), 0);
	mica_known_add(k, &cfg, c, img);
	return false;
}

/* The same file is not read again, one that was written is, whatever times it is given. */
static void known(void **state)
{
	struct mica_image first, again;
	struct timespec times[2];
	struct mica_known k;
	struct stat st;
	struct file f;

	(void)state;
	mica_known_init(&k);
	make(&f);
	write_file(&f, sizeof(f));
	assert_false(read_known(&k, &process_caps, &first));
	mica_image_free(&first);
	assert_false(read_known(&k, &process_caps, &first)); /* it may still be being written */
	mica_image_free(&first);
	usleep(2200000);
	assert_false(read_known(&k, &process_caps, &first));
	assert_true(read_known(&k, &process_caps, &again));
	assert_string_equal(again.facts.sha256, first.facts.sha256);
	assert_int_equal(again.facts.size, first.facts.size);
	assert_int_equal(again.facts.entry, first.facts.entry);
	assert_memory_equal(&again.table, &first.table, sizeof(first.table));
	assert_memory_equal(again.table_bytes, first.table_bytes, first.table.len);
	mica_image_free(&again);
	/* Under other rules it is another one. */
	assert_false(read_known(&k, &caps, &again));
	assert_int_equal(again.len, sizeof(f));
	assert_string_equal(again.facts.sha256, first.facts.sha256);
	mica_image_free(&again);

	assert_int_equal(stat(path, &st), 0);
	f.code[3] ^= 1;
	write_file(&f, sizeof(f));
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	assert_false(read_known(&k, &process_caps, &again));
	assert_string_not_equal(again.facts.sha256, first.facts.sha256);
	mica_image_free(&again);
	mica_image_free(&first);
	mica_known_free(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),	      cmocka_unit_test(raw_placed),
		cmocka_unit_test(not_there),  cmocka_unit_test(truncated),
		cmocka_unit_test(foreign),    cmocka_unit_test(hostile),
		cmocka_unit_test(no_table),   cmocka_unit_test(outside),
		cmocka_unit_test(raw_binary), cmocka_unit_test(windows_bound),
		cmocka_unit_test(known),      cmocka_unit_test(hashes),
	};

	return cmocka_run_group_tests(tests, make_path, drop_path);
}
