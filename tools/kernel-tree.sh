#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# kernel-tree.sh VERSION [ARCH]
#
# Prints the folder to give to make -C for building modules against the stock kernel VERSION (6.12,
# newest and so on), made from Debian's header packages on first use. Debian's headers expect to live in /usr:
# here the three packages are linked together below one prefix and paths in their Makefile are rewritten.
. "$(dirname "$0")/lib/common.sh"
. "$MICA_TOOLS/lib/kernel.sh"
. "$MICA_TOOLS/lib/fetched.sh"
DIE_CODE=$EXIT_FAILED

[ $# -ge 1 ] && [ $# -le 2 ] || die "usage: kernel-tree.sh VERSION [ARCH]"
version=$1 arch=${2:-arm64}
suite=$(kernel_suite "$version" "$arch")
release=$(kernel_release "$version" "$arch")
prefix=$MICA_CACHE/kernel-trees/$release
tree=$prefix/usr/src/linux-headers-$release

# with_own_libraries FOLDER PACKAGE: the programs in FOLDER, of the unpacked PACKAGE, were built for a
# newer C library than this machine's; behind each name stands a script that gives them theirs.
with_own_libraries() {
	local folder=$1 package folders loader program arch
	arch=$(dpkg --print-architecture)
	package=$(sed -n 's/^Package: //p' "$2/DEBIAN/control")
	folders=$("$MICA_TOOLS/fetch.sh" --deps "$suite" "$arch" "$package")
	# shellcheck disable=SC2086
	loader=$(fetched_file 'ld-linux*.so.*' $folders)
	find "$folder/scripts" "$folder/tools" -type f -perm -u+x | while read -r program; do
		[ "$(head -c 4 "$program" | tail -c 3)" = ELF ] || continue
		mv "$program" "$program.program"
		# shellcheck disable=SC2086
		printf '#!/bin/sh\nexec %s --library-path %s --argv0 "$0" "$0.program" "$@"\n' \
			"$loader" "$(fetched_libraries $folders)" >"$program"
		chmod +x "$program"
	done
}

make_tree() {
	local headers name common programs kbuild work
	[ ! -e "$prefix" ] || return 0
	headers=$("$MICA_TOOLS/fetch.sh" "$suite" "$arch" "linux-headers-$release")
	name=$(depends_on "$headers" 'linux-headers-.*-common')
	common=$("$MICA_TOOLS/fetch.sh" "$suite" "$arch" "$name")
	programs=$(depends_on "$headers" 'linux-kbuild-.*')
	kbuild=$("$MICA_TOOLS/fetch.sh" "$suite" "$(dpkg --print-architecture)" "$programs")
	say "preparing the headers of Linux $release"
	work=$(mktemp -d "$MICA_CACHE/tree.XXXXXX")
	mkdir -p "$work/usr/lib"
	cp -al "$headers/usr/src" "$work/usr/"
	cp -al "$common/usr/src/." "$work/usr/src/"
	cp -alT "$kbuild"/usr/lib/linux-kbuild-* "$work/usr/lib/$programs"
	kernel_programs_run "$suite" || with_own_libraries "$work/usr/lib/$programs" "$kbuild"
	# A fresh file: the one there is a hard link into the package.
	sed "s#/usr/src/#$prefix&#g" "$headers/usr/src/linux-headers-$release/Makefile" >"$work/Makefile"
	mv -f "$work/Makefile" "$work/usr/src/linux-headers-$release/Makefile"
	mv -T "$work" "$prefix"
}

[ -e "$prefix" ] || locked "$prefix.lock" make_tree
printf '%s\n' "$tree"
