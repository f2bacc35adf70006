# SPDX-License-Identifier: BSD-3-Clause
"""The rpc service: a client's calls, through the whole stack."""
import os
import re
import signal
import time

import pytest

from conftest import SLOW, wait_until


def executors(site):
    """Processes that execute calls, keeper first."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"/micarpc") and any(site.dir.encode() in w for w in words):
            found.append(int(pid))
    return sorted(found)


def root_of(site, name):
    return os.path.join(site.run_root, "files", name)


def run(site, name, **keys):
    """Calls need a root folder, which is the daemon's choice only as root."""
    if os.geteuid() != 0:
        keys.setdefault("RpcRoot", root_of(site, name))
    return site.run(name, **keys)


@pytest.fixture
def client(site):
    run(site, "c")
    return "c"


def rpc(site, name, what="test"):
    """Output of the client's own test."""
    return site.shell(name, f"rpc {what}")


def test_functions_of_linux(site, client):
    said = site.shell(client, "rpc test")
    assert "rpc: done" in said and "FAILED" not in said, said
    assert said.count(" ok") == 33
    assert os.listdir(root_of(site, client)) == []
    log = site.log_text()
    assert re.search(r"c.*rpc test says hello", log) and re.search(r"c.*and so does stdout", log)


def test_nothing_runs_before_the_first_call(site, client):
    assert not executors(site)
    rpc(site, client, "refused")
    assert len(executors(site)) == 2


def test_refused_unless_allowed(site, client):
    said = site.shell(client, "rpc refused")
    assert said.count("-13 ok") == 3, said


def test_allowed(site):
    run(site, "wide", RpcSystem="yes", RpcNetwork="yes")
    said = rpc(site, "wide", "system")
    assert re.search(r"system +1792 ok", said) and re.search(r"socket +[0-9]+ ok", said), said
    assert "from the shell" in site.log_text()


def test_a_folder_of_ones_own(site):
    folder = os.path.join(site.dir, "chosen")
    run(site, "c", RpcRoot=folder)
    assert "FAILED" not in site.shell("c", "rpc")
    assert os.path.isdir(folder) and not os.path.exists(root_of(site, "c"))


def test_stop_reclaims_everything(site, client):
    console = site.console(client)
    console.expect("mica:~")
    console.send("rpc hold\r")
    console.expect("holding")
    wait_until(lambda: len(executors(site)) == 2, 10, "executor")
    site.ok("stop", client)
    wait_until(lambda: not executors(site), 10, "executor ends")
    console.close(force=True)
    site.ok("start", client)
    site.tty(client)
    said = site.shell(client, "rpc")
    assert "rpc: done" in said and "FAILED" not in said, said


def test_a_killed_executor_is_replaced(site, client):
    """The call in flight fails, the next one works."""
    console = site.console(client)
    console.expect("mica:~")
    for _ in range(2):
        console.send("rpc hold\r")
        console.expect("holding")
        wait_until(lambda: len(executors(site)) == 2, 10, "executor")
        time.sleep(0.2 * SLOW)  # the call is on its way
        os.kill(executors(site)[-1], signal.SIGKILL)
        console.expect(r"read +-5 ok")
    console.send("rpc test\r")
    console.expect("rpc: done")
    assert "FAILED" not in console.before
    assert site.state(client) == "Running"
    console.close(force=True)


def test_a_new_daemon_serves_on(site, client):
    """Descriptors of before are gone, calls work again."""
    rpc(site, client, "refused")
    wait_until(lambda: len(executors(site)) == 2, 10, "executor")
    site.kill()
    wait_until(lambda: not executors(site), 10, "executor ends with its daemon")
    site.start()
    site.wait_state(client, "Running")
    site.tty(client)
    said = site.shell(client, "rpc")
    assert "rpc: done" in said and "FAILED" not in said, said


def test_images_that_never_call_have_no_process(site):
    """Their boot waits for the first message, which they get."""
    site.run("uni", variant="uniproton")
    assert "pong" in site.shell("uni", "ping")
    assert not executors(site)


def test_another_client_does_not_notice(site, client):
    run(site, "other")
    console = site.console(client)
    console.expect("mica:~")
    console.send("rpc hold\r")
    console.expect("holding")
    said = site.shell("other", "rpc")
    assert "rpc: done" in said and "FAILED" not in said, said
    assert len(executors(site)) == 4
    console.close(force=True)
