#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""run.py BOARD [--rounds=N] [--kernel=VERSION]: starts on an emulated board, compared in one boot.

Times of an emulator mean nothing; only what is compared in the guest, and exact counts.
"""
import json
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "bench"))
import system  # noqa: E402  (its folder is known from here on)

OUT = os.path.join(TOP, "build", "bench")
CORE, NAME = 2, "ref-b"  # a core that is Linux's before


def build(facts, arch):
    """The guest's program, with the smallest client in it."""
    folder = os.path.join(TOP, "build", "bench", arch)
    os.makedirs(folder, exist_ok=True)
    subprocess.run(["make", "-s", f"V={arch}", f"client-{arch}", "app"], cwd=TOP, check=True)
    cross = {"arm64": "aarch64-linux-gnu-", "riscv64": "riscv64-linux-gnu-"}[arch]
    tests = os.path.join(TOP, "tests", "qemu", "kernel")
    blob, program = os.path.join(folder, "client"), os.path.join(folder, "mica_board_bench")
    subprocess.run([f"{cross}gcc", "-c", "-o", f"{blob}.o",
                    os.path.join(tests, f"client-{arch}.S")], check=True)
    subprocess.run([f"{cross}objcopy", "-O", "binary", f"{blob}.o", f"{blob}.bin"], check=True)
    subprocess.run([f"{cross}gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O2", "-static",
                    f"-I{TOP}/include", f"-I{TOP}/include/uapi",
                    f"-DCLIENT_BINARY=\"{blob}.bin\"", f"-DCOMM_BASE={facts['COMM_BASE']}ull",
                    f"-DIMAGE_BASE={facts['IMAGE_BASE']}ull", "-o", program,
                    os.path.join(TOP, "bench", "board", "guest.c"),
                    os.path.join(tests, "blob.S"),
                    os.path.join(TOP, "build", arch, "libmica-app.a")], check=True)
    return program


def parse(text):
    cases, counts = [], {}
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["count"] and len(words) == 4:
            counts[f"doorbells_{words[1]}"] = int(words[3]) / int(words[2])
        elif words and words[0].startswith(("floor.", "board.")):
            cases.append(system.case(words[0], "ns", [int(word) for word in words[1:]]))
    if "board bench: done" not in text:
        sys.exit(f"the benchmark did not end well:\n{text}")
    cases.append(system.case("board.message", "count", [0], **counts))
    return cases


def main():
    board = next((a for a in sys.argv[1:] if not a.startswith("--")), None)
    if not board:
        sys.exit(__doc__)
    options = dict(a[2:].split("=", 1) for a in sys.argv[1:] if a.startswith("--") and "=" in a)
    rounds = int(options.get("rounds", 15))
    told = subprocess.run([os.path.join(TOP, "tools", "board-facts"), board], check=True,
                          capture_output=True, text=True).stdout
    facts = dict(line.split("=", 1) for line in told.splitlines())
    program = build(facts, facts["BOARD_ARCH"])
    command = (f"chmod +x mica_board_bench; ./mica_board_bench /etc/mica/{NAME}.conf {NAME} {CORE} "
               f"/lib/firmware/mica-{NAME}.elf {rounds}")
    run = subprocess.run([os.path.join(TOP, "tools", "mcs-run"), board, "--timeout", "500",
                          "--kernel", options.get("kernel", "6.12"), "--add", program, "--exec",
                          command], stdout=subprocess.PIPE, text=True, check=False,
                         stdin=subprocess.DEVNULL)
    os.makedirs(OUT, exist_ok=True)
    result = os.path.join(OUT, f"{board.split(',')[0]}.json")
    with open(result, "w", encoding="utf-8") as f:
        json.dump({"program": board, "load": os.getloadavg()[0], "rounds": rounds,
                   "cases": parse(run.stdout)}, f)
    subprocess.run([sys.executable, os.path.join(TOP, "bench", "report.py"),
                    f"--out={OUT}/{board.split(',')[0]}", result], check=True)


if __name__ == "__main__":
    main()
