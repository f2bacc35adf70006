# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# QEMU virt with four Cortex-A53: what tools/lib/board.sh asks of a board.

BOARD_ARCH=arm64
BOARD_QEMU=qemu-system-aarch64
BOARD_QEMU_PACKAGE=qemu-system-arm
BOARD_QEMU_VERSION=7.2
BOARD_DTB_NAME=qemu-a53
BOARD_CMDLINE=maxcpus=3
BOARD_UART=ttyAMA0
BOARD_DTB=1
BOARD_MODULES="virtio_mmio virtio_console virtio_net"
BOARD_DISK_MODULES="virtio_blk crc32c_generic ext4"
BOARD_VARIANTS="gic-version=2|3 virtualization=on acpi=on"
BOARD_ALONE="gic-version=3 gic-version=2 gic-version=3,virtualization=on gic-version=2,virtualization=on"

# Memory map (docs and client images rely on it): RAM is 0x40000000 + 2 GiB.
COMM_BASE=0x70000000 COMM_SIZE=0x1000000
IMAGE_BASE=0x7a000000 IMAGE_SIZE=0x4000000

gic=3 smp=4 maxcpus=3 memory=2G extra='' firmware='' features=()

board_own_variant() {
	local value=${1#*=}
	case $1 in
	gic-version=[23]) gic=$value ;;
	virtualization=on) extra+=",virtualization=on" ;;
	acpi=on) BOARD_DTB=0 firmware=1 BOARD_CMDLINE+=" acpi=force" ;;
	*) return 1 ;;
	esac
}

# Jailhouse runs Linux as a guest: it needs EL2, and firmware calls by SMC that come with it.
board_feature() {
	features+=("$1")
	[ "$1" != jailhouse ] || extra+=",virtualization=on,its=off"
}

board_machine() {
	local folder
	printf '%s\n' -machine "virt,gic-version=$gic$extra" -cpu cortex-a53 -m "$memory" -smp "$smp"
	# ACPI tables come with UEFI only.
	[ -n "$firmware" ] || return 0
	folder=$("$MICA_TOOLS/fetch.sh" "$(host_suite)" all qemu-efi-aarch64)
	printf '%s\n' -bios "$folder/usr/share/qemu-efi-aarch64/QEMU_EFI.fd"
}

board_alone() {
	printf '%s\n' -device "loader,file=$1,cpu-num=0"
}

board_dts() {
	local feature
	board_regions "$BOARD_FOLDER/mcs.dtsi"
	for feature in "${features[@]}"; do cat "$BOARD_FOLDER/$feature.dtsi"; done
}

board_summary() {
	printf '%s' "$memory RAM, $smp cores, GICv$gic"
}
