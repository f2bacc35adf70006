# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash disable=SC2154
# The work of mcs-run, which sets the variables used here. Needs lib/common.sh, kernel.sh, board.sh
# and cpio.sh.

# Emulated Linux takes 5 to 10 seconds to reach init; a busy machine many times that.
readonly BOOT_TIMEOUT=180 POWEROFF_TIMEOUT=60 DEFAULT_TIMEOUT=600

finish() {
	local status=$?
	trap - EXIT HUP INT TERM
	# shellcheck disable=SC2086
	kill -KILL $qemu_pid $reader_pid 2>/dev/null || true
	{ wait || true; } 2>/dev/null
	rm -rf "$work"
	exit "$status"
}

# add_file FILE[:PATH]: into the run's own layer.
add_file() {
	local file=${1%%:*} path=''
	[ "$file" = "$1" ] || path=${1#*:}
	[ -r "$file" ] && [ ! -d "$file" ] || die "--add: '$file' cannot be read"
	case $path in
	'') path=/root/${file##*/} ;;
	*/) path=$path${file##*/} ;;
	/*) ;;
	*) path=/root/$path ;;
	esac
	mkdir -p "$work/root/$(dirname "$path")"
	cp -L "$file" "$work/root/$path"
}

own_layer() {
	local file size
	mkdir -p "$work/root/etc/mcs-run" "$work/root/root"
	for file in "${add[@]}"; do add_file "$file"; done
	if [ -n "$command" ]; then
		printf '%s\n' "$command" >"$work/root/etc/mcs-run/command"
	elif [ -n "$script" ]; then
		cp "$script" "$work/root/etc/mcs-run/command"
	fi
	[ -z "$disk" ] || : >"$work/root/etc/mcs-run/disk"
	# The guest's console is a terminal of the same kind and size as this one, which ends the lines.
	if size=$(stty size <&2 2>/dev/null || stty size 2>/dev/null); then
		printf 'export TERM=%s\nstty -onlcr rows %s cols %s\n' "${TERM:-linux}" \
			"${size% *}" "${size#* }" >"$work/root/etc/mcs-run/terminal"
	fi
	cpio_of "$work/root"
}

# prepare: kernel, initramfs and device tree of this run in $work.
prepare() {
	local image layers=(base) layer file
	[ -n "$bare" ] || layers+=(product)
	[ -z "$ssh" ] || layers+=(login)
	image=$(kernel_image "$kernel" "$BOARD_ARCH")
	ln -s "$(kernel_file "$image")" "$work/kernel"
	for layer in "${layers[@]}"; do
		file=$("$MICA_TOOLS/initramfs.sh" "$layer" "$BOARD_NAME" "$kernel")
		cat "$file" >>"$work/initrd"
	done
	own_layer >>"$work/initrd"
	if [ "$BOARD_DTB" = 1 ]; then
		board_dtb "$work/board.dtb" 2>"$work/dtb.log" || die "$(cat "$work/dtb.log")"
	fi
	: "${log:=$work/linux.log}" "${uart:=$work/uart.log}"
	: >"$log"
	: >"$uart"
	mkfifo "$work/status" "$work/output"
}

# emulator SECONDS ARGS...: becomes the emulator of the board. It dies with this shell, even a killed
# one, and when SECONDS, unless empty, are over (status 137).
emulator() {
	local limit=$1
	shift
	[ -z "$limit" ] || set -- timeout --foreground -s KILL "$limit" setpriv --pdeathsig KILL "$@"
	exec setpriv --pdeathsig KILL "$@"
}

# The UART is Linux's until hvc0 is there, for its last words only: quiet leaves out all others.
#
# qemu_start SECONDS CONSOLE-ARGS...: starts the emulator in the background. Its terminal is on
# descriptors 3 and 5.
qemu_start() {
	local limit=$1 net=() dtb=() drive=() control=() serial=(-serial "file:$uart")
	shift
	[ "$BOARD_DTB" = 0 ] || dtb=(-dtb "$work/board.dtb")
	[ -z "$ssh" ] || net=(-netdev "user,id=net,hostfwd=tcp:127.0.0.1:$ssh-:22"
		-device "virtio-net-device,netdev=net")
	[ -z "$disk" ] || drive=(-drive "if=none,id=disk,format=raw,file=$disk"
		-device "virtio-blk-device,drive=disk")
	[ -z "$qmp" ] || control=(-qmp "unix:$qmp,server=on,wait=off")
	[ -z "$terminal" ] || serial=(-serial chardev:uart
		-chardev "socket,id=uart,path=$terminal,server=on,wait=off,logfile=$uart")
	emulator "$limit" "${EMULATOR[@]}" "${MACHINE[@]}" -nodefaults -display none -no-reboot \
		-kernel "$work/kernel" -initrd "$work/initrd" "${dtb[@]}" \
		-append "console=hvc0 earlycon quiet panic=-1 $BOARD_CMDLINE $append" \
		"${serial[@]}" \
		-device virtio-serial-device,max_ports=4 \
		-chardev "file,id=status,path=$work/status" \
		-chardev "file,id=output,path=$work/output" \
		-device virtconsole,chardev=console,nr=0 \
		-device virtserialport,chardev=output,nr=1,name=mcs-run.output \
		-device virtserialport,chardev=status,nr=2,name=mcs-run.status \
		"${net[@]}" "${drive[@]}" "${control[@]}" "$@" <&3 >&5 4>&- 2>"$work/qemu.log" &
	qemu_pid=$!
}

# failed CODE WHY: what went wrong, with the last words of whoever knows.
failed() {
	local kept
	say "mcs-run: $2"
	if [ -s "$work/qemu.log" ]; then
		tail -n 5 "$work/qemu.log" >&2
	fi
	if [ -s "$log" ]; then
		kept=$log
		if [ "$log" = "$work/linux.log" ]; then
			kept=$(mktemp "${TMPDIR:-/tmp}/mcs-run.XXXXXX.log")
			cp "$log" "$kept"
		fi
		say "mcs-run: Linux's last messages (all of them: $kept):"
		tail -n 40 "$log" | tr -d '\r' >&2
	elif [ -s "$uart" ]; then
		say "mcs-run: Linux's last messages:"
		tail -n 40 "$uart" | tr -d '\r' >&2
	else
		say "mcs-run: Linux printed nothing"
	fi
	exit "$1"
}

# next_word SECONDS: the next line of init in $word; 1 when time is up, 2 when QEMU is gone.
# The descriptor is open for both directions, so it has no end of file: the process is looked at.
next_word() {
	local end=$((SECONDS + $1)) gone=''
	while ! IFS= read -r -t 1 -u 4 word; do
		[ -z "$gone" ] || return 2
		[ "$SECONDS" -lt "$end" ] || return 1
		kill -0 "$qemu_pid" 2>/dev/null || gone=1
	done
}

# wait_for_exit: follows init's words to the command's end; sets $code.
wait_for_exit() {
	local booted='' end=$((SECONDS + BOOT_TIMEOUT)) status
	code=''
	while [ -z "$code" ]; do
		status=0
		next_word $((end - SECONDS)) || status=$?
		if [ "$status" -eq 2 ]; then
			failed "$EXIT_FAILED" "the board stopped before the command ended"
		elif [ "$status" -eq 1 ]; then
			[ -n "$booted" ] || failed "$EXIT_FAILED" "Linux did not start within $BOOT_TIMEOUT s"
			failed "$EXIT_TIMEOUT" "the time of $timeout s is up"
		fi
		case $word in
		booted) booted=1 end=$((SECONDS + timeout)) ;;
		warn\ *) say "mcs-run: ${word#warn }" ;;
		exit\ *) code=${word#exit } ;;
		esac
	done
}

# The command is done: what is left is the power-off.
wait_for_end() {
	local end=$((SECONDS + POWEROFF_TIMEOUT))
	while kill -0 "$qemu_pid" 2>/dev/null; do
		[ "$SECONDS" -lt "$end" ] ||
			failed "$EXIT_FAILED" "Linux did not power off within $POWEROFF_TIMEOUT s"
		sleep 0.05
	done
	wait "$qemu_pid" 2>/dev/null || true
	qemu_pid=''
	wait "$reader_pid" || true
	reader_pid=''
}

run_command() {
	: "${timeout:=$DEFAULT_TIMEOUT}"
	exec 3</dev/null 4<>"$work/status" 5>/dev/null
	cat "$work/output" &
	reader_pid=$!
	qemu_start '' -chardev "file,id=console,path=$log"
	wait_for_exit
	wait_for_end
	exit "$code"
}

# An image alone: it may power the machine off, else the user or the clock ends it.
run_alone() {
	local arguments status=0
	mapfile -t arguments < <(board_alone "$alone")
	exec 3<&0 4</dev/null 5>&1
	emulator "$timeout" "${EMULATOR[@]}" "${MACHINE[@]}" -nodefaults -display none -no-reboot \
		"${arguments[@]}" -chardev stdio,id=uart,mux=on,signal=off -serial chardev:uart \
		-mon chardev=uart -echr 0x14 <&3 >&5 &
	qemu_pid=$!
	wait "$qemu_pid" 2>/dev/null || status=$?
	qemu_pid=''
	if [ -n "$timeout" ] && [ "$status" -eq 137 ]; then
		say "mcs-run: the time of $timeout s is up"
		exit "$EXIT_TIMEOUT"
	fi
	exit "$status"
}

run_console() {
	local status reached=''
	say "mcs-run: $BOARD_NAME with Linux $kernel; 'exit' powers it off, Ctrl-T x ends the emulator"
	[ -z "$ssh" ] || say "mcs-run: second terminal: ssh -p $ssh -o StrictHostKeyChecking=no" \
		"-o UserKnownHostsFile=/dev/null root@127.0.0.1"
	# Nobody listens to the two ports: opened for both directions, they block nobody.
	exec 3<&0 4<>"$work/status" 5>&1 6<>"$work/output"
	qemu_start "$timeout" -chardev "stdio,id=console,mux=on,signal=off,logfile=$log" \
		-mon chardev=console -echr 0x14
	status=0
	wait "$qemu_pid" 2>/dev/null || status=$?
	qemu_pid=''
	[ -z "$timeout" ] || [ "$status" -ne 137 ] ||
		failed "$EXIT_TIMEOUT" "the time of $timeout s is up"
	while IFS= read -r -t 0.1 -u 4 word; do
		case $word in
		warn\ *) say "mcs-run: ${word#warn }" ;;
		console) reached=1 ;;
		esac
	done
	[ -n "$reached" ] || failed "$EXIT_FAILED" "Linux ended (emulator's status $status) before it had a shell"
}
