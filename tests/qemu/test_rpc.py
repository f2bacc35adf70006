# SPDX-License-Identifier: BSD-3-Clause
"""rpc on the board: the client's own test, in the executor's room, with nothing left behind."""

CONSOLE = "mica start ref && printf 'rpc {what}\\n' | mica console --linger 6 ref"


def test_functions_of_linux(guest, client):
    said = guest.ok(CONSOLE.format(what="test"), timeout=120)
    assert "rpc: done" in said and "FAILED" not in said, said
    assert guest.ok("ls -A /var/lib/mica/ref") == ""


def test_the_room_and_its_end(guest, client):
    said = guest.ok(CONSOLE.format(what="refused"), timeout=120)
    assert said.count("-13 ok") == 3, said
    status = guest.ok("cat /proc/$(pidof micarpc | cut -d' ' -f1)/status")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert int(fields["CapEff"], 16) == 0 and int(fields["CapBnd"], 16) == 0
    assert fields["Seccomp"] == "2" and int(fields["Uid"].split()[0]) >= 0x70000000
    guest.ok("mica stop ref")
    guest.ok("for i in $(seq 50); do pidof micarpc || exit 0; sleep 0.1; done; exit 1")
