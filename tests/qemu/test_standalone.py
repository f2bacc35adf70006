# SPDX-License-Identifier: BSD-3-Clause
"""The client's kernel port without any Linux: arm64 with both GICs, entered at EL1 and at EL2; riscv64
with and without its own timer comparator, page-based memory types and other interrupt controllers."""
import os
import subprocess

import pytest

from conftest import ARCH, CLIENTS, TOP

IMAGE = os.path.join(CLIENTS, "mica-standalone.elf")
# How the image is given to the emulator, and variants of the board, with further arguments.
START, MACHINES = {
    "arm64": (["-device", f"loader,file={IMAGE},cpu-num=0"], [
        ("gic-version=3", ""), ("gic-version=2", ""), ("gic-version=3,virtualization=on", ""),
        ("gic-version=2,virtualization=on", "")]),
    "riscv64": (["-kernel", IMAGE], [
        ("aia=none", ""), ("aia=aplic", ""), ("aia=aplic-imsic", ""), ("aia=aplic,opensbi=1.1", ""),
        ("aia=aplic", "-cpu rv64,sstc=off"), ("aia=aplic", "-cpu rv64,svpbmt=on"),
        ("aia=none", "-cpu max")]),
}[ARCH]
EMULATOR = (". tools/lib/common.sh; . tools/lib/board.sh; board_load \"$1\"; board_emulator;"
            " printf '%s\\n' \"${EMULATOR[@]}\" \"${MACHINE[@]}\"")


@pytest.mark.parametrize("machine, more", MACHINES)
def test_standalone(machine, more):
    emulator = subprocess.run(["bash", "-c", EMULATOR, "test", f"qemu-{ARCH},{machine}"], cwd=TOP,
                              stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    out = subprocess.run([*emulator, *more.split(), *START, "-nic", "none", "-nographic"],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                         check=True).stdout
    assert out.strip().splitlines()[-1] == (f"mica standalone {ARCH}: preemption ok,"
                                            " semaphores ok, queues ok, sleep ok"), out
