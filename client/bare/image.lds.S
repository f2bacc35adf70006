/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One image, linked at IMAGE_BASE (or --defsym=IMAGE_BASE=...). The resource table has pages of
 * its own, because host and client share it and it is mapped without caching.
 */
#include "board.h"

ENTRY(_start)

PHDRS
{
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
}

SECTIONS
{
	IMAGE_BASE = DEFINED(IMAGE_BASE) ? IMAGE_BASE : BOARD_IMAGE_BASE;
	. = IMAGE_BASE;
	image_start = .;

	.text : ALIGN(4096) {
		KEEP(*(.text.start))
		KEEP(*(.text.vectors))
		*(.text .text.*)
	} :text

	. = ALIGN(4096);
	image_rodata = .;
	.rodata : {
		*(.rodata .rodata.*)
		*(.srodata .srodata.*)
	} :rodata

	. = ALIGN(4096);
	image_table = .;
	.resource_table : {
		KEEP(*(.resource_table))
	} :data

	. = ALIGN(4096);
	image_data = .;
	.data : {
		*(.data .data.*)
		*(.sdata .sdata.*)
	} :data

	.bss (NOLOAD) : ALIGN(16) {
		image_bss = .;
		*(.bss .bss.*)
		*(.sbss .sbss.*)
		*(COMMON)
		. = ALIGN(16);
		image_bss_end = .;
	} :data

	. = ALIGN(4096);
	image_end = .;

	/DISCARD/ : {
		*(.note .note.* .comment .eh_frame .eh_frame_hdr .interp)
	}
}

ASSERT(image_end - image_start <= BOARD_IMAGE_SIZE, "the image is larger than BOARD_IMAGE_SIZE")
ASSERT(IMAGE_BASE % 0x200000 == 0, "IMAGE_BASE must be a multiple of 2 MiB")
