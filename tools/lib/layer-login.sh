# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash disable=SC2154
# The login layer: see tools/initramfs.sh. An ssh server, and the terminal programs that users of a
# client's tty have, with the shared libraries they need and nothing else of their packages.

layer_login() {
	local suite folder key folders
	suite=$(arch_suite "$BOARD_ARCH")
	folders=$("$MICA_TOOLS/fetch.sh" --deps "$suite" "$BOARD_ARCH" \
		dropbear-bin screen picocom ncurses-base)
	key=login-$BOARD_ARCH-$({
		echo "$folders"
		cat "$MICA_TOOLS/lib/layer-login.sh" "$MICA_TOP/packaging/initramfs/ssh"
	} | sha256sum | cut -c1-20)
	[ ! -e "$layers/$key.cpio" ] || { printf '%s\n' "$layers/$key.cpio" && return; }
	say "making the login image for $BOARD_ARCH"
	while read -r folder; do
		(cd "$folder" && find . \( -path '*/lib/*-linux-gnu/*.so*' -o -name 'ld-linux*' \
			-o -path '*bin/dropbear*' -o -path '*bin/screen' -o -path '*bin/picocom' \
			-o -path '*/terminfo/[lvxs]/*' \) ! -type d ! -path '*/gconv/*' \
			-exec cp -a --parents -t "$root" {} +)
	done <<<"$folders"
	install -D -m 644 "$MICA_TOP/packaging/initramfs/ssh" "$root/etc/mcs-run/ssh"
	keep_layer "$key" "$root"
}
