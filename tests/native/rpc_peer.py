# SPDX-License-Identifier: BSD-3-Clause
"""A client's side of rpc, byte by byte: requests packed by hand, replies taken apart by hand."""
import os
import socket
import struct
import subprocess

from conftest import BUILD, SLOW, wait_until

PROGRAM = os.path.join(BUILD, "micarpc")
UID = 0x70000123
DATA = 432


def text(value, size=0):
    """A string with its NUL, in a field of that size."""
    return value.encode().ljust(size - 1, b"\0") + b"\0" if size else value.encode() + b"\0"


class Reply:
    def __init__(self, data):
        self.data = data
        assert len(data) >= 16 and struct.unpack_from("<i", data, 4)[0] == 0
        self.id, self.trace, self.errnum = (struct.unpack_from("<I", data, at)[0]
                                            for at in (0, 8, 12))

    def s32(self, at=16):
        return struct.unpack_from("<i", self.data, at)[0]

    def s64(self, at=16):
        return struct.unpack_from("<q", self.data, at)[0]

    def __len__(self):
        return len(self.data)


class Executor:
    """micarpc in a folder, as micad starts it."""

    def __init__(self, root, *options):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        read_end, write_end = os.pipe()
        self.root = root

        def place():
            # In this order: neither may stand where another one goes.
            out, sock = os.dup(write_end), os.dup(theirs.fileno())
            os.dup2(out, 100)
            os.dup2(sock, 3)
            os.dup2(100, 1)
            os.dup2(100, 2)
        self.process = subprocess.Popen(
            [PROGRAM, "--root", root, "--uid", str(UID), *options], stdin=subprocess.DEVNULL,
            preexec_fn=place, close_fds=False)
        theirs.close()
        os.close(write_end)
        self.sock, self.console = ours, read_end
        self.sock.settimeout(20 * SLOW)
        self.trace = 0
        wait_until(lambda: os.path.isdir(root), 10, "root folder")

    def send(self, number, args=b"", trace=None):
        """A request; args from offset 12."""
        if trace is None:
            trace = self.trace
            self.trace += 1
        self.sock.send(struct.pack("<QI", number, trace) + args)
        return trace

    def receive(self):
        return Reply(self.sock.recv(4096))

    def call(self, number, args=b""):
        trace = self.send(number, args)
        reply = self.receive()
        assert (reply.id, reply.trace) == (number, trace)
        return reply

    # what most tests need

    def open(self, path, flags=os.O_RDWR | os.O_CREAT, mode=0o600):
        reply = self.call(1, struct.pack("<iI", flags, mode) + text(path))
        assert len(reply) == 20
        return reply

    def fopen(self, path, mode):
        reply = self.call(10, text(path, 128) + text(mode, 6) + bytes(6))
        assert len(reply) == 24
        return reply

    def handle(self, number, handle):
        return self.call(number, bytes(4) + struct.pack("<Q", handle))

    def children(self):
        """Processes below the one that was started."""
        found, parents = [], {self.process.pid}
        for pid in sorted(map(int, filter(str.isdigit, os.listdir("/proc")))):
            try:
                with open(f"/proc/{pid}/stat") as stat:
                    parent = int(stat.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            if parent in parents:
                parents.add(pid)
                found.append(pid)
        return found

    def said(self):
        """All it printed, once it has ended."""
        data = b""
        while True:
            more = os.read(self.console, 65536)
            if not more:
                return data.decode(errors="replace")
            data += more

    def close(self):
        self.sock.close()
        self.process.wait(20 * SLOW)
        said = self.said()
        os.close(self.console)
        assert "Sanitizer" not in said and "runtime error" not in said, said
        return said
