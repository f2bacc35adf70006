# SPDX-License-Identifier: BSD-3-Clause
"""Endpoints that no service serves, as sockets: from C, from Python, held up, cut off, taken over."""
import os
import re
import select
import signal
import stat
import struct
import subprocess
import sys
import time
import zlib

import pytest

from conftest import BUILD, SLOW, TOP, Terminal, wait_until

sys.path.insert(0, os.path.join(TOP, "packaging", "examples"))
from endpoint import MESSAGE_MAX, Endpoint  # noqa: E402

EXAMPLES = os.path.join(BUILD, "examples")
HELD = 64  # messages that micad keeps for an endpoint


def service(site, name, endpoint):
    return next((s for s in site.info(name)["services"] if s["name"] == endpoint), None)


def path_of(site, name, endpoint):
    """The endpoint's socket, once it is there."""
    def device():
        s = service(site, name, endpoint)
        return s and s["device"]
    return wait_until(device, 10, f"socket of {endpoint}")


def connect(site, name, endpoint):
    return Endpoint(path_of(site, name, endpoint), 30 * SLOW)


def message(seq, size=64):
    payload = bytes((seq * 7 + i) & 0xff for i in range(size - 8))
    return struct.pack("<II", seq, zlib.crc32(struct.pack("<I", seq) + payload)) + payload


def check(data):
    """The number of a message of mica-source, which must be sound."""
    seq, crc = struct.unpack_from("<II", data)
    assert crc == zlib.crc32(data[:4] + data[8:])
    return seq


def ask(source, count, size):
    source.send(struct.pack("<II", count, size))


def ack(data):
    return struct.unpack("<4I", data)  # messages, bad, lost, next


def silent(endpoint, seconds=0.3):
    return not select.select([endpoint.sock], [], [], seconds)[0]


class App:
    """A program that uses libmica-app, one command at a time."""

    def __init__(self, site):
        self.process = subprocess.Popen([os.path.join(BUILD, "tests", "app_tool")], text=True,
                                        env=site.env, stdin=subprocess.PIPE, bufsize=1,
                                        stdout=subprocess.PIPE, stderr=open(site.log, "a"))

    def begin(self, *words):
        self.process.stdin.write(" ".join(str(w) for w in words) + "\n")

    def end(self):
        return self.process.stdout.readline().strip()

    def __call__(self, *words):
        self.begin(*words)
        return self.end()

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(30 * SLOW) == 0


@pytest.fixture
def app(site):
    program = App(site)
    yield program
    program.close()


def example(site, *args, timeout=120):
    return subprocess.run([os.path.join(EXAMPLES, args[0]), *args[1:]], env=site.env, text=True,
                          capture_output=True, timeout=timeout * SLOW, check=False)


# messages

def test_status_says_where_the_socket_is(site):
    site.run("one")
    path = path_of(site, "one", "mica-echo")
    assert path == f"{site.run_root}/clients/one/ept/mica-echo"
    assert f"mica-echo({path})" in site.ok("status")
    assert os.listdir(os.path.dirname(path)).count("mica-echo") == 1


@pytest.mark.parametrize("style", ["ref", "nocredit"])
def test_echo_keeps_messages_apart(site, style):
    site.run("one", style)
    echo = connect(site, "one", "mica-echo")
    for size in (1, 2, 7, 64, MESSAGE_MAX - 1, MESSAGE_MAX, 1):
        echo.send(bytes([size & 0xff]) * size)
        assert echo.receive() == bytes([size & 0xff]) * size
    info = service(site, "one", "mica-echo")
    assert (info["rx_messages"], info["dropped_messages"], info["dropped_bytes"]) == (7, 0, 0)


def test_python_example(site):
    site.run("one")
    out = subprocess.run([sys.executable, os.path.join(TOP, "packaging/examples/endpoint.py"),
                          path_of(site, "one", "mica-echo"), "hello", "world"], check=True,
                         capture_output=True, text=True, timeout=60 * SLOW).stdout
    assert out == "hello\nworld\n"


