#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# run.sh [KERNEL [GIC]]: the kernel module's tests on an emulated board, as TAP. KERNEL is 6.1 or
# 6.12 (default), GIC 2 or 3 (default). Exit status 0: all passed.
set -euo pipefail
top=$(cd "$(dirname "$0")/../../.." && pwd)
kernel=${1:-6.12} gic=${2:-3}
out=$top/build/tests/kernel

build() {
	local cross=aarch64-linux-gnu- here=$top/tests/qemu/kernel
	mkdir -p "$out"
	"${cross}gcc" -c -o "$out/client.o" "$here/client.S"
	"${cross}objcopy" -O binary "$out/client.o" "$out/client.bin"
	"${cross}gcc" -std=gnu11 -Wall -Wextra -Werror -O2 -static -I"$top/include/uapi" \
		-DCLIENT_BINARY="\"$out/client.bin\"" -o "$out/mcs-test" \
		"$here"/{harness,query,claim,memory,run,life}.c "$here/blob.S"
}

build
module=$("$top/tools/build-module.sh" "$kernel")
exec "$top/tools/mcs-run" "qemu-arm64,gic-version=$gic" --kernel "$kernel" --bare --timeout 240 \
	--add "$module" --add "$out/mcs-test" --add "$top/tests/qemu/kernel/guest.sh" \
	--exec "chmod +x mcs-test; sh guest.sh $gic"
