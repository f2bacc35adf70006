# SPDX-License-Identifier: BSD-3-Clause
"""/sys/firmware/openamp: one client, started and watched with nothing but a shell."""
import pytest

from conftest import boot, hart, kernel_warnings
from waiting_client import CAN_FORCE, ENTRY, POKE, WORD, place, poke, release

FOLDER = "/sys/firmware/openamp"
CPU = 3
ONLINE = f"/sys/devices/system/cpu/cpu{CPU}/online"


def state(guest):
    return guest.ok(f"cat {FOLDER}/state")


def put(guest, file, text):
    return guest.run(f"echo {text} > {FOLDER}/{file}")


def refused(guest, file, text, why):
    result = put(guest, file, text)
    assert result.status != 0 and why in result.output, result


def wait_for(guest, wanted):
    guest.ok(f"for i in $(seq 100); do [ $(cat {FOLDER}/state) = {wanted} ] && exit 0; sleep 0.1; done; exit 1")


@pytest.fixture(scope="module")
def guest():
    g = boot(files=[POKE])
    yield g
    g.close()


@pytest.fixture
def loaded(guest):
    """Code that waits, where a client would be."""
    place(guest)
    yield guest
    release(guest)
    put(guest, "hartid", hart(guest, CPU))
    wait_for(guest, "offline")


def test_values(guest):
    assert guest.ok(f"stat -c %a {FOLDER}/hartid {FOLDER}/paddr {FOLDER}/state").split() == ["644"] * 3
    assert state(guest) == "invalid"
    for number in (hart(guest, 0), "77", "4294967297"):
        assert put(guest, "hartid", number).status == 0
        assert state(guest) == "invalid"
        refused(guest, "state", "start", "No such device")
    for number in ("three", "-1", "0x10000000000000000"):
        assert put(guest, "hartid", number).status != 0
    assert put(guest, "hartid", hart(guest, CPU)).status == 0
    assert guest.ok(f"cat {FOLDER}/hartid") == str(hart(guest, CPU))
    assert state(guest) == "offline"
    for address in ("0x40000000", hex(ENTRY + (1 << 32)), "0xffffffffffffffff", "here"):
        assert put(guest, "paddr", address).status != 0
    assert guest.ok(f"cat {FOLDER}/paddr") == "0x0"
    refused(guest, "state", "start", "Invalid")  # nowhere to begin
    for word in ("restart", "''", "start stop"):
        refused(guest, "state", word, "Invalid")
    refused(guest, "state", "stop", "No such file")  # none was started
    assert kernel_warnings(guest) == ""


def test_life(loaded):
    guest = loaded
    for _ in range(2):
        put(guest, "hartid", hart(guest, CPU))
        put(guest, "paddr", hex(ENTRY))
        assert put(guest, "state", "start").status == 0
        assert state(guest) == "running"
        refused(guest, "state", "start", "busy")
        assert guest.run(f"echo 1 > {ONLINE}").status != 0
        assert guest.run(f"load_fw /lib/firmware/mica-openamp.elf {hart(guest, CPU)}").status == 8
        assert guest.run("rmmod mcs_km").status != 0
        put(guest, "hartid", hart(guest, 2))
        refused(guest, "state", "stop", "No such device")  # that one runs none
        assert state(guest) == "offline"
        put(guest, "hartid", hart(guest, CPU))
        assert state(guest) == "running"
        if CAN_FORCE:
            # Also after all that was refused in between.
            assert put(guest, "state", "stop").status == 0
            assert state(guest) == "offline"
            assert put(guest, "state", "start").status == 0
        else:
            refused(guest, "state", "stop", "not supported")
        assert state(guest) == "running"
        release(guest)
        wait_for(guest, "offline")
        poke(guest, WORD, 0)
        # Its core is anybody's again, within a moment.
        guest.ok(f"for i in $(seq 50); do echo 1 > {ONLINE} && exit 0; sleep 0.1; done; exit 1")
        assert state(guest) == "offline"
    guest.ok("mica create ref.conf && mica start ref")
    assert state(guest) == "running"
    refused(guest, "state", "start", "busy")
    refused(guest, "state", "stop", "No such file")  # not ours to stop
    guest.ok("mica stop ref && mica rm ref")
    assert state(guest) == "offline"
    assert kernel_warnings(guest) == ""


def test_unload(loaded):
    """A start that races with the unload has either a core, and the module stays, or none."""
    guest = loaded
    guest.ok("/etc/init.d/micad stop")
    for _ in range(5):
        poke(guest, WORD, 0)
        put(guest, "hartid", hart(guest, CPU))
        put(guest, "paddr", hex(ENTRY))
        guest.ok(f"(echo start > {FOLDER}/state) 2>/dev/null & rmmod mcs_km; wait; true")
        if guest.run(f"test -e {FOLDER}").status == 0:
            assert state(guest) == "running"
            release(guest)
            wait_for(guest, "offline")
            guest.ok("for i in $(seq 50); do rmmod mcs_km && exit 0; sleep 0.1; done; exit 1")
        assert guest.run(f"test -e {FOLDER}").status != 0
        guest.ok("modprobe mcs_km")
    guest.ok("/etc/init.d/micad start")
    assert kernel_warnings(guest) == ""
