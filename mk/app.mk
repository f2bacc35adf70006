# SPDX-License-Identifier: BSD-3-Clause
# libmica-app: for applications that talk to endpoints of clients. Needs nothing but libc.

SRC_app := $(wildcard host/app/*.c) host/libmica/socket_path.c

EXAMPLES := $(patsubst packaging/examples/%.c,$(B)/examples/%,$(wildcard packaging/examples/*.c))

.PHONY: app install-app
host: app
app: $(B)/libmica-app.a $(EXAMPLES) $(B)/tests/app_tool $(B)/tests/traffic $(B)/tests/poke $(B)/tests/counts

$(B)/libmica-app.a: $(call obj,$(SRC_app))

$(B)/examples/%: $(B)/obj/packaging/examples/%.o $(B)/libmica-app.a
	@mkdir -p $(@D)
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^

# Counts what is copied, in the library, too.
$(B)/tests/counts: private HOST_LDFLAGS += -Wl,--wrap=memcpy,--wrap=memmove

$(B)/tests/app_tool $(B)/tests/traffic $(B)/tests/poke $(B)/tests/counts: $(B)/tests/%: $(B)/obj/tests/tools/%.o $(B)/libmica-app.a
	@mkdir -p $(@D)
	$(CC_V) $(HOST_LDFLAGS) -o $@ $^

install: install-app
install-app: app
	install -D -m 644 include/mica/app.h $(DESTDIR)$(PREFIX)/include/mica/app.h
	install -D -m 644 include/mica/umt.h $(DESTDIR)$(PREFIX)/include/mica/umt.h
	install -D -m 644 $(B)/libmica-app.a $(DESTDIR)$(PREFIX)/lib/libmica-app.a
	install -d $(DESTDIR)$(PREFIX)/lib/pkgconfig
	sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' packaging/libmica-app.pc.in \
		> $(DESTDIR)$(PREFIX)/lib/pkgconfig/libmica-app.pc
	chmod 644 $(DESTDIR)$(PREFIX)/lib/pkgconfig/libmica-app.pc

-include $(patsubst %.o,%.d,$(call obj,$(SRC_app) $(wildcard packaging/examples/*.c tests/tools/*.c)))
