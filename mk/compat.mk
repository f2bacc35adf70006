# SPDX-License-Identifier: BSD-3-Clause
# Programs that existing installations know by their names.

SRC_rpmsg_main := $(wildcard host/compat/rpmsg_main*.c)

host: $(B)/rpmsg_main

$(B)/rpmsg_main: $(call obj,$(SRC_rpmsg_main)) $(B)/libmica.a $(B)/libopenamp.a
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^ $(LIBS_mica) -lpthread

-include $(patsubst %.o,%.d,$(call obj,$(SRC_rpmsg_main)))
