# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# For the checks in tools/check/: each is a program that is silent and returns 0 when all is well,
# says what is not and returns 1, or says why it cannot be run here and returns 77.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$MICA_TOP"

readonly CHECK_SKIPPED=77

skip() {
	say "$*"
	exit "$CHECK_SKIPPED"
}

# tree_files PATTERN...: files of the tree, also those not yet committed.
tree_files() {
	git ls-files --cached --others --exclude-standard -- "$@" |
		while read -r file; do [ ! -e "$file" ] || printf '%s\n' "$file"; done
}

