# SPDX-License-Identifier: BSD-3-Clause
"""ping and dump on the board: real doorbells, real memory attributes."""
import json
import re


def test_ping(guest, client):
    guest.ok("mica start ref")
    out = guest.ok("mica ping ref -c 100 -i 0.01 -q -W 10")
    assert "100 messages sent, 100 received, 0% lost" in out, out
    low, avg, high = map(float, re.search(r"min/avg/max/stddev = ([\d.]+)/([\d.]+)/([\d.]+)/", out).groups())
    assert 0 < low <= avg <= high
    out = guest.ok("mica ping ref -f -c 1000 -s 496 -W 10")
    assert "1000 messages sent, 1000 received, 0% lost" in out, out


def test_dump(guest, client):
    guest.ok("mica start ref; mica ping ref -f -c 50 -W 10")
    d = json.loads(guest.ok("mica --json dump ref").strip().splitlines()[-1])["dump"]
    assert d["table_in_place"] and d["status_word"] == 0xC4000003
    for ring in d["rings"]:
        assert ring["with_client"] + ring["with_host"] == ring["num"] == 32
        assert ring["avail_idx"] == ring["offered"] and ring["breach"] == ""
    # Pings are urgent: the smallest record a message. One doorbell may stand for many.
    assert d["lanes"][0]["read"] >= 50 * 32 and d["doorbells_in"] >= 1
