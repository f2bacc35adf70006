# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# QEMU virt with four harts and OpenSBI: what tools/lib/board.sh asks of a board.

BOARD_ARCH=riscv64
BOARD_QEMU=qemu-system-riscv64
BOARD_QEMU_PACKAGE=qemu-system-riscv
BOARD_QEMU_VERSION=10.0
BOARD_DTB_NAME=qemu-rv64
BOARD_CMDLINE=maxcpus=3
BOARD_UART=ttyS0
BOARD_DTB=1
BOARD_MODULES="virtio_mmio virtio_net"
BOARD_DISK_MODULES="virtio_blk crc32c_generic ext4"
BOARD_VARIANTS="aia=none|aplic|aplic-imsic opensbi=1.1|1.6 cpu=rv64|max sstc=off svpbmt=on"
BOARD_ALONE="aia=none aia=aplic aia=aplic-imsic opensbi=1.1 sstc=off svpbmt=on aia=none,cpu=max"

# Memory map (docs and client images rely on it): RAM is 0x80000000 + 2 GiB.
# QEMU loads an initramfs to 0xa0200000.
COMM_BASE=0xa8000000 COMM_SIZE=0x1000000
IMAGE_BASE=0xaa000000 IMAGE_SIZE=0x4000000

aia=aplic smp=4 memory=2G opensbi=1.6 cpu=rv64 extensions=''

board_own_variant() {
	local value=${1#*=}
	case $1 in
	aia=none | aia=aplic | aia=aplic-imsic) aia=$value ;;
	opensbi=1.1 | opensbi=1.6) opensbi=$value ;;
	cpu=rv64 | cpu=max) cpu=$value ;;
	sstc=off | svpbmt=on) extensions+=,$1 ;;
	*) return 1 ;;
	esac
}

board_feature() {
	die "board qemu-riscv64 has no feature '$1'"
}

# Firmware: Debian 12's lacks the extension by which a client that hangs is stopped.
board_machine() {
	local folder suite=trixie
	[ "$opensbi" = 1.6 ] || suite=bookworm
	folder=$("$MICA_TOOLS/fetch.sh" "$suite" all opensbi)
	printf '%s\n' -machine "virt,aia=$aia" -cpu "$cpu$extensions" -m "$memory" -smp "$smp" \
		-bios "$folder/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin"
}

board_alone() {
	printf '%s\n' -kernel "$1"
}

board_dts() {
	board_regions "$BOARD_FOLDER/mcs.dtsi"
	[ "$aia" = none ] || cat "$BOARD_FOLDER/$aia.dtsi"
}

board_summary() {
	printf '%s' "$memory RAM, $smp harts, interrupt controller $aia, OpenSBI $opensbi"
}
