#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""system_data.py [--rounds=N] [--scale=PERCENT] --out=FOLDER: sockets and a terminal kept full, urgent messages.

Writes data.json (bench_data: everything on one core).
"""
import os
import subprocess
import sys

import system


def main():
    out = next(a[6:] for a in sys.argv[1:] if a.startswith("--out="))
    options = [a for a in sys.argv[1:] if a.startswith(("--rounds=", "--scale=", "--only="))]
    cpu = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cpu})
    daemon = system.Daemon()
    try:
        daemon.create("data")
        daemon.call("Start", name="data")
        tty = daemon.call("GetTty", name="data")["device"]
        subprocess.run([os.path.join(system.BUILD, "bench_data"), "--client=data",
                        f"--cpus={cpu},{cpu}", f"--out={os.path.join(out, 'data.json')}", *options],
                       env={**daemon.env, "MICA_BENCH_TTY": tty}, check=True,
                       stdout=subprocess.DEVNULL)
    finally:
        daemon.close()


if __name__ == "__main__":
    main()
