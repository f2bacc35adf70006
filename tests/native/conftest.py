# SPDX-License-Identifier: BSD-3-Clause
"""The daemon and the command line on the native pedestal: no hardware, no root.

Each test gets a daemon with a run root of its own. MICA_BUILD says which build is tested
(default build/native); with a sanitizer build, a finding of the sanitizer fails the test.
"""
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid

import pexpect
import pytest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, os.environ.get("MICA_BUILD", "build/native"))
MICAD = os.path.join(BUILD, "micad")
MICA = os.path.join(BUILD, "mica")
SLOW = 4 if os.path.basename(BUILD) in ("asan", "tsan") else 1  # time limits, not waits


def pytest_configure(config):
    config.addinivalue_line("markers", "long: begun before the others, nobody waits for it at the end")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: not item.get_closest_marker("long"))


def image(variant="ref"):
    """Path of a client image."""
    return os.path.join(BUILD, "client", f"mica-{variant}-native")


def wait_until(condition, seconds=10, what="condition"):
    """Poll until condition() is true; its value."""
    end = time.monotonic() + seconds * SLOW
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"{what}: not within {seconds * SLOW} s"
        time.sleep(0.02)


class Terminal:
    """A program that opens a client's tty, as screen or picocom would."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self.data = bytearray()  # read, not yet asked for

    def read_some(self, seconds):
        """False if nothing came in that time."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        self.data += os.read(self.fd, 65536)
        return True

    def take(self, size):
        taken = bytes(self.data[:size])
        del self.data[:size]
        return taken

    def write(self, data, seconds=60):
        end = time.monotonic() + seconds * SLOW
        while data:
            assert time.monotonic() < end, f"{len(data)} bytes could not be written"
            if select.select([], [self.fd], [], 1)[1]:
                data = data[os.write(self.fd, data[:4096]):]

    def read_until(self, end_mark, seconds=60):
        """Everything up to end_mark (a regular expression), which is included."""
        end, seen = time.monotonic() + seconds * SLOW, 0
        while True:
            found = re.compile(end_mark).search(self.data, max(0, seen - 200))
            if found:
                return self.take(found.end())
            seen = len(self.data)
            assert time.monotonic() < end, f"no {end_mark}: {bytes(self.data[-200:])}"
            self.read_some(1)

    def exchange(self, data, size, seconds=60):
        """Write data and read size bytes at the same time."""
        end = time.monotonic() + seconds * SLOW
        while len(self.data) < size:
            assert time.monotonic() < end, f"{len(self.data)} of {size} bytes came back"
            _, w, _ = select.select([self.fd], [self.fd] if data else [], [], 1)
            self.read_some(0)
            if w:
                data = data[os.write(self.fd, data[:1024]):]
        return self.take(size)

    def drain(self, quiet=0.3):
        while self.read_some(quiet * SLOW):
            pass
        return self.take(len(self.data))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.fd)


