#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# sysroot.sh ARCH
#
# Prints a folder with the headers and static libraries that the product links against on a foreign
# architecture, made from Debian's packages of the host's own suite on first use. The C library
# itself comes with the cross compiler.
. "$(dirname "$0")/lib/common.sh"
DIE_CODE=$EXIT_FAILED

LIBRARIES="libuv1-dev libjson-c-dev libinih-dev libsodium-dev libcap-ng-dev libseccomp-dev"

[ $# -eq 1 ] || die "usage: sysroot.sh ARCH"
arch=$1
suite=$(host_suite)
sysroot=$MICA_CACHE/sysroots/$suite-$arch

make_sysroot() {
	local work folder folders
	[ ! -e "$sysroot" ] || return 0
	# shellcheck disable=SC2086
	folders=$("$MICA_TOOLS/fetch.sh" "$suite" "$arch" $LIBRARIES)
	work=$(mktemp -d "$MICA_CACHE/sysroot.XXXXXX")
	for folder in $folders; do
		cp -al "$folder/usr" "$work/" 2>/dev/null || cp -a "$folder/usr" "$work/"
	done
	# Debian 12 calls libuv's static library by a name of its own; all links here are static.
	for folder in "$work"/usr/lib/*; do
		[ ! -e "$folder/libuv_a.a" ] || ln -sf libuv_a.a "$folder/libuv.a"
		find "$folder" -maxdepth 1 -name '*.so' -delete
	done
	mv -T "$work" "$sysroot"
}

[ -e "$sysroot" ] || locked "$sysroot.lock" make_sysroot
printf '%s\n' "$sysroot"
