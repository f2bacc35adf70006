# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Architectures of boards: their compilers, and the Debian suites that have them. Needs lib/common.sh.

readonly KERNEL_VERSIONS="5.10 6.1 6.12 newest" KERNEL_DEFAULT=6.12

# arch_cross ARCH: prefix of its cross tools; their package is gcc-PREFIX without the last dash.
arch_cross() {
	case $1 in
	arm64) printf 'aarch64-linux-gnu-' ;;
	riscv64) printf 'riscv64-linux-gnu-' ;;
	*) die "no architecture '$1': choose arm64 or riscv64" ;;
	esac
}

# arch_suite ARCH: where its libraries and programs come from. riscv64 begins with Debian 13.
arch_suite() {
	case $1 in
	riscv64) printf 'trixie' ;;
	*) host_suite ;;
	esac
}

# arch_kernels ARCH: versions of its stock kernels.
arch_kernels() {
	case $1 in
	riscv64) printf '6.12' ;;
	*) printf '%s' "$KERNEL_VERSIONS" ;;
	esac
}
