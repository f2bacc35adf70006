/* SPDX-License-Identifier: BSD-3-Clause */
/* O_* that differ between machines. */
#define O_DIRECT    040000
#define O_LARGEFILE 0100000
#define O_DIRECTORY 0200000
#define O_NOFOLLOW  0400000
