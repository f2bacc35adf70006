# SPDX-License-Identifier: BSD-3-Clause
"""rpmsg_main, its lines, its menu and its end, with clients as processes."""
import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time

import pexpect
import pytest

from conftest import BUILD, SLOW, TOP, image, wait_until

RPMSG_MAIN = os.path.join(BUILD, "rpmsg_main")
STYLES = ("rtthread", "rttable", "static", "ref")

MENU = """please input number:<1-8>
1. test echo
2. send matrix
3. start pty
4. close pty
5. shutdown clientOS
6. start clientOS
7. test ping
8. test flood-ping
9. exit
"""


class Place:
    """A run root and the programs that were started on it."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="mica-", dir="/tmp")
        self.root = os.path.join(self.dir, "run")
        supp = os.path.join(os.path.dirname(__file__), "tsan.supp")
        self.env = {**os.environ, "MICA_RUN_ROOT": self.root, "MICA_PEDESTAL": "native",
                    "MICA_TEST_ID": self.dir}
        self.env.setdefault("TSAN_OPTIONS", f"suppressions={supp}")
        self.running = []
        self.errors = ""

    def run(self, *args, input="", env=None):
        """To its end: stdout, stderr, returncode."""
        result = subprocess.run([RPMSG_MAIN, *args], env={**self.env, **(env or {})}, input=input,
                                text=True, capture_output=True, timeout=60 * SLOW, check=False)
        self.errors += result.stderr
        return result

    def fails(self, code, *args, env=None):
        """Must fail with that code and one line; that line."""
        result = self.run(*args, env=env)
        assert result.returncode == code, result
        assert result.stderr.count("\n") == 1, result
        assert result.stderr.startswith("rpmsg_main: "), result
        return result.stderr

    def menu(self, variant, *lines):
        """A whole session; stdout and stderr."""
        result = self.run("-c", "1", "-t", image(variant), "-a", "0x7a000000",
                          input="".join(f"{line}\n" for line in lines))
        assert result.returncode == 0, result
        return result.stdout, result.stderr

    def start(self, variant, cpu="1"):
        """In a terminal of its own."""
        child = pexpect.spawn(RPMSG_MAIN, ["-c", cpu, "-t", image(variant)], env=self.env,
                              timeout=30 * SLOW, encoding="utf-8", echo=False)
        child.delaybeforesend = None
        self.running.append(child)
        child.expect("start client os\r\n")
        return child

    def processes(self):
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as env:
                    ours = f"MICA_TEST_ID={self.dir}".encode() in env.read().split(b"\0")
                with open(f"/proc/{pid}/stat") as stat:
                    zombie = stat.read().rsplit(")", 1)[1].split()[0] == "Z"
            except OSError:
                continue
            if ours and not zombie:
                found.append(int(pid))
        return found

    def close(self):
        for child in self.running:
            child.close(force=True)
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.dir)
        assert "Sanitizer" not in self.errors and "runtime error:" not in self.errors, self.errors


@pytest.fixture
def place():
    p = Place()
    yield p
    p.close()


def terminal(child):
    """The pts that was announced, and the endpoint it belongs to."""
    child.expect(r"pls open (/dev/pts/\d+) to talk with client OS\r\n"
                 r"pty_thread for (\S+) is runnning\r\n")
    return child.match.group(1), child.match.group(2)


def talk(pts, command, answer):
    """One command in the client's shell behind a terminal."""
    fd = os.open(pts, os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(fd, f"{command}\r".encode())
        seen = b""
        end = time.monotonic() + 10 * SLOW
        while answer.encode() not in seen:
            assert time.monotonic() < end, seen
            if select.select([fd], [], [], 0.1)[0]:
                seen += os.read(fd, 4096)
    finally:
        os.close(fd)


def interrupt(place, child, number=signal.SIGINT):
    child.kill(number)
    child.expect("client os is offline\r\n")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert not place.processes()


@pytest.mark.parametrize("variant, endpoint",
                         [("static", "uart"), ("ref", "rpmsg-tty"), ("uniproton", "rpmsg-tty")])
def test_terminal_ctrl_c_and_again(place, variant, endpoint):
    for _ in range(2):
        child = place.start(variant)
        pts, name = terminal(child)
        assert name == endpoint
        talk(pts, "version", f"mica-{variant}")
        interrupt(place, child)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_signals_end_it_too(place, number):
    child = place.start("ref")
    terminal(child)
    interrupt(place, child, number)


def test_ctrl_c_as_typed(place):
    child = place.start("rtthread")
    child.sendline("h")
    child.expect("9. exit\r\n")
    child.sendintr()
    child.expect("client os is offline\r\n")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert not place.processes()


def test_ctrl_c_while_a_test_runs(place):
    child = place.start("rtthread")
    child.sendline("8")
    child.sendline("7")
    interrupt(place, child)


def test_usage_text(place):
    out, err = place.menu("rtthread", "h", "9")
    assert out == "start client os\n" + MENU + "client os is offline\n"
    assert err == ""


@pytest.mark.parametrize("variant", ["rtthread", "rttable", "ref"])
def test_echo(place, variant):
    out, err = place.menu(variant, "1", "9")
    assert [line for line in out.splitlines() if line.startswith("echo: hello!")] == \
        [f"echo: hello! {i}" for i in range(1, 6)]
    assert "echo: 5 sent, 5 received, 0% loss\n" in out
    assert err == ""


@pytest.mark.parametrize("variant", ["rtthread", "rttable"])
def test_matrix(place, variant):
    out, err = place.menu(variant, "2", "9")
    rows = [[int(x) for x in line.split()] for line in out.splitlines()
            if re.fullmatch(r"[\d ]+", line)]
    a = [[6 * i + k + 1 for k in range(6)] for i in range(6)]
    b = [[2 if i == k else k for k in range(6)] for i in range(6)]
    assert rows == [[sum(a[i][j] * b[j][k] for j in range(6)) for k in range(6)]
                    for i in range(6)]
    assert "matrix: the product is right\n" in out
    assert err == ""


FIGURES = r"{}: {} sent, {} received, 0% loss, min/avg/max = (\d+)/(\d+)/(\d+) us"


@pytest.mark.parametrize("variant", ["rtthread", "rttable", "ref"])
def test_ping(place, variant):
    out, err = place.menu(variant, "7", "8", "9")
    ping = re.search("^" + FIGURES.format("ping", 10, 10) + "$", out, re.M)
    flood = re.search("^" + FIGURES.format("flood-ping", 2000, 2000) + r", (\d+) messages/s$", out,
                      re.M)
    for found in (ping, flood):
        low, average, high = (int(found.group(i)) for i in (1, 2, 3))
        assert low <= average <= high, out
    assert int(flood.group(4)) > 0
    assert err == ""


@pytest.mark.parametrize("variant", ["rtthread", "rttable"])
def test_pty_on_request(place, variant):
    child = place.start(variant)
    for _ in range(3):
        child.sendline("3")
        pts, name = terminal(child)
        assert name == "pty"
        talk(pts, "version", f"mica-{variant}")
        child.sendline("3")  # it is open: where it is, once more
        assert terminal(child) == (pts, "pty")
        child.sendline("4")
        child.expect("pty closed\r\n")
        wait_until(lambda: not os.path.exists(pts), 5, "end of the terminal")
    child.sendline("4")
    child.expect("rpmsg_main: no pty is open: 3 starts one\r\n")
    interrupt(place, child)


@pytest.mark.parametrize("variant", STYLES)
def test_shutdown_and_start(place, variant):
    child = place.start(variant)
    child.sendline("6")
    child.expect("rpmsg_main: client 'rpmsg_main-1' is running already\r\n")
    before = set(place.processes()) - {child.pid}
    assert len(before) == 1
    for _ in range(2):
        child.sendline("5")
        child.expect("client os is offline\r\n")
        assert place.processes() == [child.pid]
        child.sendline("5")
        child.expect("rpmsg_main: client 'rpmsg_main-1' is not running: its state is Stopped\r\n")
        child.sendline("1")
        child.expect("rpmsg_main: echo: client os is not running: 6 starts it\r\n")
        child.sendline("6")
        child.expect("start client os\r\n")
        child.sendline("h")
        child.expect("9. exit\r\n")
        assert not before & set(place.processes())
    child.sendline("9")
    child.expect("client os is offline\r\n")
    child.expect(pexpect.EOF)
    assert not place.processes()


def test_endpoints_that_are_not_there(place):
    _, err = place.menu("static", "1", "2", "7", "9")
    assert err.splitlines() == [f"rpmsg_main: client os has no endpoint '{e}'"
                                for e in ("echo", "matrix", "echo")]
    _, err = place.menu("static", "4", "9")
    assert err == "rpmsg_main: client os has no endpoint 'onoff'\n"


def test_lines_that_are_no_numbers(place):
    _, err = place.menu("rtthread", "0", "10", "", " ", "x" * 500, "9")
    assert err.splitlines() == ["rpmsg_main: '0' is not in the menu: h shows it",
                                "rpmsg_main: '10' is not in the menu: h shows it",
                                f"rpmsg_main: '{'x' * 40}' is not in the menu: h shows it"]


def test_goes_on_after_the_end_of_its_input(place):
    child = subprocess.Popen([RPMSG_MAIN, "-c", "1", "-t", image("ref")], env=place.env,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "start client os\n"
    assert "pls open" in child.stdout.readline()
    time.sleep(0.5)
    assert child.poll() is None
    child.send_signal(signal.SIGINT)
    assert child.communicate(timeout=30 * SLOW)[0].endswith("client os is offline\n")
    assert child.returncode == 0


def test_in_the_background_of_a_shell(place):
    """Started with &, as the boards' notes have it: it must not be stopped for reading."""
    shell = pexpect.spawn("/bin/bash", ["--norc", "--noprofile", "-i"], env=place.env,
                          timeout=30 * SLOW, encoding="utf-8", echo=False)
    place.running.append(shell)
    shell.sendline(f"{RPMSG_MAIN} -c 1 -t {image('ref')} &")
    pts, _ = terminal(shell)
    talk(pts, "version", "mica-ref")
    time.sleep(1)
    shell.sendline("jobs")
    shell.expect("Running.*&")
    shell.sendline("fg")
    shell.expect(RPMSG_MAIN)
    shell.sendline("1")
    shell.expect("echo: 5 sent, 5 received, 0% loss")
    shell.sendintr()
    shell.expect("client os is offline")


def test_client_that_ends_by_itself_can_be_started_again(place):
    child = place.start("ref")
    pts, _ = terminal(child)
    fd = os.open(pts, os.O_RDWR | os.O_NOCTTY)
    os.write(fd, b"poweroff\r")
    child.expect("rpmsg_main: client os: the client powered itself off\r\n")
    os.close(fd)
    child.sendline("6")
    child.expect("start client os\r\n")
    pts, _ = terminal(child)
    talk(pts, "version", "mica-ref")  # it has started: a crash before would be no end by itself
    fd = os.open(pts, os.O_RDWR | os.O_NOCTTY)
    os.write(fd, b"crash\r")
    child.expect("rpmsg_main: client os: crashed: SIGSEGV at pc ")
    os.close(fd)
    child.sendline("6")
    child.expect("start client os\r\n")
    pts, _ = terminal(child)
    talk(pts, "version", "mica-ref")
    interrupt(place, child)


@pytest.mark.parametrize("variant", ["ref", "rttable"])
def test_after_a_sudden_death(place, variant):
    """The client outlives a killed rpmsg_main; the next one stops it and starts anew."""
    child = place.start(variant)
    child.sendline("h")
    child.expect("9. exit\r\n")
    child.kill(signal.SIGKILL)
    child.wait()
    old = wait_until(lambda: place.processes(), 5, "client")
    out, err = place.menu(variant, "1", "9")
    assert "echo: 5 sent, 5 received, 0% loss\n" in out
    assert err == "rpmsg_main: an earlier rpmsg_main left its client os running: " \
                  "it is stopped first\n"
    assert not set(old) & set(place.processes())


def test_one_program_a_core(place):
    child = place.start("ref")
    terminal(child)
    line = place.fails(8, "-c", "1", "-t", image("ref"))
    assert "another rpmsg_main has CPU 1" in line
    other = place.start("ref", cpu="0")
    terminal(other)
    other.kill(signal.SIGINT)
    other.expect("client os is offline\r\n")
    interrupt(place, child)


def test_bad_arguments(place):
    ref = image("ref")
    raw = os.path.join(place.dir, "raw.bin")
    with open(raw, "wb") as f:
        f.write(bytes(64))
    assert "-c is missing" in place.fails(2)
    assert "-t is missing" in place.fails(2, "-c", "1")
    assert "-c needs a value" in place.fails(2, "-c")
    assert "unknown option '-x'" in place.fails(2, "-x")
    assert "unknown option '--frob'" in place.fails(2, "--frob")
    assert "'more' is one argument too many" in place.fails(2, "-c", "1", "-t", ref, "more")
    for cpu in ("x", "", "-1", "2-3", "1,2", "riscv", "99999999999"):
        assert f"-c '{cpu}' is no core" in place.fails(2, "-c", cpu, "-t", ref)
    for bad in ("zz", "", "-4", "0x7a000001", "0x1ffffffffffffffff", "8000000000000000"):
        assert f"-a '{bad}' is no address" in place.fails(2, "-c", "1", "-t", ref, "-a", bad)
        assert f"-e '{bad}' is no address" in place.fails(2, "-c", "1", "-t", ref, "-e", bad)
    assert "-a is missing" in place.fails(2, "-c", "1", "-t", raw)
    assert "No such file" in place.fails(9, "-c", "1", "-t", "/nowhere/at.all", "-a", "0")
    assert "not a file" in place.fails(9, "-c", "1", "-t", place.dir, "-a", "0")
    assert "raw binary" in place.fails(9, "-c", "1", "-t", raw, "-a", "7a000000")
    assert "does not exist" in place.fails(8, "-c", "900", "-t", ref)
    assert "frob" in place.fails(10, "-c", "1", "-t", ref, env={"MICA_PEDESTAL": "frob"})
    assert "absolute" in place.fails(2, "-c", "1", "-t", ref, env={"MICA_RUN_ROOT": "here"})
    assert not place.processes()


def test_client_that_does_not_start(place):
    result = place.run("-c", "1", "-t", image("crashboot"))
    assert result.returncode == 13, result
    assert result.stdout == "start client os\n"
    assert result.stderr.count("\n") == 1
    assert "before it was ready" in result.stderr


def test_bare_metal_is_the_default(place):
    if os.path.exists("/dev/mcs"):
        pytest.skip("this machine has the kernel module")
    line = place.fails(10, "-c", "1", "-t", image("ref"), env={"MICA_PEDESTAL": ""})
    assert "mcs_km is not loaded" in line


def test_help_and_version(place):
    with open(os.path.join(TOP, "VERSION")) as f:
        assert place.run("--version").stdout == f"rpmsg_main {f.read().strip()}\n"
    assert place.run("--help").stdout.startswith("Usage: rpmsg_main -c CPU -t FILE -a ADDRESS")
