# SPDX-License-Identifier: BSD-3-Clause
"""The client's kernel port without any Linux, on each variant of the machine that matters to it."""
import os
import subprocess

import pytest

from conftest import ARCH, CLIENTS, FACTS, TOP


@pytest.mark.parametrize("variant", FACTS["BOARD_ALONE"].split())
def test_standalone(variant):
    image = os.path.join(CLIENTS, "mica-standalone.elf")
    out = subprocess.run([os.path.join(TOP, "tools", "mcs-run"), f"{FACTS['BOARD_NAME']},{variant}",
                          "--alone", image, "--timeout", "60"], stdin=subprocess.DEVNULL,
                         capture_output=True, text=True, timeout=300, check=True).stdout
    # Firmware may have printed before it.
    assert out.strip().splitlines()[-1] == (f"mica standalone {ARCH}: preemption ok, semaphores ok, "
                                            "queues ok, sleep ok"), out
