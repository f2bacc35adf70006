# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash disable=SC2154
# The product layer: see tools/initramfs.sh. Everything is built first, unless MICA_NO_BUILD=1 says
# that it has just been; then the board's Linux gets what `make install` installs.

layer_product() {
	local release module clients key cross
	cross=$(arch_cross "$BOARD_ARCH")
	clients=$MICA_BUILD/client/$BOARD_ARCH
	release=$(kernel_release "$version" "$BOARD_ARCH")
	module=$MICA_BUILD/kernel-$version-$BOARD_ARCH/kernel/mcs_km.ko
	if [ -z "${MICA_NO_BUILD:-}" ]; then
		locked "$MICA_BUILD/product.lock" quietly "building micad, mica and clients for $BOARD_ARCH" \
			make -s -j2 -C "$MICA_TOP" V="$BOARD_ARCH" host "client-$BOARD_ARCH"
		module=$("$MICA_TOOLS/build-module.sh" "$version" "$BOARD_ARCH")
	fi
	locked "$MICA_BUILD/product.lock" quietly "installing" \
		make -s -C "$MICA_TOP" V="$BOARD_ARCH" install DESTDIR="$root"
	rm -rf "${root:?}/usr/share"
	install -D -m 644 -t "$root/lib/firmware" "$clients"/*.{elf,bin}
	install -D -m 644 -t "$root/etc/mica" "$BOARD_FOLDER"/clients/*.conf
	install -D -m 644 "$MICA_TOP/packaging/initramfs/ready" "$root/etc/mcs-run/ready"
	install -D -m 644 "$module" "$root/lib/modules/$release/updates/mcs_km.ko"
	key=product-$BOARD_NAME-$version-$(key_of_tree "$root")
	[ ! -e "$layers/$key.cpio" ] || { printf '%s\n' "$layers/$key.cpio" && return; }
	say "putting the product into an image for Linux $version"
	# Scripts among them are not for it to judge.
	find "$root/usr" -type f -perm -u+x -exec "${cross}strip" {} + 2>/dev/null || true
	"${cross}strip" --strip-debug "$root/lib/modules/$release/updates/mcs_km.ko"
	add_module_to_index
	# Earlier builds of a tree in the making are of no use any more.
	find "$layers" -name "product-$BOARD_NAME-$version-*.cpio" -mmin +600 -delete
	keep_layer "$key" "$root"
}

# The base layer's index of modules, with one more line.
add_module_to_index() {
	local base index=lib/modules/$release/modules.dep
	base=$("$MICA_TOOLS/initramfs.sh" base "$BOARD_NAME" "$version")
	{
		cpio -i --quiet --to-stdout "*$index" <"$base"
		echo "updates/mcs_km.ko:"
	} >"$root/$index"
}
