# SPDX-License-Identifier: BSD-3-Clause
# Two commands do it all: `make demo` and `make test`. `make help` lists the others.
#
# V chooses what is built, into build/$(V)/: native (default), asan, tsan, arm64 or riscv64.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:

V ?= native
B := build/$(V)

include mk/flags.mk
include mk/host.mk
include mk/compat.mk
include mk/demos.mk
include mk/tests.mk
include mk/rpc.mk
include mk/app.mk
include mk/bench.mk
include mk/openamp.mk
include mk/docs.mk
include mk/install.mk
-include client/rules.mk
-include mk/setup.mk
-include mk/qemu.mk

.PHONY: all clean help
all: host client-native man

clean:
	rm -rf build

help:
	@echo 'make demo [BOARD=qemu-arm64|qemu-riscv64|native] [KERNEL=6.12|6.1|5.10|newest] [BATCH=1]   see it run'
	@echo 'make test                      unit, native and QEMU tests'
	@echo 'make [V=native|asan|tsan|arm64|riscv64]   build into build/V/'
	@echo 'make bench [BENCH_ARGS=...]    measure and compare: docs/performance.md'
	@echo 'make bench-openamp             the same source over another OpenAMP that is installed'
	@echo 'make fuzz                      build the fuzz targets into build/fuzz/'
	@echo 'make check                     style and static checks'
	@echo 'make setup                     install the packages all of this needs'
	@echo 'make install [DESTDIR=] [PREFIX=/usr]   programs, libraries, units, manual pages, completion'
	@echo 'make clean                     remove build/ (downloads stay in the cache)'
