# SPDX-License-Identifier: BSD-3-Clause
"""Logs of a client on the board: its log ring and trace buffers, in memory without caches."""
import pytest

from conftest import KILL


@pytest.fixture
def trace(guest):
    """An image with trace buffers and no vendor entry, started."""
    guest.ok("sed -e 's/^Name=.*/Name=trace/' -e 's/mica-ref.elf/mica-trace.elf/' /etc/mica/ref.conf > /tmp/trace.conf")
    guest.ok("mica create /tmp/trace.conf && mica start trace")
    yield "trace"
    guest.run("mica stop trace")
    guest.run("mica rm trace")


def test_trace_buffers(guest, trace):
    for i in range(3):
        guest.shell(trace, f"trace 0 line {i} of the board")
    guest.shell(trace, "trace 1 an event")
    out = guest.ok("mica logs trace")
    assert all(f"ram_console: line {i} of the board" in out for i in range(3)), out
    assert "events: an event" in out
    guest.ok(KILL)
    guest.ok("/etc/init.d/micad start")
    guest.shell(trace, "trace 0 after the daemon")
    out = guest.ok("mica logs trace")
    assert out.count("line 2 of the board") == 1 and out.count("after the daemon") == 1, out


def test_log_ring_and_last_words(guest, client):
    guest.ok("mica start ref")
    guest.shell(client, "log 4 written on the board")
    assert "log: warning: written on the board" in guest.ok("mica logs ref")
    guest.run("printf 'crash\\n' | mica console --linger 2 ref")
    guest.ok("for i in $(seq 100); do mica status | grep -q 'ref.*Crashed' && exit 0; sleep 0.1; done; exit 1")
    assert "died: " in guest.ok("mica logs ref")
