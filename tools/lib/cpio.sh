# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Archives for the initramfs. Needs lib/common.sh.

# merge_usr FOLDER: bin, sbin and lib move below usr: in the board's Linux these are links, which a
# layer that brought folders of these names would replace.
merge_usr() {
	local name
	for name in bin sbin lib; do
		[ -d "$1/$name" ] && [ ! -L "$1/$name" ] || continue
		mkdir -p "$1/usr/$name"
		cp -al "$1/$name/." "$1/usr/$name/"
		rm -rf "${1:?}/$name"
	done
}

# cpio_of FOLDER: the folder as an archive on stdout: owned by root, the same bytes for the same
# content whenever and by whomever it is made.
cpio_of() {
	need cpio cpio
	merge_usr "$1"
	find "$1" -exec touch -h -d @0 {} +
	(cd "$1" && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
		cpio --null -o -H newc -R 0:0 --reproducible --quiet)
}

# key_of_tree FOLDER: a short hash of the content and the names of its files.
key_of_tree() {
	(cd "$1" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) |
		cat - "$MICA_TOOLS"/lib/{cpio,layer-product}.sh | sha256sum | cut -c1-20
}

# keep_layer KEY FOLDER: the archive of FOLDER kept under KEY; prints its path.
keep_layer() {
	# shellcheck disable=SC2154
	cpio_of "$2" >"$work/layer.cpio"
	# shellcheck disable=SC2154
	mv -f "$work/layer.cpio" "$layers/$1.cpio"
	printf '%s\n' "$layers/$1.cpio"
}
