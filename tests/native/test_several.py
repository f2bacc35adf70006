# SPDX-License-Identifier: BSD-3-Clause
"""Several clients at once: each works as if it were alone."""
import os
import signal
import threading

from conftest import Terminal, wait_until

NAMES = ("one", "two", "three")


def exchange(site, name, size, failed):
    """`cat` in the client's shell gives back what it gets, byte for byte."""
    try:
        data = os.urandom(size)
        with Terminal(site.tty(name)) as tty:
            tty.write(f"cat {size}\n".encode())
            tty.read_until(rb"cat \d+\r\n")
            assert tty.exchange(data, size) == data
    except BaseException as e:  # of a thread: the test's own
        failed.append((name, e))


def all_at_once(site, size=100000):
    failed = []
    threads = [threading.Thread(target=exchange, args=(site, name, size, failed))
               for name in NAMES]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failed, failed


def test_traffic_of_three(site):
    for name, variant in zip(NAMES, ("ref", "novendor", "trace")):
        site.run(name, variant)
    all_at_once(site)
    assert len({site.tty(name) for name in NAMES}) == 3
    for name in NAMES:
        assert site.info(name)["services"][0]["dropped_bytes"] == 0


def test_end_of_one_is_nothing_to_the_others(site):
    for name in NAMES:
        site.run(name)
    ttys = {name: site.tty(name) for name in NAMES}
    victim = site.tty("two")
    with open(victim, "wb", buffering=0) as tty:
        tty.write(b"crash\n")
    site.wait_state("two", "Crashed")
    assert "pong" in site.shell("one", "ping") and "pong" in site.shell("three", "ping")
    site.ok("start", "two")
    all_at_once(site, 20000)
    assert {name: site.tty(name) for name in NAMES} == ttys


def test_daemon_is_replaced_under_all(site):
    for name in NAMES:
        site.run(name)
    pids = sorted(site.processes())
    for _ in range(2):
        site.kill(signal.SIGKILL)
        site.start()
    assert sorted(site.processes()) == pids
    all_at_once(site, 20000)
    for name in NAMES:
        site.shell(name, f"log 5 I am {name}")
        assert f"I am {name}" in site.ok("logs", "-n", "1", name)
    site.ok("stop", "two")
    assert [site.state(name) for name in NAMES] == ["Running", "Stopped", "Running"]
    wait_until(lambda: len(site.processes()) == 2, what="end of two")
