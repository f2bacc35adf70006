# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# The one list of packages, by what needs them, under Debian's names. Used by setup.sh.

# Building and running on this machine: the native board.
readonly PACKAGES_NATIVE="
	build-essential pkg-config libuv1-dev libjson-c-dev libinih-dev libseccomp-dev libcap-ng-dev libsodium-dev scdoc
	python3 procps util-linux"

# Building for and emulating the boards; the kernel, headers and libraries of the boards themselves
# are not installed: tools/fetch.sh gets them.
readonly PACKAGES_BOARD="
	gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-system-arm
	gcc-riscv64-linux-gnu libc6-dev-riscv64-cross
	device-tree-compiler cpio kmod xz-utils zstd debian-archive-keyring"

# Emulators new enough for riscv64 are in Debian 13; elsewhere tools/emulator.sh fetches one.
PACKAGES_EMULATOR=''
[ "$(host_suite)" != trixie ] || PACKAGES_EMULATOR=qemu-system-riscv

# Tests, fuzzers, style and static checks.
readonly PACKAGES_TEST="
	libcmocka-dev cmake strace python3-pytest python3-pytest-xdist python3-pexpect python3-prometheus-client minisign e2fsprogs openssh-client screen picocom gdb-multiarch
	pyflakes3 clang libclang-rt-dev llvm clang-format clang-tidy cppcheck sparse shellcheck perl git"

# packages_for SET: native (demo BOARD=native), demo (the boards too), test (everything).
packages_for() {
	local list=$PACKAGES_NATIVE
	case $1 in
	native) ;;
	demo) list+=" $PACKAGES_BOARD $PACKAGES_EMULATOR" ;;
	test) list+=" $PACKAGES_BOARD $PACKAGES_EMULATOR $PACKAGES_TEST" ;;
	*) die "no set of packages '$1': choose native, demo or test" ;;
	esac
	# shellcheck disable=SC2086
	printf '%s\n' $list
}
