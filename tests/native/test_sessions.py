# SPDX-License-Identifier: BSD-3-Clause
"""Sessions stay open while the daemon is replaced: the service manager's descriptor store."""
import array
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading

import pytest

from conftest import MICAD, Terminal, wait_until

# Puts the descriptors in its arguments where sd_listen_fds(3) wants them and becomes the daemon.
LAUNCH = """
import fcntl, os, sys
n = int(sys.argv[1])
high = [fcntl.fcntl(int(fd), fcntl.F_DUPFD, 200) for fd in sys.argv[2:2 + n]]
for i, fd in enumerate(high):
    os.dup2(fd, 3 + i)
    os.close(fd)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[2 + n], sys.argv[2 + n:])
"""


class Manager:
    """What systemd does for a service of type notify with a descriptor store."""

    def __init__(self, site):
        self.site = site
        self.path = os.path.join(site.dir, "notify")
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(self.path)
        self.store = []  # (name, descriptor)
        self.states = []
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while True:
            room = socket.CMSG_SPACE(4)
            data, control, _, _ = self.sock.recvmsg(4096, room)
            if data == b"END":
                return
            fields = dict(line.split("=", 1) for line in data.decode().split("\n"))
            self.states.append(fields)
            fds = array.array("i")
            for level, kind, value in control:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    fds.frombytes(value[:len(value) - len(value) % fds.itemsize])
            name = fields.get("FDNAME", "stored")
            if fields.get("FDSTORE") == "1":
                assert fields["FDPOLL"] == "0"  # or a terminal without a reader is dropped
                self.store += [(name, fd) for fd in fds]
            if fields.get("FDSTOREREMOVE") == "1":
                for _, fd in [e for e in self.store if e[0] == name]:
                    os.close(fd)
                self.store = [e for e in self.store if e[0] != name]

    def start(self):
        fds = [fd for _, fd in self.store]
        env = {**self.site.env, "NOTIFY_SOCKET": self.path}
        if fds:
            env.update(LISTEN_FDS=str(len(fds)),
                       LISTEN_FDNAMES=":".join(name for name, _ in self.store))
        with open(self.site.log, "ab") as log:
            self.site.daemon = subprocess.Popen(
                [sys.executable, "-c", LAUNCH, str(len(fds)), *map(str, fds), MICAD,
                 "--config-dir", self.site.conf_dir, "--pedestal", "native"],
                env=env, stdin=subprocess.DEVNULL, stderr=log, cwd=self.site.dir, pass_fds=fds)
        wait_until(self.site.answers, 20, "micad answers")

    def names(self):
        return [name for name, _ in self.store]

    def close(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"END", self.path)
        self.thread.join(10)
        self.sock.close()
        for _, fd in self.store:
            os.close(fd)


@pytest.fixture
def manager(idle_site):
    m = Manager(idle_site)
    m.start()
    yield m
    m.close()


def ask(terminal, word):
    terminal.write(f"echo {word}\n".encode())
    terminal.read_until(re.escape(f"echo {word}\r\n{word}".encode()))
    terminal.read_until(rb"mica:~\$ ")


@pytest.mark.parametrize("style", ["ref", "novendor", "static"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_terminal_stays_open(manager, style, number):
    site = manager.site
    tty = site.run("one", style, **({"Layout": "static"} if style == "static" else {}))
    with Terminal(tty) as terminal:
        ask(terminal, "before")
        for turn in range(3):
            site.kill(number)
            terminal.write(b"echo meanw")  # read by the next daemon
            assert not select.select([terminal.fd], [], [], 0.2)[0]  # no hang-up
            manager.start()
            assert site.state("one") == "Running"
            assert site.tty("one") == tty
            terminal.write(b"hile\n")
            terminal.read_until(rb"\nmeanwhile\r\n")
            ask(terminal, f"after{turn}")
        # A second reader finds the same terminal.
        assert os.path.realpath(tty) == os.ttyname(terminal.fd)


def test_what_is_kept_ends_with_the_client(manager):
    site = manager.site
    site.run("one")
    site.run("two")
    wait_until(lambda: sorted(manager.names()) == ["ttyRPMSG0", "ttyRPMSG1"], what="both kept")
    site.ok("stop", "one")
    wait_until(lambda: manager.names() == ["ttyRPMSG1"], what="one of them dropped")
    site.ok("start", "one")
    site.tty("one")
    wait_until(lambda: len(manager.names()) == 2, what="kept again")
    # Gone while no daemon was there: nobody asks for its terminal any more.
    site.kill()
    for pid in site.processes():
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not site.processes(), what="end of the clients")
    manager.start()
    wait_until(lambda: not manager.names(), what="nothing kept")


def test_many_restarts_keep_one_descriptor_each(manager):
    site = manager.site
    site.run("one")
    for _ in range(10):
        site.kill()
        manager.start()
        assert site.state("one") == "Running"
    assert manager.names() == ["ttyRPMSG0"]
    assert "pong" in site.shell("one", "ping")


def test_foreign_and_broken_descriptors_are_let_go(manager):
    """Whatever the manager hands over: a pipe, a name that is not known, a closed terminal."""
    site = manager.site
    site.run("one")
    site.kill()
    for name in ("ttyRPMSG0", "something"):
        reader, writer = os.pipe()
        os.close(reader)
        manager.store.insert(0, (name, writer))
    manager.start()
    assert site.state("one") == "Running"
    assert "pong" in site.shell("one", "ping")
    wait_until(lambda: "something" not in manager.names(), what="foreign one dropped")
