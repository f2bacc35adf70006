# SPDX-License-Identifier: BSD-3-Clause
# No FP or SIMD registers: interrupts do not save them.
CLIENT_FLAGS_arm64 := -mcpu=cortex-a53 -mgeneral-regs-only -mstrict-align -mno-outline-atomics
