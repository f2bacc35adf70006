#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""system_umt.py [--rounds=N] [--scale=PERCENT] --out=FOLDER: what a client's bulk messages and calls of Linux take.

Writes umt.json (bench_umt: the application has a core of its own, daemon and client are on the
other) and rpc.json (bench_rpc: everything on one core).
"""
import os
import subprocess
import sys

import system


def measure(program, out, options, cpu, other):
    """One program with a daemon and a client of its own, which are on the core `other`."""
    os.sched_setaffinity(0, {other})
    daemon = system.Daemon()
    try:
        daemon.create("bench", "bench")
        daemon.call("Start", name="bench")
        os.sched_setaffinity(0, {cpu, other})
        subprocess.run([os.path.join(system.BUILD, program), "--client=bench", f"--cpus={cpu},{other}",
                        f"--out={os.path.join(out, program[6:])}.json", *options],
                       env=daemon.env, check=True, stdout=subprocess.DEVNULL)
    finally:
        daemon.close()


def main():
    out = next(a[6:] for a in sys.argv[1:] if a.startswith("--out="))
    options = [a for a in sys.argv[1:] if a.startswith(("--rounds=", "--scale="))]
    cpus = sorted(os.sched_getaffinity(0))
    measure("bench_umt", out, options, cpus[0], cpus[-1] if len(cpus) == 1 else cpus[1])
    measure("bench_rpc", out, options, cpus[0], cpus[0])


if __name__ == "__main__":
    main()
