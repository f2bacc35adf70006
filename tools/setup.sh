#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# setup.sh [native|demo|test] [--list]
#
# Installs what is missing on this machine for the native demo, for the demo on an emulated board, or
# for everything (default). Says what, asks when there is a terminal, does nothing when nothing is
# missing. --list prints the packages and does nothing.
. "$(dirname "$0")/lib/common.sh"
. "$MICA_TOOLS/lib/packages.sh"

set=test list=''
for argument in "$@"; do
	case $argument in
	--list) list=1 ;;
	-h | --help) sed -n '3,7s/^# \{0,1\}//p' "$0" && exit ;;
	-*) die "unknown option '$argument': see --help" ;;
	*) set=$argument ;;
	esac
done
mapfile -t wanted < <(packages_for "$set")
[ ${#wanted[@]} -gt 0 ] || exit 1
[ -z "$list" ] || { printf '%s\n' "${wanted[@]}" && exit; }

other_system() {
	say "This machine runs $(os_field PRETTY_NAME), and the set-up step knows Debian 12 and 13 and what"
	say "derives from them. Install what these Debian packages hold, then go on:"
	printf '%s\n' "${wanted[@]}" | paste -sd' ' | fold -sw 96 | sed 's/^/    /' >&2
	say "Kernels and libraries of the boards come from a Debian archive: install apt and dpkg too, and"
	say "set MICA_MIRROR to the address of one (what would stand in a sources.list line)."
}

missing_packages() {
	local installed
	installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${wanted[@]}" 2>/dev/null |
		awk '$1 ~ /^.i/ { print $2 }') || true
	grep -vxF -f <(printf '%s\n' "$installed" none) <(printf '%s\n' "${wanted[@]}") || true
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	# The user may have installed it all by hand: the build will tell what is still missing.
	command -v cc >/dev/null && command -v pkg-config >/dev/null && exit 0
	other_system
	exit 1
fi
mapfile -t missing < <(missing_packages)
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
say "Missing on this machine (${#missing[@]} packages):"
printf '%s\n' "${missing[@]}" | paste -sd' ' | fold -sw 96 | sed 's/^/    /' >&2
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		die "only root can install them, and there is no sudo: as root, run apt-get install" \
			"--no-install-recommends ${missing[*]}"
	fi
	as_root=(sudo)
	[ -t 0 ] || as_root=(sudo -n)
fi
if [ -t 0 ] && [ -t 2 ]; then
	read -r -p "Install them now? [Y/n] " answer
	case $answer in
	'' | [Yy]*) ;;
	*) die "nothing installed" ;;
	esac
fi

# apt ARGS...: quiet; what it said is shown when it fails.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" </dev/null >"$log" 2>&1
}
say "reading the package lists"
apt update || say "the package lists could not all be read: $(grep '^[EW]:' "$log" | head -n 1)"
say "installing; this takes a few minutes the first time"
apt install --no-install-recommends "${missing[@]}" || {
	grep '^E:' "$log" >&2 || tail -n 5 "$log" >&2
	die "not everything could be installed"
}
say "installed."
