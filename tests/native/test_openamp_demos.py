# SPDX-License-Identifier: BSD-3-Clause
"""OpenAMP's demo programs, their lines and their ends, with a client that is a process."""
import mmap
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading

import pexpect
import pexpect.fdpexpect
import pytest

from conftest import BUILD, SLOW, image, wait_until

CLIENT = image("openamp")
PROMPT = r"mica:~\$ "
STARTED = [
    "Loading Executable Demo",
    "Successfully open rproc device.",
    "Successfully added rproc shared memory",
    "Set hartid to 1.",
    "Set paddr to 0x",
    "Set state to start.",
    "successfully started the processor",
    "waiting for remote proc shutdown request",
]
BEGIN = [
    "Starting application...",
    "Initialize remoteproc successfully.",
    "creating remoteproc virtio",
    "initializing rpmsg shared buffer pool",
    "initializing rpmsg vdev",
    "initializing rpmsg vdev",
]
ENDPOINT = ["Try to create rpmsg endpoint.", "Successfully created rpmsg endpoint."]
RESULTS = ["*****", "Test Results: Error count = 0", "*****"]


def program(name):
    return os.path.join(BUILD, "openamp", name)


def in_order(lines, text):
    """Each line is there, behind the one before it."""
    at = 0
    for line in lines:
        found = text.find(line, at)
        assert found >= 0, f"{line!r} is missing after {text[max(0, at - 200):at]!r} in {text[-2000:]!r}"
        at = found + len(line)


def ended(pid):
    """Gone, or waiting for somebody to take note."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


class Place:
    """A run root, a client that load_fw started, its console."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="mica-", dir="/tmp")
        self.folder = os.path.join(self.dir, "run/openamp/cpu1")
        self.env = {**os.environ, "MICA_RUN_ROOT": os.path.join(self.dir, "run"), "MICA_PEDESTAL": "native"}
        self.loads, self.fds = [], []
        self.output = ""

    def run(self, name, *args, env=None):
        """To its end."""
        result = subprocess.run([program(name), *args], env={**self.env, **(env or {})}, text=True,
                                capture_output=True, timeout=120 * SLOW, check=False)
        self.output += result.stderr
        return result

    def fails(self, code, name, *args, env=None):
        """Must fail with that code and one line; that line."""
        result = self.run(name, *args, env=env)
        assert result.returncode == code and result.stderr.count("\n") == 1, result
        return result.stderr

    def load(self, file=CLIENT, hart="1"):
        child = pexpect.spawn(program("load_fw-shared"), [file, hart], env=self.env, timeout=30 * SLOW,
                              encoding="utf-8", echo=False)
        self.loads.append(child)
        child.expect("waiting for remote proc shutdown request")
        in_order(STARTED, child.before + child.after)
        return child

    def end(self, child):
        """Ctrl-C; its last lines."""
        child.sendintr()
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0, child.before
        in_order(["going to stop the processor", "going to shutdown the processor"], child.before)

    def facts(self):
        with open(os.path.join(self.folder, "client"), encoding="utf-8") as f:
            return dict(line.split("=") for line in f.read().split())

    def client(self):
        return int(self.facts()["process"])

    def console(self):
        path = wait_until(lambda: os.path.exists(os.path.join(self.folder, "console")) and
                          os.path.join(self.folder, "console"), what="console")
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        self.fds.append(fd)
        console = pexpect.fdpexpect.fdspawn(fd, encoding="utf-8", timeout=60 * SLOW)
        console.send("\r")
        console.expect(PROMPT)
        return console

    def close(self):
        for child in self.loads:
            if child.isalive():
                child.kill(signal.SIGINT)
                child.expect(pexpect.EOF)
            child.close(force=True)
        for fd in self.fds:
            os.close(fd)
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.readlink(f"/proc/{entry}/exe") == CLIENT and self.dir.encode() in \
                        open(f"/proc/{entry}/environ", "rb").read():
                    os.kill(int(entry), signal.SIGKILL)
            except OSError:
                pass
        shutil.rmtree(self.dir)
        assert "Sanitizer" not in self.output and "runtime error:" not in self.output, self.output


@pytest.fixture
def place():
    p = Place()
    yield p
    p.close()


@pytest.fixture
def running(place):
    """place, with a client and its console."""
    place.loader = place.load()
    place.shell = place.console()
    return place


def session(place, command, name, *args):
    """Both halves to their end: the client's text, the program's result."""
    result = {}
    thread = threading.Thread(target=lambda: result.update(r=place.run(name, *args)))
    place.shell.send(command + "\r")
    place.shell.expect(command)
    thread.start()
    place.shell.expect(PROMPT)
    thread.join()
    return place.shell.before.replace("\r", ""), result["r"]


def good(place, command, name):
    text, result = session(place, command, name)
    assert result.returncode == 0, (result, text)
    assert not result.stderr
    return text, result.stdout


