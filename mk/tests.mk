# SPDX-License-Identifier: BSD-3-Clause
# Unit tests: one program a file. Fuzz targets: one program a file, built by clang.

UNIT := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c))
UNIT_HELP := $(call obj,$(filter-out $(wildcard tests/unit/test_*.c),$(wildcard tests/unit/*.c)))

.PHONY: unit fuzz test
# Some of them run clients as processes.
unit: $(UNIT) client-native

# Test programs may look behind the public headers.
$(call obj,$(wildcard tests/unit/*.c)): HOST_CFLAGS += -Ihost/libmica -Ihost/micad -Itests/unit -I$(B)/gen

# Of the command line, the statistics of ping.
$(B)/tests/unit/test_stats: $(B)/obj/host/mica/stats.o
$(B)/obj/tests/unit/test_stats.o: HOST_CFLAGS += -Ihost/mica

# Of the client SDK, its formatted text.
$(B)/tests/unit/test_fmt: $(B)/client/obj/client/sdk/fmt.o

# Parts of the daemon that a test needs, without its main().
MICAD_PARTS = $(filter-out %/main.o,$(call obj,$(SRC_micad)))

$(B)/tests/unit/%: $(B)/obj/tests/unit/%.o $(UNIT_HELP) $(MICAD_PARTS) $(B)/libmica.a $(B)/libopenamp.a
	@mkdir -p $(@D)
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^ $(LIBS_mica) -lcmocka -lpthread

# The library as it is built for memory that is not coherent: its objects instead of the archive's.
DCACHE_OBJ := $(patsubst %.c,$(B)/obj/dcache/%.o,$(wildcard openamp/*.c) tests/unit/test_openamp_dcache.c)

$(B)/obj/dcache/%.o: %.c
	@mkdir -p $(@D)
	$(CC_V) $(HOST_CFLAGS) -DVIRTIO_USE_DCACHE -MMD -MP -c -o $@ $<

$(B)/tests/unit/test_openamp_dcache: $(DCACHE_OBJ) $(B)/libopenamp.a
	@mkdir -p $(@D)
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^ -lcmocka -lpthread

# The library as the smallest client has it, over that client's headers.
$(B)/tests/unit/test_openamp_minimal: $(B)/client/small/tests/unit/test_openamp_minimal.o $(B)/client/libsmall.a
	@mkdir -p $(@D)
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^ -lcmocka

# The daemon for tests of what is left when it dies in the middle of something.
$(call obj,tests/native/mortal.c): HOST_CFLAGS += -Ihost/libmica -Wno-missing-prototypes

$(B)/micad-mortal: $(call obj,tests/native/mortal.c $(SRC_micad)) $(B)/libmica.a $(B)/libopenamp.a
	$(CC_V) $(HOST_LDFLAGS) -Wl,--wrap=mica_log,--wrap=mica_client_save -o $@ $^ $(LIBS_mica)

# An image that watches what its host does.
client-native: $(B)/tests/existing

$(B)/tests/existing: $(call obj,tests/native/existing.c)
	@mkdir -p $(@D)
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^

FUZZ := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_CFLAGS := $(CSTD) -O1 -g -fno-omit-frame-pointer $(INCLUDES) -Iclient/include -Ihost/libmica -Ihost/micad -Ibuild/native/gen \
	-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ_SRC := $(SRC_openamp) $(SRC_libmica) $(filter-out %/main.c,$(SRC_micad))

fuzz: $(FUZZ)

# Sanitized objects of their own: clang's coverage does not mix with the other builds.
build/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	clang $(FUZZ_CFLAGS:-fsanitize=fuzzer%=-fsanitize=fuzzer-no-link%) $(DEPS_CFLAGS) -MMD -MP -c -o $@ $<

$(FUZZ_SRC:%.c=build/fuzz/obj/%.o): | $(patsubst host/micad/%.varlink,build/native/gen/%.varlink.h,$(wildcard host/micad/*.varlink))

build/fuzz/libfuzzed.a: $(FUZZ_SRC:%.c=build/fuzz/obj/%.o)
	@rm -f $@
	ar rcs $@ $^

build/fuzz/%: build/fuzz/obj/tests/fuzz/%.o build/fuzz/libfuzzed.a
	clang $(FUZZ_CFLAGS) -o $@ $^ $(LIBS_mica) -lpthread

# What a newcomer runs: installs what is missing, builds, runs everything, prints one closing line.
test:
	@tools/setup.sh test
	@tools/run-tests

-include $(patsubst %.c,$(B)/obj/%.d,$(wildcard tests/unit/*.c) tests/native/mortal.c tests/native/existing.c)
-include $(patsubst %.c,build/fuzz/obj/%.d,$(FUZZ_SRC) $(wildcard tests/fuzz/*.c))
-include $(DCACHE_OBJ:.o=.d)
