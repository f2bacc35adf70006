# SPDX-License-Identifier: BSD-3-Clause
"""The fault matrix: one client or the daemon fails in each way there is; a healthy client, which
exchanges numbered and checksummed messages all the time, loses none. How long things took is
printed, not asserted."""
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib

import pytest

from conftest import BUILD, SLOW, TOP, wait_until

sys.path.insert(0, os.path.join(TOP, "packaging", "examples"))
from endpoint import Endpoint  # noqa: E402

TABLE = []


def message(seq, size=200):
    payload = bytes((seq * 7 + i) & 0xff for i in range(size - 8))
    return struct.pack("<II", seq, zlib.crc32(struct.pack("<I", seq) + payload)) + payload


def answers(site):
    """The daemon is there; in these tests it is killed and started at any time."""
    return site.daemon and site.mica("status").returncode == 0


def connected(site, name, endpoint):
    """A connection to that endpoint, however often the daemon dies meanwhile."""
    def attempt():
        services = site.info(name)["services"] if answers(site) else []
        path = next((s["device"] for s in services if s["name"] == endpoint), None)
        try:
            return path and Endpoint(path, 60 * SLOW)
        except OSError:
            return None

    def patient():
        try:
            return attempt()
        except (AssertionError, ValueError):  # killed between two questions
            return None
    return wait_until(patient, 60, f"socket of {endpoint}")


class Traffic(threading.Thread):
    """Message and answer with the healthy client's mica-sink, one after the other; every answer
    says how many the client has lost or found changed."""

    def __init__(self, site, name):
        super().__init__(daemon=True)
        self.site, self.name = site, name
        self.again = True
        self.seq = self.repeated = 0
        self.worst = 0.0
        self.error = None
        self.sink = None

    def connect(self):
        self.sink = connected(self.site, self.name, "mica-sink")

    def exchange(self):
        """False when the daemon went away meanwhile."""
        try:
            self.sink.send(message(self.seq))
            answer = self.sink.receive()
        except OSError:
            return False
        if answer is None:
            return False
        _, bad, lost, following = struct.unpack("<4I", answer)
        assert lost == 0, f"{lost} messages lost before {self.seq}"
        # One that arrived although its answer did not is sent twice, and counted here as there.
        assert bad <= self.repeated, f"{bad} bad messages at {self.seq}"
        assert following == self.seq + 1
        self.seq += 1
        return True

    def run(self):
        try:
            self.connect()
            while self.again:
                begin = time.monotonic()
                if self.exchange():
                    self.worst = max(self.worst, time.monotonic() - begin)
                    continue
                self.repeated += 1
                self.sink.close()
                wait_until(lambda: answers(self.site), 60, "micad answers")
                self.connect()
        except BaseException as error:  # noqa: B036: shown by whoever waits for this thread
            self.error = error

    def moved(self, messages=20, seconds=60):
        """So many more went through, now."""
        goal = self.seq + messages
        wait_until(lambda: self.error or self.seq >= goal, seconds, "traffic of the healthy client")
        if self.error:
            raise self.error

    def finish(self):
        self.again = False
        self.join(60 * SLOW)
        assert not self.is_alive()
        if self.error:
            raise self.error


class Stream(threading.Thread):
    """What mica-source sends, as fast as it can, read at leisure; afresh after each connection."""

    def __init__(self, site, name):
        super().__init__(daemon=True)
        self.site, self.name = site, name
        self.again, self.seen, self.error = True, 0, None
        self.connect()

    def connect(self):
        self.source = connected(self.site, self.name, "mica-source")
        self.next = None
        try:
            self.source.send(struct.pack("<II", 0xffffffff, 300))
        except OSError:
            pass  # gone again: the next receive says so

    def take(self, data):
        seq, crc = struct.unpack_from("<II", data)
        assert crc == zlib.crc32(data[:4] + data[8:])
        # What the one before had asked for may still be on its way.
        if self.next is not None and seq != 0:
            assert seq == self.next, f"{seq} came instead of {self.next}"
        self.next = seq + 1
        self.seen += 1
        if seq % 64 == 0:
            time.sleep(0.005)

    def run(self):
        try:
            while self.again:
                try:
                    data = self.source.receive()
                except ConnectionError:
                    data = None
                if data is None:
                    self.source.close()
                    self.connect()
                else:
                    self.take(data)
            self.source.send(struct.pack("<II", 0, 0))
            self.source.close()
        except BaseException as error:  # noqa: B036
            self.error = error

    def finish(self):
        self.again = False
        self.join(60 * SLOW)
        if self.error:
            raise self.error
        assert self.seen > 0


@pytest.fixture
def healthy(site):
    site.run("healthy")
    traffic, stream = Traffic(site, "healthy"), Stream(site, "healthy")
    traffic.start()
    stream.start()
    traffic.moved()
    yield traffic
    if traffic.error:
        raise traffic.error
    traffic.moved()
    traffic.finish()
    stream.finish()
    assert site.info("healthy")["restarts"] == 0
    assert sum(s["dropped_bytes"] for s in site.info("healthy")["services"]) == 0


@pytest.fixture(scope="module", autouse=True)
def table():
    yield
    text = f"{'fault':<22} {'outcome':<44} {'recovery ms':>11} {'messages':>9} {'worst ms':>9}\n"
    for fault, outcome, seconds, count, worst in TABLE:
        took = f"{seconds * 1000:.0f}" if seconds is not None else "-"
        text += f"{fault:<22} {outcome[:44]:<44} {took:>11} {count:>9} {worst * 1000:>9.1f}\n"
    print("\n" + text)
    folder = os.path.join(TOP, "build", "tests")
    os.makedirs(folder, exist_ok=True)
    name = f"faults-{os.path.basename(BUILD)}.txt"
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def note(fault, outcome, seconds, healthy, before):
    TABLE.append((fault, outcome, seconds, healthy.seq - before, healthy.worst))
    healthy.worst = 0.0


