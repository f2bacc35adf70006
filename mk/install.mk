# SPDX-License-Identifier: BSD-3-Clause
# The product, for packagers and for Yocto-like builds: make install DESTDIR=... PREFIX=/usr

DESTDIR ?=
PREFIX  ?= /usr

.PHONY: install
install: host man
	install -D -m 755 $(B)/micad $(DESTDIR)$(PREFIX)/sbin/micad
	install -D -m 755 $(B)/mica $(DESTDIR)$(PREFIX)/bin/mica
	install -D -m 755 $(B)/micarpc $(DESTDIR)$(PREFIX)/libexec/mica/micarpc
	install -D -m 755 $(B)/rpmsg_main $(DESTDIR)$(PREFIX)/bin/rpmsg_main
	install -d $(DESTDIR)/etc/mica $(DESTDIR)/lib/firmware
	install -D -m 644 packaging/systemd/micad.service $(DESTDIR)/lib/systemd/system/micad.service
	install -D -m 755 packaging/init.d/micad $(DESTDIR)/etc/init.d/micad
	install -D -m 644 packaging/bash-completion/mica \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/mica
	for page in $(MAN); do install -D -m 644 $$page \
		$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || exit 1; done
