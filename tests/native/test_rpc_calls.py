# SPDX-License-Identifier: BSD-3-Clause
"""The executor of rpc calls: each call's layout, byte by byte."""
import errno
import os
import socket
import stat
import struct
import time

import pytest

from rpc_peer import DATA, Executor, text

ALL_CALLS = [*range(1, 58), *range(100, 126), 300]
NO_REPLY = {18, 24, 100, 300}


@pytest.fixture
def rpc(tmp_path):
    peer = Executor(str(tmp_path / "root"))
    yield peer
    peer.close()


@pytest.fixture
def wide(tmp_path):
    """Commands and network allowed."""
    peer = Executor(str(tmp_path / "root"), "--system", "--network")
    yield peer
    peer.close()


def fd_of(reply):
    assert reply.errnum == 0 and reply.s32() >= 0, (reply.s32(), os.strerror(reply.errnum))
    return reply.s32()


def write(rpc, fd, data):
    reply = rpc.call(3, struct.pack("<iI", fd, len(data)) + data + bytes(4))
    assert len(reply) == 24
    return reply


def read(rpc, fd, count):
    reply = rpc.call(4, struct.pack("<iI", fd, count) + bytes(4))
    assert len(reply) == 24 + max(reply.s64(), 0)
    return reply


def test_files(rpc):
    fd = fd_of(rpc.open("/file"))
    assert write(rpc, fd, b"hello, world").s64() == 12
    seek = rpc.call(5, struct.pack("<iqii", fd, 7, os.SEEK_SET, 0))
    assert (len(seek), seek.s64(), seek.errnum) == (24, 7, 0)
    got = read(rpc, fd, 100)
    assert (got.s64(), got.data[24:]) == (5, b"world")
    got = read(rpc, fd, 4096)
    assert (got.s64(), got.errnum) == (0, 0)
    big = bytes(range(256)) + bytes(176)
    assert write(rpc, fd, big).s64() == DATA
    assert rpc.call(2, struct.pack("<i", fd)).s32() == 0
    closed = rpc.call(2, struct.pack("<i", fd))
    assert (len(closed), closed.s32(), closed.errnum) == (20, -1, errno.EBADF)
    with open(os.path.join(rpc.root, "file"), "rb") as file:
        assert file.read() == b"hello, world" + big
    missing = rpc.open("/none", os.O_RDONLY)
    assert (missing.s32(), missing.errnum) == (-1, errno.ENOENT)
    assert rpc.call(8, bytes(0) + text("/file")).s32() == 0
    assert not os.listdir(rpc.root)


def test_stat_is_the_wires_own_layout(rpc):
    fd = fd_of(rpc.open("f"))
    write(rpc, fd, b"12345")
    real = os.stat(os.path.join(rpc.root, "f"))
    for reply in (rpc.call(39, text("/f")), rpc.call(41, text("f")),
                  rpc.call(42, struct.pack("<i", fd))):
        assert (len(reply), reply.errnum, reply.s32()) == (144, 0, 0)
        fields = struct.unpack_from("<QQQIII4xQqqqqqqqqq", reply.data, 24)
        assert fields == (real.st_dev, real.st_ino, 1, real.st_mode, real.st_uid, real.st_gid, 0,
                          5, real.st_blksize, real.st_blocks, int(real.st_atime),
                          real.st_atime_ns % 10**9, int(real.st_mtime), real.st_mtime_ns % 10**9,
                          int(real.st_ctime), real.st_ctime_ns % 10**9)
    gone = rpc.call(39, text("/none"))
    assert (len(gone), gone.s32(), gone.errnum) == (144, -1, errno.ENOENT)
    assert gone.data[20:] == bytes(124)
    cut = rpc.call(39, b"x" * 484)  # a path that was cut by the message
    assert (cut.s32(), cut.errnum) == (-1, errno.ENAMETOOLONG)


