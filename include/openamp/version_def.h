/* SPDX-License-Identifier: BSD-3-Clause */
/* The release of OpenAMP whose API this is: 2025.04. */
#ifndef OPENAMP_VERSION_DEF_H
#define OPENAMP_VERSION_DEF_H

#define OPENAMP_VERSION_MAJOR 1
#define OPENAMP_VERSION_MINOR 8
#define OPENAMP_VERSION_PATCH 0

#define OPENAMP_VERSION "1.8.0"

#endif /* OPENAMP_VERSION_DEF_H */
