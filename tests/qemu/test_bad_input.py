# SPDX-License-Identifier: BSD-3-Clause
"""Bad input on the board: one clear line, the documented exit code, nothing left half-started."""
import os
import struct

import pytest

from conftest import ARCH, TOP

CONF = "[Mica]\\nName={name}\\nCPU={cpu}\\nClientPath={path}\\nPedestal=baremetal\\n"


def create(guest, name="bad", cpu="3", path="/lib/firmware/mica-ref.elf", extra=""):
    text = CONF.format(name=name, cpu=cpu, path=path) + extra
    guest.ok(f"printf '{text}' > /tmp/{name}.conf")
    return guest.run(f"mica create /tmp/{name}.conf 2>&1 >/dev/null")


def one_line(result, status, *words):
    assert result.status == status, result
    assert len(result.output.strip().splitlines()) == 1, result
    for word in words:
        assert word in result.output, result


def start_fails(guest, status, *words, **conf):
    """Create may already refuse; if not, start must; afterwards nothing is left and the core is free."""
    r = create(guest, **conf)
    name = conf.get("name", "bad")
    if r.status == 0:
        r = guest.run(f"mica start {name} 2>&1 >/dev/null", timeout=120)
    one_line(r, status, *words)
    guest.run(f"mica rm {name}")
    assert name not in guest.ok("mica status")
    guest.ok("mica create ref.conf && mica start ref && mica stop ref && mica rm ref")


@pytest.mark.parametrize("cpu,word", [("0", "0"), ("7", "7"), ("2-9", "4")])
def test_core_refused(guest, cpu, word):
    start_fails(guest, 8, word, cpu=cpu)


def test_core_in_use(guest, client):
    guest.ok("mica start ref")
    one_line(create(guest, name="other"), 8, "3", "ref")
    assert "other" not in guest.ok("mica status")


def test_duplicate_name(guest, client):
    one_line(guest.run("mica create ref.conf 2>&1 >/dev/null"), 8, "ref")


def test_unknown_client(guest):
    one_line(guest.run("mica start nobody 2>&1"), 5, "nobody")


def test_start_twice(guest, client):
    guest.ok("mica start ref")
    one_line(guest.run("mica start ref 2>&1 >/dev/null"), 6, "ref")


def test_stop_of_a_stopped_client(guest, client):
    guest.ok("mica start ref")
    guest.ok("mica stop ref")
    one_line(guest.run("mica stop ref 2>&1 >/dev/null"), 6, "ref")


@pytest.mark.parametrize("kind,make", [
    ("missing", "rm -f /tmp/img"),
    ("empty", ": > /tmp/img"),
    ("truncated", "head -c 3000 /lib/firmware/mica-ref.elf > /tmp/img"),
    ("foreign", "{ head -c 18 /lib/firmware/mica-ref.elf; printf '\\076\\000'; tail -c +21 /lib/firmware/mica-ref.elf; } > /tmp/img"),
    ("text", "echo hello > /tmp/img"),
])
def test_image_refused(guest, kind, make):
    guest.ok(make)
    start_fails(guest, 9, "/tmp/img", path="/tmp/img")


def test_segment_outside_the_region(guest):
    """Physical address of the first segment moved to Linux's own memory."""
    with open(os.path.join(TOP, "build", "client", ARCH, "mica-ref.elf"), "rb") as image:
        head = image.read(4096)
    first, size, n = struct.unpack_from("<Q", head, 32)[0], *struct.unpack_from("<HH", head, 54)
    load = next(at for at in range(first, first + size * n, size) if head[at:at + 4] == b"\1\0\0\0")
    guest.ok("cp /lib/firmware/mica-ref.elf /tmp/img; printf '\\000\\000\\000\\120\\000\\000\\000\\000' |"
             f" dd of=/tmp/img bs=1 seek={load + 24} conv=notrunc 2>/dev/null")
    start_fails(guest, 9, "0x50000000", path="/tmp/img")


def test_client_that_never_becomes_ready(guest):
    r = create(guest, path="/lib/firmware/mica-neverready.elf", extra="StartTimeoutSec=2\\nStopTimeoutSec=1\\n")
    assert r.status == 0
    r = guest.run("mica start bad 2>&1 >/dev/null", timeout=120)
    one_line(r, 11, "bad")
    # It cannot be stopped on bare metal without its help: said, not pretended.
    assert "bad" in guest.ok("mica status")


def test_daemon_not_running(guest):
    guest.ok("/etc/init.d/micad stop")
    one_line(guest.run("mica status 2>&1"), 3, "micad")
    guest.ok("/etc/init.d/micad start")
    guest.ok("for i in $(seq 50); do mica status >/dev/null 2>&1 && exit 0; sleep 0.1; done; exit 1")
