# SPDX-License-Identifier: BSD-3-Clause
"""Bulk messages: what is written into the window arrives, whoever dies meanwhile."""
import mmap
import os
import random
import signal
import stat
import subprocess
import zlib

import pytest

from conftest import BUILD, SLOW, wait_until
from umt_peer import ABORT, MIB, MORE, NOTE, RELEASE, RESET, SEND, Ended, Umt

SIZES = [1, 4096, MIB, MIB + 1, 16 * MIB]


def socket_of(site, name="one"):
    return os.path.join(site.run_root, "clients", name, "umt.sock")


def connect(site, name="one"):
    wait_until(lambda: os.path.exists(socket_of(site, name)), 10, "umt.sock")
    peer = Umt(socket_of(site, name))
    assert peer.error == 0, peer.text
    return peer


def data_of(size, seed=1):
    return random.Random(seed).randbytes(size)


def client_of(site):
    """The client's process, once it has announced its endpoint."""
    wait_until(lambda: os.path.exists(socket_of(site)), 10, "umt.sock")
    return next(p for p in site.processes() if os.readlink(f"/proc/{p}/exe").endswith("-native"))


def service(site, name="one"):
    return next(s for s in site.info(name)["services"] if s["name"] == "rpmsg-umt")


def said(data):
    return f"{len(data)} bytes, crc32 {zlib.crc32(data):08x}\n".encode()


def echoes(peer, data, piece=256 * 1024):
    back, text = peer.exchange(data, piece)
    assert back == data
    assert text == said(data)


@pytest.mark.parametrize("size", SIZES)
def test_every_length_comes_back(site, size):
    site.run("one")
    data = data_of(size)
    with connect(site) as peer:
        assert peer.features & 1 and peer.pieces == 32
        echoes(peer, data, MIB if size <= MIB else 256 * 1024)
        peer.wait(lambda: not peer.sent, "all space returned")
    info = service(site)
    assert info["window_tx_bytes"] == size
    assert info["window_rx_bytes"] == size + len(said(data))
    # The rings carried places and lengths, never the data.
    assert info["rx_bytes"] < 100_000 and info["tx_bytes"] < 100_000


@pytest.mark.parametrize("size", SIZES)
def test_client_sends_every_length(site, size):
    site.run("one")
    with connect(site) as peer:
        tty = os.open(site.tty("one"), os.O_RDWR | os.O_NOCTTY)
        os.write(tty, f"umt {size}\n".encode())
        data = peer.receive(120)
        os.close(tty)
    assert data == bytes((i * 31 + (i >> 8)) & 0xff for i in range(size))


def test_several_outstanding(site):
    """A reader that lags behind costs room, not order."""
    site.run("one")
    messages = [data_of(1000 + 7777 * i, i) for i in range(12)]
    with connect(site) as peer:
        for data in messages:
            assert peer.put(data)
        assert len(peer.sent) > 4
        for data in messages:
            assert peer.receive() == data
            assert peer.receive() == said(data)
        peer.wait(lambda: not peer.sent, "all space returned")


def test_no_more_than_the_protocol_has(site):
    site.run("one")
    os.kill(client_of(site), signal.SIGSTOP)
    with connect(site) as peer:
        for _ in range(32):
            assert peer.put(b"x" * 100)
        assert not peer.put(b"x")
        peer.note(SEND, 0, 512 * 1024, 1)  # one more all the same
        with pytest.raises(Ended):
            peer.wait(lambda: False, "hung up")
    os.kill(client_of(site), signal.SIGCONT)
    with connect(site) as peer:
        # It echoes each, which somebody has to read.
        peer.wait(lambda: not peer.take() and not peer.taken, "the client returned all")


@pytest.mark.parametrize("style", ["uniproton", "umtlen"])
def test_existing_images(site, style):
    """One message, its answer, by either form of it; the image's boot waits for the first one."""
    site.run("one", style)
    with connect(site) as peer:
        assert peer.features == 0 and peer.pieces == 1
        for size in (1, 4096, MIB, 77):
            data = data_of(size)
            assert peer.put(data)
            assert peer.receive() == data
            peer.wait(lambda: not peer.sent, "answered")
    assert "mica-" + style in site.shell("one", "version")


def test_existing_images_take_one_message(site):
    site.run("one", "uniproton")
    os.kill(client_of(site), signal.SIGSTOP)
    with connect(site) as peer:
        assert peer.put(b"first")
        peer.note(SEND, 0, 0, 6)
        with pytest.raises(Ended):
            peer.wait(lambda: False, "hung up")
    os.kill(client_of(site), signal.SIGCONT)
    with connect(site) as peer:  # to whom the first one's answer means nothing
        peer.wait(lambda: not peer.taken, "answered")
        assert peer.put(b"second")
        assert peer.receive() == b"second"