def test_c_example_100_000_both_ways(site):
    site.run("one")
    done = example(site, "echo", "one", "mica-echo", "100000", "64")
    assert done.stdout == "100000 messages of 64 bytes came back\n", done
    info = service(site, "one", "mica-echo")
    assert info["rx_messages"] == 100000 and info["dropped_messages"] == 0


def test_sensor_example(site):
    site.run("one")
    done = example(site, "sensor", "one", "mica-source", "20000")
    assert done.stdout == "20000 readings, 0 lost, connected again 0 times\n", done


def test_100_000_to_the_client_are_counted(site):
    site.run("one")
    sink = connect(site, "one", "mica-sink")
    count, on_way, acked = 100000, 0, 0
    for seq in range(count):
        sink.send(message(seq, 32))
        on_way += 1
        while on_way > 16 or (on_way and seq == count - 1):
            acked += 1
            on_way -= 1
            last = ack(sink.receive())
    assert acked == count and last == (count, 0, 0, count)


def test_100_000_from_the_client_in_order(site):
    site.run("one")
    source = connect(site, "one", "mica-source")
    ask(source, 100000, 200)
    for seq in range(100000):
        data = source.receive()
        assert len(data) == 200 and check(data) == seq
    assert silent(source)


def test_messages_of_no_bytes_both_ways(site, app):
    site.run("one")
    source = connect(site, "one", "mica-source")
    ask(source, 5, 0)
    assert [source.receive() for _ in range(5)] == [b""] * 5
    assert silent(source)
    source.close()
    assert app("open", 0, "one", "mica-source", 0, 10000 * SLOW) == "ok"
    assert app("send", 0, struct.pack("<II", 3, 0).hex(), 1000) == "ok"
    for _ in range(3):
        assert app("recv", 0, 496, 10000 * SLOW) == "ok"
    assert app("recv", 0, 496, 100) == "EAGAIN"
    # To the client: it counts them.
    def empty():
        return int(re.search(r"(\d+) empty", site.shell("one", "traffic")).group(1))
    before = empty()
    sink = connect(site, "one", "mica-sink")
    for _ in range(7):
        sink.send(b"")
    wait_until(lambda: empty() == before + 7, 10, "seven messages of no bytes")
    # The end is something else.
    site.ok("stop", "one")
    assert app("recv", 0, 496, 10000 * SLOW) == "EPIPE"
    assert sink.receive() is None


def test_too_long_a_message(site, app):
    site.run("one")
    assert app("open", 0, "one", "mica-echo", 0, 10000 * SLOW) == "ok"
    assert app("send", 0, "41" * 497, 1000) == "EMSGSIZE"
    assert app("send", 0, "41" * 496, 1000) == "ok"
    assert app("recv", 0, 495, 10000 * SLOW) == "EMSGSIZE"
    assert app("close", 0) == "ok"
    # Past the library: the connection ends, nothing of the message arrives, the log says why.
    for _ in range(2):
        echo = connect(site, "one", "mica-echo")
        echo.send(b"first")
        assert echo.receive() == b"first"
        echo.sock.send(b"x" * 497)
        assert echo.receive() is None
        with pytest.raises(BrokenPipeError):
            echo.send(b"more")
    assert site.log_text().count("more than 496 bytes: disconnected") == 1
    assert service(site, "one", "mica-echo")["tx_messages"] == 4  # with the first of all


# back-pressure

def test_client_with_credit_waits_for_a_stopped_reader(site):
    """Nothing is lost, and its terminal goes on."""
    site.run("one")
    source = connect(site, "one", "mica-source")
    ask(source, 30000, 400)
    def sent():
        return service(site, "one", "mica-source")["rx_messages"]
    wait_until(lambda: sent() > 10, 10, "messages")
    last = -1
    while sent() != last:
        last = sent()
        time.sleep(0.5)
    assert last < 1000
    assert "pong" in site.shell("one", "ping")
    assert re.search(r"source: \d+ of 30000 sent, waited [1-9]", site.shell("one", "traffic"))
    with Terminal(site.tty("one")) as tty:
        tty.write(b"flood 100000\n")
        tty.read_until(rb"flood: 100000 bytes, crc32 [0-9a-f]{8}")
    echo = connect(site, "one", "mica-echo")
    echo.send(b"others go on")
    assert echo.receive() == b"others go on"
    assert sent() == last
    assert [check(source.receive()) for _ in range(30000)] == list(range(30000))
    assert service(site, "one", "mica-source")["dropped_messages"] == 0


