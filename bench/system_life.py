#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""system_life.py [--rounds=N] [--clients=N] --out=FOLDER: starts, stops, restarts, boots; many clients.

Writes life.json and many.json. All on one core, as the floors are: fork and exec of a small
program, and of as many one after another as clients are started.
"""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import system

BOOTS = (1, 8, 64)
RUNNING_S = 60


class Watch:
    """Changes of a daemon's clients, as they are told."""

    def __init__(self, daemon):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(os.path.join(daemon.run_root, "micad.sock"))
        self.socket.settimeout(RUNNING_S)
        self.socket.sendall(json.dumps({"method": "io.mica.Manager.Monitor",
                                        "parameters": {}, "more": True}).encode() + b"\0")
        self.data = b""
        self.clients = self.next()["clients"]

    def next(self):
        while b"\0" not in self.data:
            more = self.socket.recv(65536)
            if not more:
                sys.exit("the daemon has closed the connection")
            self.data += more
        answer, self.data = self.data.split(b"\0", 1)
        return json.loads(answer)["parameters"]

    def until_running(self, names):
        """names: of those that do not run yet."""
        names = set(names)
        while names:
            change = self.next().get("change") or {}
            if change.get("to") == "Running":
                names.discard(change["name"])

    def close(self):
        self.socket.close()


def lives(rounds):
    """Start, which answers when the client says that it is ready, and stop; fork and exec between."""
    starts, stops, floors = [], [], []
    daemon = system.Daemon()
    try:
        daemon.create("b")
        for _ in range(rounds):
            floors.append(system.timed(system.fork_exec))
            starts.append(system.timed(daemon.call, "Start", name="b"))
            stops.append(system.timed(daemon.call, "Stop", name="b"))
    finally:
        daemon.close()
    return [system.case("floor.spawn", "ns", floors), system.case("life.start", "ns", starts),
            system.case("life.stop", "ns", stops)]


def restarts(rounds):
    """From the kill of a client to its next READY; there is no pause between."""
    took = []
    daemon = system.Daemon()
    try:
        daemon.create("r", Restart="always", RestartSec=0, StartLimitBurst=0)
        daemon.call("Start", name="r")
        watch = Watch(daemon)
        for _ in range(rounds):
            pid = daemon.clients()[0]
            begin = time.monotonic_ns()
            os.kill(pid, signal.SIGKILL)
            watch.until_running(["r"])
            took.append(time.monotonic_ns() - begin)
        watch.close()
    finally:
        daemon.close()
    return [system.case("life.restart", "ns", took)]


def boot(clients):
    """From the daemon's fork to the last of its AutoBoot clients being ready."""
    begin = time.monotonic_ns()
    daemon = system.Daemon([f"c{i}" for i in range(clients)])
    try:
        watch = Watch(daemon)
        watch.until_running({f"c{i}" for i in range(clients)} -
                            {c["name"] for c in watch.clients if c["state"] == "Running"})
        took = time.monotonic_ns() - begin
        watch.close()
    finally:
        daemon.close()
    return took


def boots(rounds, most):
    cases = []
    for clients in (n for n in BOOTS if n <= most):
        floors, took = [], []
        for _ in range(max(2, rounds // clients)):
            begin = time.monotonic_ns()
            for _ in range(1 + clients):
                system.fork_exec()
            floors.append(time.monotonic_ns() - begin)
            took.append(boot(clients))
        cases += [system.case(f"floor.spawn.{1 + clients}", "ns", floors),
                  system.case(f"life.boot.{clients}", "ns", took)]
    return cases


def switches(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f
                    if line.startswith("voluntary_ctxt_switches:"))


def socket_round(daemon, cpu):
    """Median nanoseconds of a message through an endpoint's socket and back."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run([system.BENCH_APP, "--client=c0", "--rounds=1", "--only=app.socket.16",
                        f"--cpus={cpu},{cpu}", f"--out={out.name}"], env=daemon.env, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return json.load(out)["cases"][0]["rounds"][0]


def many(rounds, clients, cpu):
    """One client that is talked to, alone and among many; and many that are quiet."""
    alone, among = system.Daemon(), system.Daemon()
    try:
        for daemon, n in ((alone, 1), (among, clients)):
            for i in range(n):
                daemon.create(f"c{i}")
                daemon.call("Start", name=f"c{i}")
        one, lot = [], []
        for _ in range(rounds):
            one.append(socket_round(alone, cpu))
            lot.append(socket_round(among, cpu))
        time.sleep(1)
        watched = [among.process.pid, *among.clients()]
        before = sum(map(switches, watched))
        time.sleep(system.IDLE_SECONDS)
        woken = sum(map(switches, watched)) - before
        kib = among.status("VmRSS")
    finally:
        alone.close()
        among.close()
    return [system.case("app.alone.16", "ns", one), system.case("app.among.16", "ns", lot),
            system.case("idle.many", "KiB", [kib], wakeups=woken, resident_mib=kib / 1024)]


def write(out, program, rounds, cases):
    with open(os.path.join(out, f"{program}.json"), "w", encoding="utf-8") as f:
        json.dump({"program": program, "load": os.getloadavg()[0], "rounds": rounds,
                   "cases": cases}, f)


def main():
    options = dict(a[2:].split("=", 1) for a in sys.argv[1:] if a.startswith("--") and "=" in a)
    out, rounds = options["out"], int(options.get("rounds", 15))
    clients = int(options.get("clients", 64))
    cpu = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cpu})
    cases = lives(4 * rounds)
    cases += restarts(4 * rounds)
    cases += boots(rounds, clients)
    write(out, "life", rounds, cases)
    write(out, "many", rounds, many(rounds, clients, cpu))


if __name__ == "__main__":
    main()
