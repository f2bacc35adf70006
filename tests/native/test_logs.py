# SPDX-License-Identifier: BSD-3-Clause
"""A client's log: its own ring, trace buffers as other systems have them, the journal."""
import json
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import time

import pytest

from conftest import MICA, SLOW, image, wait_until


def lines(site, name, source=None):
    """(source, level, text) of what is kept."""
    kept = json.loads(site.ok("logs", "--json", name))["lines"]
    return [(k["source"], k["level"], k["text"]) for k in kept if source in (None, k["source"])]


def texts(site, name, source="log"):
    return [text for _, _, text in lines(site, name, source)]


def write_memory(site, offset, data):
    """Into the shared memory of the one client, behind everybody's back."""
    [pid] = [p for p in site.processes() if os.readlink(f"/proc/{p}/exe").endswith("-native")]
    with open(f"/proc/{pid}/fd/3", "r+b", buffering=0) as memory:
        memory.seek(offset)
        memory.write(data)


class Follower:
    """mica logs -f --json"""

    def __init__(self, site, name):
        self.process = subprocess.Popen([MICA, "logs", "-f", "--json", name], env=site.env,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.data, self.lines = b"", []

    def until(self, condition, seconds=30):
        end = time.monotonic() + seconds * SLOW
        while not condition(self.lines):
            assert time.monotonic() < end, self.lines[-5:]
            if not select.select([self.process.stdout], [], [], 1)[0]:
                continue
            more = os.read(self.process.stdout.fileno(), 65536)
            assert more, self.process.stderr.read()
            self.data += more
            *whole, self.data = self.data.split(b"\n")
            for reply in whole:
                self.lines += json.loads(reply)["lines"]
        return self.lines

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


def test_life_of_a_client(site):
    site.run("one")
    assert "mica-ref" in wait_until(lambda: texts(site, "one"), what="first line")[0]
    site.shell("one", "log 3 something is wrong")
    assert ("log", 3, "something is wrong") in lines(site, "one")
    site.ok("stop", "one")
    said = texts(site, "one", "micad")
    assert said[:3] == ["Offline -> Configured", "Configured -> Ready", "Ready -> Running"]
    assert said[-1] == "Running -> Stopped"
    site.ok("start", "one")
    wait_until(lambda: len([t for t in texts(site, "one") if "is up" in t]) == 2, what="again")


def test_text_and_newest_lines(site):
    site.run("one")
    for i in range(5):
        site.shell("one", f"log 4 number {i}")
    out = site.ok("logs", "-n", "2", "one").splitlines()
    assert [line.split(" ", 2)[2] for line in out] == ["log: warning: number 3",
                                                       "log: warning: number 4"]
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} ", out[0])
    assert "NAME is missing" in site.fails(2, "logs")
    assert "--lines 'x' is no number from 1 to 1000000" in site.fails(2, "logs", "-n", "x", "one")
    site.fails(5, "logs", "none")


def test_last_words_of_a_crash(site):
    with open(site.run("one"), "wb", buffering=0) as tty:
        tty.write(b"crash\n")
    site.wait_state("one", "Crashed")
    last = lines(site, "one")
    assert ("log", 2, "died: SIGSEGV") in last
    assert last[-1][0] == "micad" and "-> Crashed" in last[-1][2]


def test_level(site):
    site.run("one", LogLevel="warning")
    site.shell("one", "log 5 too chatty")
    site.shell("one", "log 4 kept")
    assert texts(site, "one") == ["kept"]


def test_follow(site):
    site.run("one")
    with Follower(site, "one") as follower:
        follower.until(lambda seen: any("is up" in k["text"] for k in seen))
        site.shell("one", "log 6 while followed")
        follower.until(lambda seen: seen[-1]["text"] == "while followed")
        site.ok("stop", "one")
        follower.until(lambda seen: seen[-1]["text"] == "Running -> Stopped")
        site.ok("rm", "one")
        assert follower.process.wait(10 * SLOW) == 5
        assert b"was removed" in follower.process.stderr.read()


