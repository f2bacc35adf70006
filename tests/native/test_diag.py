# SPDX-License-Identifier: BSD-3-Clause
"""ping, top, dump and metrics."""
import json
import re
import signal
import socket
import subprocess
import time

import pexpect
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus

from conftest import MICA, SLOW, Terminal, wait_until

MANAGER = "io.mica.Manager"


def ping_json(site, *args, code=0):
    """`mica --json ping`; what it printed."""
    result = site.mica("--json", "ping", *args)
    assert result.returncode == code, result
    return json.loads(result.stdout)


def spawn(site, *args, **kwargs):
    return subprocess.Popen([MICA, *args], env=site.env, cwd=site.dir, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kwargs)


def end(process, number=None):
    """Its stdout, stderr and exit status."""
    if number:
        process.send_signal(number)
    out, err = process.communicate(timeout=30 * SLOW)
    return out, err, process.returncode


def metrics(site):
    """{(sample, labels): value}, by a parser that is strict about the format."""
    found = {}
    for family in openmetrics(site.ok("metrics")):
        for s in family.samples:
            key = (s.name, tuple(sorted(s.labels.items())))
            assert key not in found
            found[key] = s.value
    return found


def sample(values, name, **labels):
    return values[(name, tuple(sorted(labels.items())))]


def dump(site, name):
    return json.loads(site.ok("--json", "dump", name))["dump"]


# ---- ping ----

def test_ping(site):
    site.run("one")
    out = site.ok("ping", "one", "-c", "5", "-i", "0.01", "-s", "100")
    lines = out.splitlines()
    assert lines[0] == "PING one: 100 bytes"
    for i in range(1, 6):
        assert re.fullmatch(rf"100 bytes from one: seq={i} time=\d+\.\d{{3}} us", lines[i]), out
    assert "5 messages sent, 5 received, 0% lost" in out
    low, avg, high = map(float, re.search(r"min/avg/max/stddev = ([\d.]+)/([\d.]+)/([\d.]+)/",
                                          out).groups())
    assert 0 < low <= avg <= high


@pytest.mark.parametrize("size", [16, 17, 496])
def test_ping_sizes(site, size):
    site.run("one")
    got = ping_json(site, "one", "-c", "200", "-f", "-s", str(size))
    assert (got["sent"], got["received"], got["lost"], got["changed"]) == (200, 200, 0, 0)
    assert got["size"] == size


def test_ping_refuses(site):
    site.run("one")
    for size in ("15", "497", "0"):
        assert "16 to 496 bytes" in site.fails(2, "ping", "one", "-c", "1", "-s", size)
    for bad in (["-c", "0"], ["-i", "0"], ["-s", "x"], ["-W", "nan"], ["-z"], ["-e", ""]):
        site.fails(2, "ping", "one", *bad)
    site.fails(2, "ping")
    site.fails(5, "ping", "nobody", "-c", "1")
    assert "no endpoint 'none'" in site.fails(6, "ping", "one", "-c", "1", "-e", "none")
    assert "is in use" in site.fails(8, "ping", "one", "-c", "1", "-e", "rpmsg-tty")
    site.fails(2, "ping", "one", "-e", "n" * 32)
    site.ok("stop", "one")
    assert "is Stopped" in site.fails(6, "ping", "one", "-c", "1")


def test_flood_loses_nothing(site):
    site.run("one")
    got = ping_json(site, "one", "-f", "-c", "10000")
    assert (got["sent"], got["received"], got["lost"]) == (10000, 10000, 0)
    assert (got["changed"], got["unexpected"]) == (0, 0)
    rtt = got["rtt_ns"]
    assert 0 < rtt["min"] <= rtt["p50"] <= rtt["p90"] <= rtt["p99"] <= rtt["p99_9"] <= rtt["max"]
    assert rtt["min"] <= rtt["avg"] <= rtt["max"]


def test_through_an_echo_endpoint(site):
    """Static layout, no vendor entry: it does not answer by itself."""
    site.run("rt", "rtthread", tty=False, Layout="static")
    wait_until(lambda: "echo" in [s["name"] for s in site.info("rt")["services"]], what="echo")
    assert "-e NAME" in site.fails(6, "ping", "rt", "-c", "1")
    got = ping_json(site, "rt", "-e", "echo", "-f", "-c", "1000", "-s", "300")
    assert (got["received"], got["lost"], got["changed"]) == (1000, 0, 0)
    # The endpoint is an application's again.
    service = next(s for s in site.info("rt")["services"] if s["name"] == "echo")
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as app:
        app.settimeout(20 * SLOW)
        app.connect(service["device"])
        app.send(b"hello")
        assert app.recv(1000) == b"hello"
        # And while it has it, nobody takes it away.
        assert "by an application" in site.fails(8, "ping", "rt", "-e", "echo", "-c", "1")
        app.send(b"again")
        assert app.recv(1000) == b"again"


