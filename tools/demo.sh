#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# demo.sh: what `make demo` runs. From the environment: BOARD (qemu-arm64, native ...), KERNEL (6.12,
# 6.1, 5.10, newest), BATCH=1 for a scripted session without a terminal, whose transcript goes to stdout.
. "$(dirname "$0")/lib/common.sh"
. "$MICA_TOOLS/lib/kernel.sh"

board=${BOARD:-qemu-arm64} kernel=${KERNEL:-$KERNEL_DEFAULT} batch=${BATCH:-}
[ "$batch" != 0 ] || batch=''
[ -n "$batch" ] || [ -t 0 ] || batch=1

on_board() {
	local session=$MICA_TOOLS/demo/session.sh script=$MICA_TOOLS/demo/board.sh
	local args=("$board" --kernel "$kernel" --add "$session:/etc/mcs-run/demo-session")
	"$MICA_TOOLS/setup.sh" demo
	if [ -n "$batch" ]; then
		args+=(--script "$script")
	else
		args+=(--add "$script:/etc/profile")
	fi
	exec "$MICA_TOOLS/mcs-run" "${args[@]}"
}

# stop_native: nothing of the demo outlives it, neither the client nor micad.
stop_native() {
	mica stop ref >/dev/null 2>&1 || true
	mica rm ref >/dev/null 2>&1 || true
	kill "$micad" 2>/dev/null || true
	wait "$micad" 2>/dev/null || true
	rm -rf "$root"
}

wait_for_micad() {
	local try
	for ((try = 0; try < 100; try++)); do
		! mica status >/dev/null 2>&1 || return 0
		kill -0 "$micad" 2>/dev/null || break
		sleep 0.1
	done
	die "micad does not start: $(tail -n 3 "$root/micad.log")"
}

on_native() {
	"$MICA_TOOLS/setup.sh" native
	quietly "building micad, mica and the client" make -s -j2 -C "$MICA_TOP" host client-native
	root=$(mktemp -d)
	mkdir -m 700 "$root/run" "$root/etc"
	printf '[Mica]\nName=ref\nPedestal=native\nClientPath=%s\n' \
		"$MICA_BUILD/native/client/mica-ref-native" >"$root/etc/ref.conf"
	export MICA_RUN_ROOT=$root/run PATH=$MICA_BUILD/native:$PATH
	micad --config-dir "$root/etc" --dev-root "$root/run" >"$root/micad.log" 2>&1 &
	micad=$!
	trap stop_native EXIT
	wait_for_micad
	# shellcheck disable=SC2034
	DEMO_PROMPT='$ ' DEMO_CONF=ref.conf DEMO_FACTS='id -un'
	. "$MICA_TOOLS/demo/session.sh"
	if [ -n "$batch" ]; then demo_batch; else demo_terminal; fi
}

case $board in
native) on_native ;;
*) on_board ;;
esac
