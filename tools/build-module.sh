#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# build-module.sh VERSION [ARCH] [MAKE ARGUMENT...]
#
# Builds kernel/ for the stock kernel VERSION (6.12, newest and so on) and prints the path of mcs_km.ko. Objects
# go to build/kernel-VERSION-ARCH/, on a mirrored copy of the sources, so that the tree stays clean
# and all can be built side by side. ARCH is arm64 (default) or riscv64. Further arguments (W=1, C=2) are make's.
. "$(dirname "$0")/lib/common.sh"
. "$MICA_TOOLS/lib/kernel.sh"
DIE_CODE=$EXIT_FAILED

[ $# -ge 1 ] || die "usage: build-module.sh VERSION [ARCH] [MAKE ARGUMENT...]"
version=$1 arch=arm64
shift
case ${1:-} in
'' | *=*) ;;
*) arch=$1 && shift ;;
esac
output=${MICA_MODULE_OUTPUT:-$MICA_BUILD/kernel-$version-$arch}

# Newer or missing files only: untouched ones keep their time, and make its knowledge.
mirror_sources() {
	local file
	mkdir -p "$output/kernel"
	ln -sfnT "$MICA_TOP/include" "$output/include"
	(cd "$MICA_TOP/kernel" && find . -type f \( -name '*.[chS]' -o -name Kbuild -o -name Makefile \) \
		-print0 | xargs -0r cp -u --parents --preserve=timestamps -t "$output/kernel")
	(cd "$output/kernel" && find . -type f \( -name '*.[chS]' -o -name Kbuild -o -name Makefile \) \
		! -name '*.mod.c' -print) | while read -r file; do
		[ -e "$MICA_TOP/kernel/$file" ] || rm -f "$output/kernel/$file"
	done
}

build() {
	local tree cross cc settings=(CONFIG_DEBUG_INFO_BTF_MODULES=) runner=()
	cross=$(arch_cross "$arch")
	cc=${cross}gcc
	tree=$("$MICA_TOOLS/kernel-tree.sh" "$version" "$arch")
	# The compiler the kernel was built with, where the host has it.
	! command -v "$cc-12" >/dev/null || cc=$cc-12
	need "$cc" "gcc-${cross%-}"
	# Newer kernels were built with a newer one, which aligns cold functions, too, as their ftrace
	# needs it. With this one no function is cold.
	if ! "$cc" -fmin-function-alignment=8 -E -x c /dev/null >/dev/null 2>&1; then
		mkdir -p "$output"
		printf '#undef __cold\n#define __cold\n' >"$output/none-cold.h"
		settings+=(CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT= "KCFLAGS=-include $output/none-cold.h")
	fi
	mirror_sources
	# Who asks for checks wants to read what is found.
	[ $# -gt 0 ] || runner=(quietly "building mcs_km for Linux $version on $arch")
	"${runner[@]}" make -s -C "$tree" M="$output/kernel" ARCH="$arch" CROSS_COMPILE="$cross" \
		CC="$cc" "${settings[@]}" "$@" modules >&2 ||
		die "the kernel module does not build for Linux $version on $arch"
}

[ -e "$MICA_TOP/kernel/Kbuild" ] || [ -e "$MICA_TOP/kernel/Makefile" ] ||
	die "kernel/ has no Kbuild: is this a whole tree?"
locked "$output.lock" build "$@"
printf '%s\n' "$output/kernel/mcs_km.ko"
