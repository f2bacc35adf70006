# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Programs run from fetched packages, which are not installed. Needs lib/common.sh.

# fetched_libraries FOLDER...: the search path of the libraries in these unpacked packages.
fetched_libraries() {
	local folder path found=()
	for folder in "$@"; do
		for path in "$folder"/{,usr/}lib/*-linux-gnu*; do
			[ ! -d "$path" ] || found+=("$path")
		done
	done
	(IFS=: && printf '%s\n' "${found[*]}")
}

# fetched_file NAME FOLDER...: the first file usr/**/NAME in these.
fetched_file() {
	local name=$1 found
	shift
	found=$(find "${@/%//usr}" -path "*/$name" ! -type d -print -quit)
	[ -n "$found" ] || die "no $name in packages that were fetched for it"
	printf '%s\n' "$found"
}
