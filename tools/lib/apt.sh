# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# A private apt: own lists, state and cache for one suite and architecture, so that packages of
# any of them can be downloaded without root and without changing anything of the host. Proxy and
# login settings of the machine's own apt configuration stay in force. Needs lib/common.sh.

# apt_mirror: prints "URI SIGNED_BY" of the Debian archive this machine uses (SIGNED_BY may be -).
apt_mirror() {
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg found
	[ -e "$keyring" ] || keyring=-
	if [ -n "${MICA_MIRROR:-}" ]; then
		printf '%s %s\n' "$MICA_MIRROR" "$keyring"
		return
	fi
	found=$(apt-get indextargets --format '$(CREATED_BY)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)|$(SIGNED_BY)' \
		2>/dev/null |
		awk -F'|' -v suite="$(os_field VERSION_CODENAME)" -v key="$keyring" '
			$1 == "Packages" && $2 == "main" && ($3 == suite || $3 ~ /^(stable|testing|unstable|sid)$/) {
				print $4, $5 ~ /^\// ? $5 : key
				exit
			}') || true
	if [ "$(os_field ID)" != debian ] || [ -z "$found" ]; then
		die "this machine's apt configuration names no Debian archive:" \
			"set MICA_MIRROR to the address of one (what would stand in a sources.list line)"
	fi
	printf '%s\n' "$found"
}

# apt_config SUITE ARCH: writes the private configuration, prints its folder. Backports come with the
# suite they are for, which has most of what they depend on.
apt_config() {
	local suite=$1 arch=$2 root=$MICA_CACHE/apt/$1-$2 mirror keyring name
	mkdir -p "$root/lists/partial" "$root/cache/archives/partial" "$root/empty.d"
	: >"$root/status"
	mirror=$(apt_mirror)
	keyring=${mirror#* }
	mirror=${mirror% *}
	case $keyring in
	-) keyring="" ;;
	*) keyring=" signed-by=$keyring" ;;
	esac
	for name in "$suite" "${suite%-backports}"; do
		printf 'deb [arch=%s%s] %s %s main\n' "$arch" "$keyring" "$mirror" "$name"
	done | uniq >"$root/sources.list"
	# The host's hooks (caches of desktop programs and the like) are not ours to run, and its
	# preferences are about its own packages.
	cat >"$root/apt.conf" <<-CONF
		#clear APT::Update;
		#clear DPkg;
		#clear APT::Architectures;
		APT::Architecture "$arch";
		APT::Architectures { "$arch"; };
		APT::Sandbox::User "root";
		APT::Default-Release "$suite";
		APT::Install-Recommends "false";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
		Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
		Dir::State "$root";
		Dir::State::lists "$root/lists";
		Dir::State::status "$root/status";
		Dir::Cache "$root/cache";
		Dir::Log "$root";
		Dir::Etc::sourcelist "$root/sources.list";
		Dir::Etc::sourceparts "$root/empty.d";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "$root/empty.d";
	CONF
	printf '%s\n' "$root"
}

# apt_update SUITE ARCH: fresh lists; call with the lock of this suite and architecture held. A mirror
# that is being updated has lists that do not fit each other for some minutes.
apt_update() {
	local root log try
	root=$(apt_config "$1" "$2")
	log=$root/update.log
	say "reading the package lists of $1 for $2"
	for ((try = 1; ; try++)); do
		apt-get -c "$root/apt.conf" -q update >"$log" 2>&1 && ! grep -q '^E:\|^W: Failed' "$log" && break
		[ "$try" -lt 3 ] && grep -q 'Mirror sync in progress' "$log" ||
			die "the package lists of $1 ($2) cannot be read: $(grep '^[EW]:' "$log" | head -n 1)"
		say "the mirror is being updated: trying again in a minute"
		sleep 60
	done
	: >"$root/updated"
}

# apt_private SUITE ARCH PROGRAM ARGS...: apt-get or apt-cache under the private configuration.
apt_private() {
	local root=$MICA_CACHE/apt/$1-$2 program=$3
	shift 3
	"$program" -c "$root/apt.conf" "$@"
}
