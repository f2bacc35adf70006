# SPDX-License-Identifier: BSD-3-Clause
"""The client's terminal on the board."""
import base64
import re
import zlib

READER = ("stty -F {tty} raw -echo; cat {tty} > /tmp/raw & reader=$!; sleep 0.3; {work};"
          " for i in $(seq 600); do grep -aq '{end}' /tmp/raw && break; sleep 0.1; done;"
          " kill $reader; wait 2>/dev/null; base64 /tmp/raw")


def capture(guest, work, end, tty="/dev/ttyRPMSG0"):
    """Read a terminal while `work` runs, until `end` was seen; what came."""
    out = guest.ok(READER.format(tty=tty, work=work, end=end), timeout=120)
    return base64.b64decode("".join(out.split()))


def pattern(count):
    """The bytes of the reference client's `flood`."""
    return bytes((n * 31 + (n >> 8)) & 0xff for n in range(count))


def test_every_byte_value_both_ways(guest, client):
    """More than all buffers together, sent to the client and sent back by it."""
    guest.ok("mica start ref")
    guest.ok("head -c 20000 /dev/urandom > /tmp/sent")
    sent = base64.b64decode("".join(guest.ok("base64 /tmp/sent").split()))
    raw = capture(guest, "printf 'cat 20000\\n' > /dev/ttyRPMSG0; sleep 0.5; cat /tmp/sent > /dev/ttyRPMSG0;"
                  " printf 'echo the-end\\n' > /dev/ttyRPMSG0", "^the-end")
    assert sent in raw, f"{len(raw)} bytes came back, not those sent"


def test_client_takes_what_is_written(guest, client):
    guest.ok("mica start ref")
    guest.ok("head -c 100000 /dev/urandom > /tmp/sent")
    sent = base64.b64decode("".join(guest.ok("base64 /tmp/sent").split()))
    raw = capture(guest, "printf 'sink 100000\\n' > /dev/ttyRPMSG0; sleep 0.5; cat /tmp/sent > /dev/ttyRPMSG0",
                  "crc32 ")
    assert f"crc32 {zlib.crc32(sent):08x}".encode() in raw


def test_flood_is_lossless_while_read(guest, client):
    guest.ok("mica start ref")
    raw = capture(guest, "printf 'flood 300000\\n' > /dev/ttyRPMSG0", "flood: 300000 bytes")
    data = pattern(300000)
    assert data in raw
    assert re.search(rb"crc32 %08x" % zlib.crc32(data), raw)


def test_nobody_reads_nobody_suffers(guest, client):
    """Two clients: one floods a terminal that nobody opens; the other answers."""
    guest.ok("mica create ref-b.conf; mica start ref; mica start ref-b")
    guest.ok("printf 'flood 1000000\\n' > /dev/ttyRPMSG0")
    assert "uptime" in guest.ok("printf 'help\\n' | mica console ref-b")
    assert "Running" in guest.ok("mica status")
    guest.ok("mica stop ref-b; mica rm ref-b")