def test_every_byte_is_accounted_for(site):
    """A client that writes faster than anybody reads overwrites, and it is said how much."""
    site.run("one")
    n = 4000
    total = sum(len(f"<6>flood line {i} of {n}\n") for i in range(1, n + 1))
    with Follower(site, "one") as follower:
        follower.until(lambda seen: any("is up" in k["text"] for k in seen))
        begun = len(follower.lines)
        site.shell("one", f"logflood {n}")
        follower.until(lambda seen: seen[-1]["text"] == f"flood line {n} of {n}")
        got, lost, last = 0, 0, 0
        for k in follower.lines[begun:]:
            over = re.match(r"\((\d+) bytes of it were overwritten", k["text"])
            if over:
                lost += int(over[1])
                assert k["level"] == 4
                continue
            number = int(k["text"].split()[2])
            assert number > last
            last = number
            got += len(f"<6>{k['text']}\n")
        assert got + lost == total
    # What is kept is bounded, in memory and in the folder.
    folder = os.path.join(site.run_root, "clients", "one")
    assert len(site.ok("logs", "one")) < 130000
    assert sum(os.path.getsize(os.path.join(folder, f)) for f in ("log", "log.1")
               if os.path.exists(os.path.join(folder, f))) < 70000


def test_daemon_killed_in_between(site):
    """Nothing twice, nothing missing."""
    site.run("one")
    wait_until(lambda: texts(site, "one"), what="first line")
    want = []
    for turn in range(4):
        for i in range(20):
            text = f"turn {turn} line {i}"
            site.shell("one", f"log 6 {text}")
            want.append(text)
        site.kill()
        site.start()
    seen = [t for t in texts(site, "one") if t.startswith("turn")]
    assert seen == want
    assert any("taken over" in t for t in texts(site, "one", "micad"))


def test_killed_while_lines_flow(site):
    site.run("one", tty=False)
    tty = site.tty("one")
    for turn in range(3):
        with open(tty, "wb", buffering=0) as out:
            out.write(b"logflood 400\n")
        time.sleep(0.002 * turn)
        site.kill()
        site.start()
        site.shell("one", f"log 6 end {turn}")
    numbers = []
    for text in texts(site, "one"):
        if text.startswith("flood line"):
            numbers.append(int(text.split()[2]))
        elif text.startswith("end"):
            assert len(numbers) == len(set(numbers)), text
            assert numbers == sorted(numbers)
            numbers = []


# ---- trace buffers ----

def test_trace_buffers(site):
    site.run("one", "trace")
    want = []
    for i in range(120):  # some laps of 1024 bytes
        # Nowhere what stood there a lap before: that looks like nothing written.
        text = f"{i} {'x' * (i % 37)} line number {i}"
        site.shell("one", f"trace 0 {text}")
        want.append(text)
        if i % 5 == 4:
            texts(site, "one", "ram_console")  # whoever asks makes the daemon look
    write_memory(site, 0xF01000, b"\x1b[1;31mevent\x1b[0m\tone\x07 \xc3\xa4\xff\n")
    assert texts(site, "one", "ram_console") == want
    assert texts(site, "one", "events") == ["event one? ä?"]
    assert "no trace buffer" in site.shell("one", "trace 2 x")


def test_trace_survives_the_daemon(site):
    site.run("one", "trace")
    want = []
    for turn in range(3):
        for i in range(12):
            text = f"turn {turn} {'y' * 20} {i}"
            site.shell("one", f"trace 0 {text}")
            want.append(text)
        if turn != 1:
            texts(site, "one", "ram_console")
        site.kill()
        site.start()
    assert texts(site, "one", "ram_console") == want
    site.ok("stop", "one")
    site.ok("start", "one")
    site.shell("one", "trace 0 after a new start")
    assert texts(site, "one", "ram_console")[len(want):] == ["after a new start"]


