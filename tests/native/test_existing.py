# SPDX-License-Identifier: BSD-3-Clause
"""Images built elsewhere, that rely on each fact of docs/abi.md: resource tables of every shape,
and a client that writes down each rule that its host broke (existing.c)."""
import os
import struct

import pytest

from conftest import BUILD, Terminal, wait_until

IMAGE = os.path.join(BUILD, "tests", "existing")
ANY = 0xFFFFFFFF
POOL = 0x70004000


def vdev(num=(8, 8), align=16, da=(ANY, ANY), notify=(0, 1), ident=7, own=0, config=b"", gfeatures=0):
    rings = b"".join(struct.pack("<5I", da[i], align, num[i], notify[i], 0x5A5A5A5A) for i in (0, 1))
    return struct.pack("<6IBB2s", 3, ident, own, 1, gfeatures, len(config), 0, 2, b"zz") + rings + config


def endpoints(n=0, entry=b""):
    return struct.pack("<2I", 128, n) + (entry * n).ljust(64 * 40, b"\0")


def trace(name=b"ram_console", da=0, size=0):
    return struct.pack("<4I32s", 2, da, size, 0, name)


def carveout(name=b"text", da=ANY, size=0x1000):
    return struct.pack("<6I32s", 0, da, 0, size, 0, 0, name)


def devmem(name=b"uart"):
    return struct.pack("<6I32s", 1, 0x9000000, 0x9000000, 0x1000, 0, 0, name)


def table(*entries, gap=0, reserved=(0, 0)):
    at = 16 + 4 * len(entries)
    offsets, body = [], b""
    for entry in entries:
        body += bytes(gap)
        offsets.append(at + len(body))
        body += entry + bytes(-len(entry) % 4)
    return struct.pack("<4I", 1, len(entries), *reserved) + struct.pack(f"<{len(entries)}I", *offsets) + body


FOREIGN = struct.pack("<2I", 160, 64) + struct.pack("<I", 7) + bytes(52)  # of another version

TABLES = {
    "plain": table(vdev()),
    "endpoints": table(vdev(), endpoints()),
    "endpoints first": table(endpoints(), vdev()),
    "align 4": table(vdev(align=4), endpoints()),
    "align 4096": table(vdev(align=4096), endpoints()),
    "rings of two sizes": table(vdev(num=(16, 8), align=4), endpoints()),
    "rings of 2": table(vdev(num=(2, 2)), endpoints()),
    "rings of 64": table(vdev(num=(64, 64)), endpoints()),
    "rings in place": table(vdev(da=(POOL, POOL + 0x1000)), endpoints()),
    "rings in place, the second first": table(vdev(da=(POOL + 0x2000, POOL)), endpoints()),
    "rings outside the pool": table(vdev(da=(0x70100000, 0x70101000))),
    "one ring in place": table(vdev(da=(POOL, ANY)), endpoints()),
    "ids of their own": table(vdev(notify=(ANY, ANY), own=31), endpoints()),
    "same ids": table(vdev(notify=(0, 0)), endpoints()),
    "configuration space": table(vdev(config=bytes(8)), endpoints()),
    "features set before": table(vdev(gfeatures=1), endpoints()),
    "words in use": table(vdev(), endpoints(), reserved=(0xC4000003, 0x1234)),
    "gaps": table(endpoints(), vdev(), gap=8),
    "standard entries": table(carveout(), devmem(), trace(), vdev(), endpoints()),
    "carveout in place": table(carveout(da=0x7A000000), vdev()),
    "offsets of rings": table(vdev(), endpoints(), struct.pack("<9I", 130, *[0] * 8)),
    "unknown entries": table(struct.pack("<4I", 131, 1, 2, 3), vdev(), struct.pack("<2I", 511, 0), endpoints()),
    "another device": table(vdev(ident=3, da=(0x70100000, 0x70101000)), vdev(), endpoints()),
    "another vendor's entry": table(FOREIGN, vdev(), endpoints()),
    "debugger's rings": table(vdev(), endpoints(), struct.pack("<2I3Q8s", 129, 0, 0, 0, 0, b"")),
    "endpoints of before": table(vdev(), endpoints(2, struct.pack("<32s2I", b"rpmsg-tty", 1024, 1030))),
}