def greetings(place):
    client, linux = good(place, "rpmsg_echo", "rpmsg-sample-ping-shared")
    in_order(BEGIN + ENDPOINT + [f"echo message number {i}: hello world!" for i in range(1, 100)] +
             ["echo message number 100: goodbye!", "reach message limit, exit", "Stopping application..."], client)
    rounds = [(i, "hello world!", 12) for i in range(1, 100)] + [(100, "goodbye!", 8)]
    in_order([line for i, what, size in rounds for line in (
        f"rpmsg sample test: message {i} sent", f"received message {i}: {what} of size {size}", f"seed {what}:",
        f"rnum {i - 1}:")] + ["echo test: service is destroyed"] + RESULTS +
        ["Quitting application .. rpmsg sample test end", "Stopping application..."], linux)


def shared_memory(place):
    client, linux = good(place, "shmem_demod", "libmetal_amp_demo-share")
    in_order(["CLIENT> Configuration share memory", "CLIENT> Wait for shared memory demo to start.",
              "CLIENT> Demo has started.", "CLIENT> Shared memory test finished"], client)
    text = "Hello World - libmetal shared memory demo"
    in_order(["CLIENT> ***** libmetal demo: shared memory *****", "CLIENT> Setting up shared memory demo.",
              "CLIENT> Starting shared memory demo.", f"CLIENT> Sending message: {text}",
              f"CLIENT> Message Received: {text}", "CLIENT> Shared memory demo: Passed."], linux)


def payloads(place, command="rpmsg_update", name="msg-test-rpmsg-ping-shared"):
    client, linux = good(place, command, name)
    in_order(BEGIN + ENDPOINT + ["unexpected Remote endpoint destroy", "Stopping application..."], client)
    in_order([line for i in range(480) for line in (
        f"sending payload number {i} of size {i + 17}", f"echo test: sent : {i + 17}",
        f"received payload number {i} of size {i + 17}")] + RESULTS +
        ["Quitting application .. Echo test end", "Stopping application..."], linux)


def matrices(place):
    client, linux = good(place, "matrix_multiplyd", "matrix_multiply-shared")
    in_order(BEGIN + ["Waiting for events...", "ERROR: Endpoint is destroyed", "Stopping application..."], client)
    in_order(["CLIENT> Input matrix 0", "CLIENT> Input matrix 1", "CLIENT> Matrix multiply: sent : 296"] * 200 +
             [f"CLIENT> {line}" for line in RESULTS] +
             ["CLIENT> Quitting application .. Matrix multiplication end", "CLIENT> Stopping application..."], linux)


def test_sessions(running):
    """One after the other on one client, as the document has them; any order, and again."""
    shared_memory(running)
    greetings(running)
    payloads(running)
    matrices(running)
    shared_memory(running)
    greetings(running)
    running.end(running.loader)


def test_more_messages(running):
    payloads(running, "rpmsg_nocopy", "msg-test-rpmsg-nocopy-ping-shared")
    _, linux = good(running, "rpmsg_update", "msg-test-rpmsg-flood-ping-shared")
    in_order([f"echo test: package size {size}," for size in range(17, 497)] + RESULTS, linux)
    client, linux = good(running, "rpmsg_ping", "msg-test-rpmsg-update-shared")
    in_order(["received payload number 479 of size 496"] + RESULTS, client)
    in_order(ENDPOINT + ["unexpected Remote endpoint destroy", "Stopping application..."], linux)


LIBMETAL = [
    ("atomic_demod", "atomic", "atomic operations", r"Both sides added 5000 times: the counter is 10000"),
    ("shmem_latency_demod", "latency", "shared memory latency",
     r"Shared memory latency, 1000 rounds: min (\d+)\.\d{3} us, avg (\d+)\.\d{3} us, max (\d+)\.\d{3} us"),
    ("shmem_throughput_demod", "throughput", "shared memory throughput",
     r"Throughput, 262144 bytes there and back: \d+\.\d{3} us, \d+ MB/s"),
    ("irq_shmem_demod", "irq", "interrupts with shared memory", r"Messages with interrupts, 1000 rounds"),
    ("irq_latency_demod", "irq-latency", "interrupt latency",
     r"Interrupt latency, 1000 rounds: min (\d+)\.\d{3} us, avg (\d+)\.\d{3} us, max (\d+)\.\d{3} us"),
]


