# SPDX-License-Identifier: BSD-3-Clause
"""What a message takes, in lock-step: messages, bytes and copies exactly, doorbells never more than that.

The exact number of doorbells of a message whose other side sleeps, one, is what the unit tests of rings
and lanes assert (test_rpmsg_traffic.c, test_rpmsg_lanes.c): here a busy machine may save some.
"""
import json
import os
import subprocess
import time

import pytest

from conftest import BUILD, SLOW, Terminal, wait_until

MIB = 1 << 20
ENTRY = 16  # bytes of a note about a piece of the window
RECORD = 32  # of a short message in a lane
LSEEK, WRITE, READ = 1, 2, 3  # client/apps/bench.h


class Counted:
    """What was counted since the last look."""

    def __init__(self, site, name):
        self.site, self.name = site, name
        self.before = self.look()
        wait_until(self.quiet, 20, "quiet")

    def look(self):
        dump = json.loads(self.site.ok("--json", "dump", self.name))["dump"]
        info = self.site.info(self.name)
        found = {"in": info["doorbells_in"], "out": info["doorbells_out"]}
        if dump["lanes"]:
            found["credit in"] = dump["lanes"][0]["read"] // RECORD
            found["credit out"] = dump["lanes"][0]["written"] // RECORD
        for s in info["services"]:
            for key in ("rx_messages", "rx_bytes", "tx_messages", "tx_bytes", "window_rx_bytes",
                        "window_tx_bytes", "dropped_bytes"):
                found[s["name"], key] = s[key]
        return found

    def quiet(self):
        """What a start brings with it is over."""
        last, self.before = self.before, self.look()
        time.sleep(0.1)
        return last == self.before

    def since(self):
        now = self.look()
        return {key: value - self.before.get(key, 0) for key, value in now.items()}

    def settled(self, endpoint, received, sent):
        """Once the endpoint has had so many messages each way: the last ones may be on their way."""
        def all_there():
            d = self.since()
            return (d[endpoint, "rx_messages"], d[endpoint, "tx_messages"]) == (received, sent)
        wait_until(all_there, 20, f"{received} and {sent} messages of {endpoint}")
        return self.since()


def counts(site, *args):
    """The program of that name: {what: number}."""
    done = subprocess.run([os.path.join(BUILD, "tests", "counts"), "one", *map(str, args)], env=site.env,
                          capture_output=True, text=True, timeout=120 * SLOW, check=False)
    assert done.returncode == 0, done
    words = done.stdout.split()
    return {what: int(number) for what, number in zip(words[::2], words[1::2])}


def credited(d, about):
    """Credit rides with every other message of an endpoint; each may have some left, or had some before."""
    assert abs(d["credit in"] - about) <= 2 and abs(d["credit out"] - about) <= 2


def bench(site):
    site.run("one", "bench")
    wait_until(lambda: {"mica-bench", "rpmsg-umt", "rpmsg-rpc"} <= {s["name"] for s in site.info("one")["services"]},
               what="endpoints")
    return Counted(site, "one")


@pytest.mark.parametrize("size", [4096, 65536, MIB])
def test_bulk_to_the_client(site, size):
    """One copy, into the window; a note there, a note back; the client reads it where it lies."""
    counted = bench(site)
    got = counts(site, "out", 20, size)
    assert got == {"done": 20, "copied": 20 * size, "pieces": 20, "bytes": 20 * size}
    d = counted.settled("rpmsg-umt", 20, 20)
    assert d["rpmsg-umt", "tx_bytes"] == d["rpmsg-umt", "rx_bytes"] == 20 * ENTRY
    assert (d["rpmsg-umt", "window_tx_bytes"], d["rpmsg-umt", "window_rx_bytes"]) == (20 * size, 0)
    # The program's own questions are a message each way.
    assert d["mica-bench", "rx_messages"] == d["mica-bench", "tx_messages"] == 1
    credited(d, 10)
    assert d["in"] <= 21 + 12 and d["out"] <= 21 + 12


