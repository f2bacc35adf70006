/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_SYSTEM_CONFIG_H
#define METAL_SYSTEM_CONFIG_H

#define METAL_SYSTEM "linux"
#define METAL_SYSTEM_LINUX
#define METAL_PROCESSOR "hosted"
#define METAL_PROCESSOR_HOSTED
#define METAL_MACHINE "generic"
#define METAL_MACHINE_GENERIC
#define HAVE_FUTEX_H

#endif /* METAL_SYSTEM_CONFIG_H */