def test_several_at_once_keep_apart(site):
    site.run("one")
    both = [spawn(site, "--json", "ping", "one", "-f", "-c", "3000", "-s", size, *more)
            for size, more in (("16", []), ("400", []), ("64", ["-e", "mica-echo"]),
                               ("65", ["-e", "mica-echo"]))]
    for process in both:
        out, err, code = end(process)
        assert (code, err) == (0, "")
        got = json.loads(out)
        assert (got["received"], got["lost"], got["changed"]) == (3000, 0, 0)


def test_beside_a_busy_terminal(site):
    """Neither starves the other."""
    path = site.run("one")
    wait_until(lambda: "mica-echo" in [s["name"] for s in site.info("one")["services"]],
               what="endpoints")

    def answers():
        return sample(metrics(site), "mica_client_messages_total", client="one",
                      endpoint="mica-echo", direction="in")

    with Terminal(path) as tty:
        pings = spawn(site, "--json", "ping", "one", "-f", "-e", "mica-echo", "-W", "20")
        wait_until(lambda: answers() > 0, what="first answer")
        before = answers()
        tty.write(b"flood 3000000\n")
        tty.read_until(rb"flood: 3000000 bytes, crc32 [0-9a-f]{8}", 60)
        assert answers() > before
        out, _, code = end(pings, signal.SIGINT)
    got = json.loads(out)
    assert code == 0 and got["received"] > 0 and got["lost"] == got["changed"] == 0


def test_ctrl_c_prints_the_summary(site):
    site.run("one")
    pings = spawn(site, "ping", "one", "-i", "0.01")
    wait_until(lambda: "seq=3 " in pings.stdout.readline(), what="third answer")
    out, err, code = end(pings, signal.SIGINT)
    assert code == 0 and err == ""
    sent, received = map(int, re.search(r"(\d+) messages sent, (\d+) received", out).groups())
    assert sent == received >= 3


def test_client_stopped_meanwhile(site):
    site.run("one")
    for options in (["-i", "0.02"], ["-f"], ["-f", "-e", "mica-echo"]):
        pings = spawn(site, "ping", "one", *options)
        wait_until(lambda: "PING" in pings.stdout.readline(), what="first answer")
        site.ok("stop", "one")
        out, err, code = end(pings)
        assert code == 6
        assert "messages sent" in out
        assert err == "mica: client one is gone: it is being stopped\n"
        site.ok("start", "one")
        site.tty("one")


def test_client_crashes_meanwhile(site):
    path = site.run("one")
    pings = spawn(site, "ping", "one", "-i", "0.02")
    wait_until(lambda: "PING" in pings.stdout.readline(), what="first answer")
    with Terminal(path) as tty:
        tty.write(b"crash\n")
        _, err, code = end(pings)
    assert code == 6 and "client one is gone" in err


@pytest.mark.long
def test_hung_client_loses_all(site):
    path = site.run("one")
    with Terminal(path) as tty:
        tty.write(b"hang\n")
        tty.read_until(b"hanging")
        time.sleep(0.2)
    result = site.mica("ping", "one", "-c", "3", "-i", "0.05", "-W", "0.2")
    assert result.returncode == 1
    assert "no answer from one: seq=1" in result.stdout
    assert "3 messages sent, 0 received, 100% lost" in result.stdout
    # More than the rings hold: those that do not fit any more are lost, too.
    got = ping_json(site, "one", "-c", "100", "-i", "0.001", "-W", "0.05", "-q", code=1)
    assert (got["sent"], got["lost"]) == (100, 100)
    site.ok("stop", "one", timeout=120)


def test_caller_that_goes_away_ends_it(site):
    site.run("one")
    c = site.connect()
    c.send(json.dumps({"method": f"{MANAGER}.Ping", "more": True,
                       "parameters": {"name": "one", "flood": True}}).encode() + b"\0")
    assert c.receive()["continues"] is True
    c.close()

    def quiet():
        before = site.info("one")["doorbells_in"]
        time.sleep(0.1)
        return site.info("one")["doorbells_in"] == before
    wait_until(quiet, what="no more pings")


def test_caller_that_does_not_read(site):
    """It is paused, not piled up."""
    site.run("one")
    c = site.connect()
    c.send(json.dumps({"method": f"{MANAGER}.Ping", "more": True,
                       "parameters": {"name": "one", "flood": True}}).encode() + b"\0")

    def quiet():
        before = site.info("one")["doorbells_in"]
        time.sleep(0.2)
        return site.info("one")["doorbells_in"] == before
    wait_until(quiet, 60, what="paused")
    first = c.receive()["parameters"]["replies"][0]
    assert first["seq"] == 1 and first["outcome"] == "answered"
    seen = 1
    while seen < 20000:  # it goes on
        seen = c.receive()["parameters"]["replies"][-1]["seq"]
    c.close()
    site.ok("status")


