/* SPDX-License-Identifier: BSD-3-Clause */
/* ELF images of both classes: sound ones, and one fault at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <metal/utilities.h>
#include <openamp/elf_parse.h>

#include "elf_build.h"

#define AARCH64 183
#define ARM	40

static const uint8_t table[16] = { 1 };
static struct build b;

static void fresh(bool is64)
{
	b.is64 = is64;
	b.machine = is64 ? AARCH64 : ARM;
	b.paddr = 0x7a000000;
	b.vaddr = 0x7a000000;
	b.entry = 0x7a000010;
	b.rsc = table;
	b.rsc_size = sizeof(table);
	b.stripped = false;
	build_elf(&b);
}

/* In memory of the image's exact size, so that ASan sees every step outside. */
static int open_image(struct elf_image *img, void **copy, uint16_t machine)
{
	*copy = malloc(b.len ? b.len : 1);
	memcpy(*copy, b.img, b.len);
	return elf_image_open(img, *copy, b.len, machine);
}

static unsigned int segments;

static int see(void *arg, const struct elf_segment *seg)
{
	struct elf_image *img = arg;
	uint64_t paddr = b.paddr + (segments ? 0x10000 : 0);

	assert_int_equal(seg->paddr, paddr);
	assert_int_equal(seg->filesz, segments ? 0x200 : 0x100);
	assert_int_equal(seg->memsz, segments ? 0x800 : 0x100);
	assert_int_equal(seg->flags, 5);
	assert_ptr_equal(seg->data, img->data + seg->offset);
	segments++;
	return 0;
}

static int refuse(void *arg, const struct elf_segment *seg)
{
	(void)arg;
	(void)seg;
	return -7;
}

static void accepts(void **state)
{
	struct elf_image img;
	void *copy;
	int is64;

	(void)state;
	for (is64 = 0; is64 < 2; is64++) {
		fresh(is64);
		assert_int_equal(open_image(&img, &copy, b.machine), 0);
		assert_int_equal(img.is64, is64);
		assert_int_equal(img.entry, 0x7a000010);
		assert_int_equal(img.loads, 2);
		assert_int_equal(img.rsc_size, sizeof(table));
		assert_int_equal(img.rsc_offset, BUILD_DATA);
		assert_int_equal(img.rsc_paddr, 0x7a010000);
		segments = 0;
		assert_int_equal(elf_image_segments(&img, see, &img), 0);
		assert_int_equal(segments, 2);
		assert_int_equal(elf_image_segments(&img, refuse, NULL), -1);
		assert_int_equal(img.fault, ELF_CALLBACK);
		assert_int_equal((int)img.value, -7);
		free(copy);
		/* Any machine. */
		assert_int_equal(open_image(&img, &copy, 0), 0);
		free(copy);
	}
}

/* Linked at one address, loaded at another. */
static void physical_addresses(void **state)
{
	struct elf_image img;
	void *copy;

	(void)state;
	fresh(true);
	b.vaddr = 0xffff000000000000;
	b.entry = b.vaddr + 0x10;
	build_elf(&b);
	assert_int_equal(open_image(&img, &copy, AARCH64), 0);
	assert_int_equal(img.rsc_addr, 0xffff000000010000);
	assert_int_equal(img.rsc_paddr, 0x7a010000);
	assert_int_equal(elf_image_phys(&img, img.entry), 0x7a000010);
	assert_int_equal(elf_image_phys(&img, 0x1234), 0x1234);
	free(copy);
}

static void without_table(void **state)
{
	struct elf_image img;
	void *copy;

	(void)state;
	fresh(true);
	b.stripped = true;
	build_elf(&b);
	assert_int_equal(open_image(&img, &copy, AARCH64), 0);
	assert_int_equal(img.rsc_size, 0);
	free(copy);
	fresh(true);
	b.rsc_size = 0;
	build_elf(&b);
	assert_int_equal(open_image(&img, &copy, AARCH64), 0);
	assert_int_equal(img.rsc_size, 0);
	free(copy);
}

static void expect(enum elf_fault fault, uint64_t value)
{
	struct elf_image img;
	void *copy;

	assert_int_equal(open_image(&img, &copy, b.machine), -1);
	assert_int_equal(img.fault, fault);
	assert_int_equal(img.value, value);
	assert_string_not_equal(elf_fault_text(fault), "unknown fault");
	free(copy);
	fresh(b.is64);
}

static void head_faults(void **state)
{
	size_t tail;
	int is64;

	(void)state;
	for (is64 = 0; is64 < 2; is64++) {
		tail = is64 ? 52 : 40;
		fresh(is64);
		b.len = 0;
		expect(ELF_TOO_SHORT, 0);
		b.len = 15;
		expect(ELF_TOO_SHORT, 15);
		b.len = is64 ? 63 : 51;
		expect(ELF_TOO_SHORT, is64 ? 63 : 51);
		build_put(&b, 0, 4, 0x464c457e);
		expect(ELF_BAD_MAGIC, 0x464c457e);
		build_put(&b, 4, 1, 3);
		expect(ELF_BAD_CLASS, 3);
		build_put(&b, 5, 1, 2);
		expect(ELF_BAD_DATA, 2);
		build_put(&b, 6, 1, 0);
		expect(ELF_BAD_VERSION, 0);
		build_put(&b, 20, 4, 7);
		expect(ELF_BAD_VERSION, 7);
		build_put(&b, 16, 2, 1);
		expect(ELF_BAD_TYPE, 1);
		build_put(&b, 18, 2, 62);
		expect(ELF_BAD_MACHINE, 62);
		build_put(&b, tail + 2, 2, 8);
		expect(ELF_BAD_PHENT, 8);
		build_put(&b, tail + 4, 2, 0);
		expect(ELF_NO_PHDRS, 0);
		build_put(&b, tail + 6, 2, 39);
		expect(ELF_BAD_SHENT, 39);
		build_put(&b, tail + 10, 2, 3);
		expect(ELF_STRTAB_OUTSIDE, 3);
		build_put(&b, tail + 4, 2, 0xffff);
		expect(ELF_PHDRS_OUTSIDE, build_phdr(&b, 0));
	}
	assert_string_equal(elf_machine_name(AARCH64), "AArch64");
	assert_null(elf_machine_name(1));
}