@pytest.mark.parametrize("size", [4096, 65536, MIB])
def test_bulk_to_the_host(site, size):
    """Nothing is copied on this side."""
    counted = bench(site)
    got = counts(site, "in", 20, size)
    assert got == {"done": 20, "copied": 0, "pieces": 0, "bytes": 0}
    d = counted.settled("rpmsg-umt", 20, 20)
    assert d["rpmsg-umt", "tx_bytes"] == d["rpmsg-umt", "rx_bytes"] == 20 * ENTRY
    assert (d["rpmsg-umt", "window_tx_bytes"], d["rpmsg-umt", "window_rx_bytes"]) == (0, 20 * size)
    assert d["mica-bench", "rx_messages"] == d["mica-bench", "tx_messages"] == 21
    credited(d, 20)
    assert d["in"] <= 41 + 22 and d["out"] <= 41 + 22


def test_daemon_never_has_the_window(site):
    """It could not copy from there: what it maps of the client is its rings' memory alone."""
    bench(site)
    counts(site, "out", 1, MIB)

    def mapped(pid):
        with open(f"/proc/{pid}/maps", encoding="ascii") as maps:
            return {line.split()[4] for line in maps if "/memfd:mica-" in line}
    client = next(p for p in site.processes() if os.readlink(f"/proc/{p}/exe").endswith("-native"))
    assert len(mapped(client)) == 2
    assert len(mapped(site.daemon.pid)) == 1 and mapped(site.daemon.pid) < mapped(client)


@pytest.mark.parametrize("op,size,request_bytes,reply_bytes", [
    (LSEEK, 0, 28 + 4, 24), (WRITE, 432, 20 + 432, 24), (WRITE, 1, 20 + 1, 24)])
def test_calls_of_linux(site, op, size, request_bytes, reply_bytes):
    """A message there, a message back, whatever the call; opening and closing the file beside it."""
    counted = bench(site)
    assert counts(site, op, 10, size)["done"] == 10
    few = counted.settled("rpmsg-rpc", 10 + 3, 10 + 3)
    assert counts(site, op, 110, size)["done"] == 110
    more = counted.settled("rpmsg-rpc", 120 + 6, 120 + 6)
    assert more["rpmsg-rpc", "rx_bytes"] - 2 * few["rpmsg-rpc", "rx_bytes"] == 100 * request_bytes
    assert more["rpmsg-rpc", "tx_bytes"] - 2 * few["rpmsg-rpc", "tx_bytes"] == 100 * reply_bytes
    # Of 126 messages and 4 of mica-bench each way.
    credited(more, 65)
    assert more["in"] <= 130 + 67 and more["out"] <= 130 + 67


@pytest.mark.parametrize("variant", ["ref", "nolanes"])
def test_terminal(site, variant):
    """Characters one by one, each echoed."""
    with Terminal(site.run("one", variant)) as tty:
        tty.drain()
        counted = Counted(site, "one")
        for _ in range(40):
            tty.write(b"x")
            tty.read_until(b"x")
        d = counted.settled("rpmsg-tty", 40, 40)
    assert d["rpmsg-tty", "rx_bytes"] == d["rpmsg-tty", "tx_bytes"] == 40
    assert d["rpmsg-tty", "dropped_bytes"] == 0
    assert d["in"] <= 40 + 22 and d["out"] <= 40 + 22
    if variant == "ref":
        credited(d, 20)


@pytest.mark.parametrize("variant", ["ref", "nolanes"])
def test_pings(site, variant):
    """No credit: a message and at most a doorbell each way."""
    site.run("one", variant)
    counted = Counted(site, "one")
    dump = json.loads(site.ok("--json", "dump", "one"))["dump"]
    out = site.ok("ping", "one", "-c", "100", "-i", "0.005", "-s", "16")
    assert "100 messages sent, 100 received, 0% lost" in out
    d, after = counted.since(), json.loads(site.ok("--json", "dump", "one"))["dump"]
    if variant == "ref":
        assert d["credit in"] == d["credit out"] == 100
    else:
        assert after["rings"][0]["taken"] - dump["rings"][0]["taken"] == 100
        assert after["rings"][1]["offered"] - dump["rings"][1]["offered"] == 100
    assert 0 < d["in"] <= 100 and 0 < d["out"] <= 100
