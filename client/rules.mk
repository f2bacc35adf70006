# SPDX-License-Identifier: BSD-3-Clause
# Client images. Archives and images appear whole: one may be in use while it is built again.
#   client-native   build/$(V)/client/mica-NAME-native   (V=native, asan, tsan)
#   client-ARCH     build/client/ARCH/mica-NAME.elf and, of some, mica-NAME.bin: bare metal (arm64, riscv64)
# CLIENT_BOARD=NAME builds for client/boards/NAME instead of the emulated board of the architecture.

include client/variants.mk

CLIENT_ARCHS := $(patsubst client/arch/%/flags.mk,%,$(wildcard client/arch/*/flags.mk))
include $(CLIENT_ARCHS:%=client/arch/%/flags.mk)
CLIENT_SDK   := $(wildcard client/sdk/*.c client/kernel/*.c client/apps/*.c demos/openamp/*.c demos/openamp/client/*.c)
CLIENT_LIB   := $(wildcard metal/*.c metal/client/*.c openamp/*.c)
CLIENT_INC   := -Iinclude -Imetal/client/include -Iclient/include -Iclient/kernel/include \
	-Iclient/sdk -Iclient/apps -Iclient/variants -Idemos/openamp -Idemos/openamp/client
# A client is the device at the end of a ring, never the driver.
CLIENT_CSTD  := -std=gnu11 -DMICA_VERSION='"$(VERSION)"' -DVIRTIO_DEVICE_ONLY

# An ordinary POSIX program as part of a client: unchanged, its calls go to Linux.
CLIENT_POSIX := -Iclient/include/posix -include mica_rpc_retarget.h -Dmain=posix_demo_main

.PHONY: client-native $(CLIENT_ARCHS:%=client-%)

# ---- native: a Linux process ----

CN        := $(B)/client
CN_SRC    := $(CLIENT_SDK) $(CLIENT_LIB) $(wildcard client/arch/native/*.c)
CN_OBJ    := $(CN_SRC:%.c=$(CN)/obj/%.o)
CN_CFLAGS  = $(CLIENT_CSTD) -D_GNU_SOURCE $(CFLAGS) $(HARDEN) $(WARN) $(SANITIZE) $(CLIENT_INC) \
	-Iclient/arch/native -Iclient/arch/native/include $(CN_NO_FENCE)

# Nothing to find and to bind at each start; the sanitizers' libraries cannot do without.
ifeq ($(SANITIZE),)
CN_STATIC := -static
endif

# gcc's TSan does not follow bare fences; the other side of those is another process anyway.
ifeq ($(V),tsan)
CN_NO_FENCE := -Wno-tsan
endif

ifeq ($(CROSS_$(V)),)
client-native: $(CLIENT_VARIANTS:%=$(CN)/mica-%-native)
endif

$(CN)/obj/client/apps/posix_demo.o: CN_CFLAGS += $(CLIENT_POSIX)

$(CN)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC_V) $(CN_CFLAGS) -MMD -MP -c -o $@ $<

$(CN)/libclient.a: $(CN_OBJ)
	ar rcs $@.$$$$ $^ && mv $@.$$$$ $@

# The library once more as the smallest client has it.
CLIENT_MINIMAL := -DMETAL_MINIMAL

$(CN)/small/%.o: %.c
	@mkdir -p $(@D)
	$(CC_V) $(CN_CFLAGS) $(CLIENT_MINIMAL) -MMD -MP -c -o $@ $<

$(CN)/libsmall.a: $(CLIENT_LIB:%.c=$(CN)/small/%.o)
	ar rcsP $@.$$$$ $^ && mv $@.$$$$ $@

$(CN)/obj/client/variants/minimal.o: CN_CFLAGS += $(CLIENT_MINIMAL)

$(CN)/mica-minimal-native: $(CN)/obj/client/variants/minimal.o $(CN)/libsmall.a $(CN)/libclient.a
	$(CC_V) $(LDFLAGS) $(SANITIZE) $(CN_STATIC) -o $@.$$$$ $^ && mv $@.$$$$ $@

$(CN)/mica-%-native: $(CN)/obj/client/variants/%.o $(CN)/libclient.a
	$(CC_V) $(LDFLAGS) $(SANITIZE) $(CN_STATIC) -o $@.$$$$ $^ && mv $@.$$$$ $@

.SECONDARY: $(CLIENT_VARIANTS:%=$(CN)/obj/client/variants/%.o)

-include $(CN_OBJ:.o=.d) $(CLIENT_LIB:%.c=$(CN)/small/%.d) $(CLIENT_VARIANTS:%=$(CN)/obj/client/variants/%.d)

# ---- bare metal ----

CB_CFLAGS := $(CLIENT_CSTD) -O2 -g -ffreestanding -fno-builtin-printf -fno-pic -fno-strict-aliasing \
	-fno-common -fno-asynchronous-unwind-tables -fno-unwind-tables -ffunction-sections \
	-fdata-sections -fno-stack-protector $(WARN) $(CLIENT_INC) -Iclient/bare
CB_LDFLAGS := -nostdlib -static -no-pie -Wl,--build-id=none -Wl,--gc-sections \
	-Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments

# For ARCH: folder of the output, of the sources and of the board.
client_out   = build/client/$(1)
client_arch  = client/arch/$(1)
client_board = client/boards/$(or $(CLIENT_BOARD),qemu-$(1))

client_c    = $(CLIENT_SDK) $(CLIENT_LIB) $(wildcard client/lib/*.c client/bare/*.c $(client_arch)/*.c)
client_asm  = $(wildcard $(client_arch)/*.S)
client_objs = $(patsubst %,$(client_out)/obj/%.o,$(basename $(client_c) $(client_asm)))
# Of the variant $(2): what is linked, besides the script.
client_link = $(client_out)/obj/client/variants/$(2).o $(client_out)/obj/$(client_arch)/start.o \
	$(client_out)/libclient.a

# Of these the linker says what they are made of, for bench/sdk_size.py: mica-NAME.elf.map
CLIENT_MAPPED := ref minimal
client_map = $(if $(filter $(CLIENT_MAPPED:%=mica-%.elf),$(@F)),-Wl$(comma)-Map=$@.map)

# All variants but those of another architecture's peculiarities.
client_variants = $(filter-out $(CLIENT_NOT_$(1)),$(CLIENT_VARIANTS))

# client_rules ARCH
define client_rules
-include $(client_board)/board.mk

client-$(1): $(patsubst %,$(client_out)/mica-%.elf,$(client_variants)) $(CLIENT_RAW:%=$(client_out)/mica-%.bin)

$(client_out)/%: CB_FLAGS := $(CB_CFLAGS) $(CLIENT_FLAGS_$(1)) -I$(client_arch) \
	-I$(client_arch)/include -I$(client_board)

# The same for bare metal, built for size.
$(client_out)/small/%.o: %.c client/rules.mk $(client_arch)/flags.mk
	@mkdir -p $$(@D)
	$(CROSS_$(1))gcc $$(CB_FLAGS) $(CLIENT_MINIMAL) -Os -fomit-frame-pointer -MMD -MP -c -o $$@ $$<

$(client_out)/libsmall.a: $(CLIENT_LIB:%.c=$(client_out)/small/%.o)
	$(CROSS_$(1))ar rcsP $$@.$$$$$$$$ $$^ && mv $$@.$$$$$$$$ $$@

$(client_out)/mica-minimal.elf: $(client_out)/obj/client/variants/minimal.o $(client_out)/obj/$(client_arch)/start.o \
		$(client_out)/libsmall.a $(client_out)/libclient.a $(client_out)/image.lds
	$(call client_image,$(1))

$(client_out)/obj/client/variants/minimal.o: CB_FLAGS += $(CLIENT_MINIMAL)

# Loops in there must not become calls of the very functions they implement.
$(client_out)/obj/client/lib/string.o: CB_FLAGS += -fno-tree-loop-distribute-patterns

$(client_out)/obj/client/apps/posix_demo.o: CB_FLAGS += $(CLIENT_POSIX)

$(client_out)/image.lds: client/bare/image.lds.S $(client_board)/board.h
	@mkdir -p $$(@D)
	$(CROSS_$(1))gcc -E -P -x c -I$(client_board) -o $$@ $$<

$(client_out)/obj/%.o: %.c client/rules.mk $(client_arch)/flags.mk
	@mkdir -p $$(@D)
	$(CROSS_$(1))gcc $$(CB_FLAGS) -MMD -MP -c -o $$@ $$<

$(client_out)/obj/%.o: %.S
	@mkdir -p $$(@D)
	$(CROSS_$(1))gcc $$(CB_FLAGS) -D__ASSEMBLY__ -MMD -MP -c -o $$@ $$<

$(client_out)/libclient.a: $(client_objs)
	$(CROSS_$(1))ar rcsP $$@.$$$$$$$$ $$^ && mv $$@.$$$$$$$$ $$@

$(client_out)/mica-%.elf: $(call client_link,$(1),%) $(client_out)/image.lds
	$(call client_image,$(1))

$(client_out)/mica-%.bin: $(client_out)/mica-%.elf
	$(CROSS_$(1))objcopy -O binary $$< $$@

.SECONDARY: $(patsubst %,$(client_out)/obj/client/variants/%.o,$(client_variants))

-include $(patsubst %.o,%.d,$(client_objs) $(CLIENT_LIB:%.c=$(client_out)/small/%.o) $(patsubst %,$(client_out)/obj/client/variants/%.o,$(client_variants)))
endef

# The recipe of an image of ARCH, with further flags of the linker.
client_image = $(CROSS_$(1))gcc $(CB_LDFLAGS) $(CLIENT_FLAGS_$(1)) -T $(client_out)/image.lds $$(CLIENT_PLACE) $$(client_map) $(2) -o $$@.$$$$$$$$ \
	$$(filter %.o %.a,$$^) && mv $$@.$$$$$$$$ $$@

# client_moved ARCH NAME SUFFIX ADDRESS -> mica-NAME-SUFFIX.elf
define client_moved
client-$(1): $(client_out)/mica-$(2)-$(3).elf
$(client_out)/mica-$(2)-$(3).elf: $(client_link) $(client_out)/image.lds
	$(call client_image,$(1),-Wl$$(comma)--defsym=IMAGE_BASE=$(4))
endef

comma := ,
$(foreach a,$(CLIENT_ARCHS),$(eval $(call client_rules,$(a))))
$(foreach a,$(CLIENT_ARCHS),$(foreach m,$(CLIENT_MOVED_$(notdir $(call client_board,$(a)))),\
	$(eval $(call client_moved,$(a),$(word 1,$(subst :, ,$(m))),$(word 2,$(subst :, ,$(m))),$(word 3,$(subst :, ,$(m)))))))

# Some have a place of their own. Only the image: what it is made of is others', too.
$(foreach a,$(CLIENT_ARCHS),$(eval $(call client_out,$(a))/mica-openamp.elf: private \
	CLIENT_PLACE := $(CLIENT_OPENAMP_$(notdir $(call client_board,$(a))):%=-Wl$(comma)--defsym=IMAGE_BASE=%)))
