# SPDX-License-Identifier: BSD-3-Clause
# Manual pages: docs/man/NAME.SECTION.scd -> build/man/NAME.SECTION

MAN := $(patsubst docs/man/%.scd,build/man/%,$(wildcard docs/man/*.scd))

.PHONY: man
man: $(MAN)

build/man/%: docs/man/%.scd
	@mkdir -p $(@D)
	scdoc < $< > $@