def test_libmetal(running):
    for command, name, title, wanted in LIBMETAL:
        client, result = session(running, command, "libmetal_amp_demo", name)
        assert result.returncode == 0, (result, client)
        in_order([f"CLIENT> ***** libmetal demo: {title} *****", ": Passed."], result.stdout)
        in_order(["CLIENT> Demo has started.", "CLIENT> Demo has finished."], client)
        found = re.search(wanted, result.stdout)
        assert found, result.stdout
        numbers = [int(n) for n in found.groups()]
        assert numbers == sorted(numbers)
    sizes = [int(n) for n in re.findall(r"Throughput, (\d+) bytes", session(
        running, "shmem_throughput_demod", "libmetal_amp_demo", "throughput")[1].stdout)]
    assert sizes == [64 * 4 ** i for i in range(7)]
    assert "no demo 'all'" in running.run("libmetal_amp_demo", "all").stderr
    greetings(running)


def test_libmetal_client_killed(running):
    client = running.client()
    os.kill(client, signal.SIGSTOP)  # the rounds do not end before it is killed
    child = start_half(running, "irq_latency_demod", "libmetal_amp_demo", "demo: interrupt latency", "irq-latency")
    os.kill(client, signal.SIGKILL)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 13 and "Interrupt latency demo: Failed" in child.before, child.before


def test_plain_names(running):
    for name in ("load_fw", "rpmsg-sample-ping", "msg-test-rpmsg-ping", "msg-test-rpmsg-update",
                 "msg-test-rpmsg-flood-ping", "msg-test-rpmsg-nocopy-ping", "matrix_multiply", "libmetal_amp_demo"):
        for suffix in ("", "-share" if name == "libmetal_amp_demo" else "-shared"):
            assert "Usage: " in running.run(name + suffix, "--help").stdout
            assert re.match(r"\S+ \d+\.", running.run(name + suffix, "--version").stdout)


def test_linux_first(running):
    """The client's table comes to lie over one that was filled in already."""
    child = subprocess.Popen([program("rpmsg-sample-ping")], env=running.env, stdout=subprocess.PIPE, text=True)
    for line in child.stdout:
        if "validate its integrity" in line:
            break
    running.shell.send("rpmsg_echo\r")
    output, _ = child.communicate(timeout=60 * SLOW)
    assert child.returncode == 0, output
    in_order(["received message 100: goodbye! of size 8"] + RESULTS, output)
    running.shell.expect("Stopping application...")


# The table as a client puts it there, its rings open: DEMO_TABLE_INIT of demos/openamp/map.h.
TABLE_AT, OPEN = 0x100000, 0xffffffff
TABLE = struct.pack("<29I", 1, 1, 0, 0, 48, 0, 0, 0, 0, 0, 0, 0, 3, 7, 31, 1, 0, 0, 2 << 8,
                    OPEN, 4096, 256, 1, 0, OPEN, 4096, 256, 2, 0)


def test_both_at_once(running):
    """The client's table comes over and over again, between any two steps of Linux's beginning."""
    hammer = subprocess.Popen([sys.executable, "-c", f"""if True:
        import mmap
        file = open("/proc/{running.client()}/fd/3", "r+b")
        memory = mmap.mmap(file.fileno(), 0x200000)
        print("begun", flush=True)
        while True:
            memory[{TABLE_AT}:{TABLE_AT + len(TABLE)}] = {TABLE}
        """], stdout=subprocess.PIPE)
    assert hammer.stdout.readline() == b"begun\n"
    child = pexpect.spawn(program("rpmsg-sample-ping"), env=running.env, timeout=60 * SLOW, encoding="utf-8", echo=False)
    child.expect("creating remoteproc virtio")
    ended_early = child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=1) == 0
    hammer.kill()
    hammer.communicate()
    assert not ended_early, child.before
    running.shell.send("rpmsg_echo\r")
    child.expect("Test Results: Error count = 0")
    running.shell.expect("Stopping application...")


def test_again_and_again(place):
    for _ in range(3):
        loader = place.load()
        place.shell = place.console()
        greetings(place)
        place.end(loader)
        assert not os.path.exists(os.path.join(place.folder, "client"))


def test_ctrl_c(running):
    """The client's half ends with the program, and the other way round."""
    running.shell.send("rpmsg_update\r")
    child = pexpect.spawn(program("msg-test-rpmsg-update"), ["--wait", "100"], env=running.env, timeout=30 * SLOW,
                          encoding="utf-8", echo=False)
    child.expect("Successfully created rpmsg endpoint.")
    running.shell.expect("Successfully created rpmsg endpoint.")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    running.shell.expect("unexpected Remote endpoint destroy")
    running.shell.expect(PROMPT)
    running.shell.send("rpmsg_echo\r")
    running.shell.expect("creating remoteproc virtio")
    running.shell.send("\x03")
    running.shell.expect(PROMPT)
    greetings(running)


def test_nobody_there(running):
    line = running.fails(11, "rpmsg-sample-ping", "--wait", "1")
    assert "has not come within 1 s" in line
    result = running.run("libmetal_amp_demo", "--wait", "1")
    assert result.returncode == 11 and "Shared memory demo: Failed." in result.stdout


