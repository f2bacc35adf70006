#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# create_dtb.sh BOARD [-f FEATURE] [options]: see usage below.
#
# The emulator knows its own board best: its tree is dumped, and the board's piece with the
# reserved memory and the mcs-remoteproc node is added to it.
. "$(dirname "$0")/lib/common.sh"

usage() {
	cat <<-TXT
	usage: tools/create_dtb.sh BOARD [-f FEATURE] [-o FILE] [-c SIZE] [VARIANT...]

	Writes the device tree of an emulated board with memory set aside for client OSes.
	  BOARD       qemu-a53: QEMU virt, cortex-a53, 2 GiB of memory, 4 cores
	              qemu-rv64: QEMU virt, riscv64, 2 GiB of memory, 4 harts
	  -f jailhouse  (qemu-a53) for the Jailhouse hypervisor: firmware calls by SMC, no ITS, more memory
	  -o FILE     default: qemu.dtb, with -f FEATURE qemu-FEATURE.dtb, in the current folder
	  -c SIZE     size of the communication memory, such as 1M (default 16M)
	  VARIANT     gic-version=2, aia=none, smp=2 ...: as the board's notes list them
	TXT
}

DIE_CODE=$EXIT_FAILED
name='' feature='' output='' comm='' variants=()
while [ $# -gt 0 ]; do
	case $1 in
	-h | --help) usage && exit ;;
	-f | -o | -c)
		[ $# -ge 2 ] || die "$1 needs a value: see --help"
		case $1 in
		-f) feature=$2 ;;
		-o) output=$2 ;;
		-c) comm=$2 ;;
		esac
		shift 2
		;;
	-*) die "unknown option '$1': see --help" ;;
	*=*) variants+=("$1") && shift ;;
	*) [ -z "$name" ] || die "one board at a time: '$name' or '$1'?" && name=$1 && shift ;;
	esac
done
[ -n "$name" ] || { usage >&2 && exit "$EXIT_FAILED"; }

. "$MICA_TOOLS/lib/board.sh"
board_load "$(board_of_dtb "$name")"
for variant in "${variants[@]}"; do board_variant "$variant"; done
[ -z "$comm" ] || board_variant "comm=$comm"
if [ -n "$feature" ]; then
	[ -e "$BOARD_FOLDER/$feature.dtsi" ] || die "'$name' has no feature '$feature'"
	board_feature "$feature"
fi
: "${output:=qemu${feature:+-$feature}.dtb}"
board_emulator
board_dtb "$output"
say "$output: $name${feature:+ for $feature}, $(board_summary)"
