# SPDX-License-Identifier: BSD-3-Clause
"""Endpoints as sockets on the board: real memory attributes, real cores, the library in C."""
import os

import pytest

from conftest import KILL, PROGRAMS, boot


@pytest.fixture(scope="module")
def guest():
    examples = os.path.join(PROGRAMS, "examples")
    g = boot(files=[(os.path.join(examples, "echo"), "/usr/bin/echo-messages"),
                    (os.path.join(examples, "sensor"), "/usr/bin/sensor")])
    yield g
    g.close()


def test_messages_both_ways(guest, client):
    guest.ok("mica start ref")
    assert "srw------- " in guest.ok("ls -l /run/mica/clients/ref/ept/mica-echo") \
        or "srw-rw---- " in guest.ok("ls -l /run/mica/clients/ref/ept/mica-echo")
    for size in (1, 64, 333, 496):
        assert "500 messages" in guest.ok(f"echo-messages ref mica-echo 500 {size}")
    assert "2000 readings, 0 lost" in guest.ok("sensor ref mica-source 2000")
    guest.ok("mica stop ref")
    guest.ok("! test -e /run/mica/clients/ref/ept/mica-echo")


def test_micad_is_killed_while_messages_flow(guest, client):
    """The reader connects to the next one; nothing comes twice. A socket has the name by which it
    was bound, not the one it has now."""
    guest.ok("mica start ref")
    guest.ok("sensor ref mica-source 10000 > /tmp/sensor 2>&1 & for i in $(seq 300); do"
             " grep -q ' 0005 03 .*ept/' /proc/net/unix && break; sleep 0.1; done;"
             f" {KILL}; /etc/init.d/micad start > /dev/null; wait;"
             " grep -q 'readings, .* connected again 1 times' /tmp/sensor || { cat /tmp/sensor; exit 1; }")
    assert "500 messages" in guest.ok("echo-messages ref mica-echo 500 64")
