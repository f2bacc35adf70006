# SPDX-License-Identifier: BSD-3-Clause
"""OpenAMP's demo programs on a board: load_fw takes a core, the client's shell is on the UART."""
import os
import re
import shutil
import socket
import tempfile
import threading

import pexpect.fdpexpect
import pytest

from conftest import ARCH, boot, hart, kernel_warnings
from waiting_client import CAN_FORCE, POKE, poke, release, write_elf

IMAGE = "/lib/firmware/mica-openamp.elf"
BASE = {"arm64": 0x7c000000, "riscv64": 0x90000000}[ARCH]
STATUS, STATUS_STOP = 0x100008, 0x84000002
CPU = 3
PROMPT = r"mica:~\$ "
TALKS = [
    ("shmem_demod", "libmetal_amp_demo-share", ["CLIENT> Shared memory test finished"],
     ["CLIENT> Shared memory demo: Passed."]),
    ("rpmsg_echo", "rpmsg-sample-ping-shared", ["echo message number 100: goodbye!", "reach message limit, exit"],
     ["received message 100: goodbye! of size 8", "Test Results: Error count = 0"]),
    ("rpmsg_update", "msg-test-rpmsg-ping-shared", ["unexpected Remote endpoint destroy"],
     ["received payload number 479 of size 496", "Test Results: Error count = 0"]),
    ("rpmsg_nocopy", "msg-test-rpmsg-nocopy-ping-shared", ["unexpected Remote endpoint destroy"],
     ["received payload number 479 of size 496", "Test Results: Error count = 0"]),
    ("rpmsg_update", "msg-test-rpmsg-flood-ping-shared", ["unexpected Remote endpoint destroy"],
     ["echo test: package size 496", "Test Results: Error count = 0"]),
    ("matrix_multiplyd", "matrix_multiply-shared", ["ERROR: Endpoint is destroyed"],
     ["Matrix multiply: sent : 296", "Test Results: Error count = 0"]),
    ("rpmsg_ping", "msg-test-rpmsg-update-shared", ["received payload number 479 of size 496", "Error count = 0"],
     ["unexpected Remote endpoint destroy"]),
    ("shmem_demod", "libmetal_amp_demo-share", ["CLIENT> Shared memory test finished"],
     ["CLIENT> Shared memory demo: Passed."]),
]


def pump(uart, to):
    """Takes all that comes, at once: a socket that is full stops the UART, and with it firmware, which has a word to say."""
    while data := uart.recv(4096):
        os.write(to, data)


@pytest.fixture(scope="module")
def board():
    folder = tempfile.mkdtemp(prefix="mica-", dir="/tmp")
    path = os.path.join(folder, "uart")
    tiny = os.path.join(folder, "waiting.elf")
    write_elf(tiny)
    g = boot(options=["--terminal", path], files=[POKE, (tiny, "/root/waiting.elf")])
    g.uart = socket.socket(socket.AF_UNIX)
    g.uart.connect(path)
    come, to = os.pipe()
    thread = threading.Thread(target=pump, args=(g.uart, to), daemon=True)
    thread.start()
    g.shell = pexpect.fdpexpect.fdspawn(come, encoding="utf-8", codec_errors="replace", timeout=120)
    yield g
    g.close()
    g.uart.close()
    thread.join(10)
    os.close(come)
    os.close(to)
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def nothing_left(board):
    """A test that failed in the middle is not the next one's failure, too."""
    yield
    board.run("killall -q -INT load_fw && for i in $(seq 300); do pidof load_fw || break; sleep 0.1; done")


def until(board, condition, what="true"):
    board.ok(f"for i in $(seq 900); do {condition} && exit 0; sleep 0.1; done; {what}; exit 1")


def start_load(board, image=IMAGE):
    board.ok("rm -f /tmp/load.*")
    board.ok(f"(load_fw-shared {image} {hart(board, CPU)} > /tmp/load.out 2>&1; echo $? > /tmp/load.status) & true")
    until(board, "grep -q 'waiting for remote' /tmp/load.out", "cat /tmp/load.out")


def type_in(board, text):
    board.uart.sendall(text.encode())


def load(board):
    start_load(board)
    type_in(board, "\r")
    board.shell.expect(PROMPT)


def ended(board, name):
    """What it said, and its exit status as the last line."""
    until(board, f"[ -s /tmp/{name}.status ]", f"tail -n 20 /tmp/{name}.out")
    return board.ok(f"cat /tmp/{name}.out /tmp/{name}.status")


def end(board):
    """Ctrl-C."""
    board.ok("killall -INT load_fw")
    return ended(board, "load")


def start_demo(board, program):
    board.ok("rm -f /tmp/demo.*")
    board.ok(f"({program} > /tmp/demo.out 2>&1; echo $? > /tmp/demo.status) & true")


def answer(board, program):
    """What the client's shell says up to its next prompt."""
    try:
        board.shell.expect(PROMPT)
    except pexpect.TIMEOUT:
        linux = board.run("tail -n 20 /tmp/demo.out /tmp/load.out; ps").output
        pytest.fail(f"no prompt after {program}:\n{board.shell.before[-2000:]}\n-- Linux:\n{linux}")
    return board.shell.before


