/* SPDX-License-Identifier: BSD-3-Clause */
/* O_* that differ between machines: this one's, from the kernel's own header. */
#include <asm/fcntl.h>
