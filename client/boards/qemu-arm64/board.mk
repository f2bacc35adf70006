# SPDX-License-Identifier: BSD-3-Clause
# A second copy of an image for a second client: NAME:SUFFIX:ADDRESS
CLIENT_MOVED_qemu-arm64 := ref:b:0x7b000000
# Where the image of OpenAMP's demos is; the 2 MiB below are what it shares with Linux.
CLIENT_OPENAMP_qemu-arm64 := 0x7c200000
