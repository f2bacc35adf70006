# SPDX-License-Identifier: BSD-3-Clause
"""The client's terminal on the board. Contents are compared in the guest: the emulator's console
drops what a busy machine does not take at once."""
import zlib

import pytest

from conftest import boot

FLOOD = 300000

READER = ("stty -F /dev/ttyRPMSG0 raw -echo; cat /dev/ttyRPMSG0 > /tmp/raw & reader=$!; sleep 0.3; {work};"
          " for i in $(seq 600); do grep -aq '{end}' /tmp/raw && break; sleep 0.1; done;"
          " kill $reader; wait 2>/dev/null; true")

# Whether /tmp/raw holds the bytes of a file, followed by at most 200 others.
HOLDS = ("n=$(stat -c %s {name}); want=$(md5sum < {name}); k=0; while [ $k -lt 200 ]; do"
         " [ \"$(tail -c $((n+k)) /tmp/raw | head -c $n | md5sum)\" = \"$want\" ] && exit 0; k=$((k+1)); done;"
         " stat -c %s /tmp/raw; tail -c 200 /tmp/raw; exit 1")


def pattern(count):
    """The bytes of the reference client's `flood`."""
    return bytes((n * 31 + (n >> 8)) & 0xff for n in range(count))


@pytest.fixture(scope="module")
def guest(tmp_path_factory):
    expected = tmp_path_factory.mktemp("tty") / "pattern"
    expected.write_bytes(pattern(FLOOD))
    g = boot(files=[(str(expected), "/root/pattern")])
    yield g
    g.close()


def capture(guest, work, end):
    """Read the terminal into /tmp/raw while `work` runs, until `end` was seen."""
    guest.ok(READER.format(work=work, end=end), timeout=180)


def holds(guest, name):
    guest.ok(HOLDS.format(name=name), timeout=180)


def test_every_byte_value_both_ways(guest, client):
    """More than all buffers together, sent to the client and sent back by it."""
    guest.ok("mica start ref")
    guest.ok("head -c 20000 /dev/urandom > /tmp/sent")
    capture(guest, "printf 'cat 20000\\n' > /dev/ttyRPMSG0; sleep 0.5; cat /tmp/sent > /dev/ttyRPMSG0;"
            " printf 'echo the-end\\n' > /dev/ttyRPMSG0", "^the-end")
    holds(guest, "/tmp/sent")


def test_client_takes_what_is_written(guest, client):
    """Its CRC is the one in a gzip trailer."""
    guest.ok("mica start ref")
    guest.ok("head -c 100000 /dev/urandom > /tmp/sent")
    capture(guest, "printf 'sink 100000\\n' > /dev/ttyRPMSG0; sleep 0.5; cat /tmp/sent > /dev/ttyRPMSG0",
            "crc32 ")
    guest.ok("want=$(gzip -c /tmp/sent | tail -c 8 | head -c 4 | hexdump -e '1/4 \"%08x\"');"
             " grep -aq \"100000 bytes, crc32 $want\" /tmp/raw || { echo want $want; tail -c 100 /tmp/raw; exit 1; }")


def test_flood_is_lossless_while_read(guest, client):
    guest.ok("mica start ref")
    capture(guest, f"printf 'flood {FLOOD}\\n' > /dev/ttyRPMSG0", f"flood: {FLOOD} bytes")
    holds(guest, "/root/pattern")
    guest.ok(f"grep -aq 'crc32 {zlib.crc32(pattern(FLOOD)):08x}' /tmp/raw")


def test_nobody_reads_nobody_suffers(guest, client):
    """Two clients: one floods a terminal that nobody opens; the other answers."""
    guest.ok("mica create ref-b.conf; mica start ref; mica start ref-b")
    guest.ok("printf 'flood 1000000\\n' > /dev/ttyRPMSG0")
    assert "uptime" in guest.shell("ref-b", "help")
    assert "Running" in guest.ok("mica status")
    guest.ok("mica stop ref-b; mica rm ref-b")
