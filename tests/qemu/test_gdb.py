# SPDX-License-Identifier: BSD-3-Clause
"""gdb-multiarch on this machine debugs a client on the board: ssh carries `mica gdb --port`."""
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import pexpect
import pytest

from conftest import CLIENTS, IMAGE_BASE, TOP, boot

GDB = shutil.which("gdb-multiarch")
IMAGE = os.path.join(CLIENTS, "mica-debug.elf")
PORT = 2159  # in the guest
pytestmark = pytest.mark.skipif(not GDB, reason="no gdb-multiarch on this machine")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="module")
def board():
    """The board with the debugged client running, and a port here that leads to its debugger."""
    login, local = free_port(), free_port()
    guest = boot(options=("--ssh", str(login)), files=[(IMAGE, "/lib/firmware/mica-debug.elf")])
    guest.ok(r"printf '[Mica]\nName=d\nCPU=3\nClientPath=/lib/firmware/mica-debug.elf\nDebug=yes\n'"
             " >/etc/mica/d.conf")
    guest.ok("mica create d.conf && mica start d")
    guest.ok(f"mica gdb --port {PORT} d >/tmp/gdb.txt 2>&1 & for i in $(seq 100); do"
             " grep -q 2159 /tmp/gdb.txt && exit 0; sleep 0.1; done; cat /tmp/gdb.txt; exit 1")
    ssh = ["ssh", "-p", str(login), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o",
           "UserKnownHostsFile=/dev/null", "-o", "ExitOnForwardFailure=yes", "-N", "-L",
           f"127.0.0.1:{local}:127.0.0.1:{PORT}", "root@127.0.0.1"]
    with subprocess.Popen(ssh, stderr=subprocess.DEVNULL) as tunnel:
        try:
            end = time.monotonic() + 60
            while not listens(local):
                assert tunnel.poll() is None and time.monotonic() < end, "no tunnel"
                time.sleep(0.2)
            yield guest, local
        finally:
            tunnel.kill()
            guest.close()


def listens(port):
    with open("/proc/net/tcp") as table:
        return f"0100007F:{port:04X}" in table.read()


def gdb(port, *commands, then=None, timeout=300):
    """A session with these commands; what gdb said. then(gdb): once the client is to go on."""
    args = ["-nx", "-batch", "-iex", "set remotetimeout 60", IMAGE, "-ex",
            f"target extended-remote 127.0.0.1:{port}"]
    for command in commands:
        if command == "continue":  # gdb itself says nothing about it here
            args += ["-ex", r"echo on its way\n"]
        args += ["-ex", command]
    child = pexpect.spawn(GDB, args, cwd=TOP, timeout=timeout, encoding="utf-8",
                          codec_errors="replace", dimensions=(50, 400),
                          env={**os.environ, "TERM": "dumb"})
    said = ""
    if then:
        child.expect("on its way")
        said = child.before
        then(child)
    child.expect(pexpect.EOF)
    child.close()
    return (said + child.before).replace("\r", "")


def test_registers_memory_step(board):
    guest, port = board
    said = gdb(port, "info registers pc sp", "print mica_variant.name", "x/1x 0x10",
               "stepi", "stepi", "print $pc", "set var boot_us = 4711", "print boot_us", "detach")
    assert re.search(rf"^pc +{IMAGE_BASE >> 24:#x}[0-9a-f]{{6}}", said, re.M), said
    assert '"mica-debug"' in said and "= 4711" in said, said
    assert "Cannot access memory at address 0x10" in said, said
    assert "pong" in guest.shell("d", "ping")


def test_breakpoint_and_backtrace(board):
    guest, port = board

    def ask(_):
        guest.run("(printf 'uptime\\n' | mica console --until '^up .* s' --linger 300 d > /tmp/said.txt;"
                  " echo $? > /tmp/said.end) &")
    said = gdb(port, "break uptime", "continue", "backtrace", "stepi", "print $_exitcode",
               "delete", "detach", then=ask)
    assert "Breakpoint 1, uptime (" in said, said
    assert re.search(r"#1 .* shell_main|#1 .*shell", said), said
    # A terminal has one reader: this one must have gone.
    guest.ok("for i in $(seq 600); do [ -s /tmp/said.end ] && break; sleep 0.2; done;"
             " grep -q '^0' /tmp/said.end && grep '^up .* s' /tmp/said.txt")
    assert "pong" in guest.shell("d", "ping")


def test_interrupt(board):
    guest, port = board

    def interrupt(child):
        assert "pong" in guest.shell("d", "ping")  # it runs
        child.kill(signal.SIGINT)
    said = gdb(port, "continue", "info registers pc", "detach", then=interrupt)
    assert "SIGINT" in said and "detached" in said, said
    assert "pong" in guest.shell("d", "ping")


def test_stop_while_stopped(board):
    guest, port = board
    with socket.create_connection(("127.0.0.1", port), timeout=60) as s:
        s.sendall(b"+$?#3f")
        seen = b""
        while b"$T" not in seen:
            seen += s.recv(1000)
        guest.ok("mica stop d")
    assert "Stopped" in guest.ok("mica status d")
