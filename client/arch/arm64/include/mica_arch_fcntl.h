/* SPDX-License-Identifier: BSD-3-Clause */
/* O_* that differ between machines. */
#define O_DIRECTORY 040000
#define O_NOFOLLOW  0100000
#define O_DIRECT    0200000
#define O_LARGEFILE 0400000