class Connection:
    """A raw connection to the control socket."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10 * SLOW)
        while True:
            try:
                self.sock.connect(path)
                break
            except BlockingIOError:  # a time limit makes the socket not wait for the backlog
                time.sleep(0.01)
        self.data = b""

    def send(self, data):
        self.sock.sendall(data)

    def receive(self):
        """Next message, or None when the other side has closed."""
        while b"\0" not in self.data:
            try:
                more = self.sock.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                assert not self.data
                return None
            self.data += more
        message, self.data = self.data.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.send(json.dumps({"method": method, "parameters": parameters}).encode() + b"\0")
        return self.receive()

    def close(self):
        self.sock.close()


class Site:
    """A run root with its daemon, configurations and clients."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="mica-", dir="/tmp")  # short: socket paths are
        self.run_root = os.path.join(self.dir, "run")
        self.conf_dir = os.path.join(self.dir, "conf")
        os.mkdir(self.conf_dir)
        self.socket = os.path.join(self.run_root, "micad.sock")
        self.log = os.path.join(self.dir, "micad.log")
        self.id = uuid.uuid4().hex  # in the environment of all that is started here
        self.env = {**os.environ, "MICA_RUN_ROOT": self.run_root, "MICA_TEST_ID": self.id}
        supp = os.path.join(os.path.dirname(__file__), "tsan.supp")
        self.env.setdefault("TSAN_OPTIONS", f"suppressions={supp}")
        self.env.pop("NOTIFY_SOCKET", None)
        self.env.pop("JOURNAL_STREAM", None)
        self.daemon = None

    # the daemon

    def start(self, *options, env=None, program=MICAD, wait=True):
        with open(self.log, "ab") as log:
            self.daemon = subprocess.Popen(
                [program, "--config-dir", self.conf_dir, "--pedestal", "native", *options],
                env={**self.env, **(env or {})}, stdin=subprocess.DEVNULL, stderr=log,
                cwd=self.dir)
        if wait:
            wait_until(self.answers, 10, "micad answers")
        return self

    def answers(self):
        assert self.daemon.poll() is None, self.log_text()
        return self.mica("version").stdout.count("micad 0") == 1

    def kill(self, number=signal.SIGKILL):
        self.daemon.send_signal(number)
        status = self.daemon.wait(10 * SLOW)
        self.daemon = None
        return status

    def log_text(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    # the command line

    def mica(self, *args, input=None, timeout=60):
        """Run mica; stdout, stderr, returncode."""
        return subprocess.run([MICA, *args], env=self.env, input=input, text=True, cwd=self.dir,
                              errors="replace",
                              capture_output=True, timeout=timeout * SLOW, check=False)

    def ok(self, *args, **kwargs):
        """Run mica, which must succeed and say nothing on stderr; its stdout."""
        result = self.mica(*args, **kwargs)
        assert result.returncode == 0, result
        assert result.stderr == "", result
        return result.stdout

    def fails(self, code, *args, **kwargs):
        """Run mica, which must fail with that code and one line; that line."""
        result = self.mica(*args, **kwargs)
        assert result.returncode == code, result
        assert result.stderr.count("\n") == 1, result
        assert result.stderr.startswith("mica: "), result
        return result.stderr

    def console(self, name, *options):
        child = pexpect.spawn(MICA, ["console", *options, name], env=self.env, cwd=self.dir,
                              timeout=15 * SLOW, encoding="utf-8", codec_errors="replace")
        child.delaybeforesend = None
        return child

    # clients

    def conf(self, name, file=None, **keys):
        """Write a configuration; its path."""
        keys = {"Name": name, "ClientPath": image(), "Pedestal": "native", **keys}
        path = os.path.join(self.conf_dir, file or f"{name}.conf")
        with open(path, "w") as conf:
            conf.write("[Mica]\n")
            conf.writelines(f"{key}={value}\n" for key, value in keys.items())
        return path

    def create(self, name, variant="ref", **keys):
        self.ok("create", self.conf(name, ClientPath=image(variant), **keys))

    def run(self, name, variant="ref", tty=True, **keys):
        """Create and start a client; its tty."""
        self.create(name, variant, **keys)
        self.ok("start", name)
        return self.tty(name) if tty else None

    def info(self, name):
        return json.loads(self.ok("status", "--json", name))["clients"][0]

    def names(self):
        return [c["name"] for c in json.loads(self.ok("status", "--json"))["clients"]]

    def state(self, name):
        return self.info(name)["state"]

    def wait_state(self, name, state, seconds=10):
        wait_until(lambda: self.state(name) == state, seconds, f"{name} {state}")

    def tty(self, name):
        """The client's terminal, once it is there."""
        def device():
            return [s["device"] for s in self.info(name)["services"] if "ttyRPMSG" in s["device"]]
        return wait_until(device, 10, "tty")[0]

    def shell(self, name, command):
        """One command in the client's shell; what it said."""
        with Terminal(self.tty(name)) as tty:
            tty.write(command.encode() + b"\n")
            tty.read_until(re.escape(command.encode()) + rb"\r\n")
            return tty.read_until(rb"mica:~\$ ").decode(errors="replace")

    def processes(self):
        """Processes of this site other than the daemon: the clients."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as env:
                    ours = f"MICA_TEST_ID={self.id}".encode() in env.read().split(b"\0")
                with open(f"/proc/{pid}/stat") as stat:
                    zombie = stat.read().rsplit(")", 1)[1].split()[0] == "Z"
            except OSError:
                continue
            if ours and not zombie and not (self.daemon and int(pid) == self.daemon.pid):
                found.append(int(pid))
        return found

    def connect(self):
        return Connection(self.socket)

    def close(self):
        if self.daemon:
            self.kill(signal.SIGTERM)
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        text = self.log_text() if os.path.exists(self.log) else ""
        shutil.rmtree(self.dir)
        assert "Sanitizer" not in text and "runtime error:" not in text, text


@pytest.fixture
def idle_site():
    """A site whose daemon does not run."""
    place = Site()
    yield place
    place.close()


@pytest.fixture
def site(idle_site):
    """A site whose daemon runs."""
    return idle_site.start()
