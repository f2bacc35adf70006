# SPDX-License-Identifier: BSD-3-Clause
"""Several clients on the board at once, and one client with two cores."""
import json
import re

import pytest

from conftest import IMAGE_BASE, KILL, kernel_warnings, status_rows

IMAGE = f"memory {IMAGE_BASE >> 24:#x}"


def client_info(guest, name):
    doc = json.loads(guest.ok(f"mica --json status {name}"))
    return doc["clients"][0]


@pytest.fixture
def pair(guest):
    """One client on cores 2 and 3, started."""
    guest.ok("sed -e 's/^Name=.*/Name=pair/' -e 's/^CPU=.*/CPU=2-3/' /etc/mica/ref.conf > /tmp/pair.conf")
    guest.ok("mica create /tmp/pair.conf")
    guest.ok("mica start pair")
    yield "pair"
    guest.run("mica stop pair")
    guest.run("mica rm pair")


def test_two_clients_with_traffic(guest):
    guest.ok("mica create ref.conf && mica start ref")
    guest.ok("mica create ref-b.conf && mica start ref-b")
    rows = status_rows(guest.ok("mica status"))
    assert rows["ref"][:2] == ("3", "Running") and rows["ref-b"][:2] == ("2", "Running")
    flood = "(printf 'flood 300000\\n' | mica console --until 'crc32 [0-9a-f]{8}$' --linger 120 %s | tr -d '\\000' | tail -c 60 > /tmp/%s.out) & "
    out = guest.ok("".join(flood % (name, name) for name in ("ref", "ref-b")) +
                   "wait; cat /tmp/ref.out; echo; cat /tmp/ref-b.out")
    crcs = re.findall(r"CRC-32 ([0-9a-f]{8})|crc32? ?=? ?([0-9a-f]{8})", out)
    assert len(crcs) == 2 and crcs[0] == crcs[1], out
    assert "is up" in guest.ok("mica logs ref") and "is up" in guest.ok("mica logs ref-b")
    # Neither core, pool nor image can be had twice.
    for change, said in (("s/^CPU=.*/CPU=2-3/", "CPU"), ("s/^CPU=.*/CPU=1\\nCommOffset=0x60000/", "pool"),
                         ("s/^CPU=.*/CPU=1/", IMAGE)):
        guest.ok(f"sed -e 's/^Name=.*/Name=third/' -e '{change}' /etc/mica/ref.conf > /tmp/third.conf")
        refused = guest.run("mica create /tmp/third.conf", check=8).output
        assert said in refused and re.search(r"client '(ref|ref-b)'", refused), refused
    guest.ok("mica stop ref")
    assert "pong" in guest.shell("ref-b", "ping")
    guest.ok("mica stop ref-b && mica rm ref && mica rm ref-b")
    assert kernel_warnings(guest) == ""


def test_file_changed_before_start(guest):
    guest.ok("cp /lib/firmware/mica-ref-b.elf /tmp/moving.elf")
    guest.ok("sed -e 's/^Name=.*/Name=mover/' -e 's/^CPU=.*/CPU=2/' -e 's#^ClientPath=.*#ClientPath=/tmp/moving.elf#'"
             " /etc/mica/ref.conf > /tmp/mover.conf")
    guest.ok("mica create ref.conf && mica start ref && mica create /tmp/mover.conf")
    guest.ok("cp /lib/firmware/mica-ref.elf /tmp/moving.elf")
    refused = guest.run("mica start mover", check=8).output
    assert IMAGE in refused and "client 'ref'" in refused
    guest.ok("cp /lib/firmware/mica-ref-b.elf /tmp/moving.elf && mica start mover")
    guest.ok("mica stop mover && mica rm mover && mica stop ref && mica rm ref")


def test_client_with_two_cores(guest, pair):
    assert client_info(guest, pair)["cpu_on"] == "2"
    assert "core 3 is on" in guest.shell(pair, "smp on")
    assert client_info(guest, pair)["cpu_on"] == "2-3"
    assert "2-3 (on: 2-3)" in guest.ok("mica status pair")
    assert "core 3 counts 5133 primes" in guest.shell(pair, "smp run")
    # Taken over with both.
    guest.ok(KILL)
    guest.ok("/etc/init.d/micad start")
    assert client_info(guest, pair)["cpu_on"] == "2-3"
    assert "core 3 counts 5133 primes" in guest.shell(pair, "smp run")
    assert "core 3 is off" in guest.shell(pair, "smp off")
    assert client_info(guest, pair)["cpu_on"] == "2"
    assert "core 3 is on" in guest.shell(pair, "smp on")
    guest.ok("mica stop pair")
    assert (client_info(guest, pair)["state"], client_info(guest, pair)["cpu_on"]) == ("Stopped", "-")
    # Only with both off are they given back.
    guest.ok("mica rm pair")
    assert guest.ok("cat /sys/devices/system/cpu/cpu2/online") == "1"
    assert kernel_warnings(guest) == ""


def test_one_of_two_cores_dies(guest, pair):
    guest.shell(pair, "smp on")
    assert "core 3 is off" in guest.shell(pair, "smp crash")
    assert client_info(guest, pair)["cpu_on"] == "2"
    assert client_info(guest, pair)["state"] == "Running"
    guest.ok("for i in $(seq 100); do mica logs pair | grep -q 'goes on with CPU 2' && exit 0; sleep 0.1; done; mica logs pair; exit 1")
    assert "err: core 3 died" in guest.ok("mica logs pair")
    assert "core 3 is on" in guest.shell(pair, "smp on")
    assert "core 3 counts 5133 primes" in guest.shell(pair, "smp run")


def test_started_again_on_the_first_core(guest, pair):
    """Stop ends with both off; what comes next begins as the first start did."""
    guest.shell(pair, "smp on")
    guest.ok("mica stop pair")
    guest.ok("mica start pair")
    assert client_info(guest, pair)["cpu_on"] == "2"
    assert "core 3 is on" in guest.shell(pair, "smp on")


def test_both_cores_are_forced(guest, pair):
    """Neither listens: the first hangs with interrupts off, the second waits for the first."""
    if not client_info(guest, pair)["can_force_stop"]:
        pytest.skip("firmware cannot force a core")
    guest.shell(pair, "smp on")
    guest.ok(f"echo hang > $(mica status {pair} | grep -o '/dev/ttyRPMSG[0-9]*' | head -1)")
    guest.ok("mica stop pair", timeout=120)
    assert (client_info(guest, pair)["state"], client_info(guest, pair)["cpu_on"]) == ("Stopped", "-")
    guest.ok("mica start pair")
    assert "core 3 is on" in guest.shell(pair, "smp on")
    assert "core 3 counts 5133 primes" in guest.shell(pair, "smp run")
