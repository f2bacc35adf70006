# SPDX-License-Identifier: BSD-3-Clause
"""The daemon dies and its state with it; the client runs on and the next daemon takes it over."""
from conftest import KILL, status_rows

FILE = "/etc/mica/ref.conf"
FORGET = KILL + "; rm -rf /run/mica/clients/*; /etc/init.d/micad start"


def echo(guest):
    return "pong" in guest.shell("ref", "ping")


def test_attach_after_state_was_lost(guest, client):
    online = guest.ok("cat /sys/devices/system/cpu/cpu3/online")
    guest.ok("mica start ref")
    assert echo(guest)
    refused = guest.run(f"mica attach {FILE}")
    assert refused.status == 8 and "exists" in refused.output
    guest.ok(FORGET)
    assert "ref" not in status_rows(guest.ok("mica status"))
    guest.ok(f"mica attach {FILE}")
    assert status_rows(guest.ok("mica status"))["ref"][:2] == ("3", "Running")
    assert "attached" in guest.ok("mica status ref")
    assert echo(guest)
    guest.ok("mica stop ref")
    guest.ok("mica start ref")
    assert echo(guest)
    guest.ok("mica stop ref; mica rm ref")
    assert guest.ok("cat /sys/devices/system/cpu/cpu3/online") == online
    assert guest.ok("cat /sys/kernel/debug/mcs/claims 2>/dev/null || true") == ""
    guest.ok(f"mica create {FILE}")


def test_what_is_not_there_is_not_taken(guest, client):
    guest.ok("mica rm ref")
    off = guest.run(f"mica attach {FILE}")
    assert off.status == 6 and "CPU 3" in off.output, off
    linux = guest.run(f"sed 's/^CPU=.*/CPU=1/; s/^Name=.*/Name=other/' {FILE} >/tmp/o.conf;"
                      " mica attach /tmp/o.conf")
    assert linux.status == 6 and "Linux" in linux.output, linux
    assert "ref" not in status_rows(guest.ok("mica status"))
    guest.ok(f"mica create {FILE}")


def test_another_image_is_refused(guest, client):
    guest.ok("mica start ref")
    guest.ok(FORGET)
    refused = guest.run(f"sed 's,^ClientPath=.*,ClientPath=/lib/firmware/mica-align4.elf,'"
                        f" {FILE} >/tmp/o.conf; mica attach /tmp/o.conf")
    assert refused.status == 9 and "is not image" in refused.output, refused
    guest.ok(f"mica attach {FILE}")
    assert echo(guest)
    guest.ok("mica stop ref")
