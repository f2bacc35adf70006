# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Stock Debian kernels for the boards: which suite has which version, and where its pieces are.
# Needs lib/common.sh.

readonly KERNEL_VERSIONS="6.1 6.12" KERNEL_DEFAULT=6.12

# kernel_suite VERSION: the kbuild programs of 6.12 need the C library of the suite they come from,
# so a machine that is not Debian 13 takes the rebuilt ones for Debian 12.
kernel_suite() {
	case $1 in
	6.1) printf 'bookworm' ;;
	6.12) [ "$(host_suite)" = trixie ] && printf 'trixie' || printf 'bookworm-backports' ;;
	*) die "kernel version '$1' is not known: choose one of $KERNEL_VERSIONS" ;;
	esac
}

# depends_on FOLDER PATTERN: the first package matching PATTERN that FOLDER's package depends on.
depends_on() {
	sed -n 's/^Depends: //p' "$1/DEBIAN/control" | tr ',|' '\n\n' |
		sed 's/(.*//; s/[[:space:]]//g; s/:.*//' | grep -m 1 -E "^$2\$"
}

# kernel_image VERSION ARCH: folder of the unpacked image package (boot/, lib/modules/).
kernel_image() {
	local suite meta package
	suite=$(kernel_suite "$1")
	meta=$("$MICA_TOOLS/fetch.sh" "$suite" "$2" "linux-image-$2")
	package=$(depends_on "$meta" "linux-image-.*-$2") ||
		die "linux-image-$2 of $suite names no kernel"
	"$MICA_TOOLS/fetch.sh" "$suite" "$2" "$package"
}

# kernel_release VERSION ARCH: what uname -r says on it.
kernel_release() {
	local image boot
	image=$(kernel_image "$1" "$2")
	boot=$(echo "$image"/boot/vmlinu?-*)
	printf '%s\n' "${boot##*/vmlinu?-}"
}

# modules_folder IMAGE: where an image package keeps its modules (merged /usr or not).
modules_folder() {
	local folder
	for folder in "$1"/lib/modules/* "$1"/usr/lib/modules/*; do
		[ -d "$folder/kernel" ] && printf '%s\n' "$folder" && return
	done
	die "no modules in ${1##*/}"
}
