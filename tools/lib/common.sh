# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# What every tool here shares: where things are, and how they speak to the user.
# Sourced, never run. Everything said goes to stderr: stdout belongs to results.

set -euo pipefail
shopt -s inherit_errexit
umask 022

MICA_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
MICA_TOOLS=$MICA_TOP/tools
MICA_BUILD=$MICA_TOP/build
MICA_CACHE=${MICA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mica}
MICA_SELF=${0##*/}
export MICA_CACHE

# Exit codes of the tools themselves, clear of what commands usually return.
readonly EXIT_TIMEOUT=124 EXIT_FAILED=125

say() {
	printf '%s\n' "$*" >&2
}

die() {
	say "$MICA_SELF: $*"
	exit "${DIE_CODE:-1}"
}

# quietly WORDS COMMAND...: a command whose output matters only when it fails; says WORDS when it
# takes longer than a moment.
quietly() {
	local words=$1 log job status=0 try
	shift
	log=$(mktemp)
	"$@" </dev/null >"$log" 2>&1 &
	job=$!
	for ((try = 0; try < 15; try++)); do
		kill -0 "$job" 2>/dev/null || break
		sleep 0.1
	done
	[ "$try" -lt 15 ] || say "$words"
	wait "$job" || status=$?
	[ "$status" -eq 0 ] || cat "$log" >&2
	rm -f "$log"
	return "$status"
}

# need COMMAND PACKAGE: stop with the way out when a program is missing.
need() {
	command -v "$1" >/dev/null 2>&1 ||
		die "$1 is not installed (package $2): run tools/setup.sh"
}

# locked LOCKFILE COMMAND...: run the command while no other process holds the same lock.
# The lock is released by the kernel when the holder dies, so nothing has to be cleaned up.
# The command does not inherit the descriptor: what it leaves running must not keep the lock.
# Not for use in a condition: there, a shell ignores failures inside the command.
locked() {
	local lock=$1 fd
	shift
	mkdir -p "$(dirname "$lock")"
	exec {fd}>"$lock"
	if ! flock -n "$fd"; then
		say "$MICA_SELF: waiting for another process that holds ${lock##*/}"
		flock "$fd"
	fi
	"$@" {fd}>&-
	exec {fd}>&-
}

# os_field NAME: one field of os-release ("" when there is none).
os_field() {
	(. /etc/os-release 2>/dev/null && eval "printf '%s' \"\${$1:-}\"") || true
}

# host_suite: the Debian suite whose libraries and programs suit this machine.
host_suite() {
	case $(os_field ID):$(os_field VERSION_CODENAME) in
	debian:bookworm | debian:trixie) os_field VERSION_CODENAME ;;
	*) printf 'bookworm' ;;
	esac
}
