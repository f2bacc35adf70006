# SPDX-License-Identifier: BSD-3-Clause
"""Clients that something else started are taken over while they run: by their process, with the
rings as they are, or with none yet. What is not a client of that image is left alone."""
import fcntl
import os
import signal
import struct
import subprocess

import pytest

from conftest import MICA, SLOW, image, wait_until

SIZE = 16 << 20
SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW


def section(path, name):
    """Contents of a section of an ELF64 file."""
    with open(path, "rb") as file:
        elf = file.read()
    shoff, = struct.unpack_from("<Q", elf, 0x28)
    size, count, names = struct.unpack_from("<HHH", elf, 0x3a)
    headers = [struct.unpack_from("<IIQQQQ", elf, shoff + i * size) for i in range(count)]
    strings = headers[names][4]
    for header in headers:
        start = strings + header[0]
        if elf[start:elf.index(b"\0", start)] == name.encode():
            return elf[header[4]:header[4] + header[5]]
    raise AssertionError(f"{path} has no {name}")


class Foreign:
    """A client by the contract of mica/native.h, started by nobody's daemon."""

    def __init__(self, site, variant="ref", seals=SEALS, flags=os.EFD_NONBLOCK,
                 keep=False):
        self.memory = os.memfd_create("foreign", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.truncate(self.memory, SIZE)
        fcntl.fcntl(self.memory, fcntl.F_ADD_SEALS, seals)
        os.pwrite(self.memory, section(image(variant), ".resource_table"), 0)
        bells = [os.eventfd(0, flags | os.EFD_CLOEXEC) for _ in range(2)]
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 64) for fd in (self.memory, *bells)]

        def contract():
            for i, fd in enumerate(high):
                os.dup2(fd, 3 + i)

        self.process = subprocess.Popen(
            [image(variant)], preexec_fn=contract,
            # Only the kernel has pointers to the stacks of the client's signal handlers.
            env={**site.env, "MICA_NATIVE": "1", "ASAN_OPTIONS": "detect_leaks=0"},
            close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        for fd in (*bells, *high):
            os.close(fd)
        if not keep:
            self.let_go()
        self.pid = self.process.pid

    def let_go(self):
        os.close(self.memory)
        self.memory = -1

    def runs(self):
        return self.process.poll() is None

    def end(self):
        if self.memory >= 0:
            self.let_go()
        self.process.kill()
        self.process.wait()


@pytest.fixture
def foreign(site):
    made = []

    def start(*args, **kwargs):
        made.append(Foreign(site, *args, **kwargs))
        return made[-1]
    yield start
    for one in made:
        one.end()


def lose_state(site):
    """The daemon dies and all it knew goes; another one begins with another run root."""
    site.kill()
    site.run_root = os.path.join(site.dir, "again")
    site.env["MICA_RUN_ROOT"] = site.run_root
    subprocess.run(["rm", "-rf", os.path.join(site.dir, "run")], check=True)
    site.socket = os.path.join(site.run_root, "micad.sock")
    site.start()
    assert site.names() == []


@pytest.mark.parametrize("variant", ["ref", "nocredit", "novendor"])
def test_state_lost(site, variant):
    """ref is asked to begin anew; the others notice nothing."""
    site.run("one", variant)
    assert "pong" in site.shell("one", "ping")
    pid, = site.processes()
    lose_state(site)
    assert site.processes() == [pid]
    assert site.ok("attach", site.conf("one", ClientPath=image(variant)), "--pid", str(pid)) == \
        "attach one successfully!\n"
    info = site.info("one")
    assert (info["state"], info["reason"]) == ("Running", "attached")
    assert "pong" in site.shell("one", "ping")
    if variant == "ref":
        site.ok("ping", "-c", "3", "one")
    assert "exists" in site.fails(8, "attach", site.conf("one"), "--pid", str(pid))
    # As any other client: a restart of the daemon, stop, start, removal.
    site.kill()
    site.start()
    assert site.processes() == [pid]
    assert "pong" in site.shell("one", "ping")
    site.ok("stop", "one")
    assert site.processes() == []
    site.ok("start", "one")
    assert "pong" in site.shell("one", "ping")
    site.ok("stop", "one")
    site.ok("rm", "one")


@pytest.mark.parametrize("variant", ["ref", "novendor"])
def test_never_had_a_driver(site, foreign, variant):
    client = foreign(variant)
    site.ok("attach", site.conf("one", ClientPath=image(variant)), "--pid", str(client.pid))
    info = site.info("one")
    assert (info["state"], info["reason"]) == ("Running", "attached")
    assert "pong" in site.shell("one", "ping")
    site.ok("stop", "one")
    assert client.process.wait(20 * SLOW) == 0
    site.ok("start", "one")
    assert "pong" in site.shell("one", "ping")
    site.ok("stop", "one")
    site.ok("rm", "one")


def test_fault_after_attach_is_seen(site, foreign):
    client = foreign()
    site.ok("attach", site.conf("one"), "--pid", str(client.pid))
    client.process.send_signal(signal.SIGKILL)
    site.wait_state("one", "Crashed")


def left_alone(site, client):
    assert client.runs()
    assert site.names() == []
    assert os.listdir(os.path.join(site.run_root, "clients")) == []


def test_nothing_runs_there(site):
    ended = subprocess.Popen(["true"])
    ended.wait()
    line = site.fails(6, "attach", site.conf("one"), "--pid", str(ended.pid))
    assert "nothing runs there" in line and str(ended.pid) in line
    assert "--pid" in site.fails(2, "attach", site.conf("one"))
    for bad in ("0", "-1", "x", "", "99999999999999999999"):
        assert subprocess.run([MICA, "attach", "one", "--pid", bad], env=site.env,
                              capture_output=True, check=False).returncode == 2
    assert site.names() == []


def test_not_that_image(site, foreign):
    client = foreign("align4")
    line = site.fails(9, "attach", site.conf("one"), "--pid", str(client.pid))
    assert "is not image" in line
    left_alone(site, client)


def test_no_table_in_memory(site):
    site.run("one")
    pid, = site.processes()
    lose_state(site)

    def version(byte):
        with open(f"/proc/{pid}/fd/3", "r+b", buffering=0) as memory:
            memory.write(byte)

    version(b"\x07")
    line = site.fails(9, "attach", site.conf("one"), "--pid", str(pid))
    assert "no resource table" in line
    assert site.names() == [] and site.processes() == [pid]
    version(b"\x01")
    site.ok("attach", site.conf("one"), "--pid", str(pid))
    assert "pong" in site.shell("one", "ping")


def test_rings_elsewhere(site):
    site.run("one", CommOffset=0x40000)
    pid, = site.processes()
    lose_state(site)
    line = site.fails(9, "attach", site.conf("one"), "--pid", str(pid))
    assert "CommOffset" in line
    assert site.names() == []
    site.ok("attach", site.conf("one", CommOffset=0x40000), "--pid", str(pid))
    assert "pong" in site.shell("one", "ping")
    site.ok("stop", "one")
    site.ok("rm", "one")


def test_no_client_at_all(site):
    with subprocess.Popen(["sleep", "1000"], stdin=subprocess.DEVNULL) as process:
        try:
            line = site.fails(9, "attach", site.conf("one"), "--pid", str(process.pid))
            assert "no native client" in line
            assert process.poll() is None
        finally:
            process.kill()


def test_memory_that_can_shrink(site, foreign):
    client = foreign(seals=fcntl.F_SEAL_GROW)
    line = site.fails(13, "attach", site.conf("one"), "--pid", str(client.pid))
    assert "sealed" in line
    left_alone(site, client)


def test_doorbell_that_blocks(site, foreign):
    client = foreign(flags=0)
    line = site.fails(9, "attach", site.conf("one"), "--pid", str(client.pid))
    assert "non-blocking" in line
    assert site.names() == []


def test_held_by_another(site, foreign):
    client = foreign(keep=True)
    line = site.fails(8, "attach", site.conf("one"), "--pid", str(client.pid))
    assert f"process {os.getpid()}" in line
    left_alone(site, client)
    client.let_go()
    site.ok("attach", site.conf("one"), "--pid", str(client.pid))
    assert "pong" in site.shell("one", "ping")
    line = site.fails(8, "attach", site.conf("two"), "--pid", str(client.pid))
    assert "client 'one'" in line
    site.ok("stop", "one")
    wait_until(lambda: not client.runs(), what="client ended")
