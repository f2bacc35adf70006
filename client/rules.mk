# SPDX-License-Identifier: BSD-3-Clause
# Client images. Archives and images appear whole: one may be in use while it is built again.
#   client-native   build/$(V)/client/mica-NAME-native   (V=native, asan, tsan)
#   client-arm64    build/client/arm64/mica-NAME.elf and, of some, mica-NAME.bin

include client/variants.mk

CLIENT_BOARD ?= qemu-arm64
CLIENT_SDK   := $(wildcard client/sdk/*.c client/kernel/*.c client/apps/*.c)
CLIENT_LIB   := $(wildcard metal/*.c metal/client/*.c openamp/*.c)
CLIENT_INC   := -Iinclude -Imetal/client/include -Iclient/include -Iclient/kernel/include \
	-Iclient/sdk -Iclient/apps -Iclient/variants
CLIENT_CSTD  := -std=gnu11 -DMICA_VERSION='"$(VERSION)"'

# An ordinary POSIX program as part of a client: unchanged, its calls go to Linux.
CLIENT_POSIX := -Iclient/include/posix -include mica_rpc_retarget.h -Dmain=posix_demo_main

.PHONY: client-native client-arm64

# ---- native: a Linux process ----

CN        := $(B)/client
CN_SRC    := $(CLIENT_SDK) $(CLIENT_LIB) $(wildcard client/arch/native/*.c)
CN_OBJ    := $(CN_SRC:%.c=$(CN)/obj/%.o)
CN_CFLAGS  = $(CLIENT_CSTD) -D_GNU_SOURCE $(CFLAGS) $(HARDEN) $(WARN) $(SANITIZE) $(CLIENT_INC) \
	-Iclient/arch/native -Iclient/arch/native/include $(CN_NO_FENCE)

# gcc's TSan does not follow bare fences; the other side of those is another process anyway.
ifeq ($(V),tsan)
CN_NO_FENCE := -Wno-tsan
endif

ifneq ($(V),arm64)
client-native: $(CLIENT_VARIANTS:%=$(CN)/mica-%-native)
endif

$(CN)/obj/client/apps/posix_demo.o: CN_CFLAGS += $(CLIENT_POSIX)

$(CN)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC_V) $(CN_CFLAGS) -MMD -MP -c -o $@ $<

$(CN)/libclient.a: $(CN_OBJ)
	ar rcs $@.$$$$ $^ && mv $@.$$$$ $@

$(CN)/mica-%-native: $(CN)/obj/client/variants/%.o $(CN)/libclient.a
	$(CC_V) $(LDFLAGS) $(SANITIZE) -o $@.$$$$ $^ -lpthread && mv $@.$$$$ $@

# ---- arm64: bare metal ----

CA        := build/client/arm64
CA_CC     := $(CROSS_arm64)gcc
CA_SRC    := $(CLIENT_SDK) $(CLIENT_LIB) $(wildcard client/lib/*.c client/arch/arm64/*.c)
CA_ASM    := $(filter-out %.lds.S,$(wildcard client/arch/arm64/*.S))
CA_OBJ    := $(CA_SRC:%.c=$(CA)/obj/%.o) $(CA_ASM:%.S=$(CA)/obj/%.o)
CA_CFLAGS := $(CLIENT_CSTD) -O2 -g -ffreestanding -fno-builtin-printf -mgeneral-regs-only \
	-mstrict-align -mcpu=cortex-a53 -fno-pic -fno-strict-aliasing -fno-common \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -ffunction-sections -fdata-sections \
	-mno-outline-atomics -fno-stack-protector $(WARN) $(CLIENT_INC) -Iclient/arch/arm64 \
	-Iclient/arch/arm64/include -Iclient/boards/$(CLIENT_BOARD)
CA_LDS    := $(CA)/image.lds
CA_LDFLAGS := -nostdlib -static -no-pie -Wl,--build-id=none -Wl,--gc-sections \
	-Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments -T $(CA_LDS)
CA_ELF    := $(CLIENT_VARIANTS:%=$(CA)/mica-%.elf)

client-arm64: $(CA_ELF) $(CLIENT_RAW:%=$(CA)/mica-%.bin)

# Loops in there must not become calls of the very functions they implement.
$(CA)/obj/client/lib/string.o: CA_CFLAGS += -fno-tree-loop-distribute-patterns

$(CA)/obj/client/apps/posix_demo.o: CA_CFLAGS += $(CLIENT_POSIX)

$(CA_LDS): client/arch/arm64/image.lds.S client/boards/$(CLIENT_BOARD)/board.h
	@mkdir -p $(@D)
	$(CA_CC) -E -P -x c -Iclient/boards/$(CLIENT_BOARD) -o $@ $<

$(CA)/obj/%.o: %.c client/rules.mk
	@mkdir -p $(@D)
	$(CA_CC) $(CA_CFLAGS) -MMD -MP -c -o $@ $<

$(CA)/obj/%.o: %.S
	@mkdir -p $(@D)
	$(CA_CC) $(CA_CFLAGS) -D__ASSEMBLY__ -MMD -MP -c -o $@ $<

$(CA)/libclient.a: $(CA_OBJ)
	$(CROSS_arm64)ar rcs $@.$$$$ $^ && mv $@.$$$$ $@

CA_START := $(CA)/obj/client/arch/arm64/start.o

$(CA)/mica-%.elf: $(CA)/obj/client/variants/%.o $(CA_START) $(CA)/libclient.a $(CA_LDS)
	$(CA_CC) $(CA_LDFLAGS) -o $@.$$$$ $(filter %.o %.a,$^) -lgcc && mv $@.$$$$ $@

$(CA)/mica-%.bin: $(CA)/mica-%.elf
	$(CROSS_arm64)objcopy -O binary $< $@

# NAME:SUFFIX:ADDRESS -> mica-NAME-SUFFIX.elf
define client_moved
client-arm64: $(CA)/mica-$(1)-$(2).elf
$(CA)/mica-$(1)-$(2).elf: $(CA)/obj/client/variants/$(1).o $(CA_START) $(CA)/libclient.a $(CA_LDS)
	$$(CA_CC) $$(CA_LDFLAGS) -Wl,--defsym=IMAGE_BASE=$(3) -o $$@.$$$$$$$$ $$(filter %.o %.a,$$^) -lgcc && mv $$@.$$$$$$$$ $$@
endef
$(foreach m,$(CLIENT_MOVED),$(eval $(call client_moved,$(word 1,$(subst :, ,$(m))),$(word 2,$(subst :, ,$(m))),$(word 3,$(subst :, ,$(m))))))

.SECONDARY: $(CLIENT_VARIANTS:%=$(CN)/obj/client/variants/%.o) $(CLIENT_VARIANTS:%=$(CA)/obj/client/variants/%.o)

-include $(CN_OBJ:.o=.d) $(CLIENT_VARIANTS:%=$(CN)/obj/client/variants/%.d)
-include $(CA_OBJ:.o=.d) $(CLIENT_VARIANTS:%=$(CA)/obj/client/variants/%.d)