def test_names(rpc):
    def mode_call(number, mode, path):
        reply = rpc.call(number, struct.pack("<I", mode) + text(path))
        assert len(reply) == 20
        return reply
    assert mode_call(55, 0o755, "/dir").s32() == 0
    assert mode_call(55, 0o755, "/dir").errnum == errno.EEXIST
    assert mode_call(52, 0o600, "dir/fifo").s32() == 0
    assert stat.S_ISFIFO(os.stat(os.path.join(rpc.root, "dir/fifo")).st_mode)
    assert mode_call(53, 0o4640, "dir/fifo").s32() == 0
    assert os.stat(os.path.join(rpc.root, "dir/fifo")).st_mode & 0o7777 == 0o640
    assert mode_call(49, os.R_OK, "dir/fifo").s32() == 0
    assert mode_call(49, os.F_OK, "dir/none").errnum == errno.ENOENT
    assert rpc.call(54, text("dir")).s32() == 0
    cwd = rpc.call(40, bytes(4) + struct.pack("<Q", 64))
    assert (len(cwd), cwd.s32(), cwd.data[20:25]) == (84, 0, b"/dir\0")
    assert len(rpc.call(40, bytes(4) + struct.pack("<Q", 1024))) == 496
    small = rpc.call(40, bytes(4) + struct.pack("<Q", 3))
    assert (small.s32(), small.errnum) == (1, errno.ERANGE)
    assert rpc.call(29, text("fifo", 128) + text("../moved", 128)).s32() == 0
    assert os.listdir(rpc.root) == ["dir", "moved"] or os.listdir(rpc.root) == ["moved", "dir"]
    os.symlink("target", os.path.join(rpc.root, "link"))
    link = rpc.call(47, bytes(4) + struct.pack("<Q", DATA) + text("/link"))
    assert (len(link), link.s64(), link.data[24:]) == (30, 6, b"target")
    assert rpc.call(47, bytes(4) + struct.pack("<Q", 3) + text("/link")).data[24:] == b"tar"
    assert rpc.call(30, text("/moved", 132)).s32() == 0
    assert rpc.call(56, text("/dir")).s32() == 0
    made = fd_of(rpc.call(31, text("/tmp-XXXXXX", 132)))
    assert write(rpc, made, b"x").s64() == 1


def test_folder_listing(rpc):
    names = {f"entry-{i:02d}" for i in range(40)}
    for name in names:
        rpc.call(2, struct.pack("<i", fd_of(rpc.open(name))))
    fd = fd_of(rpc.open("/", os.O_RDONLY | os.O_DIRECTORY))
    found, ends = set(), 0
    while not ends:
        reply = rpc.call(9, struct.pack("<iqi", 2048, -1, fd) + bytes(4))
        n, at = reply.s32(24), 28
        assert reply.errnum == 0 and len(reply) == 28 + n and n <= DATA
        while at < 28 + n:
            size = struct.unpack_from("<H", reply.data, at + 16)[0]
            found.add(reply.data[at + 19:at + size].split(b"\0")[0].decode())
            at += size
        ends = n == 0
    assert found == names | {".", ".."}


def test_streams(rpc):
    opened = rpc.fopen("/text", "w+")
    f = opened.s64()
    assert f == 4  # a small number, no pointer

    def args(*fields):
        return bytes(4) + b"".join(struct.pack("<Q", v) for v in fields)
    wrote = rpc.call(13, args(2, 3, f) + b"abcdef")
    assert (len(wrote), wrote.s64()) == (24, 3)
    assert rpc.call(15, args(f) + text(" 42 line\nnext\n", DATA)).s32() >= 0
    assert rpc.handle(34, f).s32() == 0
    assert rpc.handle(33, f).s64() == 20 and rpc.handle(28, f).s64() == 20
    assert rpc.call(32, args(f, 0) + struct.pack("<ii", os.SEEK_SET, 0)).s32() == 0
    got = rpc.call(12, args(1, 6, f))
    assert (got.s64(), got.data[24:]) == (6, b"abcdef")
    scanned = rpc.call(57, text("%d", 128) + bytes(4) + struct.pack("<Q", f))
    assert (len(scanned), scanned.s64(), scanned.s64(24)) == (32, 1, 42)
    assert rpc.handle(19, f).s32() == ord(" ")
    assert rpc.call(26, struct.pack("<iQ", ord("L"), f)).s32() == ord("L")
    line = rpc.call(16, args(f) + struct.pack("<ii", 100, 0))
    assert (len(line), line.s32(), line.data[20:26]) == (452, 0, b"Lline\n")
    assert rpc.handle(21, f).s32() == ord("n")
    fd = rpc.handle(46, f).s32()
    assert fd >= 3 and rpc.call(42, struct.pack("<i", fd)).s64(72) == 20
    assert rpc.handle(17, f).s32() == 0
    rest = rpc.call(12, args(1, DATA, f))
    assert (rest.s64(), rest.errnum) == (4, 0)
    assert rpc.handle(17, f).s32() == 1 and rpc.handle(20, f).s32() == 0
    rpc.sock.send(struct.pack("<QQ", 24, f))  # clearerr: no trace_id, no reply
    assert rpc.handle(17, f).s32() == 0
    end = rpc.call(16, args(f) + struct.pack("<ii", 100, 0))
    assert (len(end), end.s32(), end.errnum) == (452, 1, 0)
    again = rpc.call(14, text("/other", 128) + text("w", 6) + bytes(6) + struct.pack("<Q", f))
    assert again.s64() == f
    assert rpc.call(37, struct.pack("<iQ", ord("x"), f)).s32() == ord("x")
    assert rpc.handle(11, f).s32() == 0
    for number in (11, 17, 19, 20, 28, 33, 34, 46):
        reply = rpc.handle(number, f)
        assert reply.errnum == errno.EBADF, number
    with open(os.path.join(rpc.root, "other")) as file:
        assert file.read() == "x"
    assert rpc.handle(11, 2 ** 63).errnum == errno.EBADF
    temp = rpc.call(23).s64()
    assert temp >= 4 and rpc.handle(11, temp).s32() == 0
    assert sorted(os.listdir(rpc.root)) == ["other", "text"]


