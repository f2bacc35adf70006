/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_SYSTEM_ASSERT_H
#define METAL_SYSTEM_ASSERT_H

#define metal_sys_assert(cond)            \
	do {                              \
		if (!(cond))              \
			__builtin_trap(); \
	} while (0)

#endif /* METAL_SYSTEM_ASSERT_H */
