# SPDX-License-Identifier: BSD-3-Clause
"""An application of the umt service, in Python: the socket's protocol as docs/umt.md has it."""
import mmap
import os
import select
import socket
import struct
import time

from conftest import SLOW

HELLO = struct.Struct("<IIiIIIIIIIII208s")
NOTE = struct.Struct("<IIII")
SEND, RELEASE, ABORT, RESET, PIECE, RETURNED, TAKEN = range(1, 8)
MORE = 1
MIB = 1 << 20


class Ended(Exception):
    """micad hung up."""


class Umt:
    """One connection; raw notes, and messages on top of them."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.sock.settimeout(10 * SLOW)
        self.sock.connect(path)
        data, fds, _, _ = socket.recv_fds(self.sock, HELLO.size, 2)
        (self.magic, self.version, self.error, self.features, self.pieces, self.align,
         self.map_len, self.to_client, self.to_client_len, self.to_host, self.to_host_len,
         taken, text) = HELLO.unpack(data)
        self.text = text.split(b"\0", 1)[0].decode()
        self.fds = fds
        self.memory = mmap.mmap(fds[0], self.map_len) if fds else None
        self.came_back = 0
        self.sent = []  # (offset, length) that the client has not returned
        self.taken = []  # the same, of an earlier application
        self.notes = []  # PIECE and ABORT, not looked at yet
        self.wait(lambda: taken <= len(self.taken) + self.came_back, "what is taken")

    def close(self):
        self.sock.close()
        if self.memory:
            self.memory.close()
        for fd in self.fds:
            os.close(fd)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # notes

    def note(self, kind, flags=0, offset=0, length=0):
        self.sock.send(NOTE.pack(kind, flags, offset, length))

    def pump(self, seconds):
        """Take one packet; False if none came."""
        if not select.select([self.sock], [], [], seconds)[0]:
            return False
        try:
            data = self.sock.recv(65536)
        except ConnectionResetError:
            data = b""
        if not data:
            raise Ended
        for kind, flags, offset, length in NOTE.iter_unpack(data):
            if kind == RETURNED:
                self.came_back += 1
                (self.sent if (offset, length) in self.sent else self.taken).remove((offset, length))
            elif kind == TAKEN:
                self.taken.append((offset, length))
            else:
                self.notes.append((kind, flags, offset, length))
        return True

    def wait(self, condition, what, seconds=30):
        end = time.monotonic() + seconds * SLOW
        while not condition():
            assert time.monotonic() < end, what
            self.pump(1)

    # messages

    def room(self, length):
        """A place for a piece, or None."""
        at = 0
        taken = sorted(self.sent + self.taken)
        if len(taken) >= self.pieces:
            return None
        for offset, size in taken:
            if at + length <= offset:
                break
            at = (offset + size + self.align - 1) // self.align * self.align
        return at if at + length <= self.to_client_len else None

    def put(self, data, more=False):
        """Send one piece if there is room now."""
        at = self.room(len(data))
        if at is None:
            return False
        self.memory[self.to_client + at:self.to_client + at + len(data)] = data
        self.sent.append((at, len(data)))
        self.note(SEND, MORE if more else 0, at, len(data))
        return True

    def take(self):
        """The next piece as (data, more), if there is one; None for a message that is void."""
        if not self.notes:
            return False
        kind, flags, offset, length = self.notes.pop(0)
        if kind == ABORT:
            return None
        assert kind == PIECE
        data = self.memory[self.to_host + offset:self.to_host + offset + length]
        self.note(RELEASE, 0, offset, length)
        return data, bool(flags & MORE)

    def receive(self, seconds=30):
        """One whole message."""
        parts = []
        while True:
            self.wait(lambda: self.notes, "a message", seconds)
            got = self.take()
            if got is None:
                parts = []
                continue
            data, more = got
            parts.append(data)
            if not more:
                return b"".join(parts)

    def exchange(self, data, piece, answers=2, seconds=120):
        """Send one message in pieces while its answers come; the answers."""
        end = time.monotonic() + seconds * SLOW
        done, parts, whole = 0, [], []
        while done < len(data) or len(whole) < answers:
            assert time.monotonic() < end, f"{done} of {len(data)} sent, {len(whole)} answers"
            chunk = data[done:done + piece]
            if chunk and self.put(chunk, done + len(chunk) < len(data)):
                done += len(chunk)
                self.pump(0)
            else:
                self.pump(1)
            while (got := self.take()) is not False:
                if got is None:
                    parts = []
                    continue
                parts.append(got[0])
                if not got[1]:
                    whole.append(b"".join(parts))
                    parts = []
        return whole