def test_client_that_does_not_answer_is_given_up(site):
    site.run("one", "uniproton")
    os.kill(client_of(site), signal.SIGSTOP)
    with connect(site) as peer:
        assert peer.put(b"first")
        assert not peer.put(b"second")
        peer.note(RESET)
        peer.wait(lambda: not peer.sent, "given up")
        os.kill(client_of(site), signal.SIGCONT)
        assert peer.receive() == b"first"  # late is as good as unasked for
        assert peer.put(b"second")
        assert peer.receive() == b"second"


def test_application_dies(site):
    """In the middle of a message, with data unread: the next one finds everything in order."""
    site.run("one")
    for _ in range(5):
        with connect(site) as peer:
            assert peer.put(data_of(300_000), more=True)
            peer.wait(lambda: peer.notes, "half of an echo")
        with connect(site) as peer:
            assert peer.put(data_of(200_000))
            peer.wait(lambda: peer.notes, "an echo")
        with connect(site) as peer:
            peer.wait(lambda: not peer.taken, "space came back")
            # What the one before did not live to see is of no use; the echo's CRC may come yet.
            peer.pump(0.2 * SLOW)
            while peer.take() is not False:
                peer.pump(0.05)
            echoes(peer, data_of(MIB, 3))
    assert site.state("one") == "Running"


def test_client_dies(site):
    site.run("one")
    with connect(site) as peer:
        assert peer.put(data_of(MIB))
        os.kill(client_of(site), signal.SIGKILL)
        with pytest.raises(Ended):
            peer.wait(lambda: False, "hung up")
        assert not os.path.exists(socket_of(site))
        bytes(peer.memory[:4096])  # the mapping does no harm
    site.ok("start", "one")
    with connect(site) as peer:
        echoes(peer, data_of(5000))


def test_client_stops(site):
    site.run("one")
    with connect(site) as peer:
        echoes(peer, b"before")
        site.ok("stop", "one")
        with pytest.raises(Ended):
            peer.wait(lambda: False, "hung up")
    site.ok("rm", "one")


@pytest.mark.parametrize("style", ["ref", "uniproton"])
def test_daemon_dies(site, style):
    site.run("one", style)
    peer = connect(site)
    assert peer.put(data_of(300_000), more=style == "ref")
    site.kill()
    with pytest.raises(Ended):
        while True:
            peer.wait(lambda: peer.notes, "micad's end")
            peer.notes.clear()
    peer.close()
    site.start()
    site.wait_state("one", "Running")
    with connect(site) as peer:
        if style == "ref":
            echoes(peer, data_of(3 * MIB))
        else:
            peer.pump(0.2 * SLOW)
            peer.wait(lambda: not peer.taken, "answered")
            peer.notes.clear()
            assert peer.put(b"again")
            assert peer.receive() == b"again"


def test_one_application_at_a_time(site):
    site.run("one")
    with connect(site) as first:
        second = Umt(socket_of(site))
        assert second.error == 16 and second.fds == []
        assert f"in use by process {os.getpid()}" in second.text
        second.close()
        echoes(first, b"still here")


def test_rights(site):
    """No file that anybody may open: a socket for the group, and memory without a name."""
    site.run("one")
    wait_until(lambda: os.path.exists(socket_of(site)), 10, "umt.sock")
    mode = stat.S_IMODE(os.stat(socket_of(site)).st_mode)
    assert mode in (0o600, 0o660)
    if os.getuid():
        return
    os.chmod(site.dir, 0o755)
    pid = os.fork()
    if not pid:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        try:
            Umt(socket_of(site))
        except PermissionError:
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(pid, 0)[1] == 0


def test_descriptor_is_the_window_and_nothing_else(site):
    """Whatever an application writes, the rings are out of its reach."""
    site.run("one")
    with connect(site) as peer:
        assert os.fstat(peer.fds[0]).st_size == peer.map_len == 2 * MIB
        with pytest.raises((ValueError, OSError)):
            mmap.mmap(peer.fds[0], 2 * MIB + 4096)
        with pytest.raises(OSError):
            os.ftruncate(peer.fds[0], 16 * MIB)
        with pytest.raises(OSError):
            os.ftruncate(peer.fds[0], 0)
        peer.memory[:] = random.Random(5).randbytes(2 * MIB)
        assert "pong" in site.shell("one", "ping")
        echoes(peer, data_of(4096))


