# SPDX-License-Identifier: BSD-3-Clause
# A second copy of an image for a second client: NAME:SUFFIX:ADDRESS
CLIENT_MOVED_qemu-arm64 := ref:b:0x7b000000
