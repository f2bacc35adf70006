# SPDX-License-Identifier: BSD-3-Clause
# The demo programs of OpenAMP, Linux' halves: build/$(V)/openamp/NAME, and under the names that
# existing set-ups call them by.

OPENAMP_DEMOS := $(patsubst demos/openamp/linux/main/%.c,%,$(wildcard demos/openamp/linux/main/*.c))
OPENAMP_SUFFIX = $(1)-$(if $(filter libmetal_amp_demo,$(1)),share,shared)
OPENAMP_NAMES := $(OPENAMP_DEMOS) load_fw

SRC_demo    := $(wildcard demos/openamp/*.c) $(filter-out %/load_fw.c %/load_fw_options.c %/load_fw_state.c,\
	$(wildcard demos/openamp/linux/*.c))
SRC_load_fw := $(wildcard demos/openamp/linux/load_fw*.c) demos/openamp/linux/client_file.c

host: demos
.PHONY: demos install-demos
demos: $(OPENAMP_NAMES:%=$(B)/openamp/%) $(foreach n,$(OPENAMP_NAMES),$(B)/openamp/$(call OPENAMP_SUFFIX,$(n)))

$(call obj,$(SRC_load_fw)): HOST_CFLAGS += -Ihost/libmica

$(B)/libdemo.a: $(call obj,$(SRC_demo))

$(OPENAMP_DEMOS:%=$(B)/openamp/%): $(B)/openamp/%: $(B)/obj/demos/openamp/linux/main/%.o $(B)/libdemo.a $(B)/libmica.a $(B)/libopenamp.a
	@mkdir -p $(@D)
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^ -lpthread

$(B)/openamp/load_fw: $(call obj,$(SRC_load_fw)) $(B)/libmica.a $(B)/libopenamp.a
	@mkdir -p $(@D)
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^ $(LIBS_mica) -lpthread

$(B)/openamp/%-shared: $(B)/openamp/%
	ln -sf $(<F) $@

$(B)/openamp/%-share: $(B)/openamp/%
	ln -sf $(<F) $@

install: install-demos
install-demos: demos
	install -d $(DESTDIR)$(PREFIX)/bin
	for name in $(OPENAMP_NAMES); do \
		install -m 755 $(B)/openamp/$$name $(DESTDIR)$(PREFIX)/bin/$$name || exit 1; done
	$(foreach n,$(OPENAMP_NAMES),ln -sf $(n) $(DESTDIR)$(PREFIX)/bin/$(call OPENAMP_SUFFIX,$(n));)

-include $(patsubst %.c,$(B)/obj/%.d,$(SRC_demo) $(SRC_load_fw) $(wildcard demos/openamp/linux/main/*.c))
