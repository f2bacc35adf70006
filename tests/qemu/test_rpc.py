# SPDX-License-Identifier: BSD-3-Clause
"""rpc on the board: the client's own test, in the executor's room, with nothing left behind."""

def test_functions_of_linux(guest, client):
    guest.ok("mica start ref")
    said = guest.shell("ref", "rpc test")
    assert "rpc: done" in said and "FAILED" not in said, said
    assert guest.ok("ls -A /var/lib/mica/ref") == ""


def test_the_room_and_its_end(guest, client):
    guest.ok("mica start ref")
    said = guest.shell("ref", "rpc refused")
    assert said.count("-13 ok") == 3, said
    status = guest.ok("cat /proc/$(pidof micarpc | cut -d' ' -f1)/status")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert int(fields["CapEff"], 16) == 0 and int(fields["CapBnd"], 16) == 0
    assert fields["Seccomp"] == "2" and int(fields["Uid"].split()[0]) >= 0x70000000
    guest.ok("mica stop ref")
    guest.ok("for i in $(seq 50); do pidof micarpc || exit 0; sleep 0.1; done; exit 1")


def test_the_rest_of_the_sdk(guest):
    """Eight threads, all functions, and POSIX code that was compiled for the client."""
    guest.ok("(grep -v '^Rpc' /etc/mica/ref.conf; echo RpcNetwork=yes) > /tmp/net.conf"
             " && mica create /tmp/net.conf")
    try:
        for what, end in (("mixed", "rpc: mixed done"), ("sdk", "rpc: sdk done")):
            guest.ok("mica status ref | grep -q Running || mica start ref")
            said = guest.shell("ref", f"rpc {what}")
            assert end in said and "FAILED" not in said, said
        said = guest.shell("ref", "rpc posix")
        assert "rpc: posix 0" in said, said
        assert "none: 2 No such file or directory" in guest.ok("mica logs ref")
        assert guest.ok("ls -A /var/lib/mica/ref") == ""
    finally:
        guest.run("mica stop ref")
        guest.run("mica rm ref")
