#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# run.sh [KERNEL [BOARD]]: the kernel module's tests on an emulated board, as TAP. KERNEL is 6.1 or
# 6.12 (default), BOARD what mcs-run takes (default qemu-arm64). Exit status 0: all passed. The client
# of these tests is client-ARCH.S.
# run.sh --reboot [KERNEL [BOARD]]: only the messages that a reboot below a running client leaves.
. "$(dirname "$0")/../../../tools/lib/common.sh"
. "$MICA_TOOLS/lib/arch.sh"
. "$MICA_TOOLS/lib/board.sh"
mode=''
[ "${1:-}" != --reboot ] || { mode=reboot && shift; }
kernel=${1:-6.12} board=${2:-qemu-arm64}
board_load "$board"
out=$MICA_BUILD/tests/kernel-$BOARD_ARCH

build() {
	local cross here=$MICA_TOP/tests/qemu/kernel
	cross=$(arch_cross "$BOARD_ARCH")
	mkdir -p "$out"
	"${cross}gcc" -c -o "$out/client.o" "$here/client-$BOARD_ARCH.S"
	"${cross}objcopy" -O binary "$out/client.o" "$out/client.bin"
	"${cross}gcc" -std=gnu11 -Wall -Wextra -Werror -O2 -static -I"$MICA_TOP/include/uapi" \
		-DCLIENT_BINARY="\"$out/client.bin\"" -DCOMM_BASE="${COMM_BASE}ull" \
		-DIMAGE_BASE="${IMAGE_BASE}ull" -o "$out/mcs-test" \
		"$here"/{harness,query,claim,memory,window,run,life,bell,force}.c "$here/blob.S"
}

build
module=$("$MICA_TOOLS/build-module.sh" "$kernel" "$BOARD_ARCH")
run=("$MICA_TOOLS/mcs-run" "$board" --kernel "$kernel" --bare --timeout 240 --add "$module"
	--add "$out/mcs-test" --add "$MICA_TOP/tests/qemu/kernel/guest.sh"
	--exec "chmod +x mcs-test; sh guest.sh $mode")
[ -n "$mode" ] || exec "${run[@]}"

# The board goes down before the command ends, which is what mcs-run complains about.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"${run[@]}" --log "$log" >/dev/null 2>&1 || true
grep -o 'mcs-test: .*' "$log" | tr -d '\r'
