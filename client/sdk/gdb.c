// SPDX-License-Identifier: BSD-3-Clause
/* All that images without a debugger link of it. */
#include "mica_gdb.h"

const struct mica_gdb_hooks *mica_gdb_hooks;
