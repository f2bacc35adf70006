# SPDX-License-Identifier: BSD-3-Clause
"""What a daemon costs that has nothing to do."""
import os
import re
import time

import pytest

from conftest import SLOW

WATCHDOG = 2  # seconds; looked at twice in that time
SECONDS = 8


def switches(pid):
    """How often its threads have gone to sleep, all together."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status") as status:
            total += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status.read(), re.M).group(1))
    return total


def resident(pid):
    with open(f"/proc/{pid}/smaps_rollup") as smaps:
        text = smaps.read()
    return {name: int(re.search(rf"^{name}:\s+(\d+)", text, re.M).group(1))
            for name in ("Rss", "Pss", "Anonymous")}


def wake_ups(pid):
    time.sleep(2 * SLOW)
    before = switches(pid)
    time.sleep(SECONDS)
    return switches(pid) - before


@pytest.mark.long
def test_quiet_client(site):
    site.run("one")
    assert wake_ups(site.daemon.pid) == 0
    print(f"\nmicad with one client: {resident(site.daemon.pid)} KiB")


@pytest.mark.long
def test_watchdog_looks_twice_a_period(site):
    site.run("one", WatchdogSec=WATCHDOG)
    looks = SECONDS * 2 // WATCHDOG
    assert looks - 1 <= wake_ups(site.daemon.pid) <= looks + 1


@pytest.mark.long
def test_nothing_at_all(site):
    assert wake_ups(site.daemon.pid) == 0
    print(f"\nmicad without a client: {resident(site.daemon.pid)} KiB")
