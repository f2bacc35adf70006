# SPDX-License-Identifier: BSD-3-Clause
"""Many start/stop cycles in one boot leave nothing behind."""
import os
import re

from conftest import kernel_warnings

CYCLES = int(os.environ.get("MICA_CYCLES", "100"))

# A terminal that is still open is kept for a moment after its client: those are let go first.
SNAPSHOT = ("sleep 5; p=$(pidof micad); echo fds=$(ls /proc/$p/fd | wc -l) "
            "anon=$(awk '/^Anonymous/{print $2}' /proc/$p/smaps_rollup) "
            "slab=$(awk '/^SUnreclaim/{print $2}' /proc/meminfo)")


def snapshot(guest):
    return {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", guest.ok(SNAPSHOT))}


def cycles(guest, n):
    """n times start and stop; each stop must have ended with the core off by firmware's word."""
    out = guest.ok(f"n=0; while [ $n -lt {n} ]; do mica start ref >/dev/null && mica stop ref >/dev/null"
                   " || { echo failed at $n; break; }; n=$((n+1)); done; echo cycles=$n", timeout=1800)
    assert f"cycles={n}" in out, out


def test_start_stop_cycles(guest, client):
    cycles(guest, 20)
    before = snapshot(guest)
    cycles(guest, CYCLES - 20)
    after = snapshot(guest)
    print(f"before {before} after {after}")
    assert after["fds"] == before["fds"]
    # The allocator settles within some 200 cycles, at 60 to 90 kB more than after 20.
    assert after["anon"] - before["anon"] <= 128, "resident kB of micad grew"
    assert after["slab"] - before["slab"] <= 1024, "unreclaimable slab kB grew"
    guest.ok("mica rm ref")
    assert guest.ok("cat /sys/devices/system/cpu/cpu3/online") == "0"
    guest.ok("mica create ref.conf")
    assert kernel_warnings(guest) == ""


def test_create_remove_cycles_give_the_core_back(guest):
    out = guest.ok("n=0; while [ $n -lt 10 ]; do mica create ref-b.conf >/dev/null && mica start ref-b >/dev/null"
                   " && mica stop ref-b >/dev/null && mica rm ref-b >/dev/null"
                   " && [ $(cat /sys/devices/system/cpu/cpu2/online) = 1 ] || break; n=$((n+1)); done;"
                   " echo cycles=$n", timeout=600)
    assert "cycles=10" in out
    assert kernel_warnings(guest) == ""
