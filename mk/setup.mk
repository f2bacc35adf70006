# SPDX-License-Identifier: BSD-3-Clause
# Set-up of this machine, and the checks that are no tests.

.PHONY: setup check
setup:
	@tools/setup.sh

check:
	@tools/check-all
