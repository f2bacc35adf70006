# SPDX-License-Identifier: BSD-3-Clause
"""Updates on a disk, and the power that fails in the middle of them."""
import os
import random
import re
import subprocess
import time

import pexpect
import pytest

from conftest import Guest

pytestmark = pytest.mark.long

CONF = """[Mica]
Name=upd
CPU=3
ClientPath=/lib/firmware/mica-ref.elf
AutoBoot=yes
HealthySec=1
"""
CUTS = 8  # power cuts


def emulators(pid):
    """Processes of the emulator below this one, at any depth."""
    below = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(pid)], text=True,
                           capture_output=True).stdout.split("\n")
    found = []
    for child, name in (line.split(None, 1) for line in below if line):
        found += [int(child)] if name.startswith("qemu") else emulators(child)
    return found


class Machine:
    """A board whose disk outlives its boots."""

    def __init__(self, folder):
        self.disk, self.conf = str(folder / "disk"), str(folder / "upd.conf")
        with open(self.conf, "w") as conf:
            conf.write(CONF)
        with open(self.disk, "wb") as disk:
            disk.truncate(16 << 20)
        subprocess.run(["/sbin/mkfs.ext4", "-q", "-F", self.disk], check=True)
        self.guest = None

    def boot(self):
        self.guest = Guest(options=["--disk", self.disk],
                           files=[(self.conf, "/etc/mica/upd.conf")])
        assert "/var/lib" in self.guest.ok("grep ext4 /proc/mounts")
        return self.guest

    def cut_power(self):
        """QEMU is gone from one instruction to the next; what its disk has been told stays."""
        shell = self.guest.child
        emulator, = emulators(shell.pid)
        os.kill(emulator, 9)
        shell.expect(pexpect.EOF, timeout=120)
        shell.close(force=True)
        self.guest = None

    def wait_running(self):
        self.guest.ok("for i in $(seq 300); do mica status | grep -q 'upd .*Running.*ttyRPMSG' && exit 0;"
                      " sleep 0.1; done; mica status upd; cat /var/log/micad.log; exit 1")

    def version(self):
        self.wait_running()
        out = self.guest.shell("upd", "version")
        found = re.search(r"\(mica-(\w+)", out)
        assert found, out + self.guest.ok("mica status upd; tail -n 30 /var/log/micad.log")
        return found.group(1)

    def close(self):
        if self.guest:
            self.guest.close()


@pytest.fixture
def machine(tmp_path):
    m = Machine(tmp_path)
    yield m
    m.close()


def image(variant):
    return f"/lib/firmware/mica-{variant}.elf"


def test_update_and_back(machine):
    guest = machine.boot()
    assert machine.version() == "ref"
    guest.ok(f"mica update upd {image('novendor')}")
    assert machine.version() == "novendor"
    # The first image that crashes cannot be forced off its core, but it is off.
    bad = guest.run(f"mica update upd {image('crashboot')}")
    assert bad.status in (11, 13) and "runs again" in bad.output, bad
    assert machine.version() == "novendor"
    assert "taken back" in guest.ok("mica status upd")
    guest.ok("mica rollback upd")
    assert machine.version() == "ref"
    assert guest.ok("ls /var/lib/micad/images/upd | grep -c elf$") == "2"


def test_power_cut_during_updates(machine):
    moments = random.Random(20)
    guest = machine.boot()
    now = machine.version()
    begun = time.monotonic()
    guest.ok(f"mica update upd {image('novendor')}")
    whole = time.monotonic() - begun
    now, seen = "novendor", set()
    for turn in range(CUTS):
        new = "ref" if now == "novendor" else "novendor"
        # One cut in each part of an update, the last one after its end.
        wait = whole * (turn + moments.random()) / (CUTS - 1)
        guest.child.sendline(f"mica update upd {image(new)}")
        time.sleep(wait)
        machine.cut_power()
        guest = machine.boot()
        found = machine.version()
        assert found in (now, new), (turn, wait)
        assert "damaged" not in guest.ok("mica status upd")
        assert "on trial: the image before" not in guest.ok("mica status upd") or found == now
        seen.add(found == new)
        now = found
    assert False in seen, "no cut came in time"