def test_client_without_credit_loses_the_oldest(site):
    """Its buffers belong to all endpoints: they come back, and what is lost is counted."""
    site.run("one", "nocredit")
    source = connect(site, "one", "mica-source")
    ask(source, 3000, 400)
    wait_until(lambda: service(site, "one", "mica-source")["rx_messages"] == 3000, 60, "all sent")
    info = service(site, "one", "mica-source")
    assert 0 < info["dropped_messages"] < 3000
    assert info["dropped_bytes"] == info["dropped_messages"] * 400
    assert f"dropped {info['dropped_bytes']} bytes" in site.ok("status", "one")
    got = []
    while not got or got[-1] != 2999:
        got.append(check(source.receive()))
    assert got == sorted(set(got)) and len(got) == 3000 - info["dropped_messages"]
    assert got[-HELD:] == list(range(3000 - HELD, 3000))
    assert "pong" in site.shell("one", "ping")


def test_slow_reader_of_a_client_without_credit_loses_nothing(site):
    """As long as it reads: on a machine that does not let it for a while, another try."""
    site.run("one", "nocredit")
    source = connect(site, "one", "mica-source")
    for _ in range(10):
        before = service(site, "one", "mica-source")["dropped_messages"]
        ask(source, 1000, 400)
        got = []
        while not got or got[-1] != 999:
            got.append(check(source.receive()))
            time.sleep(0.001)
        dropped = service(site, "one", "mica-source")["dropped_messages"] - before
        assert got == sorted(set(got)) and len(got) + dropped == 1000
        if not dropped:
            return
    pytest.fail("something was lost each time")


@pytest.mark.parametrize("style", ["ref", "nocredit"])
def test_sender_waits_for_a_client_that_takes_nothing(site, app, style):
    site.run("one", style)
    assert "holds" in site.shell("one", "traffic hold")
    assert app("open", 0, "one", "mica-sink", 0, 10000 * SLOW) == "ok"
    count, why = re.match(r"ok (\d+) (\w+)", app("fill", 0, 100, 300)).groups()
    assert why == "EAGAIN" and 4 < int(count) < 5000
    assert "pong" in site.shell("one", "ping")
    echo = connect(site, "one", "mica-echo")
    echo.send(b"others go on")
    assert echo.receive() == b"others go on"
    site.shell("one", "traffic go")
    for i in range(int(count)):
        reply = app("recv", 0, 496, 10000 * SLOW)
        # What it was filled with has no valid checksum.
        assert ack(bytes.fromhex(reply[3:]))[:2] == (i + 1, i + 1)
    assert app("recv", 0, 496, 200) == "EAGAIN"


def test_held_messages_wait_for_the_next_reader(site):
    site.run("one")
    source = connect(site, "one", "mica-source")
    ask(source, 10, 50)
    assert check(source.receive()) == 0
    source.close()
    time.sleep(0.2)
    source = connect(site, "one", "mica-source")
    left = []  # but for what the first socket had taken already
    while not silent(source, 1):
        left.append(check(source.receive()))
    assert left == sorted(set(left)) and 0 not in left
    # Asked for while nobody is connected: the first ones wait here, the others in the client.
    ask(source, 100, 50)
    source.close()
    wait_until(lambda: "100 of 100" not in site.shell("one", "traffic"), 5, "it waits")
    source = connect(site, "one", "mica-source")
    got = []
    while not got or got[-1] != 99:
        got.append(check(source.receive()))
    assert got == list(range(got[0], 100))


# ends

