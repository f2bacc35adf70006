/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MICA_GROUP_H
#define MICA_GROUP_H

#include <sys/types.h>

#define MICA_NO_GROUP ((gid_t)-1)

/* Number of a group by a file in the format of /etc/group (no name service: that can block, and
 * does not work in static programs). MICA_NO_GROUP: it does not say. */
gid_t mica_group_id(const char *file, const char *name);

#endif /* MICA_GROUP_H */
