# SPDX-License-Identifier: BSD-3-Clause
"""The control socket itself: Varlink, limits, and callers who do not keep to the rules."""
import contextlib
import json
import os
import stat
import time

import pytest

from conftest import TOP, wait_until

MANAGER = "io.mica.Manager"
ERROR = f"{MANAGER}.Error"


def test_describes_itself(site):
    c = site.connect()
    info = c.call("org.varlink.service.GetInfo")["parameters"]
    assert info["interfaces"] == ["org.varlink.service", MANAGER]
    with open(os.path.join(TOP, "host", "micad", f"{MANAGER}.varlink")) as file:
        text = file.read()
    got = c.call("org.varlink.service.GetInterfaceDescription", interface=MANAGER)
    assert got["parameters"]["description"] == text
    for name in ("org.varlink.service", MANAGER):
        got = c.call("org.varlink.service.GetInterfaceDescription", interface=name)
        assert f"interface {name}\n" in got["parameters"]["description"]


def test_every_described_method_is_there(site):
    with open(os.path.join(TOP, "host", "micad", f"{MANAGER}.varlink")) as file:
        names = [line.split()[1].split("(")[0] for line in file if line.startswith("method ")]
    assert len(names) >= 10
    c = site.connect()
    for name in names:
        answer = c.call(f"{MANAGER}.{name}", protocol=77, nonsense=1)
        assert answer == {"error": "org.varlink.service.InvalidParameter",
                          "parameters": {"parameter": answer["parameters"]["parameter"]}}


def test_errors_of_varlink(site):
    c = site.connect()
    service = "org.varlink.service"
    assert c.call("a.b.C")["error"] == f"{service}.InterfaceNotFound"
    assert c.call("C")["error"] == f"{service}.InterfaceNotFound"
    assert c.call(".")["error"] == f"{service}.InterfaceNotFound"
    assert c.call(MANAGER + ".")["error"] == f"{service}.MethodNotFound"
    assert c.call("x" * 5000 + ".C")["error"] == f"{service}.InterfaceNotFound"
    assert c.call(f"{MANAGER}.Nope")["error"] == f"{service}.MethodNotFound"
    assert c.call(f"{MANAGER}.Start")["parameters"] == {"parameter": "name"}
    assert c.call(f"{MANAGER}.Start", name=5)["error"] == f"{service}.InvalidParameter"
    assert c.call(f"{MANAGER}.Start", name="a\0b")["error"] == f"{service}.InvalidParameter"
    assert c.call(f"{MANAGER}.Create", file="/x", existing_ok=1)["error"].endswith("Parameter")
    assert c.call(f"{MANAGER}.Monitor")["error"] == f"{service}.ExpectedMore"
    assert c.call(f"{MANAGER}.Version", protocol="1")["error"] == f"{service}.InvalidParameter"
    assert c.call(f"{service}.GetInterfaceDescription", interface="x.y")["error"].endswith("Found")


def test_protocol_version(site):
    c = site.connect()
    assert c.call(f"{MANAGER}.Version", protocol=1)["parameters"]["protocol"] == 1
    assert c.call(f"{MANAGER}.Version")["parameters"]["protocol"] == 1
    answer = c.call(f"{MANAGER}.Version", protocol=7)
    assert answer["error"] == ERROR
    assert answer["parameters"]["code"] == 12
    assert "protocol 1, its caller 7" in answer["parameters"]["message"]


MALFORMED = [b"\0", b" \0", b"hello\0", b"[]\0", b"{}\0", b"1\0", b"null\0", b'{"method":1}\0',
             b'{"method":"a.B"}x\0', b'{"method":"\xff.B"}\0', b'{"method":"a.B","parameters":1}\0',
             b'{"method":"a.B","more":"x"}\0', b"{" * 1000 + b"\0", b"[" * 60000 + b"\0",
             b'{"method":"a.B","parameters":' + b'{"a":' * 20 + b"1" + b"}" * 21 + b"\0",
             b'{"method":"a.B","upgrade":true}\0', b"GET / HTTP/1.1\r\n\r\n\0"]


