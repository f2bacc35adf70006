# SPDX-License-Identifier: BSD-3-Clause
"""The tty service: every byte as it is, none lost while somebody reads, nobody blocked if not."""
import fcntl
import os
import re
import select
import termios
import time
import zlib

import pytest

from conftest import SLOW, Terminal, wait_until

ALL_BYTES = bytes(range(256))
STYLES = ["ref", "novendor", "fulllen", "align4"]


def pattern(n):
    return bytes((i * 31 + (i >> 8)) & 0xff for i in range(n))


def service(site, name):
    return next(s for s in site.info(name)["services"] if "ttyRPMSG" in s["device"])


@pytest.mark.parametrize("style", STYLES)
def test_binary_clean(site, style):
    data = ALL_BYTES * 64
    with Terminal(site.run("one", style)) as tty:
        tty.drain()
        tty.write(f"cat {len(data)}\n".encode())
        echoed = tty.read_until(rb"cat \d+\r\n")
        assert echoed.count(b"cat") == 1  # the client's echo, and no second one of the pty
        assert tty.exchange(data, len(data)) == data


@pytest.mark.parametrize("style", STYLES)
def test_nothing_lost_towards_the_client(site, style):
    data = pattern(200_000)
    with Terminal(site.run("one", style)) as tty:
        tty.write(f"sink {len(data)}\n".encode())
        tty.read_until(rb"sink \d+\r\n")
        tty.write(data)
        answer = tty.read_until(rb"crc32 [0-9a-f]{8}")
    assert f"sink: {len(data)} bytes, crc32 {zlib.crc32(data):08x}".encode() in answer


FLOOD_END = rb"flood: \d+ bytes, crc32 [0-9a-f]{8}"


def check_flood(site, answer, size, credit):
    """All of it; of a client without credit all but what was counted, if this reader had no turn
    for 100 ms on a machine that is very busy."""
    dropped = service(site, "one")["dropped_bytes"]
    assert f"crc32 {zlib.crc32(pattern(size)):08x}".encode() in answer[-50:]
    data = answer[:answer.rindex(b"flood: ")].rstrip(b"\r\n")
    if credit or not dropped:
        assert data == pattern(size) and dropped == 0
    else:
        assert len(data) + dropped == size


@pytest.mark.parametrize("style", STYLES)
def test_nothing_lost_while_a_reader_drains(site, style):
    size = 300_000
    with Terminal(site.run("one", style)) as tty:
        tty.drain()
        tty.write(f"flood {size}\n".encode())
        tty.read_until(rb"flood \d+\r\n")
        answer = tty.read_until(FLOOD_END)
    check_flood(site, answer, size, credit=style == "ref")


def start_flood_unread(site, path, size):
    with Terminal(path) as tty:
        tty.drain()
        tty.write(f"flood {size}\n".encode())
        tty.read_until(rb"flood \d+\r\n")


def test_reader_that_never_reads_costs_the_oldest_bytes(site):
    """An existing image shares its buffers among all endpoints: they must come back."""
    size = 2_000_000
    path = site.run("one", "novendor")
    start_flood_unread(site, path, size)
    wait_until(lambda: service(site, "one")["rx_bytes"] >= size, 30, "the client is not blocked")
    dropped = service(site, "one")["dropped_bytes"]
    assert 0 < dropped < size
    assert f"dropped {dropped} bytes" in site.ok("status", "one")
    with Terminal(path) as tty:
        rest = tty.read_until(rb"crc32 [0-9a-f]{8}")
        assert f"crc32 {zlib.crc32(pattern(size)):08x}".encode() in rest
        # What is left is the newest part of the pattern, whole.
        tail = rest[:rest.rindex(b"\r\nflood:")][-1000:]
        assert tail == pattern(size)[-1000:]


def test_reader_that_never_reads_holds_back_a_client_with_credit(site):
    size = 2_000_000
    path = site.run("one", "ref")
    start_flood_unread(site, path, size)
    time.sleep(1)
    held = service(site, "one")
    assert held["rx_bytes"] < size and held["dropped_bytes"] == 0
    with Terminal(path) as tty:
        rest = tty.read_until(rb"crc32 [0-9a-f]{8}")
    assert f"crc32 {zlib.crc32(pattern(size)):08x}".encode() in rest
    assert service(site, "one")["dropped_bytes"] == 0


