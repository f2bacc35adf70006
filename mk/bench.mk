# SPDX-License-Identifier: BSD-3-Clause
# make bench: measures, prints a table, writes build/bench/. Not part of make test.

SRC_bench := $(wildcard bench/*.c)

.PHONY: bench bench-programs
bench-programs: $(B)/bench_rpmsg

$(B)/bench_rpmsg: $(call obj,$(SRC_bench)) $(B)/libopenamp.a
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^ -lpthread

bench: bench-programs
	@bench/run.py $(BENCH_ARGS)

-include $(patsubst %.o,%.d,$(call obj,$(SRC_bench)))