def test_ping_calls_that_make_no_sense(site):
    site.run("one")
    c = site.connect()
    assert c.call(f"{MANAGER}.Ping", name="one")["error"].endswith("ExpectedMore")
    for bad in ({"count": -1}, {"interval_us": 0}, {"timeout_us": 0}, {"size": -1},
                {"flood": 1}, {"endpoint": 5}, {"count": "1"}):
        c.send(json.dumps({"method": f"{MANAGER}.Ping", "more": True,
                           "parameters": {"name": "one", **bad}}).encode() + b"\0")
        assert c.receive()["error"].endswith("InvalidParameter")


# ---- dump ----

def test_dump_of_lanes(site):
    site.run("one")
    ping_json(site, "one", "-f", "-c", "50")
    d = dump(site, "one")
    assert d["features_acked"] & (1 << 8)
    assert [lane["size"] for lane in d["lanes"]] == [2048, 16384]
    assert all(ring["offered"] == ring["waiting"] or ring["direction"] == "in" for ring in d["rings"])
    urgent, normal = d["lanes"]
    assert urgent["read"] >= 50 * 32 and urgent["written"] >= 50 * 32
    assert normal["read"] > 0 and normal["given_back"] == normal["read"]
    for lane in d["lanes"]:
        assert lane["written"] - lane["freed"] <= lane["size"] and lane["lent"] == 0
    text = site.ok("dump", "one")
    assert "Lane 0: 2048 bytes" in text and "Lane 1: 16384 bytes" in text


def test_dump_after_known_traffic(site):
    site.run("one", "nolanes")
    ping_json(site, "one", "-e", "mica-echo", "-f", "-c", "100")
    d = dump(site, "one")
    echo = next(e for e in d["endpoints"] if e["name"] == "mica-echo")
    assert echo["rx_messages"] == 100
    assert echo["bound"] and echo["remote"] >= 1024 and echo["local"] >= 1024
    assert d["status_word"] == 0xC4000003 and d["status_byte"] == 4
    assert d["vendor"][0] == 160 and d["vendor"][3] == d["features_offered"]
    assert d["vendor"][4] == d["features_acked"] and d["features_acked"] & (1 << 11)
    assert [r["direction"] for r in d["rings"]] == ["in", "out"]
    for ring in d["rings"]:
        assert ring["num"] == 32 and ring["breach"] == ""
        assert ring["with_client"] + ring["with_host"] == 32
        assert ring["avail_idx"] == ring["offered"]
        assert (ring["used_idx"] - ring["taken"]) % 65536 == ring["waiting"]
    received = d["rings"][0]["taken"]
    ping_json(site, "one", "-f", "-c", "50")  # one message each way, no credit
    after = dump(site, "one")
    assert after["rings"][0]["taken"] - received == 50
    assert after["rings"][1]["offered"] - d["rings"][1]["offered"] == 50
    assert after["doorbells_in"] > d["doorbells_in"]
    text = site.ok("dump", "one")
    for piece in ("Status word:   0xc4000003 (running)", "32 descriptors", "mica-echo",
                  "client_state 0x1"):
        assert piece in text


def test_dump_of_a_static_layout(site):
    site.run("rt", "rtthread", tty=False, Layout="static")
    d = dump(site, "rt")
    assert d["table_size"] == 0 and d["vendor"] == [] and d["status_byte"] == 4
    assert [r["num"] for r in d["rings"]] == [16, 16]
    assert "static layout" in site.ok("dump", "rt")


def test_dump_of_what_does_not_run(site):
    site.create("one")
    assert "is Offline" in site.fails(6, "dump", "one")
    site.fails(5, "dump", "nobody")
    site.fails(2, "dump")


# ---- metrics ----

def test_metrics(site):
    site.run("one")
    ping_json(site, "one", "-e", "mica-echo", "-f", "-c", "100", "-s", "40")
    m = metrics(site)
    assert sample(m, "mica_clients") == 1
    assert sample(m, "mica_connections") >= 1
    assert 1 << 20 < sample(m, "mica_resident_memory_bytes") < 1 << 30
    assert abs(sample(m, "mica_start_time_seconds") - time.time()) < 600
    for state in ("Offline", "Running", "Crashed"):
        got = sample(m, "mica_client_state", client="one", mica_client_state=state)
        assert got == (state == "Running")
    echo = {"client": "one", "endpoint": "mica-echo"}
    assert sample(m, "mica_client_messages_total", direction="in", **echo) == 100
    assert sample(m, "mica_client_bytes_total", direction="in", **echo) == 4000
    assert sample(m, "mica_client_bytes_total", direction="out", **echo) == 4000
    assert sample(m, "mica_client_dropped_bytes_total", **echo) == 0
    assert sample(m, "mica_client_ring_buffers", client="one") == 512
    assert sample(m, "mica_client_uptime_seconds", client="one") > 0
    assert any(name == "mica_build_info" for name, _ in m)


