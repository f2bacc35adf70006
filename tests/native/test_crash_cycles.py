# SPDX-License-Identifier: BSD-3-Clause
"""Crash and restart, very often: nothing grows. The recovery times are printed, not asserted."""
import os
import re
import time

import pytest

from conftest import SLOW

CYCLES = 1000 // SLOW
WARM_UP = 50 // SLOW


def resources(site):
    time.sleep(1.5 * SLOW)  # terminals whose client has gone are kept for a moment
    pid = site.daemon.pid
    with open(f"/proc/{pid}/smaps_rollup") as smaps:
        memory = int(re.search(r"^Anonymous:\s+(\d+)", smaps.read(), re.M).group(1))
    return {"descriptors": len(os.listdir(f"/proc/{pid}/fd")),
            "threads": len(os.listdir(f"/proc/{pid}/task")),
            "processes": len(site.processes()),
            # its log has two files of bounded size
            "files": sum(not f.startswith("log") for _, _, files in os.walk(site.run_root) for f in files),
            "anonymous": memory}


def crash(tty):
    with open(tty, "wb", buffering=0) as terminal:
        terminal.write(b"fault crash\n")


class Watch:
    """Changes of one client, as the daemon tells them."""

    def __init__(self, site, name):
        self.connection = site.connect()
        self.connection.sock.settimeout(60 * SLOW)
        self.connection.send(b'{"method":"io.mica.Manager.Monitor","parameters":{"name":"%s"},'
                             b'"more":true}\0' % name.encode())
        assert "clients" in self.connection.receive()["parameters"]

    def until(self, state):
        while True:
            change = self.connection.receive()["parameters"]["change"]
            if change["to"] == state:
                return time.monotonic()


def distribution(values):
    values = sorted(values)
    at = lambda share: values[min(len(values) - 1, int(len(values) * share))] * 1000  # noqa: E731
    return (f"min {at(0):.1f}, median {at(0.5):.1f}, 90 % {at(0.9):.1f}, 99 % {at(0.99):.1f}, "
            f"max {values[-1] * 1000:.1f} ms")


@pytest.mark.long
def test_nothing_grows(site):
    tty = site.run("one", Restart="on-failure", RestartSec=0, RestartMaxDelaySec=0,
                   StartLimitBurst=0, CoreDump="no")
    watch, recovery, before = Watch(site, "one"), [], None
    for cycle in range(CYCLES):
        if cycle == WARM_UP:
            site.tty("one")
            before = resources(site)
        crash(tty)
        begin = watch.until("Crashed")
        recovery.append(watch.until("Running") - begin)
        while not os.path.exists(tty):
            time.sleep(0.001)
    site.tty("one")
    after = resources(site)
    print(f"\n{CYCLES} crashes; from crash to running again: {distribution(recovery)}")
    print(f"before {before}\nafter  {after}")
    assert site.info("one")["restarts"] == CYCLES
    grown = after.pop("anonymous") - before.pop("anonymous")
    assert after == before
    if SLOW == 1:  # sanitizers keep what was freed
        assert grown <= 256, f"{grown} KiB"  # the allocator's, not a cycle's share of a leak
    watch.connection.close()
