#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# kernel-tree.sh VERSION [ARCH]
#
# Prints the folder to give to make -C for building modules against the stock kernel VERSION (6.1,
# 6.12), made from Debian's header packages on first use. Debian's headers expect to live in /usr:
# here the three packages are linked together below one prefix and their include line is rewritten.
. "$(dirname "$0")/lib/common.sh"
. "$MICA_TOOLS/lib/kernel.sh"
DIE_CODE=$EXIT_FAILED

[ $# -ge 1 ] && [ $# -le 2 ] || die "usage: kernel-tree.sh VERSION [ARCH]"
version=$1 arch=${2:-arm64}
suite=$(kernel_suite "$version" "$arch")
release=$(kernel_release "$version" "$arch")
prefix=$MICA_CACHE/kernel-trees/$release
tree=$prefix/usr/src/linux-headers-$release

make_tree() {
	local headers name common programs kbuild work
	[ ! -e "$prefix" ] || return 0
	headers=$("$MICA_TOOLS/fetch.sh" "$suite" "$arch" "linux-headers-$release")
	name=$(depends_on "$headers" 'linux-headers-.*-common')
	common=$("$MICA_TOOLS/fetch.sh" "$suite" "$arch" "$name")
	programs=$(depends_on "$headers" 'linux-kbuild-.*')
	kbuild=$(kernel_kbuild "$suite" "$programs")
	say "preparing the headers of Linux $release"
	work=$(mktemp -d "$MICA_CACHE/tree.XXXXXX")
	mkdir -p "$work/usr/lib"
	cp -al "$headers/usr/src" "$work/usr/"
	cp -al "$common/usr/src/." "$work/usr/src/"
	cp -alT "$kbuild"/usr/lib/linux-kbuild-* "$work/usr/lib/$programs"
	# A fresh file: the one there is a hard link into the package.
	printf 'include %s\n' "$prefix/usr/src/$name/Makefile" >"$work/Makefile"
	mv -f "$work/Makefile" "$work/usr/src/linux-headers-$release/Makefile"
	mv -T "$work" "$prefix"
}

[ -e "$prefix" ] || locked "$prefix.lock" make_tree
printf '%s\n' "$tree"
