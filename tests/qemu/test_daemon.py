# SPDX-License-Identifier: BSD-3-Clause
"""micad dies; the client does not notice; the next micad carries on."""
from conftest import KILL, status_rows


def uptime(guest):
    """Seconds the client has been up, by its own clock."""
    out = guest.shell("ref", "uptime")
    digits = [w for line in out.splitlines() if "up" in line.lower() for w in line.replace(",", " ").split()
              if w.replace(".", "", 1).replace("s", "").isdigit()]
    assert digits, out
    return float(digits[0].rstrip("s"))


def test_kill_9_and_adopt(guest, client):
    guest.ok("mica start ref")
    tty = guest.ok("readlink /dev/ttyRPMSG0")
    assert tty
    first = uptime(guest)
    for _ in range(3):
        guest.ok(KILL + "; /etc/init.d/micad start")
        guest.ok("for i in $(seq 100); do mica status | grep -q 'ref .*Running.*ttyRPMSG0' && exit 0;"
                 " sleep 0.1; done; mica status; exit 1")
        assert status_rows(guest.ok("mica status"))["ref"][:2] == ("3", "Running")
        now = uptime(guest)
        assert now >= first, "the client was restarted"
        first = now
    guest.ok("mica stop ref")


def test_module_stays_while_nobody_holds_the_client(guest, client):
    guest.ok("mica start ref")
    guest.ok(KILL)
    assert guest.run("rmmod mcs_km").status != 0
    guest.ok("/etc/init.d/micad start")
    guest.ok("for i in $(seq 100); do mica stop ref && exit 0; sleep 0.2; done; exit 1")


def test_restart_is_graceful(guest, client):
    guest.ok("mica start ref")
    guest.ok("/etc/init.d/micad restart")
    guest.ok("for i in $(seq 100); do mica status | grep -q 'ref .*Running.*ttyRPMSG0' && exit 0;"
             " sleep 0.1; done; exit 1")
    assert "uptime" in guest.shell("ref", "help")
