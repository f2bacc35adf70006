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
	6.1-*) printf 'bookworm' ;;
	*-riscv64) printf 'trixie' ;;
	*) kernel_host_suite ;;
	esac
}

# kernel_host_suite: the suite whose 6.12 comes with kbuild programs that run here. They need the C
# library of their suite, so a machine that is not Debian 13 takes those rebuilt for Debian 12.
kernel_host_suite() {
	[ "$(host_suite)" = trixie ] && printf 'trixie' || printf 'bookworm-backports'
}

# depends_on FOLDER PATTERN: the first package matching PATTERN that FOLDER's package depends on.
depends_on() {
	sed -n 's/^Depends: //p' "$1/DEBIAN/control" | tr ',|' '\n\n' |
		sed 's/(.*//; s/[[:space:]]//g; s/:.*//' | grep -m 1 -E "^$2\$"
}

# kernel_image VERSION ARCH: folder of the unpacked image package (boot/, lib/modules/).
kernel_image() {
	local suite meta package
	suite=$(kernel_suite "$1" "$2")
	meta=$("$MICA_TOOLS/fetch.sh" "$suite" "$2" "linux-image-$2")
	package=$(depends_on "$meta" "linux-image-.*-$2") ||
		die "linux-image-$2 of $suite names no kernel"
	"$MICA_TOOLS/fetch.sh" "$suite" "$2" "$package"
}

# kernel_kbuild SUITE NAME: folder of the kbuild package NAME, which kernels of SUITE were built with,
# for this machine; of another release of 6.12 where those of SUITE do not run here.
kernel_kbuild() {
	local suite=$1 name=$2 arch meta
	arch=$(dpkg --print-architecture)
	if [ "$suite" = trixie ] && [ "$(kernel_host_suite)" != trixie ]; then
		suite=$(kernel_host_suite)
		meta=$("$MICA_TOOLS/fetch.sh" "$suite" arm64 linux-headers-arm64)
		name=$(depends_on "$meta" 'linux-headers-.*')
		name=${name/headers/kbuild} name=${name%-arm64}
	fi
	"$MICA_TOOLS/fetch.sh" "$suite" "$arch" "$name"
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
