/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where OpenAMP's demo programs meet: offsets from a base address that differs from board to
 * board. Existing images are linked at base + DEMO_IMAGE and know the rest as it stands here.
 */
#ifndef DEMO_MAP_H
#define DEMO_MAP_H

#define DEMO_POLL	  0x0u	    /* word: 1, there may be something on the rings; a hint */
#define DEMO_POLL_STOP	  1u	    /* its name elsewhere: stop waiting */
#define DEMO_SHM_SIZE	  0x100000u /* libmetal's demos have all of it, the poll word too */
#define DEMO_TABLE	  0x100000u
#define DEMO_TABLE_SIZE	  0x20000u
#define DEMO_BUFFERS	  0x120000u
#define DEMO_BUFFERS_SIZE 0x40000u
#define DEMO_VRING0	  0x160000u /* client to Linux */
#define DEMO_VRING1	  0x164000u /* Linux to client */
#define DEMO_VRING_SIZE	  0x4000u
#define DEMO_VRING_NUM	  256u
#define DEMO_VRING_ALIGN  0x1000u
#define DEMO_SIZE	  0x200000u /* all of it */
#define DEMO_IMAGE	  0x200000u

/*
 * The table as existing programs lay it out: eight offsets, of which one is used. Words, so that
 * each is one access of its own in shared memory.
 */
enum demo_table_word {
	DEMO_WORD_VER,
	DEMO_WORD_NUM,
	DEMO_WORD_STATUS, /* reserved[0]: MICA_STATUS_* of mica/abi.h */
	DEMO_WORD_OFFSET = 4,
	DEMO_WORD_VDEV = 12,
	DEMO_WORDS = DEMO_WORD_VDEV + 7 + 2 * 5,
};

#define DEMO_VDEV_OFFSET (4u * DEMO_WORD_VDEV)

/* ver, num, reserved; offsets; type, id, notifyid, dfeatures, gfeatures, config_len, status with
 * num_of_vrings; per vring da, align, num, notifyid, reserved. */
#define DEMO_TABLE_INIT                                                                        \
	{                                                                                      \
		1, 1, 0, 0, DEMO_VDEV_OFFSET, 0, 0, 0, 0, 0, 0, 0, 3, 7, 31, 1, 0, 0, 2u << 8, \
			0xFFFFFFFFu, DEMO_VRING_ALIGN, DEMO_VRING_NUM, 1, 0, 0xFFFFFFFFu,      \
			DEMO_VRING_ALIGN, DEMO_VRING_NUM, 2, 0,                                \
	}

#define DEMO_SERVICE_ECHO "rpmsg-client-sample"
#define DEMO_SERVICE	  "rpmsg-openamp-demo-channel" /* ping and matrix */

#endif /* DEMO_MAP_H */
