#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""system.py [--rounds=N] --out=FOLDER: a daemon and native clients on one core, and what that takes.

Writes app.json (bench_app, an application's messages) and system.json (the idle daemon), in the
form of bench_rpmsg's results.
"""
import contextlib
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(TOP, "build", os.environ.get("V", "native"))
BENCH_APP = os.path.join(BUILD, "bench_app")
IDLE_SECONDS = 5


class Daemon:
    """A daemon with a run root of its own, and one caller of its control socket."""

    def __init__(self, boot=()):
        """boot: names of clients that are started with it."""
        # In memory, as /run is: a disk's file system writes a file out when another replaces it.
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"
        self.dir = tempfile.mkdtemp(prefix="mica-bench-", dir=memory)
        self.run_root = os.path.join(self.dir, "run")
        self.env = {**os.environ, "MICA_RUN_ROOT": self.run_root}
        for name in boot:
            self.configure(name, AutoBoot="yes")
        self.log = open(os.path.join(self.dir, "micad.log"), "wb")
        self.process = subprocess.Popen([os.path.join(BUILD, "micad"), "--pedestal", "native",
                                         "--config-dir", self.dir], env=self.env,
                                        stdin=subprocess.DEVNULL, stderr=self.log, cwd=self.dir)
        with contextlib.suppress(PermissionError):  # as its systemd unit has it
            os.setpriority(os.PRIO_PROCESS, self.process.pid, -10)
        self.socket = socket.socket(socket.AF_UNIX)
        end = time.monotonic() + 30
        while True:
            try:
                self.socket.connect(os.path.join(self.run_root, "micad.sock"))
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.0005)

    def call(self, method, **parameters):
        message = {"method": f"io.mica.Manager.{method}", "parameters": parameters}
        self.socket.sendall(json.dumps(message).encode() + b"\0")
        data = b""
        while not data.endswith(b"\0"):
            more = self.socket.recv(65536)
            if not more:
                sys.exit(f"{method}: the daemon has closed the connection")
            data += more
        answer = json.loads(data[:-1])
        if "error" in answer:
            sys.exit(f"{method}: {answer}")
        return answer["parameters"]

    def configure(self, name, variant="ref", **keys):
        path = os.path.join(self.dir, f"{name}.conf")
        with open(path, "w", encoding="utf-8") as conf:
            conf.write(f"[Mica]\nName={name}\nPedestal=native\n"
                       f"ClientPath={BUILD}/client/mica-{variant}-native\n")
            conf.writelines(f"{key}={value}\n" for key, value in keys.items())
        return path

    def create(self, name, variant="ref", **keys):
        self.call("Create", file=self.configure(name, variant, **keys))

    def clients(self):
        """Processes of the clients that it has started."""
        pids, tasks = [], f"/proc/{self.process.pid}/task"
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/children", encoding="ascii") as f:
                pids += [int(pid) for pid in f.read().split()]
        return pids

    def status(self, field):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as f:
            return next(int(line.split()[1]) for line in f if line.startswith(field + ":"))

    def close(self):
        """Clients outlive their daemon: they are ended, too."""
        left = self.clients()
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        for pid in left:
            with contextlib.suppress(ProcessLookupError):  # an rpc process ends by itself
                os.kill(pid, signal.SIGKILL)
        self.log.close()
        shutil.rmtree(self.dir)


def timed(work, *args, **kwargs):
    begin = time.monotonic_ns()
    work(*args, **kwargs)
    return time.monotonic_ns() - begin


def fork_exec():
    """A small program, until it has said its first word and ended."""
    fd = os.eventfd(0, 0)
    pid = os.posix_spawn(BENCH_APP, [BENCH_APP, "--child", str(fd)], os.environ)
    os.eventfd_read(fd)
    os.waitpid(pid, 0)
    os.close(fd)


def case(name, unit, values, **counts):
    ordered = sorted(values)
    return {"id": name, "unit": unit, "place": "same", "ops": 1, "min": ordered[0],
            "p50": statistics.median(ordered), "p90": ordered[-(-len(ordered) * 9 // 10) - 1],
            "counts": counts, "rounds": values}


def idle(daemon):
    """Resident memory and wake-ups of a daemon whose one client is quiet."""
    time.sleep(1)
    before = daemon.status("voluntary_ctxt_switches")
    time.sleep(IDLE_SECONDS)
    woken = daemon.status("voluntary_ctxt_switches") - before
    kib = daemon.status("VmRSS")
    return [case("idle", "KiB", [kib], wakeups=woken, resident_mib=kib / 1024)]


def main():
    options = dict(a[2:].split("=", 1) for a in sys.argv[1:] if a.startswith("--") and "=" in a)
    out, rounds = options["out"], int(options.get("rounds", 15))
    cpu = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cpu})
    daemon = Daemon()
    try:
        daemon.create("a")
        daemon.call("Start", name="a")
        subprocess.run([BENCH_APP, "--client=a", f"--rounds={rounds}", f"--cpus={cpu},{cpu}",
                        f"--out={out}/app.json"], env=daemon.env, check=True,
                       stdout=subprocess.DEVNULL)
        cases = idle(daemon)
    finally:
        daemon.close()
    with open(os.path.join(out, "system.json"), "w", encoding="utf-8") as f:
        json.dump({"program": "system", "load": os.getloadavg()[0], "rounds": rounds,
                   "cases": cases}, f)


if __name__ == "__main__":
    main()
