# SPDX-License-Identifier: BSD-3-Clause
"""The fault matrix on the board: one client fails in each way, another one exchanges numbered,
checksummed messages all the time and loses none. How long things took is printed."""
import os
import re
import time

import pytest

from conftest import KILL, PROGRAMS, boot, kernel_warnings

pytestmark = pytest.mark.long

TRAFFIC = (os.path.join(PROGRAMS, "tests", "traffic"), "/usr/bin/traffic")
TABLE = []


@pytest.fixture(scope="module")
def guest():
    g = boot(files=[TRAFFIC])
    g.ok("mica create ref-b.conf && mica start ref-b")
    yield g
    print()
    for row in TABLE:
        print("%-22s %-52s %9s ms %8s messages, worst %8s us" % row)
    g.close()


def bad_client(guest):
    guest.run("mica stop bad; mica rm bad")  # left by a test that failed
    guest.ok("printf '[Mica]\\nName=bad\\nCPU=3\\nClientPath=/lib/firmware/mica-ref.elf\\n"
             "Restart=on-failure\\nRestartSec=50ms\\nStartLimitBurst=0\\nWatchdogSec=3\\nStopTimeoutSec=3\\n'"
             " > /tmp/bad.conf && mica create /tmp/bad.conf && mica start bad")


def info(guest, name):
    """What is needed of its status: a console loses parts of long answers."""
    out = guest.ok(f"mica status --json {name} | tr '{{}},' '\\n\\n\\n' > /tmp/info; for k in state restarts"
                   " reason can_force_stop; do grep -m 1 \"^ *\\\"$k\\\":\" /tmp/info; done")
    found = dict(re.findall(r'"(state|restarts|reason|can_force_stop)": *"?([^"\n]*)"?', out))
    return {**found, "restarts": int(found["restarts"]), "can_force_stop": found["can_force_stop"] == "true"}


def command(guest, text):
    tty = re.search(r"/dev/ttyRPMSG\d+", guest.ok("mica status bad")).group(0)
    guest.ok(f"printf '{text}\\n' > {tty}")


@pytest.fixture
def traffic(guest):
    """Runs while a test does; afterwards, nothing was lost."""
    guest.ok("rm -f /tmp/traffic; (traffic ref-b > /tmp/traffic 2>&1; echo $? >> /tmp/traffic) &"
             " for i in $(seq 100); do pidof traffic && exit 0; sleep 0.1; done; exit 1")
    row = {}
    yield row
    guest.ok("sleep 0.5; kill $(pidof traffic); for i in $(seq 600); do pidof traffic >/dev/null || break;"
             " sleep 0.1; done")
    out = guest.ok("cat /tmp/traffic").split()
    words = dict(zip(out[0:10:2], out[1:10:2]))
    assert out[-1] == "0", out
    assert int(words["messages"]) > 20
    TABLE.append((row.get("fault", "?"), row.get("outcome", "failed"), row.get("ms", "-"), words["messages"], words["worst_us"]))


def wait_for(guest, name, condition, seconds=120):
    end = time.monotonic() + seconds
    while True:
        c = info(guest, name)
        if condition(c):
            return c
        assert time.monotonic() < end, c
        time.sleep(0.2)


def works(guest):
    assert "mica-ref" in guest.shell("bad", "version")


@pytest.mark.parametrize("fault", ["crash", "off", "oversize"])
def test_client_that_fails_is_started_again(guest, traffic, fault):
    bad_client(guest)
    begin = time.monotonic()
    command(guest, f"fault {fault}")
    if fault == "oversize":
        # A breach of the rules, by a client that still obeys: it is stopped first.
        pass
    wait_for(guest, "bad", lambda c: c["restarts"] >= 1 and c["state"] == "Running")
    traffic.update(fault=fault, outcome="started again", ms=f"{(time.monotonic() - begin) * 1000:.0f}")
    works(guest)
    guest.ok("mica stop bad && mica rm bad")


