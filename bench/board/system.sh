#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=dash
# system.sh ROUNDS SCALE, in a board's Linux: the benchmark's programs with clients on the last core,
# applications and the daemon on core 0, what a case needs of another core of Linux on core 1. Prints
# each result as "file NAME SUM", its bytes (gzip, base64) and "end": the sum shows that all came out.
set -e
rounds=$1 scale=$2
cd /root

# What it starts, executors of calls too, stays there with it.
for task in "/proc/$(pidof micad)/task"/*; do
	taskset -p 1 "${task##*/}" >/dev/null
done

# client VARIANT: runs, and its shell has said that it has a terminal.
client() {
	printf '[Mica]\nName=%s\nCPU=3\nClientPath=/lib/firmware/mica-%s.elf\n' "$1" "$1" >"/tmp/$1.conf"
	mica create "/tmp/$1.conf" >/dev/null
	mica start "$1" >/dev/null
	MICA_BENCH_TTY=$(mica --json status "$1" | tr -d ' \n' | grep -o '/dev/ttyRPMSG[0-9]*' | head -n 1)
	export MICA_BENCH_TTY
}

no_client() {
	mica stop "$1" >/dev/null
	mica rm "$1" >/dev/null
}

# measure PROGRAM CLIENT CPUS ONLY
measure() {
	if ! "./bench_$1" --client="$2" --cpus="$3" --only="$4" --rounds="$rounds" --scale="$scale" \
		--out="/tmp/$1.json" >"/tmp/$1.log" 2>&1; then
		tr '\r' '\n' <"/tmp/$1.log" | tail -n 5
		return 1
	fi
	echo "file $1 $(gzip -c "/tmp/$1.json" | tee "/tmp/$1.gz" | sha256sum | cut -d ' ' -f 1)"
	base64 "/tmp/$1.gz"
	echo end
}

client ref
measure app ref 0,1 app.,floor.eventfd,floor.socket.same
measure data ref 0,1 data.echo,data.in,data.tty,floor.socket.same.496,floor.pty
no_client ref
client bench
measure rpc bench 0,1 rpc.,floor.eventfd,floor.socket.same.16
measure umt bench 1,0 umt.cross.,floor.memcpy,floor.read,floor.write
no_client bench
echo "board bench: all there"
