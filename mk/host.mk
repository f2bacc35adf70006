# SPDX-License-Identifier: BSD-3-Clause
# The Linux side: libopenamp.a, libmica.a, micad, mica. Sources are whatever stands in the folders.

SRC_openamp := $(wildcard metal/*.c metal/linux/*.c openamp/*.c)
SRC_libmica := $(wildcard host/libmica/*.c host/libmica/*/*.c)
SRC_micad   := $(wildcard host/micad/*.c)
SRC_mica    := $(wildcard host/mica/*.c)

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))

.PHONY: host
host: $(B)/micad $(B)/mica

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC_V) $(HOST_CFLAGS) -MMD -MP -c -o $@ $<

# The interface description of the control socket travels inside the daemon.
$(B)/gen/%.varlink.h: host/micad/%.varlink
	@mkdir -p $(@D)
	(printf 'static const char interface_text[] = {\n'; od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g'; printf '0};\n') > $@

$(call obj,$(SRC_micad)): HOST_CFLAGS += -I$(B)/gen
$(call obj,$(SRC_micad)): | $(patsubst host/micad/%.varlink,$(B)/gen/%.varlink.h,$(wildcard host/micad/*.varlink))

$(B)/libopenamp.a: $(call obj,$(SRC_openamp))
$(B)/libmica.a: $(call obj,$(SRC_libmica))
$(B)/%.a:
	@rm -f $@
	$(AR_V) rcs $@ $^

$(B)/micad: $(call obj,$(SRC_micad)) $(B)/libmica.a $(B)/libopenamp.a
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^ $(LIBS_mica)

$(B)/mica: $(call obj,$(SRC_mica))
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^ $(LIBS_json)

-include $(patsubst %.o,%.d,$(call obj,$(SRC_openamp) $(SRC_libmica) $(SRC_micad) $(SRC_mica)))