def test_wide_characters(rpc):
    f = rpc.fopen("wide", "w+").s64()
    put = rpc.call(36, struct.pack("<IQ", 0x20AC, f))
    assert (len(put), put.s32(), put.errnum) == (20, 0x20AC, 0)
    assert rpc.call(32, bytes(4) + struct.pack("<Qqii", f, 0, 0, 0)).s32() == 0
    assert rpc.handle(35, f).s32() == 0x20AC
    assert rpc.call(38, struct.pack("<IQ", 0x41, f)).s32() == 0x41
    assert rpc.handle(35, f).s32() == 0x41
    end = rpc.handle(35, f)
    assert (end.s32(), end.errnum) == (-1, 0)


@pytest.mark.parametrize("form", ["%s", "%300s", "%d%d", "%Lf", "%ms", "%9c", "%[a", "%8[a]",
                                  "%ls", "%p", "%"])
def test_formats_that_store_too_much(rpc, form):
    f = rpc.fopen("numbers", "w+").s64()
    reply = rpc.call(57, text(form, 128) + bytes(4) + struct.pack("<Q", f))
    assert (len(reply), reply.s64(), reply.errnum) == (32, -1, errno.EINVAL)


def test_descriptors(rpc):
    pair = rpc.call(50)
    assert (len(pair), pair.s64()) == (32, 0)
    first, second = pair.s32(24), pair.s32(28)
    assert rpc.call(51, struct.pack("<iii", second, 77, 0)).s32() == 77
    assert write(rpc, 77, b"through").s64() == 7
    fds = struct.pack("<ihhihh", first, 1, 0, 99, 1, 0).ljust(256, b"\0")
    polled = rpc.call(104, struct.pack("<i", 1000) + fds + struct.pack("<Q", 2))
    assert (len(polled), polled.s32()) == (276, 2)
    assert struct.unpack_from("<ihhihh", polled.data, 20) == (first, 1, 1, 99, 1, 32)
    sets = struct.pack("<Q", 1 << first).ljust(128, b"\0")
    chosen = rpc.call(109, struct.pack("<i", first + 1) + sets + bytes(256)
                      + struct.pack("<qq4B4x", 5, 0, 1, 0, 0, 1))
    assert (len(chosen), chosen.s32(416)) == (424, 1)
    assert chosen.data[16:144] == sets
    assert rpc.call(4, struct.pack("<iI", first, 100)).data[24:] == b"through"
    flags = rpc.call(6, struct.pack("<iiiQ", first, 3, 0, 0))  # F_GETFL
    assert (len(flags), flags.s32() & 3) == (20, os.O_RDONLY)
    lock = rpc.call(6, struct.pack("<iiiQ", first, 5, 0, 0xdeadbeef))  # F_GETLK: a pointer
    assert (lock.s32(), lock.errnum) == (-1, errno.EINVAL)
    bad = rpc.call(51, struct.pack("<iii", second, 300, 0))
    assert (bad.s32(), bad.errnum) == (-1, errno.EBADF)
    vector = struct.pack("<iii", second, 2, 0) + b"".join(
        struct.pack("<Q", len(d)) + d.ljust(64, b"\0") for d in (b"ab", b"cde"))
    assert rpc.call(125, vector).s64() == 5
    long = rpc.call(125, struct.pack("<iiiQ", second, 1, 0, 61) + bytes(64))
    assert (long.s64(), long.errnum) == (-1, errno.EINVAL)
    seven = struct.pack("<iii", second, 7, 0) + (struct.pack("<Q", 60) + b"z" * 64) * 7
    assert rpc.call(125, seven[:484]).s64() == 360  # six arrived whole
    size = rpc.call(7, struct.pack("<iQQ", first, 0x541B, 4) + bytes(4))  # FIONREAD
    assert (len(size), size.s32(), size.s64(24), size.s32(32)) == (36, 0, 4, 365)
    refused = rpc.call(7, struct.pack("<iQQ", first, 0x5412, 4) + b"abcd")  # TIOCSTI
    assert (refused.s32(), refused.errnum, refused.data[32:]) == (-1, errno.EPERM, b"abcd")


