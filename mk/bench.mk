# SPDX-License-Identifier: BSD-3-Clause
# make bench: measures, prints a table, writes build/bench/. Not part of make test.

SRC_bench := $(filter-out bench/cases_% bench/rpmsg_%,$(wildcard bench/*.c))
SRC_bench_rpmsg := bench/cases_rings.c $(wildcard bench/rpmsg_*.c)
SRC_bench_app := bench/cases_app.c bench/cases_ping.c
SRC_bench_umt := bench/cases_umt.c
SRC_bench_rpc := bench/cases_rpc.c
SRC_bench_data := bench/cases_data.c

.PHONY: bench bench-programs
bench-programs: $(B)/bench_rpmsg $(B)/bench_app $(B)/bench_umt $(B)/bench_rpc $(B)/bench_data

$(B)/bench_rpmsg: $(call obj,$(SRC_bench) $(SRC_bench_rpmsg)) $(B)/libopenamp.a
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^ -lpthread

$(B)/bench_app: $(call obj,$(SRC_bench) $(SRC_bench_app)) $(B)/libmica-app.a
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^

$(B)/bench_umt: $(call obj,$(SRC_bench) $(SRC_bench_umt)) $(B)/libmica-app.a
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^

$(B)/bench_rpc: $(call obj,$(SRC_bench) $(SRC_bench_rpc)) $(B)/libmica-app.a
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^

$(B)/bench_data: $(call obj,$(SRC_bench) $(SRC_bench_data)) $(B)/libmica-app.a
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^

# Rings of whatever implementation of OpenAMP is installed, or of that in these flags. Nothing of ours:
# no header, no library, no warnings of other people's headers.
OPENAMP_CFLAGS ?= $(shell pkg-config --cflags open-amp)
OPENAMP_LIBS   ?= $(shell pkg-config --libs open-amp)
BENCH_OPENAMP  ?= $(B)/bench_openamp

.PHONY: bench-openamp
bench-openamp: $(SRC_bench) bench/cases_openamp.c $(filter-out bench/rpmsg_lanes.c,$(wildcard bench/rpmsg_*.c))
	@mkdir -p $(dir $(BENCH_OPENAMP))
	$(CC_V) $(CSTD) $(CFLAGS) $(SANITIZE) $(LDFLAGS) $(OPENAMP_CFLAGS) -o $(BENCH_OPENAMP) $^ $(OPENAMP_LIBS) -lpthread

# Sizes of what is built for boards, where their compilers are.
BENCH_SIZES := $(foreach a,arm64 riscv64,$(if $(shell command -v $(CROSS_$(a))gcc),\
	build/client/$(a)/mica-minimal.elf build/client/$(a)/mica-ref.elf))

# With BOARD=qemu-...: on that emulated board.
ifdef BOARD
bench:
	@bench/board/run.py $(BOARD) $(BENCH_ARGS)
else
bench: host client-native bench-programs $(BENCH_SIZES)
	@bench/run.py $(BENCH_ARGS)
endif

-include $(patsubst %.o,%.d,$(call obj,$(SRC_bench) $(SRC_bench_rpmsg) $(SRC_bench_app) $(SRC_bench_umt) $(SRC_bench_rpc) $(SRC_bench_data)))
