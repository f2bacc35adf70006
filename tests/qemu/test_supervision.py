# SPDX-License-Identifier: BSD-3-Clause
"""Clients that end unexpectedly on the board, where nobody can stop one by force."""
import json

import pytest

from conftest import KILL, boot, kernel_warnings

POLICY = "Restart=on-failure\\nRestartSec=0.05\\nWatchdogSec=2\\nStopTimeoutSec=1\\n"


@pytest.fixture(scope="module")
def board():
    """A board of its own: a core of it is lost at the end."""
    g = boot()
    yield g
    g.close()


@pytest.fixture
def ref(board):
    """The reference client with a policy, running."""
    board.ok(f"(grep -v '^AutoBoot' /etc/mica/ref.conf; printf '{POLICY}') > /tmp/ref.conf")
    board.ok("mica create /tmp/ref.conf && mica start ref")
    yield "ref"
    board.run("mica stop ref; mica rm ref")


def info(guest):
    return json.loads(guest.ok("mica --json status ref"))["clients"][0]


def wait_for(guest, text, seconds=30):
    """Until the status of the client says so."""
    guest.ok(f"for i in $(seq {seconds * 5}); do mica status ref | grep -q '{text}' && exit 0;"
             " sleep 0.2; done; mica status ref; exit 1")


def order(guest, command):
    """One that is not answered."""
    guest.run(f"printf '{command}\\n' | mica console ref --linger 1")


def test_crash_is_followed_by_a_restart(board, ref):
    for turn in range(3):
        assert "pong" in board.shell("ref", "ping")
        order(board, "crash")
        wait_for(board, f"Restart:.*on-failure; {turn + 1} time")
        wait_for(board, "State: *Running")
    assert "pong" in board.shell("ref", "ping")
    # The next daemon goes on counting.
    board.ok(KILL + "; /etc/init.d/micad start")
    wait_for(board, "State: *Running")
    assert info(board)["restarts"] == 3


def test_power_off_in_order_is_none(board, ref):
    order(board, "poweroff")
    wait_for(board, "State: *Stopped")
    entry = info(board)
    assert (entry["restarts"], entry["restart_pending"]) == (0, False)


def test_the_next_daemon_watches_on(board, ref):
    board.ok(KILL + "; /etc/init.d/micad start")
    wait_for(board, "State: *Running")
    assert info(board)["watchdog"] == "on"
    order(board, "crash")
    wait_for(board, "Restart:.*on-failure; 1 time")
    wait_for(board, "State: *Running")


def test_hang_is_ended_or_keeps_cores_and_memory(board):
    """Last of this board. Where firmware can force a core, it is."""
    board.ok(f"(grep -v '^AutoBoot' /etc/mica/ref.conf; printf '{POLICY}') > /tmp/ref.conf")
    board.ok("mica create /tmp/ref.conf && mica start ref")
    order(board, "hang")
    if info(board)["can_force_stop"]:
        wait_for(board, "Restart:.*on-failure; 1 time", 60)
        wait_for(board, "State: *Running")
        assert "no heartbeat" in info(board)["last_end"]
        assert "pong" in board.shell("ref", "ping")
        assert kernel_warnings(board) == ""
        return
    wait_for(board, "State: *Error: hung: no heartbeat for 2 s; it does not stop", 60)
    entry = info(board)
    assert "quarantined" in entry["reason"] and not entry["restart_pending"]
    refused = board.run("mica rm ref")
    assert refused.status == 6 and "Error" in refused.output, refused
    assert board.run("mica start ref").status == 6
    # Nobody else gets the core or the memory: neither another client nor Linux.
    board.ok("sed 's/^Name=.*/Name=other/' /tmp/ref.conf > /tmp/other.conf")
    assert board.run("mica create /tmp/other.conf").status == 8
    assert board.run("echo 1 > /sys/devices/system/cpu/cpu3/online").status != 0
    # Nor after the daemon was replaced.
    board.ok(KILL + "; /etc/init.d/micad start")
    wait_for(board, "State: *Error")
    assert board.run("mica create /tmp/other.conf").status == 8
    assert board.run("mica rm ref").status == 6
    assert kernel_warnings(board) == ""
