#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""run.py [OPTION...]: everything that can be measured on this machine; options go to bench_rpmsg."""
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(TOP, "build", os.environ.get("V", "native"))
OUT = os.path.join(TOP, "build", "bench")


# What runs a daemon, and the results each of them writes.
SYSTEM = {
    "system.py": ("app", "system"),
    "system_umt.py": ("umt", "rpc"),
    "system_data.py": ("data",),
    "system_life.py": ("life", "many"),
}


def run(script, *arguments, **kwargs):
    return subprocess.run([sys.executable, os.path.join(TOP, "bench", script), f"--out={OUT}",
                           *arguments], **{"check": True, **kwargs})


def main():
    os.makedirs(OUT, exist_ok=True)
    names = ["rpmsg"]
    subprocess.run([os.path.join(BUILD, "bench_rpmsg"), f"--out={OUT}/rpmsg.json", *sys.argv[1:]],
                   check=True, stdout=subprocess.DEVNULL)
    rounds = [a for a in sys.argv[1:] if a.startswith("--rounds=")]
    for script, results in SYSTEM.items():
        run(script, *rounds)
        names += results
    # Not everybody has the compilers for boards.
    if subprocess.run([sys.executable, os.path.join(TOP, "bench", "sdk_size.py"),
                       f"--out={OUT}/size.json"], check=False,
                      stdout=subprocess.DEVNULL).returncode == 0:
        names.append("size")
    run("report.py", *(os.path.join(OUT, f"{name}.json") for name in names))


if __name__ == "__main__":
    main()
