# SPDX-License-Identifier: BSD-3-Clause
"""System tests on an emulated board: real QEMU, stock Debian kernel, the product as installed.

One boot serves all tests of a module; a test talks to the guest's shell over its console.
MICA_KERNEL and MICA_BOARD choose what is booted (6.12, qemu-arm64); FACTS is what its board.sh says of it.
"""
import os
import re
import subprocess
import sys

import pexpect
import pytest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KERNEL = os.environ.get("MICA_KERNEL", "6.12")
BOARD = os.environ.get("MICA_BOARD", "qemu-arm64")
FACTS = dict(line.split("=", 1) for line in subprocess.run(
    [os.path.join(TOP, "tools", "board-facts"), BOARD], check=True, capture_output=True, text=True).stdout.splitlines())
ARCH = FACTS["BOARD_ARCH"]
COMM_BASE, IMAGE_BASE = (int(FACTS[name], 0) for name in ("COMM_BASE", "IMAGE_BASE"))
CLIENTS = os.path.join(TOP, "build", "client", ARCH)
PROGRAMS = os.path.join(TOP, "build", ARCH)  # built for the board's Linux


# micad killed, and gone: a signal takes its time on a busy machine.
KILL = ("p=$(pidof micad); kill -9 $p; for i in $(seq 100); do"
        " grep -q '^State:[[:space:]]*[^ZX]' /proc/$p/status 2>/dev/null || break; sleep 0.1; done")


class Result:
    """What a command in the guest answered."""

    def __init__(self, command, status, output):
        self.command, self.status, self.output = command, status, output

    def __repr__(self):
        return f"<{self.command!r} -> {self.status}\n{self.output}>"


class Guest:
    """A booted board with a shell on its console."""

    def __init__(self, board=BOARD, kernel=KERNEL, options=(), files=()):
        self.asked = 0
        args = [board, "--kernel", kernel, "--timeout", "3000", *options]
        for name, where in files:
            args += ["--add", f"{name}:{where}"]
        self.child = pexpect.spawn(os.path.join(TOP, "tools", "mcs-run"), args, cwd=TOP,
                                   timeout=300, encoding="utf-8", codec_errors="replace",
                                   dimensions=(50, 400))
        log = os.environ.get("MICA_CONSOLE_LOG")
        if log:
            worker = os.environ.get("PYTEST_XDIST_WORKER", "all")
            self.child.logfile_read = open(f"{log}-{worker}.log", "a", encoding="utf-8")
        self.child.expect(r"# ")
        # A shell without line editing: it reads a line, runs it, and says how that went.
        self.child.sendline("stty -echo; exec sh -c 'echo shell-\"\"ready; while IFS= read -r l; do eval \"$l\"; done'")
        self.child.expect(r"shell-ready\r?\n")

    def run(self, command, timeout=300, check=None):
        """Run one shell command in a shell of its own; its output and exit status."""
        assert "\n" not in command
        self.child.sendline(f"( {command} ) </dev/null; echo \"mcs-\"\"status:$?\"")
        self.child.expect(r"mcs-status:(\d+)\r?\n", timeout=timeout)
        result = Result(command, int(self.child.match.group(1)),
                        self.child.before.replace("\r", "").strip("\n"))
        if check is not None:
            assert result.status == check, result
        return result

    def ok(self, command, timeout=300):
        """Run a command that must succeed; its output."""
        return self.run(command, timeout, check=0).output

    def said(self, name, command, until, seconds=120):
        """What a client says up to a line of its own: `until`, an extended regular expression."""
        return self.ok(f"printf '{command}\\n' | mica console --until '{until}' --linger {seconds} {name}")

    def shell(self, name, command):
        """One command in the reference client's shell; what it said."""
        self.asked += 1
        return self.said(name, f"{command}\\necho end-{self.asked}", f"^end-{self.asked}$")

    def close(self):
        self.child.sendline("exit 0")
        try:
            self.child.expect(pexpect.EOF, timeout=60)
        finally:
            self.child.close(force=True)


def hart(guest, cpu):
    """The number people give a core: its hart id on RISC-V, else that of Linux."""
    if ARCH != "riscv64":
        return cpu
    return int(guest.ok(f"cat /sys/devices/system/cpu/cpu{cpu}/of_node/reg | od -An -tu1").split()[-1])


def boot(**kwargs):
    guest = Guest(**kwargs)
    return guest


@pytest.fixture(scope="module")
def guest():
    """The board as a user gets it: module loaded, micad running, clients' images installed."""
    g = boot()
    yield g
    g.close()


@pytest.fixture
def client(guest):
    """The reference client on core 3, created; removed afterwards whatever happened."""
    guest.ok("mica create ref.conf")
    yield "ref"
    guest.run("mica stop ref")
    guest.run("mica rm ref")


def build_once():
    """What is put into the board must be fresh; make does nothing when it is."""
    subprocess.run(["make", "-s", f"V={ARCH}", f"client-{ARCH}", "app"], cwd=TOP, check=True,
                   stdout=sys.stderr)


def pytest_sessionstart(session):
    if not hasattr(session.config, "workerinput"):  # not in each of several processes
        build_once()


def pytest_configure(config):
    config.addinivalue_line("markers", "long: begun before the others, nobody waits for it at the end")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: not item.get_closest_marker("long"))


def kernel_warnings(guest):
    """Lines of the kernel's log that must not be there."""
    return guest.run("dmesg | grep -E 'WARNING:|BUG:|Oops|Call trace|lockup|leak'").output


def status_rows(text):
    """`mica status` as {name: (cpu, state, services)}."""
    rows = {}
    for line in text.splitlines()[1:]:
        m = re.match(r"^(.{29}\S*) *(\S+) +(\S+) *(.*)$", line)
        if m:
            rows[m.group(1).strip()] = (m.group(2), m.group(3), m.group(4).strip())
    return rows