@pytest.mark.parametrize("data", MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_message(site, data):
    c = site.connect()
    c.send(data)
    answer = c.receive()
    assert answer["error"] == ERROR
    assert answer["parameters"]["code"] == 12
    assert "malformed message" in answer["parameters"]["message"]
    assert c.receive() is None  # closed: what follows cannot be trusted
    assert site.ok("status")


def test_flood_without_nul(site):
    c = site.connect()
    try:
        for _ in range(100):
            c.send(b"a" * 65536)
    except OSError:
        pass
    answer = c.receive()
    assert answer is None or answer["parameters"]["code"] == 12
    site.ok("status")


def test_largest_message(site):
    c = site.connect()
    frame = json.dumps({"method": f"{MANAGER}.Start", "parameters": {"name": ""}}).encode()
    frame = frame.replace(b'""', b'"' + b"n" * (65535 - len(frame)) + b'"')
    assert len(frame) == 65535
    c.send(frame + b"\0")
    assert c.receive()["parameters"]["code"] == 5
    c.send(frame + b" \0")
    assert c.receive()["parameters"]["code"] == 12


def test_message_in_pieces(site):
    c = site.connect()
    for byte in json.dumps({"method": f"{MANAGER}.List"}).encode() + b"\0":
        c.send(bytes([byte]))
    assert c.receive() == {"parameters": {"clients": []}}


def test_many_calls_at_once_are_answered_in_order(site):
    c = site.connect()
    calls = [{"method": f"{MANAGER}.Start", "parameters": {"name": f"n{i}"}} for i in range(500)]
    c.send(b"".join(json.dumps(call).encode() + b"\0" for call in calls))
    for i in range(500):
        assert f"'n{i}'" in c.receive()["parameters"]["message"]


def test_oneway_is_not_answered(site):
    site.create("one")
    c = site.connect()
    c.send(json.dumps({"method": f"{MANAGER}.Start", "parameters": {"name": "one"},
                       "oneway": True}).encode() + b"\0")
    answer = c.call(f"{MANAGER}.List")
    assert answer["parameters"]["clients"][0]["state"] == "Running"


def test_caller_that_goes_away(site):
    """The work goes on, its answer is dropped."""
    site.create("one")
    c = site.connect()
    c.send(json.dumps({"method": f"{MANAGER}.Start", "parameters": {"name": "one"}}).encode()
           + b"\0")
    c.close()
    site.wait_state("one", "Running")


def test_slow_reader(site):
    """Who does not read what it asked for gets no more, and nobody else waits."""
    site.conf("one")
    c = site.connect()
    c.sock.settimeout(0.5)
    call = json.dumps({"method": "org.varlink.service.GetInterfaceDescription",
                       "parameters": {"interface": MANAGER}}).encode() + b"\0"
    sent = 0
    try:
        while sent < 50_000_000:
            sent += c.sock.send(call * 100)
    except TimeoutError:
        pass
    assert sent < 5_000_000
    begin = time.monotonic()
    site.ok("status")
    assert time.monotonic() - begin < 5
    with open(f"/proc/{site.daemon.pid}/statm") as statm:
        assert int(statm.read().split()[1]) * 4096 < 200_000_000
    c.close()


def test_monitor_that_does_not_read(site):
    site.create("one")
    c = site.connect()
    c.send(json.dumps({"method": f"{MANAGER}.Monitor", "more": True}).encode() + b"\0")
    assert len(c.receive()["parameters"]["clients"]) == 1
    for _ in range(20):
        site.ok("start", "one")
        site.ok("stop", "one")
    site.ok("status")


def test_too_many_connections(site):
    held = [site.connect() for _ in range(64)]
    for c in held:
        assert c.call(f"{MANAGER}.Version")["parameters"]["protocol"] == 1
    one_more = site.connect()
    answer = one_more.receive()
    assert answer["parameters"]["code"] == 12
    assert "too many connections" in answer["parameters"]["message"]
    assert one_more.receive() is None
    assert "too many connections" in site.fails(12, "status")
    for c in held:
        c.close()
    wait_until(lambda: site.mica("status").returncode == 0, what="room again")


def test_connections_leave_nothing_behind(site):
    fds = f"/proc/{site.daemon.pid}/fd"
    site.ok("status")
    before = len(os.listdir(fds))
    for i in range(300):
        c = site.connect()
        with contextlib.suppress(BrokenPipeError):  # one too many while the others close
            if i % 3 == 0:
                c.send(b"{")
            elif i % 3 == 1:
                c.send(b"x\0")
        c.close()
    wait_until(lambda: len(os.listdir(fds)) <= before, what="descriptors closed")


def test_monitor(site):
    c = site.connect()
    c.send(json.dumps({"method": f"{MANAGER}.Monitor", "more": True}).encode() + b"\0")
    first = c.receive()
    assert first == {"parameters": {"clients": []}, "continues": True}
    site.run("one")
    site.mica("console", "one", input="poweroff\n")
    site.wait_state("one", "Stopped")
    site.ok("rm", "one")
    seen = []
    while not seen or seen[-1]["kind"] != "removed":
        answer = c.receive()
        assert answer["continues"] is True
        seen.append(answer["parameters"]["change"])
    assert seen[0]["kind"] == "created" and seen[0]["name"] == "one"
    states = [e["to"] for e in seen if e["kind"] == "state"]
    assert states[:4] == ["Configured", "Ready", "Running", "Stopped"]
    ended = next(e for e in seen if e["to"] == "Stopped")
    assert ended["from"] == "Running" and ended["reason"]


def test_monitor_of_one_client(site):
    site.create("one")
    site.create("two")
    c = site.connect()
    c.send(json.dumps({"method": f"{MANAGER}.Monitor", "more": True,
                       "parameters": {"name": "two"}}).encode() + b"\0")
    assert [x["name"] for x in c.receive()["parameters"]["clients"]] == ["two"]
    site.ok("start", "one")
    site.ok("start", "two")
    assert c.receive()["parameters"]["change"]["name"] == "two"
    other = site.connect()
    other.send(json.dumps({"method": f"{MANAGER}.Monitor", "more": True,
                           "parameters": {"name": "none"}}).encode() + b"\0")
    assert other.receive()["parameters"]["code"] == 5


def test_files_and_modes(site):
    mode = os.stat(site.socket).st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) in (0o600, 0o660)
    assert stat.S_IMODE(os.stat(site.run_root).st_mode) == 0o755


def test_service_manager_is_told(idle_site):
    import socket
    path = os.path.join(idle_site.dir, "notify")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(path)
    listener.settimeout(10)
    idle_site.start(env={"NOTIFY_SOCKET": path})
    assert listener.recv(100) == b"READY=1"
    idle_site.kill(15)
    assert listener.recv(100) == b"STOPPING=1"


def test_log_has_priorities_for_the_journal(idle_site):
    with open(idle_site.log, "ab") as log:
        info = os.fstat(log.fileno())
    idle_site.start(env={"JOURNAL_STREAM": f"{info.st_dev}:{info.st_ino}"})
    assert "<6>version " in idle_site.log_text()