def test_flags_of_another_architecture(tmp_path):
    rpc = Executor(str(tmp_path / "root"), "--machine", "183")
    os.symlink("/", os.path.join(rpc.root, "link"))
    assert rpc.open("/link", 0o100000).errnum == errno.ELOOP  # arm64 O_NOFOLLOW
    fd = fd_of(rpc.open("/", 0o40000, 0))  # arm64 O_DIRECTORY
    assert rpc.call(6, struct.pack("<iiiQ", fd, 3, 0, 0)).s32() & 0o40000
    fd_of(rpc.open("f"))
    assert rpc.open("f", 0o40000, 0).errnum == errno.ENOTDIR
    rpc.close()


def test_console(rpc):
    def printf(data, length=None):
        rpc.sock.send(struct.pack("<Qi", 300, len(data) if length is None else length) + data)
    printf(b"one\n")
    printf(b"x" * 431 + b"\0" + bytes(40), 600)  # cut by the client
    printf(b"\n")
    args = bytes(4) + struct.pack("<QQQ", 1, 4, 2)
    assert rpc.call(13, args + b"two\n").s64() == 4
    assert write(rpc, 1, b"three\n").s64() == 6
    rpc.sock.send(struct.pack("<QQi", 18, 2, 5) + b"four\n")
    for letter in "five\n":
        assert rpc.call(122, struct.pack("<i", ord(letter))).s32() == ord(letter)
    assert rpc.handle(11, 2).s32() == 0 and rpc.handle(46, 2).s32() == 0
    assert rpc.handle(19, 1).s32() == -1
    said = rpc.close()
    assert said == "one\n" + "x" * 431 + "\ntwo\nthree\nfour\nfive\n"
    rpc.__init__(rpc.root)


def test_every_call_is_answered_whatever_its_arguments(wide):
    """Each call with no, zero, all-ones and random arguments of every length."""
    blobs = [b"", bytes(484), b"\xff" * 484, os.urandom(484), b"\x04" + bytes(483)]
    lengths = [0, 1, 3, 4, 8, 12, 20, 28, 100, 268, 484]
    # Not those that the arguments could make wait, and not what would print garbage.
    for number in set(ALL_CALLS) - NO_REPLY - {48, 25, 104, 109, 122}:
        for blob in blobs:
            for length in lengths:
                reply = wide.call(number, blob[:length])
                assert 20 <= len(reply) <= 496
    unknown = wide.call(77)
    assert (len(unknown), unknown.s64(), unknown.errnum) == (24, -1, errno.ENOSYS)
    reserved = wide.call(43, bytes(32))
    assert (len(reserved), reserved.s64(), reserved.errnum) == (24, -1, errno.ENOSYS)


def test_a_call_that_waits_holds_up_nobody(rpc):
    reader, writer = struct.unpack_from("<ii", rpc.call(50).data, 24)
    waiting = [rpc.send(4, struct.pack("<iI", reader, 1)) for _ in range(100)]
    begin = time.monotonic()
    rpc.call(42, struct.pack("<i", writer))
    assert time.monotonic() - begin < 5
    rpc.send(3, struct.pack("<iI", writer, 100) + bytes(range(100)), trace=5000)
    seen, data = set(), set()
    for _ in range(101):
        reply = rpc.receive()
        seen.add(reply.trace)
        if reply.id == 4:
            data.add(reply.data[24])
    assert seen == {*waiting, 5000} and data == set(range(100))


