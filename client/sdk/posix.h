/* SPDX-License-Identifier: BSD-3-Clause */
/* From -errno of mica_rpc.h to -1 and errno. */
#ifndef SDK_POSIX_H
#define SDK_POSIX_H

#include "mica_posix.h"
#include "mica_rpc.h"
#include "rpc.h"

static inline long posix_result(int64_t rc)
{
	if (rc >= 0)
		return (long)rc;
	*mica_os_errno() = (int)-rc;
	return -1;
}

static inline int posix_int(int64_t rc)
{
	return (int)posix_result(rc);
}

static inline mica_file posix_handle(const mica_posix_FILE *f)
{
	return (mica_file)(intptr_t)f;
}

#endif /* SDK_POSIX_H */