def talk(board, command, program, there, here):
    start_demo(board, program)
    type_in(board, command + "\r")
    board.shell.expect(command)
    text = answer(board, program)
    until(board, "[ -s /tmp/demo.status ]", "tail -n 20 /tmp/demo.out")
    at = 0
    for line in there:
        assert line in text[at:], text[-3000:]
        at = text.index(line, at)
    for line in here:
        board.ok(f"grep -qF '{line}' /tmp/demo.out || {{ tail -n 20 /tmp/demo.out; exit 1; }}")
    assert board.ok("cat /tmp/demo.status") == "0"


def test_sessions(board):
    load(board)
    for step in TALKS:
        talk(board, *step)
    said = end(board).splitlines()
    entry = f"Set paddr to 0x{BASE + 0x200000:x}."
    wanted = ["Loading Executable Demo", f"Set hartid to {hart(board, CPU)}.", entry, "Set state to start.",
              "successfully started the processor", "waiting for remote proc shutdown request",
              "going to stop the processor", "going to shutdown the processor", "0"]
    assert [line for line in said if line in wanted and line != wanted[5]] == wanted[:5] + wanted[6:]
    assert kernel_warnings(board) == ""


LIBMETAL = [
    ("atomic_demod", "atomic", "the counter is 10000"),
    ("shmem_latency_demod", "latency", "Shared memory latency, 1000 rounds: min "),
    ("shmem_throughput_demod", "throughput", "Throughput, 262144 bytes there and back: "),
    ("irq_shmem_demod", "irq", "Messages with interrupts, 1000 rounds: min "),
    ("irq_latency_demod", "irq-latency", "Interrupt latency, 1000 rounds: min "),
]


def test_libmetal(board):
    """The further ones."""
    load(board)
    for command, name, line in LIBMETAL:
        talk(board, command, f"libmetal_amp_demo-share {name}",
             ["CLIENT> Demo has started.", "CLIENT> Demo has finished."], [line, "demo: Passed."])
    assert end(board).endswith("\n0")
    assert kernel_warnings(board) == ""


def test_again(board):
    """The core came back whole."""
    for _ in range(2):
        load(board)
        talk(board, *TALKS[1])
        assert end(board).endswith("\n0")
    board.ok("mica create ref.conf && mica start ref && mica stop ref && mica rm ref")


def test_loader_killed(board):
    load(board)
    board.ok("killall -9 load_fw; sleep 1")
    load(board)
    assert "an earlier load_fw left its client running" in board.ok("cat /tmp/load.out")
    talk(board, *TALKS[0])
    assert end(board).endswith("\n0")


def goes_off(board):
    assert "has gone off" in (said := ended(board, "demo")) and said.endswith("\n13"), said
    assert "the processor has stopped by itself" in (said := ended(board, "load")) and said.endswith("\n0"), said


def test_client_goes_off(board):
    """By firmware's word; while Linux waits for it, and in the middle of an exchange."""
    load(board)
    start_demo(board, "rpmsg-sample-ping")
    until(board, "grep -q validate /tmp/demo.out")
    type_in(board, "poweroff\r")
    goes_off(board)
    load(board)
    start_demo(board, "msg-test-rpmsg-flood-ping 100000")
    type_in(board, "rpmsg_update\r")
    until(board, "grep -q 'package size' /tmp/demo.out", "cat /tmp/demo.out")
    # As somebody may who knows the table.
    poke(board, BASE + STATUS, STATUS_STOP)
    goes_off(board)
    load(board)
    talk(board, *TALKS[0])
    assert end(board).endswith("\n0")


def test_image_that_cannot_be_asked(board):
    """It is forced, or its core stays what it is and that is said."""
    start_load(board, "/root/waiting.elf")
    if ARCH == "riscv64":
        board.shell.expect("W")
    said = end(board)
    if CAN_FORCE:
        assert "going to shutdown the processor" in said and said.endswith("\n0"), said
    else:
        assert "nothing here can force it" in said and said.endswith("\n11"), said
        release(board)
    load(board)
    talk(board, *TALKS[0])
    assert end(board).endswith("\n0")


@pytest.mark.parametrize("arguments, code, why", [
    ("/nonexistent 3", 9, "No such file"),
    (f"{IMAGE} 0", 8, "boot"),
    (f"{IMAGE} 77", 8, "does not exist"),
    (f"{IMAGE} x", 2, "no core"),
    ("/lib/firmware/mica-ref.elf 3", 9, "link it elsewhere"),
    ("/usr/bin/mica 3", 9, "image"),
])
def test_refusals(board, arguments, code, why):
    if ARCH == "riscv64":
        arguments = re.sub(" 3$", f" {hart(board, CPU)}", arguments)
        arguments = re.sub(" 0$", f" {hart(board, 0)}", arguments)
    r = board.run(f"load_fw {arguments} 2>&1 >/dev/null")
    assert r.status == code and len(r.output.splitlines()) == 1 and why in r.output, r
