#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# run.sh [KERNEL [BOARD]]: the kernel module's tests on an emulated board, as TAP. KERNEL is 6.1 or
# 6.12 (default), BOARD what mcs-run takes (default qemu-arm64). Exit status 0: all passed.
# run.sh --reboot [KERNEL [BOARD]]: only the messages that a reboot below a running client leaves.
set -euo pipefail
top=$(cd "$(dirname "$0")/../../.." && pwd)
mode=''
[ "${1:-}" != --reboot ] || { mode=reboot && shift; }
kernel=${1:-6.12} board=${2:-qemu-arm64}
out=$top/build/tests/kernel

build() {
	local cross=aarch64-linux-gnu- here=$top/tests/qemu/kernel
	mkdir -p "$out"
	"${cross}gcc" -c -o "$out/client.o" "$here/client.S"
	"${cross}objcopy" -O binary "$out/client.o" "$out/client.bin"
	"${cross}gcc" -std=gnu11 -Wall -Wextra -Werror -O2 -static -I"$top/include/uapi" \
		-DCLIENT_BINARY="\"$out/client.bin\"" -o "$out/mcs-test" \
		"$here"/{harness,query,claim,memory,window,run,life}.c "$here/blob.S"
}

build
module=$("$top/tools/build-module.sh" "$kernel")
run=("$top/tools/mcs-run" "$board" --kernel "$kernel" --bare --timeout 240 --add "$module"
	--add "$out/mcs-test" --add "$top/tests/qemu/kernel/guest.sh"
	--exec "chmod +x mcs-test; sh guest.sh $mode")
[ -n "$mode" ] || exec "${run[@]}"

# The board goes down before the command ends, which is what mcs-run complains about.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"${run[@]}" --log "$log" >/dev/null 2>&1 || true
grep -o 'mcs-test: .*' "$log" | tr -d '\r'
