# SPDX-License-Identifier: BSD-3-Clause
"""rpmsg_main on bare metal: raw and ELF images, static layout and resource table."""
import re

import pytest

from conftest import COMM_BASE, IMAGE_BASE

pytestmark = pytest.mark.long

FIRMWARE = "/lib/firmware"
RAW = f"-a {IMAGE_BASE:#x}"
MENU = """please input number:<1-8>
1. test echo
2. send matrix
3. start pty
4. close pty
5. shutdown clientOS
6. start clientOS
7. test ping
8. test flood-ping
9. exit"""

# file, further arguments, the terminal that is there from the start
TERMINALS = [
    ("mica-static.bin", RAW, "uart"),
    ("mica-static.bin", RAW + f" -e {IMAGE_BASE:x}", "uart"),
    ("mica-static.elf", "", "uart"),
    ("mica-static.elf", RAW, "uart"),
    ("mica-ref.elf", "", "rpmsg-tty"),
    ("mica-novendor.elf", RAW, "rpmsg-tty"),
]
MENUS = [
    ("mica-rtthread.bin", RAW),
    ("mica-rtthread.elf", ""),
    ("mica-rttable.elf", RAW),
]


def command(file, arguments, cpu=3):
    return f"rpmsg_main -c {cpu} -t {FIRMWARE}/{file} {arguments}"


def fails(guest, code, arguments):
    """Must end with that code and one line; that line."""
    r = guest.run(f"rpmsg_main {arguments} 2>&1 >/dev/null")
    assert r.status == code, r
    assert len(r.output.splitlines()) == 1, r
    assert r.output.startswith("rpmsg_main: "), r
    return r.output


def menu(guest, file, arguments, *numbers):
    """A session with these lines as its input; what it printed, stderr included."""
    lines = "".join(f"{n}\\n" for n in numbers)
    return guest.ok(f"printf '{lines}' | {command(file, arguments)} 2>&1")


def core_is_free(guest):
    """micad can have the core, and the module can go."""
    assert "claimed" not in guest.ok("cat /sys/kernel/debug/mcs/* 2>/dev/null || true").split()
    guest.ok("mica create ref.conf && mica start ref && mica stop ref && mica rm ref")


@pytest.fixture
def background(guest):
    """Starts it with its output in /tmp/rm.out; ended afterwards whatever happened."""
    def start(file, arguments):
        guest.ok(f"rm -f /tmp/rm.*; mkfifo /tmp/rm.in; (sleep 3000 > /tmp/rm.in & echo $! > /tmp/rm.sleep); "
                 f"({command(file, arguments)} < /tmp/rm.in > /tmp/rm.out 2>&1; echo $? > /tmp/rm.status) & true")
        return wait_for(guest, "start client os")
    yield start
    guest.run("killall -INT rpmsg_main; kill $(cat /tmp/rm.sleep)")
    guest.run("for i in $(seq 200); do pidof rpmsg_main >/dev/null || exit 0; sleep 0.1; done; killall -9 rpmsg_main")


def wait_for(guest, text, count=1):
    guest.ok(f"for i in $(seq 200); do [ $(grep -c '{text}' /tmp/rm.out) -ge {count} ] && exit 0; sleep 0.1; done; "
             "cat /tmp/rm.out; exit 1")
    return guest.ok("cat /tmp/rm.out")


def interrupt(guest):
    guest.ok("killall -INT rpmsg_main; for i in $(seq 200); do [ -s /tmp/rm.status ] && exit 0; sleep 0.1; done; exit 1")
    assert guest.ok("cat /tmp/rm.status") == "0", guest.ok("cat /tmp/rm.out")
    assert guest.ok("tail -n 1 /tmp/rm.out") == "client os is offline"


def version_over(guest, pts):
    return guest.ok(f"cat {pts} > /tmp/rm.said & reader=$!; printf 'version\\r' > {pts};"
                    " for i in $(seq 600); do grep -q '(mica-' /tmp/rm.said && break; sleep 0.1; done;"
                    " kill $reader; wait 2>/dev/null; cat /tmp/rm.said")


@pytest.mark.parametrize("file, arguments, endpoint", TERMINALS)
def test_terminal_ctrl_c_and_again(guest, background, file, arguments, endpoint):
    for _ in range(2):
        background(file, arguments)
        out = wait_for(guest, "pty_thread")
        m = re.search(r"^pls open (/dev/pts/\d+) to talk with client OS\r?\n"
                      r"pty_thread for (\S+) is runnning$", out, re.M)
        assert m and m.group(2) == endpoint, out
        assert file.split(".")[0] in version_over(guest, m.group(1))
        interrupt(guest)
    core_is_free(guest)