class Image:
    """One program file with its table and manners, and what it wrote down."""

    def __init__(self, site, rsc, manners=""):
        self.path = os.path.join(site.dir, "existing")
        self.report = os.path.join(site.dir, "report")
        with open(IMAGE, "rb") as f:
            data = f.read()
        data = self.put(data, b"RESOURCE-TABLE-OF-THE-TEST", rsc)
        data = self.put(data, b"MANNERS:", b"MANNERS:%s:%s" % (self.report.encode(), manners.encode()))
        with open(self.path, "wb") as f:
            f.write(data)
        os.chmod(self.path, 0o755)

    @staticmethod
    def put(data, mark, value):
        at = data.index(mark + b"\0")
        assert data.count(mark + b"\0") == 1 and len(value) < 4096
        return data[:at] + value + data[at + len(value):]

    def broken(self):
        """The rules that the host broke, and "off" for each end."""
        with open(self.report) as f:
            return f.read().splitlines()


def run(site, image, **keys):
    site.ok("create", site.conf("one", ClientPath=image.path, **keys))
    site.ok("start", "one")


def echo(site, text):
    with Terminal(site.tty("one")) as tty:
        assert tty.exchange(text, len(text)) == text
    site.info("one")  # the daemon is done with the message


@pytest.mark.parametrize("shape", TABLES)
def test_table(site, shape):
    """Start, talk, stop, and once more over what the first run left in memory."""
    image = Image(site, TABLES[shape])
    run(site, image)
    for n in (1, 2):
        services = {s["name"]: s for s in site.info("one")["services"]}
        wait_until(lambda: len(site.info("one")["services"]) == 3, what="three endpoints")
        echo(site, b"some words, and more of them\n" * 100)
        site.ok("stop", "one")
        assert site.state("one") == "Stopped", services
        assert site.info("one")["reason"] == ""
        assert image.broken() == ["off"] * n
        if n == 1:
            site.ok("start", "one")


def test_name_without_an_end(site):
    image = Image(site, TABLES["plain"], "unended")
    run(site, image)
    wait_until(lambda: len(site.info("one")["services"]) == 3, what="three endpoints")
    assert "rpmsg-tty-of-thirty-two-bytes-x" in {s["name"] for s in site.info("one")["services"]}
    echo(site, b"some words\n")


def test_addresses_below_1024(site):
    image = Image(site, TABLES["endpoints"], "low")
    run(site, image)
    echo(site, b"some words\n")
    site.kill()
    site.start()
    echo(site, b"more words\n")
    site.ok("stop", "one")
    assert image.broken()[-1] == "off"


def test_many_endpoints_late_and_at_once(site):
    image = Image(site, TABLES["endpoints"], "late")
    run(site, image)
    echo(site, b"now\n")
    wait_until(lambda: len(site.info("one")["services"]) == 43, what="all endpoints")
    echo(site, b"and again\n")
    site.ok("stop", "one")
    assert image.broken() == ["off"]


def test_new_daemon(site):
    """Nothing is asked of the client; it is greeted again, and everything is taken back at the end."""
    image = Image(site, TABLES["endpoints"], "again")
    run(site, image)
    echo(site, b"some words\n")
    site.kill()
    site.start()
    echo(site, b"more words\n")
    site.ok("stop", "one")
    assert image.broken() == ["off"]


def test_image_that_obeys_nothing_but_a_message(site):
    """The older kind: deaf to the status word, powered off by a message on rpmsg-rpc."""
    image = Image(site, TABLES["endpoints"], "deaf")
    run(site, image, RpcPowerOff="yes", StopTimeoutSec=30)
    echo(site, b"some words\n")
    site.ok("stop", "one")
    assert site.info("one")["reason"] == ""  # was not forced
    assert image.broken() == ["off"]


def test_rpc_of_an_earlier_generation(site):
    image = Image(site, TABLES["plain"], "earlier")
    run(site, image)
    wait_until(lambda: len(site.info("one")["services"]) == 3, what="three endpoints")
    echo(site, b"some words\n")
    site.ok("stop", "one")
    assert image.broken() == ["off"]


def test_static_layout(site):
    """Rings, buffers and status byte at their places; its host leaves by taking endpoints back."""
    image = Image(site, b"", "static")
    run(site, image, Layout="static", StopTimeoutSec=30)
    for n in (1, 2):
        wait_until(lambda: len(site.info("one")["services"]) == 3, what="three endpoints")
        echo(site, b"some words, and more of them\n" * 100)
        site.ok("stop", "one")
        assert site.info("one")["reason"] == ""
        assert image.broken() == ["off"] * n
        if n == 1:
            site.ok("start", "one")
