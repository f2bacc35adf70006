/* SPDX-License-Identifier: BSD-3-Clause */
/* The values are Linux's, so that both ends mean the same. */
#ifndef METAL_SYSTEM_ERRNO_H
#define METAL_SYSTEM_ERRNO_H

#ifndef EPERM
#define EPERM	  1
#define ENOENT	  2
#define EINTR	  4
#define EIO	  5
#define ENXIO	  6
#define EAGAIN	  11
#define ENOMEM	  12
#define EFAULT	  14
#define EBUSY	  16
#define EEXIST	  17
#define ENODEV	  19
#define EINVAL	  22
#define ENOSPC	  28
#define ERANGE	  34
#define EPROTO	  71
#define ENOTSUP	  95
#define ETIMEDOUT 110
#endif

#endif /* METAL_SYSTEM_ERRNO_H */