def test_counters_never_go_back(site):
    site.run("one")
    before = {}
    for turn in range(1, 4):
        wait_until(lambda: "mica-echo" in [s["name"] for s in site.info("one")["services"]],
                   what="endpoints")
        ping_json(site, "one", "-e", "mica-echo", "-f", "-c", "10")
        for now in (metrics(site), site.ok("stop", "one") and metrics(site)):
            assert sample(now, "mica_client_messages_total", client="one", endpoint="mica-echo",
                          direction="in") == 10 * turn
            for key, value in before.items():
                assert now[key] >= value, key
            before = {k: v for k, v in now.items() if k[0].endswith("_total")}
        assert not any(name == "mica_client_ring_waiting" for name, _ in now)
        site.ok("start", "one")
    site.ok("stop", "one")
    site.ok("rm", "one")
    assert not any(("client", "one") in labels for _, labels in metrics(site))


def test_restarts_are_counted(site):
    path = site.run("one", Restart="on-failure", RestartSec="0.1", StartLimitBurst="0")
    for n in (1, 2):
        with Terminal(path) as tty:
            tty.write(b"crash\n")

            def again():
                m = metrics(site)
                return (sample(m, "mica_client_restarts_total", client="one") == n and sample(
                    m, "mica_client_state", client="one", mica_client_state="Running"))
            wait_until(again, 30, "restarted")
        path = site.tty("one")
    site.ok("stop", "one")
    site.ok("start", "one")
    assert sample(metrics(site), "mica_client_restarts_total", client="one") == 2


def test_metrics_for_the_older_format(site):
    site.run("one")
    text = site.ok("metrics", "--prometheus")
    assert "# UNIT" not in text and "# EOF" not in text
    types = {f.name: f.type for f in prometheus(text)}
    assert types["mica_client_messages"] == "counter"
    assert types["mica_client_state"] == types["mica_build_info"] == "gauge"
    assert "unknown" not in types.values()


# ---- top ----

def test_top_in_batches(site):
    site.run("one")
    site.create("two")
    pings = spawn(site, "ping", "one", "-f", "-q", "-e", "mica-echo")
    out = site.ok("top", "-b", "-d", "0.3", "-n", "2")
    tables = out.strip().split("\n\n")
    assert len(tables) == 2
    for table in tables:
        rows = [line.split() for line in table.splitlines()]
        assert rows[0][:3] == ["NAME", "STATE", "UPTIME"]
        assert rows[1][:2] == ["one", "Running"]
        assert any(r[:2] == ["two", "Offline"] for r in rows)
        echo = next(r for r in rows if r[0] == "mica-echo")
        assert echo[1] != "0" and echo[3] != "0"
    lines = site.ok("--json", "top", "-d", "0.3", "-n", "2").splitlines()
    end(pings, signal.SIGINT)
    assert len(lines) == 2
    one = json.loads(lines[1])["clients"][0]
    echo = next(e for e in one["endpoints"] if e["name"] == "mica-echo")
    assert one["in_messages"] >= echo["in_messages"] > 0 and echo["out_bytes"] > 0
    assert one["doorbells_in"] > 0 and one["ring_size"] == 512


def test_top_on_a_terminal(site):
    site.run("one")
    child = pexpect.spawn(MICA, ["top", "-d", "0.2"], env=site.env, cwd=site.dir,
                          timeout=20 * SLOW, encoding="utf-8", dimensions=(24, 150))
    child.delaybeforesend = None
    child.expect("mica-echo")
    child.send("e")
    child.expect("sorted by age")
    child.expect(r"NAME[^\x1b]*\x1b\[0m\x1b\[K\r\none[^\r]*\r\n\x1b\[J")  # one row only
    child.send("s")
    child.expect("sorted by messages")
    child.send("q")
    child.expect(pexpect.EOF)
    assert "\x1b[?1049l" in child.before
    child.close()
    assert child.exitstatus == 0


def test_top_ends_with_the_daemon(site):
    site.create("one")
    process = spawn(site, "top", "-b", "-d", "0.1")
    wait_until(lambda: "one" in process.stdout.readline(), what="a table")
    site.kill(signal.SIGTERM)
    _, err, code = end(process)
    assert code == 3 and "micad" in err
    site.fails(2, "top", "-d", "0")
    site.fails(2, "top", "-n", "0")
    site.fails(2, "top", "x")
