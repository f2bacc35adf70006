# SPDX-License-Identifier: BSD-3-Clause
"""The daemon goes, the clients stay, the next daemon finds them."""
import os
import signal
import time

import pytest

from conftest import image, wait_until


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("style", ["ref", "novendor"])
def test_client_is_found_again(site, style, number):
    tty = site.run("one", style)
    site.shell("one", "echo before")
    [pid] = site.processes()
    up = site.info("one")["uptime_us"]
    site.kill(number)
    time.sleep(0.3)
    assert site.processes() == [pid]
    site.start()
    assert site.state("one") == "Running"
    assert site.processes() == [pid]
    assert site.tty("one") == tty
    assert "pong" in site.shell("one", "ping")
    assert site.info("one")["uptime_us"] > up
    site.ok("stop", "one")
    assert site.processes() == []


def test_terminals_keep_their_names(site):
    ttys = {name: site.run(name) for name in ("one", "two", "three")}
    site.ok("stop", "two")
    site.kill()
    site.start()
    assert site.tty("one") == ttys["one"]
    assert site.tty("three") == ttys["three"]
    assert site.state("two") == "Stopped"
    for name in ("one", "three"):
        assert name in site.shell(name, f"echo {name}")


def test_killed_many_times(site):
    site.run("one")
    for turn in range(10):
        site.kill()
        site.start()
        assert f"turn{turn}" in site.shell("one", f"echo turn{turn}")


def test_killed_while_data_flows(site):
    site.run("one", "novendor")
    site.mica("console", "one", "--linger", "0", input="flood 40000000\n")
    for _ in range(3):
        time.sleep(0.2)
        site.kill()
        site.start()
        assert site.state("one") == "Running"
    site.ok("stop", "one")


def test_client_ended_meanwhile(site):
    site.run("one")
    [pid] = site.processes()
    site.kill()
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not site.processes(), what="end of the client")
    site.start()
    assert site.state("one") == "Offline"  # cores and memory went with it
    assert site.info("one")["reason"]
    site.ok("start", "one")
    assert "pong" in site.shell("one", "ping")


def test_created_clients_are_found_again(site):
    site.create("one")
    site.kill()
    site.start()
    assert site.names() == ["one"]
    site.ok("start", "one")
    assert site.state("one") == "Running"


def test_auto_boot_leaves_running_clients_alone(site):
    site.ok("create", site.conf("one", AutoBoot="yes"))
    [pid] = site.processes()
    site.kill()
    site.start()
    assert site.state("one") == "Running"
    assert site.processes() == [pid]


def test_killed_while_starting(site):
    """Whatever the step: afterwards the client can be used or removed, and no process is left."""
    for delay in (0, 0.005, 0.01, 0.02, 0.05, 0.1):
        site.create("one")
        starting = site.connect()
        starting.send(b'{"method":"io.mica.Manager.Start","parameters":{"name":"one"}}\0')
        time.sleep(delay)
        site.kill()
        starting.close()
        site.start()
        if "one" in site.names():
            if site.state("one") == "Running":
                assert "pong" in site.shell("one", "ping")
                site.ok("stop", "one")
            site.ok("rm", "one")
        wait_until(lambda: not site.processes(), what="no process left")


def test_state_files_of_nonsense(site):
    """What an earlier daemon left is read as carefully as anything else."""
    site.run("one")
    site.create("two")
    site.kill()
    folder = os.path.join(site.run_root, "clients")
    for name in sorted(os.listdir(os.path.join(folder, "two"))):
        path = os.path.join(folder, "two", name)
        if os.path.isfile(path):
            with open(path, "wb") as file:
                file.write(b"\xff{[nonsense\0")
    os.makedirs(os.path.join(folder, "..three"))
    site.start()
    assert site.state("one") == "Running"
    assert "pong" in site.shell("one", "ping")


def test_image_may_change_while_the_client_runs(site):
    copy = os.path.join(site.dir, "image.elf")
    with open(image(), "rb") as source, open(copy, "wb") as target:
        target.write(source.read())
    os.chmod(copy, 0o755)
    site.ok("create", site.conf("one", ClientPath=copy))
    site.ok("start", "one")
    site.tty("one")
    site.kill()
    os.rename(copy, copy + ".old")
    site.start()
    assert site.state("one") == "Running"
    assert "pong" in site.shell("one", "ping")