def test_client_stops(site, app):
    site.run("one")
    source, echo = connect(site, "one", "mica-source"), connect(site, "one", "mica-echo")
    path = path_of(site, "one", "mica-echo")
    ask(source, 12, 400)
    wait_until(lambda: service(site, "one", "mica-source")["rx_messages"] == 12, 10, "12 messages")
    assert app("open", 0, "one", "mica-sink", 0, 10000 * SLOW) == "ok"
    site.ok("stop", "one")
    # What the client said before is still there, then comes the end.
    assert [check(source.receive()) for _ in range(12)] == list(range(12))
    assert source.receive() is None and source.receive() is None
    assert echo.receive() is None
    with pytest.raises(BrokenPipeError):
        echo.send(b"x")
    assert app("send", 0, "41", 1000) == "EPIPE"
    assert app("recv", 0, 10, 1000) == "EPIPE"
    assert not os.path.exists(path) and os.listdir(os.path.dirname(path)) == []
    assert app("open", 1, "one", "mica-echo", 0, 100) == "ENOENT"
    site.ok("start", "one")
    again = connect(site, "one", "mica-echo")
    again.send(b"again")
    assert again.receive() == b"again"
    site.ok("stop", "one")
    site.ok("rm", "one")
    assert not os.path.exists(os.path.dirname(os.path.dirname(path)))


@pytest.mark.parametrize("command", ["crash", "poweroff"])
def test_client_ends_by_itself(site, command):
    site.run("one")
    source = connect(site, "one", "mica-source")
    path = path_of(site, "one", "mica-source")
    ask(source, 2000, 400)
    wait_until(lambda: service(site, "one", "mica-source")["rx_messages"] > 10, 10, "messages")
    with Terminal(site.tty("one")) as tty:
        tty.write(command.encode() + b"\n")
        site.wait_state("one", "Crashed" if command == "crash" else "Stopped")
    got = []
    while (data := source.receive()) is not None:
        got.append(check(data))
    assert got == list(range(len(got))) and len(got) > 10
    assert not os.path.exists(path)


def test_application_dies(site):
    """In the middle of messages, reading none: the next one is served, the client is well."""
    site.run("one")
    turns = 14
    for turn in range(turns):
        echo = connect(site, "one", "mica-echo")
        for i in range(turn):
            echo.send(b"%d.%d" % (turn, i))
        echo.close()
    echo = connect(site, "one", "mica-echo")
    echo.send(b"end")
    seen = []
    while not seen or seen[-1] != b"end":
        seen.append(echo.receive())
    # In order; each was said once.
    order = [tuple(map(int, s.split(b"."))) for s in seen[:-1]]
    assert order == sorted(set(order))
    assert service(site, "one", "mica-echo")["tx_messages"] == sum(range(turns)) + 2  # with a greeting


def test_second_application(site, app):
    site.run("one")
    assert app("open", 0, "one", "mica-echo", 0, 10000 * SLOW) == "ok"
    assert app("open", 1, "one", "mica-echo", 0, 10000 * SLOW) == "EBUSY"
    assert connect(site, "one", "mica-echo").receive() is None
    assert app("send", 0, "6869", 1000) == "ok"
    assert app("recv", 0, 496, 10000 * SLOW) == "ok 6869"
    assert app("open", 2, "one", "mica-sink", 0, 10000 * SLOW) == "ok"
    for _ in range(50):  # one that has gone is no second one
        assert app("close", 0) == "ok"
        assert app("open", 0, "one", "mica-echo", 0, 10000 * SLOW) == "ok"


def test_library_waits_and_says_what_is_wrong(site, app):
    assert app("open", 0, "one", "mica-echo", 0, 50) == "ENOENT"
    assert app("open", 0, "no/name", "mica-echo", 0, 50) == "EINVAL"
    assert app("open", 0, "..", "mica-echo", 0, 50) == "EINVAL"
    assert app("open", 0, "one", "x" * 32, 0, 50) == "EINVAL"
    assert app("open", 0, "one", "mica-echo", 6, 50) == "EINVAL"
    assert app("path", "one", "a/b", 108) == f"ok {site.run_root}/clients/one/ept/a%2Fb"
    assert app("path", "one", "a/b", 10) == "ENAMETOOLONG"
    app.begin("open", 0, "one", "mica-echo", 0, 60000 * SLOW)
    time.sleep(0.2)
    site.run("one")
    assert app.end() == "ok"
    assert app("poll", 0, 100) == "ok 0"
    assert app("send", 0, "41", 1000) == "ok"
    assert app("poll", 0, 10000 * SLOW) == "ok 1"
    assert app("recv", 0, 496, 0) == "ok 41"
    assert app("recv", 0, 496, 0) == "EAGAIN"
    assert app("poll", 0, 50) == "ok 0"
    site.ok("stop", "one")
    assert app("poll", 0, 10000 * SLOW) == "ok 1"
    assert app("recv", 0, 496, 0) == "EPIPE"


