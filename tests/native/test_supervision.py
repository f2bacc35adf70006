# SPDX-License-Identifier: BSD-3-Clause
"""Clients that end unexpectedly or hang, and what their policy makes of it."""
import json
import os
import re
import signal
import subprocess
import threading
import time

import pytest

from conftest import MICA, SLOW, Terminal, image, wait_until

# Long enough for a client that has to share its core with everything else.
WATCHDOG = "2" if SLOW == 1 else "6"
FOREVER = 3600  # seconds of a delay that does not end within a test


def order(site, name, command):
    """A shell command that is not answered."""
    with Terminal(site.tty(name)) as tty:
        tty.write(command.encode() + b"\n")
        tty.read_until(re.escape(command.encode()))


def pid_of(site):
    [pid] = site.processes()
    return pid


def kill_client(site):
    os.kill(pid_of(site), signal.SIGKILL)


def wait_restarts(site, name, count, seconds=20):
    """The client runs again and was restarted so often; what there is to say about it."""
    def there():
        info = site.info(name)
        return info if info["restarts"] >= count and info["state"] == "Running" else None
    return wait_until(there, seconds, f"{count} restarts of {name}")


def wait_pending(site, name):
    return wait_until(lambda: (i := site.info(name))["restart_pending"] and i, 20, "pending")


def crash_again(site, name, count):
    """Kill it once more than it may be; it becomes Failed."""
    for turn in range(count + 1):
        wait_restarts(site, name, turn)
        kill_client(site)
    site.wait_state(name, "Failed", 20)


# ---- which ends lead to a restart ----

@pytest.mark.parametrize("restart", ["on-failure", "always"])
@pytest.mark.parametrize("how", ["crash", "kill"])
def test_crash_is_followed_by_a_restart(site, how, restart):
    site.run("one", Restart=restart)
    old = pid_of(site)
    if how == "crash":
        order(site, "one", "crash")
    else:
        os.kill(old, signal.SIGKILL)
    info = wait_restarts(site, "one", 1)
    assert info["last_end"] and not info["restart_pending"]
    assert pid_of(site) != old
    assert "pong" in site.shell("one", "ping")
    if how == "kill":
        assert "signal 9" in info["last_end"]
    assert f"Restart:       {restart}; 1 time, last: " in site.ok("status", "one")


def test_no_restart_by_default(site):
    site.run("one")
    kill_client(site)
    site.wait_state("one", "Crashed")
    info = site.info("one")
    assert (info["restarts"], info["restart_pending"], info["restart"]) == (0, False, "no")
    assert "signal 9" in info["reason"]
    time.sleep(0.5)
    assert site.processes() == []
    site.ok("start", "one")
    assert "pong" in site.shell("one", "ping")


@pytest.mark.parametrize("restart, again", [("on-failure", False), ("always", True)])
def test_power_off_in_order(site, restart, again):
    site.run("one", Restart=restart)
    order(site, "one", "poweroff")
    if again:
        assert "powered itself off" in wait_restarts(site, "one", 1)["last_end"]
    else:
        site.wait_state("one", "Stopped")
        assert not site.info("one")["restart_pending"]
        time.sleep(0.5)
        assert site.state("one") == "Stopped"


def test_a_stop_by_command_is_final(site):
    site.run("one", Restart="always", RestartSec="0")
    site.ok("stop", "one")
    time.sleep(0.5)
    assert site.state("one") == "Stopped"
    assert not site.info("one")["restart_pending"]


@pytest.mark.parametrize("style", ["novendor", "noreattach", "rttable", "silent", "static",
                                   "uniproton", "rtthread"])
def test_images_without_a_vendor_entry(site, style):
    """All there is to go by is the core, and that is enough."""
    keys = {"Layout": "static"} if style in ("static", "rtthread") else {}
    site.run("one", style, tty=False, Restart="on-failure", WatchdogSec="0.2", **keys)
    kill_client(site)
    info = wait_restarts(site, "one", 1)
    assert info["watchdog"] == "none"
    assert "but the image has no heartbeat" in site.ok("status", "one")
    time.sleep(1)
    assert site.info("one")["restarts"] == 1


# ---- clients that hang ----