HOSTILE = {
    "outside": NOTE.pack(SEND, 0, MIB, 1),
    "over the end": NOTE.pack(SEND, 0, MIB - 1, 2),
    "wraps": NOTE.pack(SEND, 0, 0xffffffff, 2),
    "nothing": NOTE.pack(SEND, 0, 0, 0),
    "twice": NOTE.pack(SEND, MORE, 0, 100) + NOTE.pack(SEND, 0, 50, 100),
    "flags": NOTE.pack(SEND, 0x80, 0, 1),
    "not its own": NOTE.pack(RELEASE, 0, 0, 100),
    "unknown": NOTE.pack(99, 0, 0, 0),
    "short": b"x" * 15,
    "long": NOTE.pack(ABORT, 0, 0, 0) * 65,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_application(site, name):
    site.run("one")
    with connect(site) as peer:
        peer.sock.send(HOSTILE[name])
        with pytest.raises(Ended):
            peer.wait(lambda: False, "hung up")
    assert site.log_text().count("umt: the application spoke of") == 1
    with connect(site) as peer:
        peer.wait(lambda: not peer.taken, "space came back")
        echoes(peer, data_of(100_000))


def test_sockets_can_be_switched_off(site):
    site.run("one", EndpointSockets="no")
    assert service(site)["device"] == ""
    assert not os.path.exists(socket_of(site))


@pytest.mark.parametrize("style", ["ref", "uniproton"])
def test_pool_in_the_windows_place(site, style):
    """The rest of the client works, and whoever asks is told why umt does not."""
    site.run("one", style, CommOffset="0xd00000")
    wait_until(lambda: os.path.exists(socket_of(site)), 10, "umt.sock")
    peer = Umt(socket_of(site))
    assert peer.error and "set another CommOffset" in peer.text and not peer.fds
    peer.close()
    assert "set another CommOffset" in site.log_text()
    assert f"mica-{style}" in site.shell("one", "version")


def test_status_shows_it(site):
    site.run("one")
    with connect(site) as peer:
        echoes(peer, b"12345678")
    assert service(site)["device"] == socket_of(site)
    assert "window: received" in site.ok("status", "one")


# the library, by the example that is made of it


def umt(site, *args, timeout=60):
    return subprocess.run([os.path.join(BUILD, "examples", "umt"), *args], env=site.env,
                          cwd=site.dir, capture_output=True, timeout=timeout * SLOW, check=False)


def write_file(site, data):
    path = os.path.join(site.dir, "data")
    with open(path, "wb") as file:
        file.write(data)
    return path


@pytest.mark.parametrize("size", SIZES)
def test_library_every_length(site, size):
    site.run("one")
    data = data_of(size)
    done = umt(site, "one", write_file(site, data), "2")
    assert done.returncode == 0, done.stderr
    assert done.stdout == data + said(data)


@pytest.mark.parametrize("style", ["uniproton", "umtlen"])
def test_library_existing_images(site, style):
    site.run("one", style)
    data = data_of(MIB)
    done = umt(site, "one", write_file(site, data))
    assert done.returncode == 0, done.stderr
    assert done.stdout == data
    done = umt(site, "one", write_file(site, data + b"x"))
    assert done.returncode == 1
    assert b"Message too long" in done.stderr


def test_library_says_why(site):
    site.run("one", CommOffset="0xd00000")
    done = umt(site, "one", "-")
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1 and b"set another CommOffset" in done.stderr
    site.run("two")
    with connect(site, "two"):
        done = umt(site, "two", "-")
        assert done.returncode == 1 and b"in use by process" in done.stderr


def test_library_waits_for_the_client_and_sees_its_end(site):
    site.create("one")
    child = subprocess.Popen([os.path.join(BUILD, "examples", "umt"), "one", "-"], env=site.env,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    site.ok("start", "one")
    wait_until(lambda: "memfd:mica-one" in maps_of(child.pid), 10, "connected")
    site.ok("stop", "one")
    _, err = child.communicate(timeout=30 * SLOW)
    assert child.returncode == 1 and b"Broken pipe" in err


def maps_of(pid):
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
        return maps.read()


def test_hostile_client(site):
    """Wrong places, lengths, returns and counts are told to nobody; what is in order arrives."""
    site.run("one", "umtbad")
    with connect(site) as peer:
        assert peer.put(b"go on")
        peer.wait(lambda: not peer.sent, "answered")
        pieces = 0
        while True:
            peer.wait(lambda: peer.notes, "pieces")
            got = peer.take()
            if got is None:
                break
            assert len(got[0]) == 64 and got[1]
            pieces += 1
        assert pieces >= 32
        assert peer.put(b"and the good one")
        assert peer.receive() == b"good\0"
    assert site.log_text().count("umt: the client spoke of") == 1
    assert site.state("one") == "Running"
    assert "mica-umtbad" in site.shell("one", "version")
