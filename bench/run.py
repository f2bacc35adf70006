#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""run.py [OPTION...]: everything that can be measured on this machine; options go to bench_rpmsg."""
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(TOP, "build", os.environ.get("V", "native"))
OUT = os.path.join(TOP, "build", "bench")


def main():
    os.makedirs(OUT, exist_ok=True)
    rings = os.path.join(OUT, "rpmsg.json")
    subprocess.run([os.path.join(BUILD, "bench_rpmsg"), f"--out={rings}", *sys.argv[1:]],
                   check=True, stdout=subprocess.DEVNULL)
    subprocess.run([sys.executable, os.path.join(TOP, "bench", "system.py"), f"--out={OUT}",
                    *(a for a in sys.argv[1:] if a.startswith("--rounds="))], check=True)
    subprocess.run([sys.executable, os.path.join(TOP, "bench", "system_umt.py"), f"--out={OUT}",
                    *(a for a in sys.argv[1:] if a.startswith("--rounds="))], check=True)
    subprocess.run([sys.executable, os.path.join(TOP, "bench", "system_data.py"), f"--out={OUT}",
                    *(a for a in sys.argv[1:] if a.startswith("--rounds="))], check=True)
    subprocess.run([sys.executable, os.path.join(TOP, "bench", "system_life.py"), f"--out={OUT}",
                    *(a for a in sys.argv[1:] if a.startswith("--rounds="))], check=True)
    files = [rings, os.path.join(OUT, "data.json"), os.path.join(OUT, "life.json"), os.path.join(OUT, "many.json"),
             os.path.join(OUT, "umt.json"), os.path.join(OUT, "rpc.json"),
             os.path.join(OUT, "app.json"), os.path.join(OUT, "system.json")]
    sizes = os.path.join(OUT, "size.json")
    if subprocess.run([sys.executable, os.path.join(TOP, "bench", "sdk_size.py"), f"--out={sizes}"],
                      check=False, stdout=subprocess.DEVNULL).returncode == 0:
        files.append(sizes)
    subprocess.run([sys.executable, os.path.join(TOP, "bench", "report.py"), f"--out={OUT}",
                    *files], check=True)


if __name__ == "__main__":
    main()