@pytest.mark.parametrize("restart", ["no", "on-failure"])
@pytest.mark.parametrize("how", ["hang", "stopped"])
def test_hang(site, how, restart):
    site.run("one", Restart=restart, WatchdogSec=WATCHDOG)
    assert site.info("one")["watchdog"] == "on"
    old = pid_of(site)
    if how == "hang":
        order(site, "one", "hang")
    else:
        os.kill(old, signal.SIGSTOP)
    if restart == "no":
        site.wait_state("one", "Crashed", 20)
        wait_until(lambda: not site.processes(), 20, "end of the process")
        assert not site.info("one")["restart_pending"]
        assert "hung: no heartbeat for" in site.info("one")["reason"]
        wait_until(lambda: site.mica("start", "one").returncode == 0, 10, "start")
    else:
        assert "hung: no heartbeat for" in wait_restarts(site, "one", 1)["last_end"]
    assert pid_of(site) != old
    assert "pong" in site.shell("one", "ping")


@pytest.mark.long
def test_a_client_that_works_has_a_heartbeat(site):
    """Also while it moves data, and while it has nothing to do."""
    tty = site.run("one", WatchdogSec=WATCHDOG)
    time.sleep(2 * float(WATCHDOG))
    with Terminal(tty) as t:
        t.write(b"flood 3000000\n")
        t.read_until(rb"flood: [0-9]+ bytes, crc32 [0-9a-f]{8}", 120)
    info = site.info("one")
    assert (info["state"], info["restarts"], info["watchdog"]) == ("Running", 0, "on")


@pytest.mark.long
def test_time_of_a_daemon_that_was_stopped_does_not_count(site):
    """Both were stopped for long, as by a suspend of the machine; so was the daemon alone."""
    site.run("one", WatchdogSec=WATCHDOG)
    client, seconds = pid_of(site), 2.5 * float(WATCHDOG)
    for who in ([site.daemon.pid], [site.daemon.pid, client]):
        for pid in who:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(seconds)
        for pid in who:
            os.kill(pid, signal.SIGCONT)
        time.sleep(seconds)
        assert site.state("one") == "Running"
    assert pid_of(site) == client


