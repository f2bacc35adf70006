#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# fetch.sh [--deps] SUITE ARCH PACKAGE...
#
# Downloads packages of any Debian suite and architecture and unpacks them into the cache; prints
# the folder of each, one a line (control data in DEBIAN/). With --deps also all they depend on.
# The first answer is kept: a package that is there is not looked up again, so a second run needs
# no network. MICA_REFRESH=1 asks the archive anew. Any number of these may run at once.
. "$(dirname "$0")/lib/common.sh"
. "$MICA_TOOLS/lib/apt.sh"

usage() {
	die "usage: fetch.sh [--deps] SUITE ARCH PACKAGE..."
}

deps='' refresh=${MICA_REFRESH:-}
DIE_CODE=$EXIT_FAILED
[ "${1:-}" = --deps ] && deps=1 && shift
[ $# -ge 3 ] || usage
suite=$1 arch=$2
shift 2
pins=$MICA_CACHE/pins/$suite-$arch
store=$MICA_CACHE/packages
apt_root=$MICA_CACHE/apt/$suite-$arch

# pinned NAME: prints the folder recorded for NAME, fails when there is none.
pinned() {
	local folder
	[ -s "$pins/$1" ] || return 1
	folder=$store/$(cat "$pins/$1")
	[ -d "$folder" ] && printf '%s\n' "$folder"
}

# record NAME VALUE...: one value a line, whole or not at all.
record() {
	local name=$1
	shift
	mkdir -p "$pins"
	printf '%s\n' "$@" >"$pins/.$name.$$"
	mv -f "$pins/.$name.$$" "$pins/$name"
}

# unpack PACKAGE: fails with apt's own words in $apt_root/reason.
unpack() {
	local package=$1 work deb folder status=0
	work=$(mktemp -d "$MICA_CACHE/fetch.XXXXXX")
	(cd "$work" && apt_private "$suite" "$arch" apt-get -q download "$package") \
		>"$work/log" 2>&1 || status=1
	deb=$(find "$work" -name '*.deb' -print -quit)
	if [ "$status" -eq 0 ] && [ -n "$deb" ]; then
		folder=$(basename "$deb" .deb)
		mkdir -p "$store"
		[ -d "$store/$folder" ] ||
			{ dpkg-deb -R "$deb" "$work/tree" && mv -T "$work/tree" "$store/$folder"; }
		record "$package" "$folder"
	else
		grep -m 1 '^[EW]:' "$work/log" >"$apt_root/reason" || cp "$work/log" "$apt_root/reason"
		status=1
	fi
	rm -rf "$work"
	return "$status"
}

# get PACKAGE...: one lock a suite and architecture is held: apt keeps its own state there.
get() {
	local package
	for package in "$@"; do
		[ -n "$refresh" ] || ! pinned "$package" >/dev/null || continue
		say "fetching $package ($suite, $arch)"
		unpack "$package" && continue
		# Lists read long ago may name files the archive no longer has.
		apt_update "$suite" "$arch"
		unpack "$package" || die "$package cannot be had from $suite ($arch):" \
			"$(head -n 1 "$apt_root/reason")"
	done
}

lists_needed() {
	[ -n "$refresh" ] || [ ! -e "$apt_root/updated" ]
}

get_missing() {
	if lists_needed; then apt_update "$suite" "$arch"; fi
	get "$@"
}

# closure NAME...: prints what apt would install for these on an empty system.
closure() {
	if lists_needed; then apt_update "$suite" "$arch"; fi
	apt_private "$suite" "$arch" apt-get -s -q install "$@" |
		awk '$1 == "Inst" { sub(/:.*/, "", $2); print $2 }'
}

need apt-get apt
need dpkg-deb dpkg
mkdir -p "$MICA_CACHE"
packages=("$@")
if [ -n "$deps" ]; then
	key=closure.$(printf '%s ' "$@" | tr ' /' '__')
	if [ ! -s "$pins/$key" ] || [ -n "$refresh" ]; then
		names=$(locked "$apt_root.lock" closure "$@")
		# shellcheck disable=SC2086
		record "$key" $names
	fi
	mapfile -t packages <"$pins/$key"
fi
missing=()
for package in "${packages[@]}"; do
	[ -z "$refresh" ] && pinned "$package" >/dev/null || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] || locked "$apt_root.lock" get_missing "${missing[@]}"
for package in "${packages[@]}"; do
	pinned "$package" || die "$package of $suite ($arch) is missing in $store"
done
