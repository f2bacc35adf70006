#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# sysroot.sh ARCH
#
# Prints a folder with the headers and static libraries, the C library's too, that the product links
# against on a foreign architecture, made from Debian's packages on first use. Libraries newer than
# this machine's suite need their own linker too: it is bin/ld there.
. "$(dirname "$0")/lib/common.sh"
. "$MICA_TOOLS/lib/arch.sh"
. "$MICA_TOOLS/lib/fetched.sh"
DIE_CODE=$EXIT_FAILED

LIBRARIES="libc6-dev linux-libc-dev libuv1-dev libjson-c-dev libinih-dev libsodium-dev libcap-ng-dev libseccomp-dev"

[ $# -eq 1 ] || die "usage: sysroot.sh ARCH"
arch=$1
suite=$(arch_suite "$arch")
sysroot=$MICA_CACHE/sysroots/$suite-$arch-$(sha256sum <<<"$LIBRARIES" | cut -c1-8)

# add_linker FOLDER: the linker of $suite, on the C library of $suite. (That of Debian 12 crashes on
# relocations which the libraries of Debian 13 have.)
add_linker() {
	local packages cross
	cross=$(arch_cross "$arch")
	packages=$("$MICA_TOOLS/fetch.sh" --deps "$suite" "$(dpkg --print-architecture)" \
		"binutils-${cross%-}")
	mkdir "$1/bin"
	# shellcheck disable=SC2086
	cat >"$1/bin/ld" <<-TXT
	#!/bin/sh
	exec '$(fetched_file 'ld-linux*' $packages)' --library-path \\
		'$(fetched_libraries $packages)' \\
		'$(fetched_file "bin/${cross}ld.bfd" $packages)' "\$@"
	TXT
	chmod +x "$1/bin/ld"
}

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
	[ "$suite" = "$(host_suite)" ] || add_linker "$work"
	mv -T "$work" "$sysroot"
}

[ -e "$sysroot" ] || locked "$sysroot.lock" make_sysroot
printf '%s\n' "$sysroot"
