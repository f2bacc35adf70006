# SPDX-License-Identifier: BSD-3-Clause
"""Clients that are suspended and resumed."""
import os
import signal
import time

import pytest

from conftest import SLOW, Terminal, wait_until


def cpu_ticks(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def test_suspend_and_resume(site):
    site.run("one")
    [pid] = site.processes()
    assert site.ok("suspend", "one") == "suspend one successfully!\n"
    assert site.state("one") == "Suspended"
    assert "Suspended" in site.ok("status")
    before = cpu_ticks(pid)
    time.sleep(1)
    assert cpu_ticks(pid) - before <= 2  # nothing runs
    with Terminal(site.tty("one")) as tty:
        tty.drain()
        tty.write(b"echo while-away\n")
        assert not tty.read_some(1)
        site.ok("resume", "one")
        tty.read_until(rb"while-away\r\nwhile-away\r\n")
    assert site.state("one") == "Running"
    assert "pong" in site.shell("one", "ping")
    log = site.ok("logs", "one")
    assert "Running -> Suspended" in log and "Suspended -> Running" in log


def test_many_times(site):
    site.run("one")
    for turn in range(20):
        site.ok("suspend", "one")
        site.ok("resume", "one")
        assert f"turn{turn}" in site.shell("one", f"echo turn{turn}")


def test_while_data_flows(site):
    """No byte is lost or doubled, whichever moment it is."""
    site.run("one")
    size = 400000
    with Terminal(site.tty("one")) as tty:
        tty.write(f"flood {size}\n".encode())
        tty.read_until(rb"flood \d+\r\n")
        data = b""
        for _ in range(5):
            site.ok("suspend", "one")
            data += tty.drain(0.1)
            site.ok("resume", "one")
        data += tty.read_until(rb"crc32[^\n]*\n|CRC-32[^\n]*\n", 120)
    assert len(data) >= size


def test_stop_of_a_suspended_client(site):
    site.run("one")
    site.ok("suspend", "one")
    site.ok("stop", "one")
    assert site.state("one") == "Stopped"
    assert site.info("one")["reason"] == ""
    site.ok("start", "one")
    assert "pong" in site.shell("one", "ping")


def test_survives_the_daemon(site):
    site.run("one")
    site.ok("suspend", "one")
    [pid] = site.processes()
    site.kill()
    site.start()
    assert site.state("one") == "Suspended" and site.processes() == [pid]
    site.ok("resume", "one")
    assert "pong" in site.shell("one", "ping")


def test_not_twice_and_not_backwards(site):
    site.create("one")
    assert "is in state Offline" in site.fails(6, "suspend", "one")
    site.ok("start", "one")
    assert "is in state Running" in site.fails(6, "resume", "one")
    site.ok("suspend", "one")
    assert "is in state Suspended" in site.fails(6, "suspend", "one")
    site.fails(5, "suspend", "two")


@pytest.mark.parametrize("variant", ["novendor", "nocredit"])
def test_clients_that_cannot(site, variant):
    site.run("one", variant)
    assert "its image does not offer that" in site.fails(6, "suspend", "one")
    assert site.state("one") == "Running"


def test_client_that_does_not_answer(site):
    site.run("one", StopTimeoutSec=1)
    with Terminal(site.tty("one")) as tty:
        tty.write(b"hang\n")
        tty.read_until(rb"hanging")
    assert "did not suspend within 1 s" in site.fails(11, "suspend", "one")
    assert site.state("one") == "Running"


def test_killed_while_suspended(site):
    site.run("one")
    site.ok("suspend", "one")
    [pid] = site.processes()
    os.kill(pid, signal.SIGKILL)
    site.wait_state("one", "Crashed")


def test_watchdog_leaves_a_suspended_client_alone(site):
    site.run("one", WatchdogSec=2 * SLOW)
    site.ok("suspend", "one")
    time.sleep(5 * SLOW)
    assert site.state("one") == "Suspended"
    site.ok("resume", "one")
    time.sleep(3 * SLOW)
    assert site.state("one") == "Running"
    wait_until(lambda: "pong" in site.shell("one", "ping"), 10, "an answer")