static void where_faults(void **state)
{
	(void)state;
	fresh(true);
	build_put(&b, 32, 8, UINT64_MAX);
	expect(ELF_PHDRS_OUTSIDE, UINT64_MAX);
	build_put(&b, 32, 8, b.len - 100);
	expect(ELF_PHDRS_OUTSIDE, b.len - 100);
	build_put(&b, 40, 8, UINT64_MAX - 5);
	expect(ELF_SHDRS_OUTSIDE, UINT64_MAX - 5);
	b.len--;
	expect(ELF_SHDRS_OUTSIDE, BUILD_SHDRS);
	b.len = BUILD_DATA + 0x1ff;
	expect(ELF_SEG_OUTSIDE, BUILD_DATA);
	build_put(&b, build_shdr(&b, 1) + 24, 8, UINT64_MAX);
	expect(ELF_STRTAB_OUTSIDE, UINT64_MAX);
	build_put(&b, build_shdr(&b, 1) + 32, 8, UINT64_MAX);
	expect(ELF_STRTAB_OUTSIDE, BUILD_NAMES);
}

static void segment_faults(void **state)
{
	size_t p;

	(void)state;
	fresh(true);
	p = build_phdr(&b, 2);
	build_put(&b, p + 8, 8, UINT64_MAX - 0x10);
	expect(ELF_SEG_OUTSIDE, UINT64_MAX - 0x10);
	build_put(&b, p + 32, 8, 0x801);
	expect(ELF_SEG_FILESZ, 0x801);
	build_put(&b, p + 32, 8, UINT64_MAX);
	expect(ELF_SEG_FILESZ, UINT64_MAX);
	build_put(&b, p + 24, 8, UINT64_MAX - 0x7ff + 1);
	expect(ELF_SEG_WRAPS, UINT64_MAX - 0x7ff + 1);
	build_put(&b, p + 40, 8, UINT64_MAX);
	expect(ELF_SEG_WRAPS, 0x7a010000);
	build_put(&b, build_phdr(&b, 1), 4, 0);
	build_put(&b, p, 4, 0);
	expect(ELF_NO_SEGMENTS, 0);
}

static void table_faults(void **state)
{
	size_t s;

	(void)state;
	fresh(true);
	s = build_shdr(&b, 2);
	build_put(&b, s + 24, 8, UINT64_MAX);
	expect(ELF_RSC_OUTSIDE, UINT64_MAX);
	build_put(&b, s + 32, 8, UINT64_MAX);
	expect(ELF_RSC_OUTSIDE, BUILD_DATA);
	build_put(&b, s + 4, 4, 8); /* no bytes in the file */
	expect(ELF_RSC_OUTSIDE, BUILD_DATA);
	build_put(&b, s + 16, 8, 0x1000);
	expect(ELF_RSC_NOT_LOADED, 0x1000);
	build_put(&b, s + 16, 8, 0x7a0107f8); /* hangs out of its segment */
	expect(ELF_RSC_NOT_LOADED, 0x7a0107f8);
}

/* A name that runs into the end of its table is no name. */
static void names(void **state)
{
	struct elf_image img;
	void *copy;

	(void)state;
	fresh(true);
	build_put(&b, build_shdr(&b, 1) + 32, 8, 11 + 15); /* without the last NUL */
	assert_int_equal(open_image(&img, &copy, AARCH64), 0);
	assert_int_equal(img.rsc_size, 0);
	free(copy);
	fresh(true);
	build_put(&b, build_shdr(&b, 2), 4, 0xffffffff);
	assert_int_equal(open_image(&img, &copy, AARCH64), 0);
	assert_int_equal(img.rsc_size, 0);
	free(copy);
}

static void every_header_byte(void **state)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };
	struct elf_image img;
	size_t at, v;
	void *copy;
	int is64;

	(void)state;
	for (is64 = 0; is64 < 2; is64++) {
		for (at = 0; at < build_phdr(&b, 3); at++) {
			for (v = 0; v < sizeof(values); v++) {
				fresh(is64);
				b.img[at] = values[v];
				if (open_image(&img, &copy, 0) == 0)
					assert_true(img.loads > 0);
				free(copy);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts),	     cmocka_unit_test(physical_addresses),
		cmocka_unit_test(without_table),     cmocka_unit_test(head_faults),
		cmocka_unit_test(where_faults),	     cmocka_unit_test(segment_faults),
		cmocka_unit_test(table_faults),	     cmocka_unit_test(names),
		cmocka_unit_test(every_header_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
