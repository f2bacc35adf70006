#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""run.py BOARD [--rounds=N] [--scale=PERCENT] [--kernel=VERSION]: an emulated board, compared in one boot.

Times of an emulator mean nothing; only what is compared in the guest, and exact counts.
"""
import base64
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "bench"))
import system  # noqa: E402  (its folder is known from here on)

OUT = os.path.join(TOP, "build", "bench")
BOARD = os.path.join(TOP, "bench", "board")
CORE, NAME = 2, "ref-b"  # a core that is Linux's before
# Of that client: it is started again when it has crashed, each time, at once.
RESTART = "Restart=always\nRestartSec=0\nStartLimitBurst=0\n"
PROGRAMS = ("app", "data", "rpc", "umt")  # bench_...: natively, too
SECONDS = 1800


def build(facts, arch):
    """The guest's program, with the smallest client in it."""
    folder = os.path.join(TOP, "build", "bench", arch)
    os.makedirs(folder, exist_ok=True)
    subprocess.run(["make", "-s", f"V={arch}", f"client-{arch}", "app", "bench-programs"], cwd=TOP,
                   check=True)
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
                    os.path.join(BOARD, "guest.c"),
                    os.path.join(tests, "blob.S"),
                    os.path.join(TOP, "build", arch, "libmica-app.a")], check=True)
    return program


def starts(text):
    """Cases of the guest's own program."""
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


def files(text):
    """{name: JSON} of what system.sh brought out, each whole."""
    found, name, wanted, data = {}, None, "", ""
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["file"]:
            name, wanted, data = words[1], words[2], ""
        elif words == ["end"] and name:
            packed = base64.b64decode(data, validate=True)
            if hashlib.sha256(packed).hexdigest() != wanted:
                sys.exit(f"results of bench_{name} were lost on their way out of the board")
            found[name] = json.loads(gzip.decompress(packed))
            name = None
        elif name:
            data += line.strip()
    if "board bench: all there" not in text:
        sys.exit(f"the benchmark did not end well:\n{text}")
    return found


def own(board, name, result):
    """Cases have other floors and goals here than natively: names of their own."""
    for case in result["cases"]:
        if not case["id"].startswith("floor."):
            case["id"] = f"board.{case['id']}"
    return {**result, "program": f"{board} bench_{name}"}


def boot(board, kernel, arch, program, rounds, scale):
    """What the guest said."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf", encoding="utf-8") as conf:
        with open(os.path.join(TOP, "boards", board.split(",")[0], "clients", f"{NAME}.conf"),
                  encoding="utf-8") as f:
            conf.write(f.read() + RESTART)
        conf.flush()
        add = [program, f"{conf.name}:/root/{NAME}.conf", os.path.join(BOARD, "system.sh"),
               *(os.path.join(TOP, "build", arch, f"bench_{name}") for name in PROGRAMS)]
        command = (f"chmod +x mica_board_bench bench_*; ./mica_board_bench /root/{NAME}.conf {NAME} "
                   f"{CORE} /lib/firmware/mica-{NAME}.elf {rounds} && sh system.sh {rounds} {scale}")
        return subprocess.run([os.path.join(TOP, "tools", "mcs-run"), board, "--timeout",
                               str(SECONDS), "--kernel", kernel,
                               *(word for file in add for word in ("--add", file)),
                               "--exec", command], stdout=subprocess.PIPE, text=True, check=False,
                              stdin=subprocess.DEVNULL).stdout


def main():
    board = next((a for a in sys.argv[1:] if not a.startswith("--")), None)
    if not board:
        sys.exit(__doc__)
    options = dict(a[2:].split("=", 1) for a in sys.argv[1:] if a.startswith("--") and "=" in a)
    rounds, scale = int(options.get("rounds", 11)), int(options.get("scale", 20))
    told = subprocess.run([os.path.join(TOP, "tools", "board-facts"), board], check=True,
                          capture_output=True, text=True).stdout
    facts = dict(line.split("=", 1) for line in told.splitlines())
    arch = facts["BOARD_ARCH"]
    said = boot(board, options.get("kernel", "6.12"), arch, build(facts, arch), rounds, scale)
    results = [{"program": board, "load": os.getloadavg()[0], "rounds": rounds,
                "cases": starts(said)}]
    results += [own(board, name, result) for name, result in files(said).items()]
    name = board.split(",")[0]
    folder = os.path.join(OUT, name)
    os.makedirs(folder, exist_ok=True)
    paths = [os.path.join(folder, f"{n}.json") for n in ("starts", *PROGRAMS)]
    for path, result in zip(paths, results):
        with open(path, "w", encoding="utf-8") as f:
            json.dump(result, f)
    subprocess.run([sys.executable, os.path.join(TOP, "bench", "report.py"), f"--out={folder}",
                    *paths], check=True)


if __name__ == "__main__":
    main()