# the daemon goes, another one comes

@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("style", ["ref", "nocredit"])
def test_daemon_is_replaced(site, app, style, number):
    site.run("one", style)
    path = path_of(site, "one", "mica-echo")
    plain = connect(site, "one", "mica-echo")
    assert app("open", 0, "one", "mica-sink", 1, 10000 * SLOW) == "ok"
    assert app("open", 1, "one", "mica-source", 0, 10000 * SLOW) == "ok"
    first = message(0).hex()
    assert app("send", 0, first, 1000) == "ok"
    assert app("recv", 0, 496, 10000 * SLOW) == "ok " + struct.pack("<4I", 1, 0, 0, 1).hex()
    site.kill(number)
    assert plain.receive() is None
    assert app("recv", 1, 496, 10000 * SLOW) == "EPIPE"
    assert app("recv", 0, 496, 100) == "EAGAIN"  # it waits for the next one
    assert app("poll", 0, 100) == "ok 0"
    site.start()
    assert path_of(site, "one", "mica-echo") == path
    assert app("poll", 0, 10000 * SLOW) == "ok 1"
    second = message(1).hex()
    assert app("send", 0, second, 20000 * SLOW) == "ok"
    assert app("recv", 0, 496, 20000 * SLOW) == "ok " + struct.pack("<4I", 2, 0, 0, 2).hex()
    assert app("reconnects", 0) == "ok 1"
    plain = connect(site, "one", "mica-echo")
    plain.send(b"again")
    assert plain.receive() == b"again"


