# SPDX-License-Identifier: BSD-3-Clause
"""What a message through an endpoint's socket costs the daemon, in system calls."""
import os
import signal
import socket
import subprocess

import pytest

from conftest import SLOW, wait_until

MESSAGES = 300
SLACK = 1.03  # a message is late now and then, and somebody asks for its credit
# of one message to the client and back
CALLS = {
    "epoll_wait": 2,  # the application's message; the client's doorbell
    "recvmsg": 1,  # out of the socket, into the ring
    "write": 1,  # doorbell to the client
    "read": 1,  # its doorbell
    "sendto": 1,  # out of the ring, into the socket
}


def connected(site, endpoint):
    path = os.path.join(site.run_root, "clients", "one", "ept", endpoint)
    wait_until(lambda: os.path.exists(path), 10, path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sock.settimeout(20 * SLOW)
    sock.connect(path)
    return sock


def lock_step(sock, n):
    for i in range(n):
        message = i.to_bytes(4, "little") * 4
        sock.send(message)
        assert sock.recv(1000) == message


def calls_of(pid, out, work):
    """{system call: times} of all threads of a process while work() runs."""
    tracer = subprocess.Popen(["strace", "-f", "-qq", "-c", "-U", "calls,name", "-o", out, "-p",
                               str(pid)], stderr=subprocess.PIPE, text=True)
    try:
        traced = f"/proc/{pid}/status"
        wait_until(lambda: f"TracerPid:\t{tracer.pid}\n" in open(traced).read() or
                   tracer.poll() is not None, 10, "strace")
        if tracer.poll() is not None:
            pytest.skip(f"strace cannot attach here: {tracer.stderr.read().strip()}")
        work()
    finally:
        if tracer.poll() is None:
            tracer.send_signal(signal.SIGINT)
        tracer.wait(20 * SLOW)
    with open(out) as table:
        rows = [line.split() for line in table]
    return {name: int(calls) for calls, name in (r for r in rows if len(r) == 2 and r[0].isdigit())
            if name != "total"}


@pytest.mark.skipif(SLOW > 1, reason="sanitizers make calls of their own")
def test_system_calls_of_a_message(site, tmp_path):
    site.run("one")
    with connected(site, "mica-echo") as sock:
        lock_step(sock, 50)
        calls = calls_of(site.daemon.pid, tmp_path / "calls", lambda: lock_step(sock, MESSAGES))
    for name, each in CALLS.items():
        # The library may use the one with a signal mask; one doorbell may stand for two, and two
        # events for one call.
        n = calls.pop(name, 0) + (calls.pop("epoll_pwait", 0) if name == "epoll_wait" else 0)
        assert n <= each * MESSAGES * SLACK, (name, n)
        # Counted is what has returned: the reader may have the last message before.
        if name in ("recvmsg", "sendto"):
            assert n >= each * MESSAGES - 1, (name, n)
    assert sum(calls.values()) <= (SLACK - 1) * MESSAGES, calls
