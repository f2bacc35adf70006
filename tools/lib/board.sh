# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Boards: each has boards/<board>/board.sh, which sets the variables and functions named here, so
# that mcs-run and create_dtb.sh know no board by name. Needs lib/common.sh.
#
#   BOARD_ARCH BOARD_DTB_NAME BOARD_UART  fixed facts; name of UART 0 in Linux
#   BOARD_QEMU BOARD_QEMU_PACKAGE BOARD_QEMU_VERSION         the emulator, its package, oldest that suits
#   BOARD_CMDLINE BOARD_DTB                                  kernel arguments; 0: QEMU's own tree
#   BOARD_MODULES BOARD_DISK_MODULES  loaded at boot; loaded when there is a disk (--disk)
#   BOARD_VARIANTS            its own variants, in words for a user
#   BOARD_ALONE               variants that an image without Linux is tested on
#   COMM_BASE COMM_SIZE IMAGE_BASE IMAGE_SIZE                memory of clients
#   smp memory                cores and memory of the machine, unless a variant changes them
#   board_own_variant KEY=VALUE  changes the board before it is used; 1: there is no such variant
#   board_feature NAME        the same for a feature of create_dtb.sh
#   board_machine             prints QEMU's machine arguments, one a line
#   board_alone IMAGE         prints QEMU's arguments that start an image instead of Linux
#   board_dts                 prints the device tree source to append to the dumped tree
#   board_summary             prints the board in a few words

readonly BOARD_COMMON_VARIANTS="smp=N maxcpus=N memory=SIZE comm=SIZE image=SIZE reserved=no"

board_names() {
	local file
	for file in "$MICA_TOP"/boards/*/board.sh; do basename "${file%/board.sh}"; done | paste -sd' '
}

# board_variant KEY=VALUE: changes the board before it is used; dies on an unknown variant.
board_variant() {
	local value=${1#*=} known="$BOARD_VARIANTS $BOARD_COMMON_VARIANTS"
	case $1 in
	smp=[1-8]) smp=$value ;;
	maxcpus=[1-8]) BOARD_CMDLINE=${BOARD_CMDLINE/maxcpus=?/maxcpus=$value} ;;
	memory=*) memory=$(bytes "$value") memory=$((memory >> 20))M ;;
	comm=*) COMM_SIZE=$(bytes "$value") ;;
	image=*) IMAGE_SIZE=$(bytes "$value") ;;
	reserved=no) BOARD_DTB=0 ;;
	*)
		board_own_variant "$1" ||
			die "board $BOARD_NAME has no variant '$1': choose from ${known// /, }"
		;;
	esac
}

# board_regions FILE: device tree source with this board's addresses and sizes filled in.
board_regions() {
	sed -e "s/@COMM_BASE@/$(printf '%x' "$COMM_BASE")/g" \
		-e "s/@COMM_SIZE@/$(printf '%x' "$COMM_SIZE")/g" \
		-e "s/@IMAGE_BASE@/$(printf '%x' "$IMAGE_BASE")/g" \
		-e "s/@IMAGE_SIZE@/$(printf '%x' "$IMAGE_SIZE")/g" "$1"
}

# board_load NAME[,KEY=VALUE...]
board_load() {
	local name=${1%%,*} variants variant
	BOARD_FOLDER=$MICA_TOP/boards/$name
	[ -e "$BOARD_FOLDER/board.sh" ] || die "no board '$name': choose one of $(board_names)"
	# shellcheck source=/dev/null
	. "$BOARD_FOLDER/board.sh"
	BOARD_NAME=$name
	[ "$1" != "$name" ] || return 0
	IFS=, read -ra variants <<<"${1#*,}"
	for variant in "${variants[@]}"; do board_variant "$variant"; done
}

# board_of_dtb NAME: the board whose tree goes by NAME (qemu-a53 and the like).
board_of_dtb() {
	local file
	file=$(grep -l -x "BOARD_DTB_NAME=$1" "$MICA_TOP"/boards/*/board.sh) ||
		die "no board '$1': choose one of" \
			"$(sed -n 's/^BOARD_DTB_NAME=//p' "$MICA_TOP"/boards/*/board.sh | paste -sd' ')"
	basename "${file%/board.sh}"
}

# bytes SIZE: a size with an optional K, M or G as a number.
bytes() {
	[[ $1 =~ ^[0-9]+[KMG]?$ ]] || die "'$1' is no size: write a number with K, M or G"
	numfmt --from=iec "$1"
}

# board_emulator: sets the arrays EMULATOR, the program, and MACHINE, its arguments for this board.
board_emulator() {
	local lines
	lines=$("$MICA_TOOLS/emulator.sh" "$BOARD_QEMU" "$BOARD_QEMU_PACKAGE" "$BOARD_QEMU_VERSION")
	mapfile -t EMULATOR <<<"$lines"
	lines=$(board_machine)
	mapfile -t MACHINE <<<"$lines"
}

# board_dtb FILE: the board's device tree, its variants included. After board_emulator.
board_dtb() {
	local work
	need dtc device-tree-compiler
	work=$(mktemp -d)
	"${EMULATOR[@]}" "${MACHINE[@]}" -nodefaults -display none -machine "dumpdtb=$work/board.dtb" \
		>"$work/log" 2>&1 ||
		die "$BOARD_QEMU gives no device tree: $(tail -n 1 "$work/log")"
	dtc -q -I dtb -O dts -o "$work/board.dts" "$work/board.dtb"
	board_dts >>"$work/board.dts"
	dtc -q -I dts -O dtb -o "$1" "$work/board.dts" || die "dtc refuses the tree of $BOARD_NAME"
	rm -rf "$work"
}
