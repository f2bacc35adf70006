# SPDX-License-Identifier: BSD-3-Clause
"""The client's kernel port without any Linux: both GICs, entered at EL1 and at EL2."""
import os
import subprocess

import pytest

from conftest import CLIENTS


@pytest.mark.parametrize("machine", ["gic-version=3", "gic-version=2",
                                     "gic-version=3,virtualization=on",
                                     "gic-version=2,virtualization=on"])
def test_standalone(machine):
    image = os.path.join(CLIENTS, "mica-standalone.elf")
    out = subprocess.run(["qemu-system-aarch64", "-M", f"virt,{machine}", "-cpu", "cortex-a53",
                          "-m", "2G", "-smp", "4", "-nic", "none", "-nographic",
                          "-device", f"loader,file={image},cpu-num=0"],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                         check=True).stdout
    assert out.strip() == ("mica standalone arm64: preemption ok, semaphores ok, queues ok, "
                           "sleep ok")
