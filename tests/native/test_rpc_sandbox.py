# SPDX-License-Identifier: BSD-3-Clause
"""The executor's room: no way out of the folder, no commands, no network, nothing left behind."""
import errno
import os
import signal
import struct

import pytest

from conftest import SLOW, wait_until
from rpc_peer import UID, Executor, text


@pytest.fixture
def rpc(tmp_path):
    (tmp_path / "secret").write_text("secret")
    os.chmod(tmp_path / "secret", 0o666)
    os.chmod(tmp_path, 0o777)
    peer = Executor(str(tmp_path / "root"))
    peer.outside = str(tmp_path / "secret")
    yield peer
    peer.close()


def escapes(rpc):
    """Names that would lead out of the folder if it were none."""
    os.symlink(rpc.outside, os.path.join(rpc.root, "absolute"))
    os.symlink("../secret", os.path.join(rpc.root, "relative"))
    os.symlink("/", os.path.join(rpc.root, "top"))
    os.symlink("/proc/self/root", os.path.join(rpc.root, "magic"))
    return ["../secret", "/../secret", rpc.outside, "absolute", "relative", "top/../secret",
            "top" + rpc.outside, "magic" + rpc.outside, "/proc/self/root" + rpc.outside,
            "./.././../secret", "top/top/../../secret"]


def test_no_name_leads_out(rpc):
    inode = os.stat(rpc.outside).st_ino
    for name in escapes(rpc):
        opened = rpc.open(name, os.O_RDONLY)
        assert (opened.s32(), opened.errnum) == (-1, errno.ENOENT), name
        assert rpc.fopen(name, "r").s64() == 0
        for number in (39, 41):
            assert rpc.call(number, text(name)).s64(32) != inode
        assert rpc.call(49, struct.pack("<I", 0) + text(name)).s32() == -1
        rpc.call(53, struct.pack("<I", 0o600) + text(name))
        for number in (8, 56):
            rpc.call(number, text(name))
        rpc.call(30, text(name, 132))
        rpc.call(29, text(name, 128) + text("/caught", 128))
        rpc.call(29, text("/top", 128) + text("/again", 128))
    assert os.stat(rpc.outside).st_mode & 0o777 == 0o666
    assert rpc.call(54, text("..")).s32() == 0
    assert rpc.call(40, bytes(4) + struct.pack("<Q", 64)).data[20:22] == b"/\0"
    with open(rpc.outside) as file:
        assert file.read() == "secret"


def test_what_is_made_is_the_clients(rpc):
    assert rpc.open("f").s32() >= 0
    made, root = os.stat(os.path.join(rpc.root, "f")), os.stat(rpc.root)
    owner = UID if os.geteuid() == 0 else os.geteuid()
    assert (made.st_uid, root.st_uid, root.st_mode & 0o777) == (owner, owner, 0o700)


def test_commands_and_sockets_are_refused(rpc):
    ran = rpc.call(48, text("true"))
    assert (len(ran), ran.s32(), ran.errnum) == (20, -1, errno.EACCES)
    piped = rpc.call(25, text("true", 128) + text("r", 6) + bytes(6))
    assert (len(piped), piped.s64(), piped.errnum) == (24, 0, errno.EACCES)
    made = rpc.call(120, struct.pack("<iii", 2, 1, 0))
    assert (made.s32(), made.errnum) == (-1, errno.EACCES)
    asked = rpc.call(101, struct.pack("<iiiii", 0, 0, 0, 10, 10) + b"localhost\0")
    assert (len(asked), asked.s32(24), asked.s32(28)) == (32, 0, 0) and asked.s32(20) < 0
    assert rpc.call(103, bytes(4) + text("localhost")).s32(20) == 0
    assert rpc.call(121).s32(24) == 0


def test_the_room(rpc):
    rpc.open("f")
    pid = rpc.children()[0]
    with open(f"/proc/{pid}/status") as status:
        fields = dict(line.split(":\t", 1) for line in status.read().splitlines() if ":\t" in line)
    assert fields["NoNewPrivs"] == "1" and fields["Seccomp"] == "2"
    for key in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
        assert int(fields[key], 16) == 0, key
    if os.geteuid() == 0:
        assert fields["Uid"].split() == [str(UID)] * 4
        assert fields["Gid"].split() == [str(UID)] * 4 and not fields["Groups"].split()
        assert int(fields["CapBnd"], 16) == 0
        assert os.readlink(f"/proc/{pid}/root") == rpc.root
    with open(f"/proc/{pid}/limits") as limits:
        text_of = limits.read()
    assert "Max open files            256" in text_of
    # Files, memory: more than enough, and an end.
    last = 0
    while (reply := rpc.open("f")).s32() >= 0:
        last = reply.s32()
    assert reply.errnum == errno.EMFILE and 200 < last < 256
    assert rpc.call(2, struct.pack("<i", last)).s32() == 0
    assert rpc.open("f").s32() == last


def test_descriptors_of_the_program_are_nobodys(rpc):
    for fd in [*range(3, 400), -1, 2**31 - 1]:
        assert rpc.call(42, struct.pack("<i", fd)).errnum == errno.EBADF
        assert rpc.call(2, struct.pack("<i", fd)).errnum == errno.EBADF
        assert rpc.call(51, struct.pack("<iii", fd, 9, 0)).errnum == errno.EBADF


def test_nothing_outlives_the_session(tmp_path):
    rpc = Executor(str(tmp_path / "root"), "--system")
    os.chmod(tmp_path, 0o755)
    assert rpc.call(48, text("exit 3")).s32() == 3 << 8
    f = rpc.call(25, text("echo $((6 * 7))", 128) + text("r", 6) + bytes(6)).s64()
    got = rpc.call(16, bytes(4) + struct.pack("<Qii", f, 100, 0))
    assert got.data[20:23] == b"42\n"
    assert rpc.handle(22, f).s32() == 0
    rpc.send(48, text("sleep 1000 & setsid sleep 1000 & (setsid sleep 1000 &) ; sleep 1000"))
    wait_until(lambda: len(rpc.children()) >= 5, 10, "all have started")
    left = rpc.children()
    rpc.close()
    assert not [pid for pid in left if os.path.exists(f"/proc/{pid}")]


def test_a_killed_executor_leaves_nothing(tmp_path):
    rpc = Executor(str(tmp_path / "root"), "--system")
    rpc.send(48, text("sleep 1000 & sleep 1000"))
    wait_until(lambda: len(rpc.children()) >= 4, 10, "all have started")
    left = rpc.children()
    os.kill(left[0], signal.SIGKILL)
    assert rpc.sock.recv(4096) == b""  # that is how the daemon sees it
    rpc.process.wait(20 * SLOW)
    assert not [pid for pid in left if os.path.exists(f"/proc/{pid}")]
    rpc.close()


def test_buffered_text_of_files_is_written_at_the_end(rpc):
    f = rpc.fopen("/log", "w").s64()
    assert rpc.call(13, bytes(4) + struct.pack("<QQQ", 1, 4, f) + b"last").s64() == 4
    rpc.close()
    with open(os.path.join(rpc.root, "log")) as file:
        assert file.read() == "last"
    rpc.__init__(rpc.root)
