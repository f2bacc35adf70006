#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# initramfs.sh LAYER BOARD VERSION
#
# Makes one layer of a board's initramfs and prints its path. A layer is kept under the hash of what
# is in it, so an unchanged one is made once. Layers are cpio archives: Linux unpacks any number of
# them, one after the other.
#   base     static busybox, the kernel modules the board needs, /init
#   product  mcs_km, micad, mica, client images and configurations
#   login    an ssh server, screen and picocom, with the libraries they need
. "$(dirname "$0")/lib/common.sh"
. "$MICA_TOOLS/lib/kernel.sh"
. "$MICA_TOOLS/lib/board.sh"
. "$MICA_TOOLS/lib/cpio.sh"
DIE_CODE=$EXIT_FAILED

[ $# -eq 3 ] || die "usage: initramfs.sh base|product|login BOARD VERSION"
layer=$1 version=$3
board_load "$2"
layers=$MICA_CACHE/initramfs
mkdir -p "$layers"
work=$(mktemp -d "$layers/work.XXXXXX")
trap 'status=$? && rm -rf "$work" && [ "$status" -eq 0 ] || exit "$EXIT_FAILED"' EXIT
root=$work/root
mkdir "$root"
. "$MICA_TOOLS/lib/layer-$layer.sh"
layer_"$layer"
