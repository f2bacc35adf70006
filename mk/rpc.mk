# SPDX-License-Identifier: BSD-3-Clause
# micarpc: executes the POSIX calls of one client, in a room of its own.

SRC_micarpc := $(wildcard host/micarpc/*.c)
RPC_PARTS   := $(filter-out %/main.o,$(call obj,$(SRC_micarpc)))
RPC_UNIT    := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_rpc*.c))

ifneq ($(CROSS_$(V)),)
  # Without a direct use, newer static C libraries leave a hole in the wide streams' table.
  LIBS_rpc := $(LIBDIR) -Wl,-u,_IO_wfile_doallocate -lseccomp -lcap-ng -lpthread
else
  LIBS_rpc = $(shell pkg-config --libs libseccomp libcap-ng) -lpthread
endif

host: $(B)/micarpc

$(call obj,$(SRC_micarpc) $(wildcard tests/unit/test_rpc*.c)): HOST_CFLAGS += -Ihost/libmica -Ihost/micarpc

$(B)/micarpc: $(call obj,$(SRC_micarpc)) $(B)/libmica.a $(B)/libopenamp.a
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^ $(LIBS_rpc)

# The executor's calls in the test's own process.
$(RPC_UNIT): $(RPC_PARTS)
$(RPC_UNIT): LIBS_uv += $(LIBS_rpc)

RPC_FUZZ := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/fuzz_rpc.c))
RPC_FUZZ_OBJ := $(patsubst %.c,build/fuzz/obj/%.o,$(filter-out %/main.c %/sandbox.c %/filter.c,$(SRC_micarpc)) \
	host/libmica/rpc_reply.c)
$(RPC_FUZZ_OBJ) $(RPC_FUZZ:build/fuzz/%=build/fuzz/obj/tests/fuzz/%.o): FUZZ_CFLAGS += -Ihost/micarpc
$(RPC_FUZZ): $(RPC_FUZZ_OBJ)

-include $(patsubst %.o,%.d,$(call obj,$(SRC_micarpc)))
