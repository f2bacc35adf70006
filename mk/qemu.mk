# SPDX-License-Identifier: BSD-3-Clause
# The emulated boards. What they boot is made by tools/mcs-run, which calls back for the parts that
# are built here; it is not a target, because it depends on the kernel and the machine's mirror.

.PHONY: demo module
demo:
	@BOARD='$(BOARD)' KERNEL='$(KERNEL)' BATCH='$(BATCH)' tools/demo.sh

# The kernel module for a stock kernel: make module [V=riscv64] [KERNEL=6.1]
module:
	@tools/build-module.sh $(or $(KERNEL),6.12) $(if $(CROSS_$(V)),$(V),arm64)