def test_daemon_is_killed_while_messages_flow(site):
    """What was on its way may be lost; nothing comes twice, nothing changes."""
    site.run("one")
    reader = subprocess.Popen([os.path.join(EXAMPLES, "sensor"), "one", "mica-source", "300000"],
                              env=site.env, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
    for _ in range(3):
        seen = service(site, "one", "mica-source")["rx_messages"]
        wait_until(lambda: service(site, "one", "mica-source")["rx_messages"] > seen + 500, 20,
                   "messages flow")
        site.kill()
        site.start()
    out, err = reader.communicate(timeout=120 * SLOW)
    assert reader.returncode == 0, err
    found = re.match(r"(\d+) readings, (\d+) lost, connected again 3 times\n", out)
    assert found, out
    assert int(found.group(1)) + int(found.group(2)) == 300000
    assert int(found.group(2)) < 3000


def test_stale_files_go(site):
    site.run("one")
    folder = os.path.dirname(path_of(site, "one", "mica-echo"))
    site.kill()
    names = set(os.listdir(folder))
    with open(os.path.join(folder, "left"), "w"):
        pass
    site.start()
    path_of(site, "one", "mica-source")
    wait_until(lambda: set(os.listdir(folder)) == names, 10, "the same sockets")


# who, and which

def test_others_have_no_right(site):
    site.run("one")
    mode = os.stat(path_of(site, "one", "mica-echo")).st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give a file to a group")
def test_members_of_the_group_connect(site):
    os.chmod(site.dir, 0o755)
    site.run("one", EndpointGroup="daemon")
    path = path_of(site, "one", "mica-echo")
    st = os.stat(path)
    import grp
    gid = grp.getgrnam("daemon").gr_gid
    assert st.st_gid == gid and stat.S_IMODE(st.st_mode) == 0o660
    example_py = os.path.join(TOP, "packaging/examples/endpoint.py")
    with open(example_py) as file:
        program = file.read()

    def as_user(group):
        return subprocess.run([sys.executable, "-c", program, path, "hi"], user=65534, group=group,
                              extra_groups=[], capture_output=True, text=True, cwd="/",
                              timeout=60 * SLOW, check=False)
    assert as_user(gid).stdout == "hi\n"
    assert "PermissionError" in as_user(65534).stderr


def test_unknown_group_is_said(site):
    site.run("one", EndpointGroup="no-such-group")
    assert stat.S_IMODE(os.stat(path_of(site, "one", "mica-echo")).st_mode) == 0o600
    assert "EndpointGroup=no-such-group: no such group" in site.log_text()


def test_switched_off(site):
    site.run("one", EndpointSockets="no")
    assert service(site, "one", "mica-echo")["device"] == ""
    assert not os.path.exists(f"{site.run_root}/clients/one/ept")


def test_patterns(site):
    site.run("one", Endpoints="mica-s*k no-such")
    path_of(site, "one", "mica-sink")
    assert service(site, "one", "mica-echo")["device"] == ""
    assert os.listdir(f"{site.run_root}/clients/one/ept") == ["mica-sink"]


def test_long_run_root_gets_short_names_or_none(idle_site):
    """A socket's address has room for 107 characters."""
    site = idle_site
    room = 107 - len("/clients/one/ept/")
    for length, expected in ((room - 9, "mica-echo"), (room - 17, "mica-echo"), (room - 8, None)):
        root = os.path.join(site.dir, "r" * (length - len(site.dir) - 1))
        site.env["MICA_RUN_ROOT"] = root
        site.run_root = root
        site.start()
        site.run("one")
        wait_until(lambda: service(site, "one", "mica-source"), 10, "announced")
        device = service(site, "one", "mica-echo")["device"]
        if expected:
            assert device == f"{root}/clients/one/ept/{expected}"
            echo = Endpoint(device)
            echo.send(b"x")
            assert echo.receive() == b"x"
        else:
            assert device == "" and "leaves no room" in site.log_text()
        site.ok("stop", "one")
        site.ok("rm", "one")
        site.kill(signal.SIGTERM)


def test_static_image_is_not_greeted(site):
    """Its endpoints take every message for a request."""
    site.run("one", "rtthread", tty=False, Layout="static")
    matrix = connect(site, "one", "matrix")
    size = 6 * 6 * 4 + 4
    one = struct.pack("<I36I", 6, *[int(i % 7 == 0) for i in range(36)])
    other = struct.pack("<I36I", 6, *range(36))
    assert len(one) == size
    assert service(site, "one", "matrix")["tx_messages"] == 0
    matrix.send(one + other)
    assert matrix.receive()[4:] == other[4:]
    assert service(site, "one", "matrix")["tx_messages"] == 1


def test_idle_daemon_sleeps(site):
    """Sockets, connected or not, cost nothing while nobody speaks."""
    site.run("one")
    echo = connect(site, "one", "mica-echo")
    echo.send(b"x")
    assert echo.receive() == b"x"

    def switches():
        with open(f"/proc/{site.daemon.pid}/status") as status:
            return int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", status.read(), re.M).group(1))
    time.sleep(0.5)
    before = switches()
    time.sleep(2)
    assert switches() - before <= 2


def test_installed_library(site, tmp_path):
    """What `make install` brings is enough to build an application."""
    subprocess.run(["make", "-s", "install-app", f"DESTDIR={tmp_path}"], cwd=TOP, check=True,
                   timeout=120 * SLOW, stdout=subprocess.DEVNULL)
    env = {**os.environ, "PKG_CONFIG_SYSROOT_DIR": str(tmp_path),
           "PKG_CONFIG_LIBDIR": f"{tmp_path}/usr/lib/pkgconfig"}
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libmica-app"], env=env, text=True,
                           check=True, capture_output=True, timeout=60).stdout.split()
    program = str(tmp_path / "echo")
    subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-o", program,
                    os.path.join(TOP, "packaging/examples/echo.c"), *flags], check=True,
                   timeout=120 * SLOW)
    site.run("one")
    done = subprocess.run([program, "one", "mica-echo", "10", "496"], env=site.env, text=True,
                          capture_output=True, timeout=60 * SLOW, check=False)
    assert done.stdout == "10 messages of 496 bytes came back\n", done
