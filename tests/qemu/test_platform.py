# SPDX-License-Identifier: BSD-3-Clause
"""Boards that lack something: the message names it."""
import pytest
from conftest import BOARD, boot


@pytest.fixture(scope="module")
def bare():
    g = boot(board=BOARD + ",reserved=no")
    yield g
    g.close()


def test_no_reserved_memory(bare):
    r = bare.run("modprobe mcs_km")
    assert r.status != 0 or not bare.ok("ls /dev | grep -c '^mcs$' || true").startswith("1")
    assert "mcs" in bare.ok("dmesg | grep -i mcs")
    bare.run("mica create ref.conf >/dev/null 2>&1")
    r = bare.run("mica start ref 2>&1 >/dev/null")
    assert r.status in (5, 10), r
    r = bare.run("mica create ref.conf 2>&1 >/dev/null")
    assert r.status == 10, r
    assert len(r.output.splitlines()) == 1


def test_module_missing(guest):
    guest.ok("/etc/init.d/micad restart; rmmod mcs_km")
    r = guest.run("mica create ref.conf 2>&1 >/dev/null")
    assert r.status == 10, r
    assert "mcs_km" in r.output
    assert len(r.output.splitlines()) == 1
    guest.ok("modprobe mcs_km")
    guest.ok("mica create ref.conf && mica start ref && mica stop ref && mica rm ref")
