/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_SYSTEM_STRING_H
#define METAL_SYSTEM_STRING_H

#include <stdlib.h>
#include <string.h>

#endif /* METAL_SYSTEM_STRING_H */
