# SPDX-License-Identifier: BSD-3-Clause
"""What a message takes on the board, in lock-step, and what nothing takes: an idle daemon sleeps, its client
waits in WFI."""
import json
import os
import re
import socket
import subprocess
import tempfile
import time

import pytest

from conftest import ARCH, CLIENTS, PROGRAMS, boot, hart

COUNTS = (os.path.join(PROGRAMS, "tests", "counts"), "/usr/bin/counts")
MIB = 1 << 20
CPU = 3
POLL = 6  # a doorbell that nobody rings: Linux looks for it


@pytest.fixture(name="board", scope="module")
def booted():
    """(guest, path of the emulator's control socket)"""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "qmp")
        guest = boot(options=["--qmp", path], files=[COUNTS])
        yield guest, path
        guest.close()


@pytest.fixture(name="bench")
def bench_client(board):
    guest, _ = board
    guest.ok(f"printf '[Mica]\\nName=one\\nCPU={CPU}\\nClientPath=/lib/firmware/mica-bench.elf\\n' > /tmp/one.conf"
             " && mica create /tmp/one.conf && mica start one")
    guest.ok("for e in mica-bench rpmsg-umt rpmsg-rpc; do for i in $(seq 100); do"
             " mica status one | grep -q $e && break; sleep 0.1; done; done; sleep 1")
    yield guest
    guest.run("mica stop one; mica rm one")


def look(guest):
    """(status of the client, its doorbells by the module's count: in, out; kind of doorbell)"""
    info = json.loads(guest.ok("mica status --json one").splitlines()[-1])["clients"][0]
    dump = json.loads(guest.ok("mica --json dump one").strip().splitlines()[-1])["dump"]
    claim = guest.ok("mount -t debugfs none /sys/kernel/debug 2>/dev/null; grep '^one ' /sys/kernel/debug/mcs/claims")
    return info, tuple(map(int, re.search(r"in (\d+) out (\d+)", claim).groups())), dump


def umt(info):
    return next(s for s in info["services"] if s["name"] == "rpmsg-umt")


def test_pings(bench):
    """A message and at most an interrupt each way, by the module's count."""
    before, rung, dump = look(bench)
    assert "50 messages sent, 50 received, 0% lost" in bench.ok("mica ping one -c 50 -i 0.02 -s 16 -q -W 20")
    after, rung_then, dump_then = look(bench)
    came, went = (b - a for a, b in zip(rung, rung_then))
    assert 0 < went <= 50
    assert dump["doorbell_kind"] == POLL or 0 < came <= 50
    assert went == after["doorbells_out"] - before["doorbells_out"]
    # Those that the daemon takes together are one to it.
    assert after["doorbells_in"] - before["doorbells_in"] <= came
    for way in ("read", "written"):
        assert dump_then["lanes"][0][way] - dump["lanes"][0][way] == 50 * 32


@pytest.mark.parametrize("way", ["out", "in"])
def test_bulk(bench, way):
    """One copy into the window, none out of it, on either side; two short messages."""
    before, rung, dump = look(bench)
    got = bench.ok(f"counts one {way} 10 {MIB}").split()
    got = {what: int(number) for what, number in zip(got[::2], got[1::2])}
    sent = 10 if way == "out" else 0
    assert got == {"done": 10, "copied": sent * MIB, "pieces": sent, "bytes": sent * MIB}
    time.sleep(1)
    after, rung_then, _ = look(bench)
    a, b = umt(before), umt(after)
    for key in ("rx_messages", "tx_messages"):
        assert b[key] - a[key] == 10, key
    for key in ("rx_bytes", "tx_bytes"):
        assert b[key] - a[key] == 160, key
    assert b["window_tx_bytes"] - a["window_tx_bytes"] == sent * MIB
    assert b["window_rx_bytes"] - a["window_rx_bytes"] == (10 - sent) * MIB
    # Messages of rpmsg-umt and of mica-bench, and credit for every other one of them.
    most = (10 + 11) * 3 // 2 + 1
    came, went = (y - x for x, y in zip(rung, rung_then))
    assert 0 < went <= most
    assert dump["doorbell_kind"] == POLL or 0 < came <= most


def idle_loop():
    """Addresses where a core is that waits for an interrupt."""
    text = subprocess.run([f"{'aarch64' if ARCH == 'arm64' else ARCH}-linux-gnu-objdump", "-d",
                           "--disassemble=k_arch_idle", os.path.join(CLIENTS, "mica-bench.elf")],
                          capture_output=True, text=True, check=True).stdout
    at = [int(a, 16) for a in re.findall(r"^\s*([0-9a-f]+):.*\bwfi\b", text, re.M)]
    assert len(at) == 1
    return {at[0], at[0] + 4}


class Emulator:
    """QEMU's control socket."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(path)
        self.lines = self.sock.makefile("r", encoding="utf-8")
        assert "QMP" in json.loads(self.lines.readline())
        self.call("qmp_capabilities")

    def call(self, command, **arguments):
        self.sock.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = json.loads(self.lines.readline())
            if "event" not in answer:
                return answer["return"]

    def pc(self, cpu):
        text = self.call("human-monitor-command", **{"command-line": "info registers", "cpu-index": cpu})
        return int(re.search(r"\bpc[= ]+([0-9a-f]+)", text, re.I).group(1), 16)

    def close(self):
        self.lines.close()
        self.sock.close()


SWITCHES = "cat /proc/$(pidof micad)/task/*/status | awk '/^voluntary/ { n += $2 } END { print n }'"


def test_idle(board, bench):
    """Five seconds in which nothing happens: no thread of the daemon wakes, the client sleeps in its idle loop."""
    guest, path = board
    guest.ok("mica ping one -c 3 -W 20")
    loop = idle_loop()
    core = hart(guest, CPU)
    guest.ok("sleep 2")
    before, rung, _ = look(guest)
    # In one go: what asks wakes nobody.
    woken = guest.ok(f"a=$({SWITCHES}); sleep 5; b=$({SWITCHES}); echo $((b - a))")
    assert int(woken) == 0
    after, rung_then, _ = look(guest)
    assert rung_then == rung and after["doorbells_out"] == before["doorbells_out"]
    emulator = Emulator(path)
    try:
        seen = set()
        for _ in range(20):
            seen.add(emulator.pc(core))
            time.sleep(0.1)
    finally:
        emulator.close()
    assert seen <= loop, [hex(pc) for pc in seen]