@pytest.mark.parametrize("style", ["ref", "novendor"])
def test_nobody_else_is_blocked(site, style):
    """A flood that nobody reads, a writer that never stops, and a second client that works."""
    first, second = site.run("one", style), site.run("two", style)
    start_flood_unread(site, first, 50_000_000)
    with Terminal(first) as never_reads, Terminal(second) as tty:
        tty.drain()
        for number in range(50):
            # The first client does not read its input during a flood: this fills up, no more.
            if select.select([], [never_reads.fd], [], 0)[1]:
                try:
                    os.write(never_reads.fd, b"x" * 1024)
                except BlockingIOError:
                    pass
            begin = time.monotonic()
            tty.write(f"echo {number}-{number}\n".encode())
            tty.read_until(f"\n{number}-{number}\r\n".encode())
            assert time.monotonic() - begin < 2 * SLOW
        assert site.state("one") == "Running"
    site.ok("stop", "two")
    site.ok("stop", "one")


def test_writer_into_a_client_that_does_not_read(site):
    """The pty fills up and blocks that writer alone; the daemon answers."""
    path = site.run("one", StopTimeoutSec=1)
    site.mica("console", "one", "--linger", "0.2", input="hang\n")
    with Terminal(path) as tty:
        written = 0
        while select.select([], [tty.fd], [], 0.5)[1] and written < 4_000_000:
            try:
                written += os.write(tty.fd, b"y" * 4096)
            except BlockingIOError:
                break
        assert written < 4_000_000
        assert site.state("one") == "Running"
    site.ok("stop", "one")


def test_is_raw_and_plain(site):
    with Terminal(site.run("one")) as tty:
        iflag, oflag, _, lflag, *_ = termios.tcgetattr(tty.fd)
        assert not lflag & (termios.ECHO | termios.ICANON | termios.ISIG)
        assert not oflag & termios.OPOST
        assert not iflag & (termios.ICRNL | termios.IXON)


def test_name_is_a_link_and_goes_away(site):
    path = site.run("one")
    assert os.readlink(path).startswith("/dev/pts/")
    site.ok("stop", "one")
    site.ok("rm", "one")
    assert not os.path.lexists(path)


def test_stray_link_is_replaced_and_a_file_is_not(idle_site):
    site = idle_site
    os.mkdir(site.run_root, 0o755)
    os.symlink("/dev/pts/99999", f"{site.run_root}/ttyRPMSG0")
    with open(f"{site.run_root}/ttyRPMSG1", "w") as file:
        file.write("keep")
    site.start()
    paths = {site.run("one"), site.run("two")}
    assert f"{site.run_root}/ttyRPMSG1" not in paths
    with open(f"{site.run_root}/ttyRPMSG1") as file:
        assert file.read() == "keep"
    assert "pong" in site.shell("one", "ping")


def test_two_programs_in_turn(site):
    path = site.run("one")
    for _ in range(5):
        with Terminal(path) as tty:
            tty.write(b"echo turn\n")
            tty.read_until(rb"\nturn\r\n")


def test_exclusive_use_does_not_confuse_the_daemon(site):
    path = site.run("one")
    with Terminal(path) as tty:
        fcntl.ioctl(tty.fd, termios.TIOCEXCL)
        tty.write(b"echo mine\n")
        tty.read_until(rb"\nmine\r\n")
        assert site.state("one") == "Running"


def test_slow_reader_loses_nothing(site):
    """An existing image floods faster than this reader reads: it waits, within bounds."""
    size = 400_000
    with Terminal(site.run("one", "novendor")) as tty:
        tty.drain()
        tty.write(f"flood {size}\n".encode())
        tty.read_until(rb"flood \d+\r\n")
        while not re.search(FLOOD_END, tty.data[-60:]):
            time.sleep(0.01)
            assert select.select([tty.fd], [], [], 60 * SLOW)[0]
            tty.data += os.read(tty.fd, 4096)
        check_flood(site, bytes(tty.data), size, credit=False)
