# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Stock Debian kernels for the boards: which suite has which version, and where its pieces are.
# Needs lib/common.sh.

. "$MICA_TOOLS/lib/arch.sh"

# kernel_suite VERSION ARCH
kernel_suite() {
	case " $(arch_kernels "$2") " in
	*" $1 "*) ;;
	*) die "kernel version '$1' is not known for $2: choose one of $(arch_kernels "$2")" ;;
	esac
	case $1-$2 in
	5.10-*) printf 'bullseye' ;;
	6.1-*) printf 'bookworm' ;;
	newest-*) printf 'trixie-backports' ;;
	*-riscv64) printf 'trixie' ;;
	*) kernel_host_suite ;;
	esac
}

# kernel_host_suite: whose 6.12 is this machine's own.
kernel_host_suite() {
	[ "$(host_suite)" = trixie ] && printf 'trixie' || printf 'bookworm-backports'
}

# kernel_programs_run SUITE: whether this machine's C library is new enough for programs of SUITE.
kernel_programs_run() {
	case $1 in
	trixie*) [ "$(host_suite)" = trixie ] ;;
	esac
}

# depends_on FOLDER PATTERN: the first package matching PATTERN that FOLDER's package depends on.
depends_on() {
	sed -n 's/^Depends: //p' "$1/DEBIAN/control" | tr ',|' '\n\n' |
		sed 's/(.*//; s/[[:space:]]//g; s/:.*//' | grep -m 1 -E "^$2\$"
}

# kernel_image VERSION ARCH: folder with the kernel (kernel_file) and its modules (modules_folder).
kernel_image() {
	local suite meta package folder
	suite=$(kernel_suite "$1" "$2")
	meta=$("$MICA_TOOLS/fetch.sh" "$suite" "$2" "linux-image-$2")
	package=$(depends_on "$meta" "linux-image-.*-$2") ||
		die "linux-image-$2 of $suite names no kernel"
	folder=$("$MICA_TOOLS/fetch.sh" "$suite" "$2" "$package")
	if ! depends_on "$folder" 'linux-binary-.*' >/dev/null; then
		printf '%s\n' "$folder"
		return
	fi
	[ -e "$MICA_CACHE/kernel-images/$package" ] ||
		locked "$MICA_CACHE/kernel-images/$package.lock" join_image "$suite" "$2" "$package" "$folder"
	printf '%s\n' "$MICA_CACHE/kernel-images/$package"
}

# join_image SUITE ARCH PACKAGE FOLDER: newer ones come in parts, which FOLDER's package depends on.
join_image() {
	local result=$MICA_CACHE/kernel-images/$3 part name work
	[ ! -e "$result" ] || return 0
	work=$(mktemp -d "$MICA_CACHE/image.XXXXXX")
	for part in base binary modules; do
		name=$(depends_on "$4" "linux-$part-[0-9].*") || die "$3 has no part '$part'"
		part=$("$MICA_TOOLS/fetch.sh" "$1" "$2" "$name")
		mkdir -p "$work/lib/modules"
		cp -al "$part"/usr/lib/modules/. "$work/lib/modules/"
	done
	mv -T "$work" "$result"
}

# kernel_file IMAGE
kernel_file() {
	local file
	for file in "$1"/boot/vmlinu?-* "$1"/lib/modules/*/vmlinu?; do
		[ -e "$file" ] && printf '%s\n' "$file" && return
	done
	die "no kernel in ${1##*/}"
}

# kernel_release VERSION ARCH: what uname -r says on it.
kernel_release() {
	local image
	image=$(kernel_image "$1" "$2")
	basename "$(modules_folder "$image")"
}

# modules_folder IMAGE: where an image package keeps its modules (merged /usr or not).
modules_folder() {
	local folder
	for folder in "$1"/lib/modules/* "$1"/usr/lib/modules/*; do
		[ -d "$folder/kernel" ] && printf '%s\n' "$folder" && return
	done
	die "no modules in ${1##*/}"
}
