# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash disable=SC2154
# The base layer: see tools/initramfs.sh.

# module_closure FOLDER NAME...: files of these modules and of those they need, the needed first.
module_closure() {
	local folder=$1 name file needed
	shift
	for name in "$@"; do
		file=$(find "$folder/kernel" \( -name "$name.ko*" -o -name "${name//_/-}.ko*" \) \
			-print -quit)
		# Not there: built into this kernel.
		[ -n "$file" ] || continue
		needed=$(/sbin/modinfo -F depends "$file")
		# shellcheck disable=SC2086
		[ -z "$needed" ] || module_closure "$folder" ${needed//,/ }
		printf '%s\n' "$file"
	done
}

install_modules() {
	local folder=$1 target=$root/lib/modules/${1##*/} file plain
	shift
	mkdir -p "$target/kernel"
	module_closure "$folder" "$@" | awk '!seen[$0]++' | while read -r file; do
		case $file in
		*.xz) plain=${file##*/} && xz -dc "$file" >"$target/kernel/${plain%.xz}" ;;
		*.zst) plain=${file##*/} && zstd -qdc "$file" >"$target/kernel/${plain%.zst}" ;;
		*) cp "$file" "$target/kernel/" ;;
		esac
	done
	cp "$folder"/modules.order "$folder"/modules.builtin* "$target/"
	/sbin/depmod -b "$root" "${folder##*/}" 2>/dev/null
}

layer_base() {
	local image busybox key
	image=$(kernel_image "$version" "$BOARD_ARCH")
	busybox=$("$MICA_TOOLS/fetch.sh" "$(arch_suite "$BOARD_ARCH")" "$BOARD_ARCH" busybox-static)
	key=base-$BOARD_NAME-$version-$({
		echo "$image $busybox $BOARD_MODULES $BOARD_DISK_MODULES"
		cat "$MICA_TOP/packaging/initramfs/init" "$MICA_TOOLS"/lib/{layer-base,cpio}.sh
	} | sha256sum | cut -c1-20)
	[ ! -e "$layers/$key.cpio" ] || { printf '%s\n' "$layers/$key.cpio" && return; }
	say "making the base image of $BOARD_NAME for Linux $version"
	need /sbin/depmod kmod
	mkdir -p "$root"/{etc/mcs-run,root} "$root"/usr/{bin,sbin,lib}
	ln -s usr/bin usr/sbin usr/lib "$root"
	find "$busybox" -path '*bin/busybox' -exec cp {} "$root/bin/" \;
	cp "$MICA_TOP/packaging/initramfs/init" "$root/init"
	printf '%s\n' "$BOARD_NAME" >"$root/etc/hostname"
	printf 'root::0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
	printf 'root:x:0:\ntty:x:5:\n' >"$root/etc/group"
	printf '/bin/sh\n' >"$root/etc/shells"
	# shellcheck disable=SC2086
	printf '%s\n' $BOARD_MODULES >"$root/etc/mcs-run/modules"
	# shellcheck disable=SC2086
	printf '%s\n' $BOARD_DISK_MODULES >"$root/etc/mcs-run/disk-modules"
	# shellcheck disable=SC2086
	install_modules "$(modules_folder "$image")" $BOARD_MODULES $BOARD_DISK_MODULES
	keep_layer "$key" "$root"
}