def test_trace_overwritten_before_it_was_read(site):
    site.run("one", "trace")
    site.shell("one", "trace 1 " + "a" * 100)
    texts(site, "one", "events")
    for _ in range(2):
        site.shell("one", "trace 1 " + "b" * 100)
        texts(site, "one", "events")
    os.kill(site.daemon.pid, signal.SIGSTOP)
    write_memory(site, 0xF01000, b"".join(b"late %03d\n" % i for i in range(29))[:255])
    os.kill(site.daemon.pid, signal.SIGCONT)
    seen = texts(site, "one", "events")
    assert "(some of it was overwritten before it was read)" in seen
    assert all(f"late {i:03d}" in seen for i in range(6, 28)), seen
    assert not [t for t in seen if t.endswith(" 005")]  # its beginning was passed over


def test_follow_looks_at_trace_buffers(site):
    site.run("one", "trace")
    with Follower(site, "one") as follower:
        follower.until(lambda seen: seen)
        write_memory(site, 0xF00000, b"nobody rang\n")
        follower.until(lambda seen: seen[-1]["text"] == "nobody rang")


def switches(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", status.read(), re.M)[1])


def test_nobody_wakes_up_for_a_quiet_log(site):
    site.run("one", "trace")
    site.run("two")
    site.shell("one", "trace 0 text")
    with Follower(site, "one") as follower:
        follower.until(lambda seen: any(k["text"] == "text" for k in seen))
    time.sleep(2)  # whoever is on the way to sleep
    before = switches(site.daemon.pid)
    time.sleep(4)
    assert switches(site.daemon.pid) == before


@pytest.mark.parametrize("da, length, said", [
    (0x10000000, 1024, "outside"), (0x70FFFF00, 1024, "outside"), (0xFFFFF000, 0x1000, None),
    (0x70F00000, 0x7FFFFFFF, None)])
def test_hostile_entry(site, da, length, said):
    path = os.path.join(site.dir, "hostile.elf")
    shutil.copy(image("trace"), path)
    with open(path, "r+b") as file:
        data = file.read()
        at = data.index(struct.pack("<III", 2, 0x70F00000, 1024))
        file.seek(at + 4)
        file.write(struct.pack("<II", da, length))
    conf = site.conf("one", ClientPath=path)
    if said:
        assert said in site.fails(9, "create", conf)
        return
    result = site.mica("create", conf)
    if result.returncode:
        assert result.returncode == 9 and result.stderr.count("\n") == 1
        return
    site.ok("start", "one")  # too large to be meant for reading
    assert any("is not read" in t for t in texts(site, "one", "micad"))
    site.shell("one", "trace 1 the other one")
    assert texts(site, "one", "events") == ["the other one"]


# ---- the journal ----

class Journal:
    """Takes what would go to systemd's journal."""

    def __init__(self, path):
        self.path = path
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(path)
        self.sock.setblocking(False)
        self.seen = []

    def take(self):
        while True:
            try:
                data = self.sock.recv(65536)
            except BlockingIOError:
                return self.seen
            self.seen.append(dict(row.split("=", 1)
                                  for row in data.decode().rstrip("\n").split("\n")))


def test_journal(idle_site):
    journal = Journal(os.path.join(idle_site.dir, "journal"))
    site = idle_site.start("--journal", journal.path)
    site.run("one")
    site.shell("one", "log 4 to the journal")
    entry = {"MESSAGE": "to the journal", "PRIORITY": "4", "MICA_CLIENT": "one",
             "SYSLOG_IDENTIFIER": "one", "MICA_SOURCE": "log"}
    wait_until(lambda: entry in journal.take(), what="entry")
    assert {"MESSAGE": "one: Ready -> Running", "PRIORITY": "6", "MICA_CLIENT": "one",
            "SYSLOG_IDENTIFIER": "micad"} in journal.seen
    assert any(e["SYSLOG_IDENTIFIER"] == "micad" and "MICA_CLIENT" not in e for e in journal.seen)
    # A journal that goes away hurts nobody, and is found again.
    journal.sock.close()
    os.unlink(journal.path)
    site.shell("one", "log 4 into the void")
    journal = Journal(journal.path)
    site.shell("one", "log 4 it is back")
    wait_until(lambda: any(e["MESSAGE"] == "it is back" for e in journal.take()), what="entry")


def test_rpc_output_is_in_the_log(site):
    site.run("one")
    site.shell("one", "rpc test")
    assert lines(site, "one", "rpc")