def switches(pid):
    """How often its threads gave up the processor of their own accord."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/status") as status:
            total += int(re.search(r"\nvoluntary_ctxt_switches:\s+(\d+)", status.read()).group(1))
    return total


def test_no_wake_ups_without_a_watchdog(site):
    site.run("one", Restart="always")
    client, daemon = pid_of(site), site.daemon.pid
    time.sleep(1 * SLOW)
    before = switches(client), switches(daemon)
    time.sleep(2)
    assert (switches(client), switches(daemon)) == before


@pytest.mark.long
def test_watchdog_set_while_it_runs(site):
    site.run("one")
    assert site.info("one")["watchdog"] == "off"
    site.ok("set", "one", f"WatchdogSec={WATCHDOG}", "Restart=on-failure")
    assert site.info("one")["watchdog"] == "on"
    time.sleep(2 * SLOW)
    assert site.info("one")["restarts"] == 0
    order(site, "one", "hang")
    assert "hung" in wait_restarts(site, "one", 1)["last_end"]
    site.ok("set", "one", "WatchdogSec=0")
    os.kill(pid_of(site), signal.SIGSTOP)
    time.sleep(2 * float(WATCHDOG))
    assert site.state("one") == "Running"
    os.kill(pid_of(site), signal.SIGCONT)
    assert "pong" in site.shell("one", "ping")


@pytest.mark.long
def test_watchdog_goes_on_under_the_next_daemon(site):
    site.run("one", Restart="on-failure", WatchdogSec=WATCHDOG)
    site.kill()
    site.start()
    assert site.info("one")["watchdog"] == "on"
    time.sleep(2 * SLOW)
    assert site.info("one")["restarts"] == 0
    order(site, "one", "hang")
    assert "hung" in wait_restarts(site, "one", 1)["last_end"]


def test_client_that_hangs_while_the_daemon_is_away(site):
    site.run("one", Restart="on-failure", WatchdogSec=WATCHDOG)
    site.kill()
    kept = pid_of(site)
    os.kill(kept, signal.SIGSTOP)
    site.start()
    assert "hung" in wait_restarts(site, "one", 1)["last_end"]
    assert pid_of(site) != kept


# ---- limits and delays ----

def test_limit(site):
    site.run("one", Restart="on-failure", RestartSec="0.01", StartLimitBurst="3",
             StartLimitIntervalSec="1000")
    crash_again(site, "one", 3)
    info = site.info("one")
    assert info["reason"].startswith("restarted 3 times in 1000 s; last: ")
    assert "signal 9" in info["reason"]
    assert info["restarts"] == 3 and not info["restart_pending"]
    site.fails(6, "stop", "one")
    # A start by command begins anew, and has as many restarts again.
    site.ok("start", "one")
    info = site.info("one")
    assert (info["state"], info["restarts"], info["last_end"]) == ("Running", 0, "")
    crash_again(site, "one", 3)
    site.ok("rm", "one")


def test_delay_grows_up_to_its_limit(site):
    site.run("one", Restart="on-failure", RestartSec="0.1", RestartMaxDelaySec="0.4",
             StartLimitBurst="0")
    for turn in range(4):
        kill_client(site)
        wait_restarts(site, "one", turn + 1)
    said = re.findall(r"restart (\d+) in (\S+) s\n", site.log_text())
    assert said == [("1", "0.1"), ("2", "0.2"), ("3", "0.4"), ("4", "0.4")]


def test_delay_begins_anew_after_a_calm_time(site):
    site.run("one", Restart="on-failure", RestartSec="0.01", StartLimitIntervalSec="2")
    for turn, calm in enumerate((False, False, True)):
        if calm:
            time.sleep(2.2)
        kill_client(site)
        wait_restarts(site, "one", turn + 1)
    assert re.findall(r"restart \d in (\S+) s\n", site.log_text())[-1] == "0.01"


def test_a_start_that_fails_goes_on_with_the_policy(site):
    """The image is gone when the client is to be restarted, and comes back."""
    copy = os.path.join(site.dir, "image")
    with open(image(), "rb") as f, open(copy, "wb") as to:
        to.write(f.read())
    os.chmod(copy, 0o755)
    site.ok("create", site.conf("one", ClientPath=copy, Restart="on-failure", RestartSec="0.05",
                                RestartMaxDelaySec="0.2", StartLimitBurst="0"))
    site.ok("start", "one")
    os.rename(copy, copy + ".away")
    kill_client(site)
    wait_until(lambda: site.info("one")["restarts"] >= 3, 20, "three attempts")
    assert copy in site.info("one")["last_end"]
    os.rename(copy + ".away", copy)
    wait_restarts(site, "one", 3)
    # By command it fails once, and that is that.
    site.ok("stop", "one")
    os.unlink(copy)
    assert site.mica("start", "one").returncode != 0
    time.sleep(0.5)
    info = site.info("one")
    assert info["state"] != "Running" and not info["restart_pending"]


def test_starts_that_fail_reach_the_limit(site):
    site.conf("one", ClientPath=image("crashboot"), Restart="on-failure", RestartSec="0.01",
              StartLimitBurst="2", AutoBoot="yes")
    site.kill()
    site.start()  # AutoBoot: what fails is restarted as well
    wait_until(lambda: "one" in site.names(), what="AutoBoot")
    site.wait_state("one", "Failed", 20)
    assert site.info("one")["reason"].startswith("restarted 2 times in 10 s; last: ")
    assert site.processes() == []


# ---- while a restart is pending ----

@pytest.fixture
def pending(site):
    """A site with a client that crashed and is restarted some time that does not come."""
    site.run("one", Restart="on-failure", RestartSec=str(FOREVER))
    kill_client(site)
    info = wait_pending(site, "one")
    assert info["state"] == "Crashed"
    assert 0 < info["restart_in_us"] <= FOREVER * 1000000
    assert "; restart in 3" in site.ok("status", "one")
    return site


def test_stop_cancels_it(pending):
    pending.ok("stop", "one")
    info = pending.info("one")
    assert (info["state"], info["restart_pending"]) == ("Stopped", False)


def test_start_takes_it_over(pending):
    pending.ok("start", "one")
    info = pending.info("one")
    assert (info["state"], info["restart_pending"], info["restarts"]) == ("Running", False, 0)
    assert "pong" in pending.shell("one", "ping")


def test_rm_cancels_it(pending):
    pending.ok("rm", "one")
    assert pending.names() == []
    pending.run("one")
    assert pending.info("one")["restarts"] == 0


def test_set_restart_no_cancels_it(pending):
    pending.ok("set", "one", "Restart=no")
    assert not pending.info("one")["restart_pending"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_next_daemon_keeps_it(pending, number):
    before = pending.info("one")
    pending.kill(number)
    pending.start()
    info = pending.info("one")
    assert info["restart_pending"] and info["restarts"] == 1
    assert 0 < info["restart_in_us"] <= before["restart_in_us"]
    assert info["last_end"] == before["last_end"]
    pending.ok("stop", "one")
    assert not pending.info("one")["restart_pending"]


def test_the_next_daemon_carries_it_out(site):
    site.run("one", Restart="on-failure", RestartSec="1", StartLimitBurst="1",
             StartLimitIntervalSec="1000")
    kill_client(site)
    wait_pending(site, "one")
    site.kill()
    site.start()
    wait_restarts(site, "one", 1)
    assert "pong" in site.shell("one", "ping")
    # Limits are counted on.
    kill_client(site)
    site.wait_state("one", "Failed")
    site.kill()
    site.start()
    info = site.info("one")
    assert info["state"] == "Failed" and info["reason"].startswith("restarted 1 times in 1000 s")


def test_client_dies_while_the_daemon_is_away(site):
    site.run("one", Restart="on-failure")
    site.create("two", Restart="on-failure")
    site.ok("start", "two")
    site.ok("stop", "two")
    [pid] = site.processes()
    site.kill()
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not site.processes(), what="end of the client")
    site.start()
    assert "while micad was away" in wait_restarts(site, "one", 1)["last_end"]
    assert "pong" in site.shell("one", "ping")
    assert not site.info("two")["restart_pending"]


def test_daemon_killed_while_it_restarts(site):
    """Whenever it is killed, in the end the client runs, once."""
    site.run("one", Restart="on-failure", RestartSec="0.01", RestartMaxDelaySec="0.01",
             StartLimitBurst="0")
    for delay in (0, 0.01, 0.02, 0.03, 0.05, 0.08):
        kill_client(site)
        time.sleep(delay)
        site.kill()
        site.start()
        wait_until(lambda: site.state("one") == "Running", 20, "it runs")
        assert len(site.processes()) == 1
        assert "pong" in site.shell("one", "ping")


def test_wait_waits_for_the_last_end(site):
    site.run("one", Restart="on-failure", RestartSec="0.3", StartLimitBurst="1",
             StartLimitIntervalSec="1000")
    env = {**site.env, "MICA_TEST_ID": ""}  # it is no client
    with subprocess.Popen([MICA, "wait", "one"], env=env, stdout=subprocess.PIPE,
                          text=True) as wait:
        try:
            kill_client(site)
            wait_restarts(site, "one", 1)
            assert wait.poll() is None
            kill_client(site)
            out, _ = wait.communicate(timeout=20 * SLOW)
        finally:
            wait.kill()
    assert wait.returncode == 13
    assert out.startswith("one: Failed: restarted 1 times in 1000 s; last: ")


def test_events(site):
    site.run("one", Restart="on-failure", RestartSec="0.05", StartLimitBurst="1",
             StartLimitIntervalSec="1000")
    monitor = site.connect()
    monitor.send(json.dumps({"method": "io.mica.Manager.Monitor", "more": True,
                             "parameters": {"name": "one"}}).encode() + b"\0")
    assert monitor.receive()["parameters"]["clients"][0]["state"] == "Running"
    kill_client(site)
    seen = []
    while not seen or seen[-1][0] != "Failed":
        change = monitor.receive()["parameters"]["change"]
        seen.append((change["to"], change["pending"]))
        if change["to"] == "Running":
            kill_client(site)
    assert seen == [("Crashed", True), ("Configured", True), ("Ready", True), ("Running", False),
                    ("Crashed", True), ("Failed", False)]
    monitor.close()


# ---- several, and many times ----

def test_others_notice_nothing(site):
    site.run("calm")
    tty = site.tty("calm")
    for name in ("one", "two"):
        site.run(name, Restart="on-failure", RestartSec="0.01", StartLimitBurst="0")
    failed = []

    def talk():
        try:
            with Terminal(tty) as t:
                for turn in range(20):
                    t.write(b"echo turn%d\n" % turn)
                    t.read_until(rb"\nturn%d\r\n" % turn)
        except AssertionError as error:
            failed.append(error)

    talker = threading.Thread(target=talk)
    talker.start()
    for turn in range(3):
        for name in ("one", "two"):
            wait_restarts(site, name, turn)
            order(site, name, "crash")
    talker.join()
    assert not failed
    for name in ("one", "two"):
        wait_restarts(site, name, 3)
    info = site.info("calm")
    assert (info["state"], info["restarts"]) == ("Running", 0)


def resident_kib(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


@pytest.mark.long
def test_nothing_grows(site):
    """100 restarts: no descriptor, no memory."""
    site.run("one", Restart="on-failure", RestartSec="0", StartLimitBurst="0")
    daemon, at = site.daemon.pid, {}
    for turn in range(100):
        info = wait_restarts(site, "one", turn)
        if turn in (20, 99):
            wait_until(lambda: site.tty("one"), what="tty")
            time.sleep(1 * SLOW)  # terminals whose client has gone are kept for a moment
            at[turn] = (len(os.listdir(f"/proc/{daemon}/fd")), resident_kib(daemon))
        kill_client(site)
    assert info["restarts"] == 99
    assert at[99][0] <= at[20][0] + 1
    if SLOW == 1:
        assert at[99][1] <= at[20][1] + 512
