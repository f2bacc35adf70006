#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# emulator.sh PROGRAM PACKAGE VERSION
#
# Prints the command that runs PROGRAM of Debian's PACKAGE, one word a line: the installed one if it
# is of VERSION or later (two numbers, 8.2), else one fetched with all its libraries from the
# backports to Debian 12, which changes nothing of this machine.
. "$(dirname "$0")/lib/common.sh"
. "$MICA_TOOLS/lib/fetched.sh"
DIE_CODE=$EXIT_FAILED

[ $# -eq 3 ] || die "usage: emulator.sh PROGRAM PACKAGE VERSION"
program=$1 package=$2 version=$3

installed_suits() {
	local found
	command -v "$program" >/dev/null || return 1
	found=$("$program" --version | sed -n '1s/.*version \([0-9]*\.[0-9]*\).*/\1/p')
	[ "$(printf '%s\n' "$version" "$found" | sort -V | head -n 1)" = "$version" ]
}

if installed_suits; then
	printf '%s\n' "$program"
	exit
fi
# The dynamic loader is this machine's, so its C library must be, too.
folders=$("$MICA_TOOLS/fetch.sh" --deps bookworm-backports "$(dpkg --print-architecture)" "$package" |
	grep -v '/libc6_[^/]*$')
# shellcheck disable=SC2086
printf '%s\n' env "LD_LIBRARY_PATH=$(fetched_libraries $folders)" "$(fetched_file "bin/$program" $folders)"
