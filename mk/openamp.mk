# SPDX-License-Identifier: BSD-3-Clause
# libopen_amp and libmetal for programs that were written for OpenAMP: the objects of libopenamp.a
# under the names, headers and packages that such programs ask for.

METAL_RELEASE   := $(shell sed -n 's/^\#define METAL_VER[ \t]*"\(.*\)"/\1/p' include/metal/config.h)
OPENAMP_RELEASE := $(shell sed -n 's/^\#define OPENAMP_VERSION[ \t]*"\(.*\)"/\1/p' include/openamp/version_def.h)

# $(call openamp_fill,TEMPLATE,RELEASE,PLACE)
define openamp_fill
	@mkdir -p $(DESTDIR)$(PREFIX)/lib/$(dir $(3))
	sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(2)|' $(1) > $(DESTDIR)$(PREFIX)/lib/$(3)
	chmod 644 $(DESTDIR)$(PREFIX)/lib/$(3)
endef

.PHONY: openamp install-openamp
host: openamp
openamp: $(B)/libopen_amp.a $(B)/libmetal.a

$(B)/libopen_amp.a: $(call obj,$(wildcard openamp/*.c))
$(B)/libmetal.a: $(call obj,$(wildcard metal/*.c metal/linux/*.c))

install: install-openamp
install-openamp: openamp
	install -d $(DESTDIR)$(PREFIX)/include/openamp $(DESTDIR)$(PREFIX)/include/metal/system \
		$(DESTDIR)$(PREFIX)/lib
	install -m 644 include/openamp/*.h $(DESTDIR)$(PREFIX)/include/openamp
	install -m 644 include/metal/*.h $(DESTDIR)$(PREFIX)/include/metal
	install -m 644 metal/linux/include/metal/system/*.h $(DESTDIR)$(PREFIX)/include/metal/system
	install -m 644 $(B)/libopen_amp.a $(B)/libmetal.a $(DESTDIR)$(PREFIX)/lib
	$(call openamp_fill,packaging/libmetal.pc.in,$(METAL_RELEASE),pkgconfig/libmetal.pc)
	$(call openamp_fill,packaging/open-amp.pc.in,$(OPENAMP_RELEASE),pkgconfig/open-amp.pc)
	$(call openamp_fill,packaging/cmake/libmetal-config.cmake,$(METAL_RELEASE),cmake/libmetal/libmetal-config.cmake)
	$(call openamp_fill,packaging/cmake/version.cmake,$(METAL_RELEASE),cmake/libmetal/libmetal-config-version.cmake)
	$(call openamp_fill,packaging/cmake/openamp-config.cmake,$(OPENAMP_RELEASE),cmake/openamp/openamp-config.cmake)
	$(call openamp_fill,packaging/cmake/version.cmake,$(OPENAMP_RELEASE),cmake/openamp/openamp-config-version.cmake)
	$(call openamp_fill,packaging/cmake/open_amp-config.cmake,$(OPENAMP_RELEASE),cmake/open_amp/open_amp-config.cmake)
	$(call openamp_fill,packaging/cmake/version.cmake,$(OPENAMP_RELEASE),cmake/open_amp/open_amp-config-version.cmake)
