# SPDX-License-Identifier: BSD-3-Clause
# No F and D: interrupts do not save those registers. Images are linked above 2 GiB: medany.
CLIENT_FLAGS_riscv64 := -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany -mstrict-align -mno-relax
