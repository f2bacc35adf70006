# SPDX-License-Identifier: BSD-3-Clause
"""Images that behave like each kind in the field run, stop, and survive the daemon's death.

The variants are builds of the reference client (client/variants/); what each leaves out or does
differently is said in its file.
"""
import pytest

from conftest import ARCH, KILL, boot, status_rows

pytestmark = pytest.mark.long

STATIC = "Layout=static\\n"

# variant, further configuration, can it stop
IMAGES = [
    ("novendor", "", True),
    ("align4", "", True),
    *([("sgi7", "", True)] if ARCH == "arm64" else []),
    ("lowpool", "CommOffset=0\\n", True),
    ("silent", "", True),
    ("zeroword", "", True),
    ("fulllen", "", True),
    ("noreattach", "", True),
    ("keepword", "", True),
    ("gdbtable", "Debug=yes\\n", True),
    ("uniproton", "", True),
    ("static", STATIC, False),
    ("nostop", "StopTimeoutSec=2\\n", False),
]


@pytest.fixture
def image(guest, request):
    """One variant, created and started on core 3; powered off and removed afterwards."""
    name, extra = request.param[:2]
    guest.ok(f"printf '[Mica]\\nName={name}\\nCPU=3\\nClientPath=/lib/firmware/mica-{name}.elf\\n{extra}'"
             f" > /tmp/{name}.conf")
    guest.ok(f"mica create /tmp/{name}.conf")
    yield request.param
    if "Running" in guest.ok(f"mica status | grep '^{name} '"):
        off(guest, name)
    guest.ok(f"mica rm {name}")


def off(guest, name):
    """End a client that cannot be asked to stop: its own shell can power it off."""
    guest.run(f"printf 'poweroff\\n' > {tty_of(guest, name)}")
    guest.ok(f"for i in $(seq 100); do mica status | grep -q '^{name} .*Stopped' && exit 0; sleep 0.1; done;"
             " mica status; exit 1")


def tty_of(guest, name):
    service = status_rows(guest.ok("mica status"))[name][2]
    return service.split("(")[1].split(")")[0]


def answers(guest, name):
    out = guest.shell(name, "version")
    assert f"mica-{name}" in out, out


@pytest.mark.parametrize("image", IMAGES, indirect=True, ids=lambda i: i[0])
def test_image(guest, image):
    name, _, stops = image
    guest.ok(f"mica start {name}")
    answers(guest, name)
    guest.ok(KILL + "; /etc/init.d/micad start")
    guest.ok(f"for i in $(seq 100); do mica status | grep -q '^{name} .*Running' && exit 0; sleep 0.1; done;"
             " mica status; exit 1")
    answers(guest, name)
    if not stops:
        return
    guest.ok(f"mica stop {name}")
    guest.ok(f"mica start {name}")
    answers(guest, name)
    guest.ok(f"mica stop {name}")


def test_smallest(guest):
    """No session, no shell: a hello, and what it is told."""
    guest.ok("printf '[Mica]\\nName=minimal\\nCPU=3\\nClientPath=/lib/firmware/mica-minimal.elf\\n'"
             " > /tmp/minimal.conf")
    guest.ok("mica create /tmp/minimal.conf")
    for _ in range(2):
        guest.ok("mica start minimal")
        assert "hello from mica-minimal" in guest.ok(
            "mica console --until 'hello from mica-minimal' --linger 20 minimal < /dev/null")
        assert "some words" in guest.ok(
            "printf 'some words\\n' | mica console --until 'some words' --linger 20 minimal")
        guest.ok("mica stop minimal")
    guest.ok("mica rm minimal")


@pytest.fixture
def fresh():
    """A board of its own, for clients that cannot be got rid of."""
    g = boot()
    yield g
    g.close()


def test_static_layout_with_endpoints_of_its_own(fresh):
    fresh.ok("printf '[Mica]\\nName=rt\\nCPU=3\\nClientPath=/lib/firmware/mica-rtthread.elf\\nLayout=static\\n'"
             " > /tmp/rt.conf")
    fresh.ok("mica create /tmp/rt.conf && mica start rt")
    service = status_rows(fresh.ok("mica status"))["rt"][2]
    for endpoint in ("echo", "onoff", "matrix"):
        assert endpoint in service


def test_stop_that_is_not_obeyed_is_said(fresh):
    """The client is forced, or goes on, and its core stays quarantined until it ends by itself."""
    fresh.ok("printf '[Mica]\\nName=deaf\\nCPU=3\\nClientPath=/lib/firmware/mica-nostop.elf\\nStopTimeoutSec=1\\n'"
             " > /tmp/deaf.conf")
    fresh.ok("mica create /tmp/deaf.conf && mica start deaf")
    if '"can_force_stop":true' in fresh.ok("mica --json status deaf").replace(" ", ""):
        fresh.ok("mica stop deaf")
        assert "did not stop when asked and was killed" in fresh.ok("mica status deaf")
        fresh.ok("mica rm deaf && mica create ref.conf && mica start ref && mica stop ref")
        return
    r = fresh.run("mica stop deaf 2>&1 >/dev/null")
    assert r.status == 11, r
    assert len(r.output.splitlines()) == 1
    assert status_rows(fresh.ok("mica status"))["deaf"][1] == "Error"
    assert fresh.run("mica rm deaf").status != 0
    assert fresh.run("mica create ref.conf && mica start ref").status != 0
