# SPDX-License-Identifier: BSD-3-Clause
"""OpenAMP's demo programs on a board: load_fw takes a core, the client's shell is on the UART."""
import os
import shutil
import socket
import tempfile

import pexpect
import pexpect.fdpexpect
import pytest

from conftest import ARCH, boot, kernel_warnings

IMAGE = "/lib/firmware/mica-openamp.elf"
BASE = {"arm64": 0x7c000000, "riscv64": 0x90000000}[ARCH]
CPU = 3
pytestmark = pytest.mark.skipif(ARCH != "arm64", reason="not tried on this board")
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


@pytest.fixture(scope="module")
def board():
    folder = tempfile.mkdtemp(prefix="mica-", dir="/tmp")
    path = os.path.join(folder, "uart")
    g = boot(options=["--terminal", path])
    g.uart = socket.socket(socket.AF_UNIX)
    g.uart.connect(path)
    g.shell = pexpect.fdpexpect.fdspawn(g.uart, encoding="utf-8", codec_errors="replace", timeout=120)
    yield g
    g.close()
    g.uart.close()
    shutil.rmtree(folder)


def hart(board, cpu=CPU):
    """What load_fw calls it."""
    if ARCH != "riscv64":
        return cpu
    node = board.ok(f"od -An -tu1 /sys/devices/system/cpu/cpu{cpu}/of_node/reg").split()
    return int(node[-1])


def load(board):
    board.ok(f"rm -f /tmp/load.*; (load_fw-shared {IMAGE} {hart(board)} > /tmp/load.out 2>&1; echo $? > /tmp/load.status) & true")
    board.ok("for i in $(seq 300); do grep -q waiting /tmp/load.out && exit 0; sleep 0.1; done; cat /tmp/load.out; exit 1")
    board.shell.send("\r")
    board.shell.expect(PROMPT)


def end(board):
    """Ctrl-C; all that load_fw said."""
    board.ok("killall -INT load_fw; for i in $(seq 300); do [ -s /tmp/load.status ] && exit 0; sleep 0.1; done; exit 1")
    return board.ok("cat /tmp/load.out /tmp/load.status")


def talk(board, command, name, there, here):
    board.ok(f"({name} > /tmp/demo.out 2>&1; echo $? > /tmp/demo.status) & rm -f /tmp/demo.status")
    board.shell.send(command + "\r")
    board.shell.expect(command)
    board.shell.expect(PROMPT)
    text = board.shell.before
    board.ok("for i in $(seq 900); do [ -s /tmp/demo.status ] && exit 0; sleep 0.1; done; exit 1")
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
    wanted = ["Loading Executable Demo", f"Set hartid to {hart(board)}.", entry, "Set state to start.",
              "successfully started the processor", "waiting for remote proc shutdown request",
              "going to stop the processor", "going to shutdown the processor", "0"]
    assert [line for line in said if line in wanted and line != wanted[5]] == wanted[:5] + wanted[6:]
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