def test_sockets(wide):
    def make(kind):
        return fd_of(wide.call(120, struct.pack("<iii", socket.AF_INET, kind, 0)))
    address = struct.pack("<H", socket.AF_INET) + struct.pack(">H", 0) + bytes([127, 0, 0, 1]) \
        + bytes(8)
    listener = make(socket.SOCK_STREAM)
    one = wide.call(118, struct.pack("<iiiI", listener, socket.SOL_SOCKET, socket.SO_REUSEADDR, 4)
                    + struct.pack("<i", 1))
    assert (len(one), one.s32()) == (20, 0)
    got = wide.call(108, struct.pack("<iIii", listener, 4, socket.SOL_SOCKET,
                                     socket.SO_REUSEADDR) + bytes(4))
    assert (len(got), got.s32(), got.s32(20), got.s32(24)) == (28, 0, 4, 1)
    assert wide.call(111, struct.pack("<iI", listener, 16) + address).s32() == 0
    assert wide.call(113, struct.pack("<iii", listener, 5, 0)).s32() == 0
    name = wide.call(107, struct.pack("<iI", listener, 16) + bytes(16))
    assert (len(name), name.s32(), name.s32(20)) == (40, 0, 16)
    bound = name.data[24:40]
    short = wide.call(107, struct.pack("<iI", listener, 8) + bytes(8))
    assert (len(short), short.s32(20)) == (32, 8)
    client = make(socket.SOCK_STREAM)
    waiting = wide.send(110, struct.pack("<iI", listener, 16) + bytes(16))
    connecting = wide.send(112, struct.pack("<iI", client, 16) + bound)
    replies = {r.trace: r for r in (wide.receive(), wide.receive())}
    assert replies[connecting].s32() == 0
    accepted = replies[waiting]
    assert (len(accepted), accepted.s32(20)) == (40, 16)
    assert wide.call(116, struct.pack("<iQi", client, 4, 0) + b"ping" + bytes(4)).s64() == 4
    came = wide.call(114, struct.pack("<iiiQ", accepted.s32(), 0, 0, 100))
    assert (len(came), came.s64(), came.data[24:]) == (28, 4, b"ping")
    assert wide.call(119, struct.pack("<iii", client, 2, 0)).s32() == 0
    udp, other = make(socket.SOCK_DGRAM), make(socket.SOCK_DGRAM)
    assert wide.call(111, struct.pack("<iI", udp, 16) + address).s32() == 0
    bound = wide.call(107, struct.pack("<iI", udp, 16) + bytes(16)).data[24:40]
    sent = wide.call(117, struct.pack("<iQiI", other, 300, 0, 16) + bound + b"d" * 300)
    assert sent.s64() == 300
    came = wide.call(115, struct.pack("<iiIQ", udp, 0, 16, 400) + bytes(16))
    assert (len(came), came.s64(24), came.s32(16)) == (460, 300, 16)
    assert came.data[160:] == b"d" * 300
    unix = wide.call(120, struct.pack("<iii", socket.AF_UNIX, socket.SOCK_STREAM, 0))
    assert (unix.s32(), unix.errnum) == (-1, errno.EAFNOSUPPORT)


def test_names_of_the_network(wide):
    node, service = text("127.0.0.1"), text("80")
    hints = struct.pack("<iiiiII", socket.AI_NUMERICHOST, socket.AF_INET, socket.SOCK_STREAM, 0,
                        0, 0)
    buf = hints + node + service
    reply = wide.call(101, struct.pack("<iiiii", 1, 0, 24, 24 + len(node), len(buf)) + buf)
    assert (len(reply), reply.s32(20), reply.s32(24), reply.s32(28)) == (72, 0, 1, 40)
    assert struct.unpack_from("<iiiiII", reply.data, 32)[1:] == (2, 1, 6, 16, 0)
    assert reply.data[56:64] == struct.pack("<H", 2) + b"\0\x50\x7f\0\0\x01"
    # No service, no node, neither, and texts outside of the buffer: always a reply.
    for fields in ((0, 0, 0, 10, 10), (0, 0, 0, 0, 3), (0, 0, 0, 0, 0), (0, 0, 5, 2, 10),
                   (1, 0, 0, 0, 10), (0, 0, 0, 4, 4), (0, 0, -1, 0, 10)):
        reply = wide.call(101, struct.pack("<iiiii", *fields) + b"127.0.0.1\0")
        assert len(reply) == 32 + reply.s32(28)
    name = wide.call(106, bytes(4) + struct.pack("<Q", 64))
    host = socket.gethostname().encode() + b"\0"
    assert (name.s32(), name.s32(20), name.data[24:]) == (0, len(host), host)
    found = wide.call(121)
    assert found.s32(24) >= 1 and len(found) == 28 + 44 * found.s32(24)
    assert b"lo" in found.data
    why = wide.call(123, struct.pack("<i", socket.EAI_NONAME))
    assert len(why) == 452 and why.data[20:].split(b"\0")[0]
    by = wide.call(103, bytes(4) + text("127.0.0.1"))
    assert by.s32(20) == len(by) - 24 and by.data[-4:] == bytes([127, 0, 0, 1])
