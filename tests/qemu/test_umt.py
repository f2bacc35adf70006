# SPDX-License-Identifier: BSD-3-Clause
"""Bulk messages on the board: through reserved memory, compared in the guest; and without room."""
import os

import pytest

from conftest import BOARD, KILL, PROGRAMS, boot, kernel_warnings

UMT = (os.path.join(PROGRAMS, "examples", "umt"), "/usr/bin/umt")
DATA = "head -c {size} /dev/urandom > /tmp/data"


@pytest.fixture(scope="module")
def guest():
    g = boot(files=[UMT])
    yield g
    g.close()


def conf(guest, name, variant, cpu=3):
    guest.ok(f"printf '[Mica]\\nName={name}\\nCPU={cpu}\\nClientPath=/lib/firmware/mica-{variant}.elf\\n'"
             f" > /tmp/{name}.conf && mica create /tmp/{name}.conf && mica start {name}")


def exchange(guest, name, size, messages):
    """One message there and back."""
    guest.ok(DATA.format(size=size) + f" && umt {name} /tmp/data {messages} > /tmp/back", timeout=600)
    guest.ok(f"head -c {size} /tmp/back | cmp - /tmp/data")


@pytest.mark.parametrize("size", [1, 4096, 1 << 20, (1 << 20) + 1, 4 << 20])
def test_there_and_back(guest, client, size):
    guest.ok("mica start ref")
    exchange(guest, "ref", size, 2)
    crc = guest.ok("tail -c +%d /tmp/back" % (size + 1))
    assert crc.startswith(f"{size} bytes, crc32 ")
    assert "window: received" in guest.ok("mica status ref")


def test_daemon_dies(guest, client):
    guest.ok("mica start ref")
    exchange(guest, "ref", 100000, 2)
    guest.ok(KILL + "; /etc/init.d/micad start")
    guest.ok("for i in $(seq 100); do mica status | grep -q '^ref .*Running' && exit 0; sleep 0.1; done; exit 1")
    exchange(guest, "ref", 100000, 2)


@pytest.mark.parametrize("variant", ["uniproton", "umtlen"])
def test_existing_images(guest, variant):
    conf(guest, "old", variant)
    try:
        exchange(guest, "old", 1 << 20, 1)
    finally:
        guest.run("mica stop old; mica rm old")


def test_two_clients_have_windows_of_their_own(guest, client):
    guest.ok("mica start ref && mica create ref-b.conf && mica start ref-b")
    try:
        guest.ok(DATA.format(size=1 << 20))
        guest.ok("umt ref /tmp/data 2 > /tmp/a & umt ref-b /tmp/data 2 > /tmp/b; wait")
        for name in ("a", "b"):
            guest.ok(f"head -c {1 << 20} /tmp/{name} | cmp - /tmp/data")
    finally:
        guest.run("mica stop ref-b; mica rm ref-b")


def test_nothing_in_the_kernels_log(guest):
    assert kernel_warnings(guest) == ""


def test_region_without_room():
    """As existing device trees have it: umt is refused in one line, the rest works."""
    g = boot(board=BOARD + ",comm=1M", files=[UMT])
    try:
        for variant in ("ref", "uniproton"):
            conf(g, variant, variant)
            refused = g.run(f"umt {variant} - 2>&1")
            assert refused.status == 1 and len(refused.output.splitlines()) == 1, refused
            assert "umt needs 16 MiB of communication memory, this machine reserves 1024 KiB" in refused.output
            assert f"mica-{variant}" in g.shell(variant, "version")
            g.ok(f"mica stop {variant} && mica rm {variant}")
    finally:
        g.close()