def bad_client(site):
    return site.run("bad", Restart="on-failure", RestartSec="50ms", StartLimitBurst=0,
                    WatchdogSec=2, StopTimeoutSec=2)


def command(tty, text):
    with open(tty, "wb", buffering=0) as terminal:
        terminal.write(text.encode() + b"\n")


def process_of(site, name):
    with open(os.path.join(site.run_root, "clients", name, "state.json")) as file:
        return json.load(file)["pedestal"]["pid"]


@pytest.mark.parametrize("fault", ["crash", "hang", "off", "rings", "oversize"])
def test_client_that_fails_is_started_again(site, healthy, fault):
    tty, before = bad_client(site), healthy.seq
    begin = time.monotonic()
    command(tty, f"fault {fault}")
    wait_until(lambda: site.info("bad")["restarts"] >= 1, 60, "restart")
    site.wait_state("bad", "Running", 60)
    took = time.monotonic() - begin
    assert "pong" in site.shell("bad", "ping")
    why = [line for line in site.log_text().splitlines() if line.startswith("micad: error: bad: ")]
    assert why
    note(fault, why[0].split(": ", 4)[-1], took, healthy, before)
    site.ok("stop", "bad")
    site.ok("rm", "bad")


def test_client_that_is_killed(site, healthy):
    bad_client(site)
    before = healthy.seq
    [steady] = [s["device"] for s in site.info("healthy")["services"] if "tty" in s["device"]]
    begin = time.monotonic()
    pid = process_of(site, "bad")
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: site.info("bad")["restarts"] == 1, 60, "restart")
    site.wait_state("bad", "Running", 60)
    note("SIGKILL of the client", "started again", time.monotonic() - begin, healthy, before)
    assert os.path.exists(steady)


@pytest.mark.parametrize("fault", ["doorbells", "names", "keep", "rpc"])
def test_client_that_goes_on_misbehaving(site, healthy, fault):
    """No breach of a rule: it runs on, at nobody's cost but its own, and can be stopped."""
    tty, before = bad_client(site), healthy.seq
    command(tty, f"fault {fault}")
    for _ in range(10):
        healthy.moved(5)
        time.sleep(0.1)
    assert site.state("bad") == "Running"
    site.ok("status")
    begin = time.monotonic()
    site.ok("stop", "bad")
    site.ok("start", "bad")
    assert "pong" in site.shell("bad", "ping")
    note(fault, "runs on; stopped, started", time.monotonic() - begin, healthy, before)


def test_daemon_is_killed(site, healthy):
    before = healthy.seq
    for _ in range(10):
        begin = time.monotonic()
        site.kill()
        site.start()
        healthy.moved(20, 60)
        took = time.monotonic() - begin
    note("daemon SIGKILL (10)", f"{healthy.repeated} messages sent twice", took, healthy, before)


def test_daemon_is_interrupted(site, healthy):
    """System calls that end with EINTR."""
    before = healthy.seq
    for _ in range(200):
        site.daemon.send_signal(signal.SIGSTOP)
        time.sleep(0.001)
        site.daemon.send_signal(signal.SIGCONT)
        time.sleep(0.004)
    healthy.moved()
    site.run("other")
    assert "pong" in site.shell("other", "ping")
    note("EINTR (200)", "nothing", None, healthy, before)


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def test_daemon_has_no_descriptor_left(site, healthy):
    before, pid = healthy.seq, site.daemon.pid
    conf = site.conf("late")
    site.ok("create", conf)
    hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]
    refused = 0
    for spare in range(1, 12):
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (descriptors(pid) + spare, hard))
        result = site.mica("start", "late", timeout=60)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (hard, hard))
        healthy.moved(5)
        if result.returncode:
            refused += 1
            assert result.stderr.count("\n") == 1, result
        else:
            site.ok("stop", "late")
    assert refused >= 3
    site.ok("start", "late")
    assert "pong" in site.shell("late", "ping")
    note("EMFILE", f"{refused} starts refused, then started", None, healthy, before)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small file system")
def test_run_root_is_full(idle_site):
    site = idle_site
    os.mkdir(site.run_root)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k,mode=755", "tmpfs", site.run_root],
                   check=True)
    try:
        site.start()
        site.run("healthy")
        traffic = Traffic(site, "healthy")
        traffic.start()
        traffic.moved()
        late = site.conf("late")
        site.ok("create", late)
        filler = os.path.join(site.run_root, "filler")
        with open(filler, "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        refused = 0
        for words in (("create", site.conf("new")), ("start", "late"), ("start", "late")):
            result = site.mica(*words)
            if result.returncode:
                refused += 1
                assert result.stderr.count("\n") == 1, result
                assert "No space" in result.stderr, result
            traffic.moved(5)
        assert refused >= 2
        os.unlink(filler)
        site.ok("start", "late")
        assert "pong" in site.shell("late", "ping")
        traffic.moved()
        note("ENOSPC", f"{refused} calls refused, then started", None, traffic, 0)
        traffic.finish()
        site.kill(signal.SIGTERM)
    finally:
        for pid in site.processes():
            os.kill(pid, signal.SIGKILL)
        subprocess.run(["umount", "-l", site.run_root], check=False)
