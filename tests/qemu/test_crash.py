# SPDX-License-Identifier: BSD-3-Clause
"""Crash records, core files and suspension of a client on a core of its own."""
import base64
import gzip
import hashlib
import json
import os
import re
import subprocess

import pytest

from conftest import ARCH, CLIENTS, IMAGE_BASE

PC = rf"pc {IMAGE_BASE >> 24:#x}[0-9a-f]{{6}}"
ABORT = {
    "arm64": rf"crashed: data abort at {PC}, address 0x10 \(esr 0x96[0-9a-f]+\)",
    "riscv64": rf"crashed: (load|store) page fault at {PC}, address 0x10 \(scause 0x[df]\)",
}

WAIT = ("for i in $(seq 300); do mica status ref | grep -q '^State: *Crashed' && exit 0;"
        " sleep 0.1; done; exit 1")


def block(guest, path, at, size):
    """Part of a file, or None: the console drops output under load."""
    out = guest.ok(f"tail -c +{at + 1} {path} | head -c {size} > /tmp/part;"
                   " base64 -w 0 /tmp/part; echo; md5sum < /tmp/part")
    try:
        text, md5 = out.split("\n")
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return data if hashlib.md5(data).hexdigest() == md5.split()[0] else None


def fetch(guest, path, target):
    """Copy a file out of the guest, over its console."""
    size = int(guest.ok(f"gzip -c {path} > /tmp/file.gz; stat -c %s /tmp/file.gz"))
    data = b""
    for _ in range(10 * (size // 2000 + 1)):
        data += block(guest, "/tmp/file.gz", len(data), 2000) or b""
        if len(data) == size:
            break
    with open(target, "wb") as out:
        out.write(gzip.decompress(data))


@pytest.mark.parametrize("how, reason, function", [
    ("", ABORT[ARCH], "platform_crash"),
    ("panic", rf"crashed: panic: asked for by the user \({PC}\)", "mica_panic"),
    ("overflow", rf"crashed: panic: stack overflow \({PC}\)", "mica_panic"),
])
def test_crash(guest, client, tmp_path, how, reason, function):
    guest.ok("mica start ref")
    guest.run(f"printf 'crash {how}\\n' | mica console ref")
    guest.ok(WAIT)
    info = json.loads(guest.ok("mica --json status ref"))["clients"][0]
    assert re.fullmatch(reason, info["reason"]), info["reason"]
    registers = {r["name"]: int(r["value"], 16) for r in info["crash"]["registers"]}
    assert registers["pc"] == int(info["crash"]["pc"], 16)
    assert IMAGE_BASE <= registers["sp"] < IMAGE_BASE + 0x1000000
    assert info["core_file"] in guest.ok("mica cores ref")
    core = str(tmp_path / "core.elf")
    fetch(guest, info["core_file"], core)
    out = subprocess.run(["gdb-multiarch", "-q", "-nx", "-batch", "-ex", "bt 20", "-ex",
                          "p (char *) mica_variant.name",
                          os.path.join(CLIENTS, "mica-ref.elf"), core], capture_output=True,
                         text=True, timeout=300, check=False, stdin=subprocess.DEVNULL)
    out = out.stdout + out.stderr
    assert re.search(r"^#0 .*" + function, out, re.M), out
    assert re.search(r"^#\d+ .*\bcrash \(", out, re.M) or how == "overflow", out
    assert re.search(r"^#\d+ .*\boverflow \(", out, re.M) or how != "overflow", out
    assert '"mica-ref"' in out, out
    guest.ok("mica start ref")
    assert "pong" in guest.shell("ref", "ping")


def test_suspend_and_resume(guest, client):
    guest.ok("mica start ref")
    guest.ok("mica suspend ref")
    assert "Suspended" in guest.ok("mica status ref")
    guest.ok("sleep 1; mica resume ref")
    assert "pong" in guest.shell("ref", "ping")
    guest.ok("mica suspend ref")
    guest.ok("mica stop ref")
    assert "Stopped" in guest.ok("mica status ref")
