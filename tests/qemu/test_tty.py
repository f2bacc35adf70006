# SPDX-License-Identifier: BSD-3-Clause
"""The client's terminal on the board."""


def test_lossless_and_binary_clean(guest, client):
    """Every byte value both ways, longer than all buffers together."""
    guest.ok("mica start ref")
    guest.ok("head -c 20000 /dev/urandom > /tmp/sent")
    guest.ok("stty -F /dev/ttyRPMSG0 raw -echo; (timeout 60 head -c 30000 /dev/ttyRPMSG0 > /tmp/raw) & sleep 0.5;"
             " printf 'cat 20000\\n' > /dev/ttyRPMSG0; sleep 0.5; cat /tmp/sent > /dev/ttyRPMSG0; sleep 5;"
             " kill %1 2>/dev/null; wait; true", timeout=120)
    # What came back contains what was sent, unbroken.
    size = int(guest.ok("stat -c %s /tmp/raw"))
    assert size >= 20000
    found = guest.run("s=$(stat -c %s /tmp/raw); n=0; sent=$(md5sum < /tmp/sent);"
                      " while [ $n -le $((s-20000)) ]; do"
                      " [ \"$(tail -c +$((n+1)) /tmp/raw | head -c 20000 | md5sum)\" = \"$sent\" ] && exit 0; n=$((n+1)); done; exit 1",
                      timeout=300)
    assert found.status == 0, f"{size} bytes came back, not those sent"


def test_flood_is_lossless_while_read(guest, client):
    guest.ok("mica start ref")
    out = guest.ok("printf 'flood 200\\n' | mica console ref | wc -l", timeout=120)
    assert int(out.split()[-1]) >= 200


def test_nobody_reads_nobody_suffers(guest, client):
    """Two clients: one floods a terminal that nobody opens; the other answers."""
    guest.ok("mica create ref-b.conf; mica start ref; mica start ref-b")
    guest.ok("printf 'flood 100000\\n' > /dev/ttyRPMSG0")
    assert "uptime" in guest.ok("printf 'help\\n' | mica console ref-b")
    assert "Running" in guest.ok("mica status")
    guest.ok("mica stop ref-b; mica rm ref-b")
