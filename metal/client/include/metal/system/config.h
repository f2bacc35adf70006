/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_SYSTEM_CONFIG_H
#define METAL_SYSTEM_CONFIG_H

#define METAL_SYSTEM "generic"
#define METAL_SYSTEM_GENERIC
#define METAL_PROCESSOR "generic"
#define METAL_PROCESSOR_GENERIC
#define METAL_MACHINE "generic"
#define METAL_MACHINE_GENERIC

#endif /* METAL_SYSTEM_CONFIG_H */