@pytest.mark.parametrize("file, arguments", MENUS)
def test_every_number(guest, file, arguments):
    out = menu(guest, file, arguments, "h", 1, 2, 3, 4, 3, 5, 1, 6, 7, 8, 9)
    assert "start client os\n" + MENU in out, out
    assert "echo: 5 sent, 5 received, 0% loss" in out
    assert "matrix: the product is right" in out
    assert out.count("pty_thread for pty is runnning") == 2
    assert out.count("pty closed") == 1
    assert "rpmsg_main: echo: client os is not running: 6 starts it" in out
    assert out.count("client os is offline") == 2
    assert out.count("start client os") == 2
    for what, count in (("ping", 10), ("flood-ping", 2000)):
        m = re.search(rf"^{what}: {count} sent, {count} received, 0% loss, "
                      r"min/avg/max = (\d+)/(\d+)/(\d+) us", out, re.M)
        assert m, out
        low, average, high = map(int, m.groups())
        assert 0 < low <= average <= high
        print(m.group(0))
    core_is_free(guest)


@pytest.mark.parametrize("file, arguments", MENUS)
def test_pty_on_request(guest, background, file, arguments):
    background(file, arguments)
    for turn in (1, 2):
        guest.ok("echo 3 > /tmp/rm.in")
        out = wait_for(guest, "pty_thread for pty is runnning", turn)
        pts = re.findall(r"pls open (/dev/pts/\d+)", out)[-1]
        assert file.split(".")[0] in version_over(guest, pts)
        guest.ok("echo 4 > /tmp/rm.in")
        wait_for(guest, "pty closed", turn)
    interrupt(guest)


def test_refusals(guest):
    static = f"-t {FIRMWARE}/mica-static.bin"
    assert "boot CPU" in fails(guest, 8, f"-c 0 {static} {RAW}")
    assert "does not exist" in fails(guest, 8, f"-c 40 {static} {RAW}")
    assert "-a is missing" in fails(guest, 2, f"-c 3 {static}")
    assert "is no address" in fails(guest, 2, f"-c 3 {static} -a seven")
    assert "reserved memory" in fails(guest, 9, f"-c 3 {static} -a {COMM_BASE - 0x10000000:#x}")
    assert "overlaps the communication pool" in fails(guest, 9, f"-c 3 {static} -a {COMM_BASE:#x}")
    assert "outside the image" in fails(guest, 9, f"-c 3 {static} {RAW} -e {IMAGE_BASE + 0x1000000:#x}")
    assert "outside the image" in fails(guest, 9, f"-c 3 -t {FIRMWARE}/mica-ref.elf -e {IMAGE_BASE + 0x1000000:#x}")
    assert "No such file" in fails(guest, 9, f"-c 3 -t /lib/firmware/nothing.bin -a {IMAGE_BASE:x}")
    core_is_free(guest)


def test_core_of_micad_is_refused_and_the_other_way_round(guest, background):
    guest.ok("mica create ref.conf && mica start ref")
    line = fails(guest, 8, f"-c 3 -t {FIRMWARE}/mica-static.bin {RAW}")
    assert "CPU 3 is in use by client 'ref'" in line
    assert "ref" in guest.shell("ref", "version")
    guest.ok("mica stop ref && mica rm ref")
    background("mica-static.bin", RAW)
    wait_for(guest, "pty_thread")
    r = guest.run("mica create ref.conf 2>&1 >/dev/null")
    assert r.status == 8 and "rpmsg_main-3" in r.output, r
    assert "another rpmsg_main has CPU 3" in fails(guest, 8, f"-c 3 -t {FIRMWARE}/mica-ref.elf")
    interrupt(guest)


def test_sudden_death(guest, background):
    """What a killed one leaves running is stopped by the next."""
    background("mica-rttable.elf", "")
    guest.ok("echo h > /tmp/rm.in")
    wait_for(guest, "9. exit")
    guest.ok("killall -9 rpmsg_main; sleep 0.2")
    out = menu(guest, "mica-rtthread.bin", RAW, 1, 9)
    assert "an earlier rpmsg_main left its client os running: it is stopped first" in out
    assert "echo: 5 sent, 5 received, 0% loss" in out
    core_is_free(guest)


def test_raw_image_by_mica(guest):
    """The same raw images, with micad: LoadAddress and Entry."""
    guest.ok("printf '[Mica]\\nName=raw\\nCPU=3\\nClientPath=/lib/firmware/mica-static.bin\\nLayout=static\\n"
             f"LoadAddress={IMAGE_BASE:#x}\\nEntry={IMAGE_BASE:#x}\\n' > /tmp/raw.conf")
    guest.ok("mica create /tmp/raw.conf && mica start raw")
    assert "mica-static" in guest.shell("raw", "version")
    guest.ok("mica stop raw && mica start raw && mica stop raw && mica rm raw")


def test_module_missing(guest):
    guest.ok("/etc/init.d/micad restart; rmmod mcs_km")
    line = fails(guest, 10, f"-c 3 -t {FIRMWARE}/mica-static.bin {RAW}")
    assert "modprobe mcs_km" in line
    guest.ok("modprobe mcs_km")
    core_is_free(guest)