@pytest.mark.parametrize("fault", ["doorbells", "names", "keep", "rpc"])
def test_client_that_goes_on_misbehaving(guest, traffic, fault):
    bad_client(guest)
    command(guest, f"fault {fault}")
    guest.ok("sleep 3; mica status")
    assert info(guest, "bad")["state"] == "Running"
    begin = time.monotonic()
    guest.ok("mica stop bad && mica start bad")
    traffic.update(fault=fault, outcome="runs on; stopped, started",
                   ms=f"{(time.monotonic() - begin) * 1000:.0f}")
    works(guest)
    guest.ok("mica stop bad && mica rm bad")


def test_daemon_is_killed(guest, traffic):
    begin = time.monotonic()
    for _ in range(5):
        guest.ok(KILL + "; /etc/init.d/micad start; sleep 0.5")
        wait_for(guest, "ref-b", lambda c: c["state"] == "Running")
    traffic.update(fault="daemon SIGKILL (5)", outcome="taken over",
                   ms=f"{(time.monotonic() - begin) * 200:.0f}")


def test_crash_cycles(guest, traffic):
    """Nothing grows."""
    bad_client(guest)
    guest.ok("mica set bad RestartSec=0 RestartMaxDelaySec=0 CoreDump=no")
    measure = ("p=$(pidof micad); echo $(ls /proc/$p/fd | wc -l)"
               " $(awk '/^Anonymous/{print $2}' /proc/$p/smaps_rollup)"
               " $(awk '/^SUnreclaim/{print $2}' /proc/meminfo) $(pidof micad micarpc | wc -w)")
    one = ("t=$(mica status bad | grep -o '/dev/ttyRPMSG[0-9]*' | head -1); echo 'fault crash' > $t;"
           " for i in $(seq 400); do mica status --json bad | grep -q '\"restarts\": *'$n'[,}]' && "
           "mica status bad | grep -q Running && break; sleep 0.05; done")
    cycles = 100
    def run(first, last):
        guest.ok(f"n={first}; while [ $n -le {last} ]; do {one}; n=$((n+1)); done", timeout=1800)
        assert info(guest, "bad")["restarts"] == last
    run(1, 10)
    before = [int(x) for x in guest.ok("sleep 3; " + measure).split()]
    begin = time.monotonic()
    run(11, cycles)
    took = (time.monotonic() - begin) / (cycles - 10)
    after = [int(x) for x in guest.ok("sleep 3; " + measure).split()]
    print(f"descriptors, anonymous kB, slab kB, processes: before {before} after {after}")
    assert after[0] == before[0] and after[3] == before[3]
    assert after[1] - before[1] <= 256
    assert after[2] - before[2] <= 1024
    traffic.update(fault=f"crash ({cycles})", outcome="started again", ms=f"{took * 1000:.0f}")
    guest.ok("mica stop bad && mica rm bad")


def test_rings_of_nonsense(guest, traffic):
    """It writes on while it is asked to stop, and cannot be forced: quarantined, or off by itself."""
    bad_client(guest)
    command(guest, "fault rings")
    c = wait_for(guest, "bad", lambda c: c["restarts"] or c["state"] == "Error")
    traffic.update(fault="rings", outcome=c["reason"][:50] or "started again")
    assert kernel_warnings(guest) == ""


def test_hang(guest, traffic):
    """Interrupts off: it is forced, or cores and memory stay quarantined."""
    if info(guest, "bad")["state"] == "Error":
        pytest.skip("the core is quarantined already")
    before = info(guest, "bad")
    command(guest, "fault hang")
    if before["can_force_stop"]:
        wait_for(guest, "bad", lambda c: c["restarts"] > before["restarts"])
        wait_for(guest, "bad", lambda c: c["state"] == "Running")
        traffic.update(fault="hang", outcome="forced, restarted")
        assert kernel_warnings(guest) == ""
        return
    c = wait_for(guest, "bad", lambda c: c["state"] == "Error")
    traffic.update(fault="hang", outcome=c["reason"][:50])
    assert guest.run("mica rm bad").status != 0
    assert kernel_warnings(guest) == ""