def start_half(place, command, name, until, *args):
    """A program in the middle of its work."""
    place.shell.send(command + "\r")
    child = pexpect.spawn(program(name), list(args), env=place.env, timeout=60 * SLOW, encoding="utf-8", echo=False)
    child.expect(until)
    return child


def finish(child, code, text):
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == code, child.before
    assert text in child.before and not re.search(r"Error count = 0\b", child.before), child.before


def test_client_killed(running):
    child = start_half(running, "rpmsg_update", "msg-test-rpmsg-flood-ping", "package size 40,", "5000")
    os.kill(running.client(), signal.SIGKILL)
    finish(child, 13, "has gone off")
    running.loader.expect("the processor has stopped by itself")
    running.loader.expect(pexpect.EOF)
    running.loader.close()
    assert running.loader.exitstatus == 13
    assert "start one with 'load_fw" in running.fails(5, "rpmsg-sample-ping")


def test_client_hangs(running):
    child = start_half(running, "rpmsg_update", "msg-test-rpmsg-flood-ping", "package size 40,", "--timeout", "1", "5000")
    os.kill(running.client(), signal.SIGSTOP)
    finish(child, 11, "no answer for 1 s")
    os.kill(running.client(), signal.SIGCONT)


def test_command_ended(running):
    child = start_half(running, "rpmsg_update", "msg-test-rpmsg-flood-ping", "package size 40,", "5000")
    running.shell.send("\x03")
    finish(child, 13, "service is destroyed")


def spoiled(place, child, at, data, step=512, until=None):
    """Somebody writes over shared memory until the program ends."""
    fd = os.open(f"/proc/{place.client()}/fd/3", os.O_RDWR)
    with mmap.mmap(fd, 0x200000) as memory:
        os.close(fd)
        stop = threading.Event()

        def spoil():
            while not stop.is_set():
                for place_of in range(at, until or at + 1, step):
                    memory[place_of:place_of + len(data)] = data

        thread = threading.Thread(target=spoil)
        thread.start()
        try:
            child.expect(pexpect.EOF)
        finally:
            stop.set()
            thread.join()
    child.close()
    assert re.search(r"Error count = [1-9]", child.before), child.before


def test_wrong_answers(running):
    """No result of it is a good one."""
    child = start_half(running, "matrix_multiplyd", "matrix_multiply", "Matrix multiply: sent", "--timeout", "2")
    spoiled(running, child, 0x120000 + 40, b"x" * 20, until=0x140000)
    assert child.exitstatus in (1, 11, 13), child.before


def test_rings_broken(running):
    child = start_half(running, "rpmsg_update", "msg-test-rpmsg-flood-ping", "package size 40,", "5000")
    spoiled(running, child, 0x162002, b"\xff\x7f")  # the client's used index
    assert child.exitstatus == 13 and "broke the rules" in child.before, child.before


def test_loader_killed(place):
    """The next one finds the client, stops it and goes on."""
    loader = place.load()
    first = place.client()
    loader.kill(signal.SIGKILL)
    loader.wait()
    loader = place.load()
    assert place.client() != first
    assert "an earlier load_fw left its client running" in loader.before
    assert ended(first)
    place.shell = place.console()
    greetings(place)
    place.end(loader)


def test_bad_arguments(place):
    assert "cpu" in place.fails(8, "load_fw", CLIENT, "99").lower()
    assert "no core" in place.fails(2, "load_fw", CLIENT, "one")
    assert "No such file" in place.fails(9, "load_fw", "/nonexistent", "1")
    assert "load_fw FILE HART" in place.fails(2, "load_fw", CLIENT)
    assert "unknown option" in place.fails(2, "load_fw", "--what")
    with open(os.path.join(place.dir, "text"), "w", encoding="utf-8") as f:
        f.write("no image\n")
    assert "raw binary" in place.fails(9, "load_fw", f.name, "1")
    with open(CLIENT, "rb") as whole, open(os.path.join(place.dir, "cut"), "wb") as cut:
        cut.write(whole.read(5000))
    assert "truncated" in place.fails(9, "load_fw", cut.name, "1")
    assert "unknown option" in place.fails(2, "rpmsg-sample-ping", "--what")
    assert "no number of seconds" in place.fails(2, "rpmsg-sample-ping", "--wait", "long")
    assert "too many" in place.fails(2, "matrix_multiply", "1")
    assert "no client runs" in place.fails(5, "matrix_multiply")
    assert "OPENAMP_BASE" in place.fails(2, "matrix_multiply", env={"OPENAMP_BASE": "here"})
    place.fails(10, "matrix_multiply", env={"OPENAMP_BASE": "0x90000000", "METAL_SHARED_MEMORY": "/dev/zero@0"})


def test_two_loaders(place):
    place.load()
    assert "end it with Ctrl-C first" in place.fails(8, "load_fw", CLIENT, "1")
