# SPDX-License-Identifier: BSD-3-Clause
"""Clients that crash: what the user learns, and the core file that is left."""
import json
import os
import re
import signal
import stat
import subprocess

import pytest

from conftest import BUILD, Terminal, image, wait_until

SANITIZED = os.path.basename(BUILD) in ("asan", "tsan")


def crash(site, name, how="", seconds=30):
    """Crash a client by its shell; its description afterwards."""
    with Terminal(site.tty(name)) as tty:
        tty.write(f"crash {how}".strip().encode() + b"\n")
        site.wait_state(name, "Crashed", seconds)
    return site.info(name)


def cores(site, *name):
    return json.loads(site.ok("cores", "--json", *name))["files"]


def backtrace(core, program=None):
    out = subprocess.run(["gdb-multiarch", "-q", "-nx", "-batch", "-ex", "bt 12",
                          program or image(), core], capture_output=True, text=True,
                         timeout=300, check=False, stdin=subprocess.DEVNULL)
    return out.stdout + out.stderr


@pytest.mark.parametrize("how, reason, function", [
    ("", r"crashed: SIGSEGV at pc 0x[0-9a-f]+, address 0x0 \(signal 11\)", "platform_crash"),
    ("panic", r"crashed: panic: asked for by the user \(pc 0x[0-9a-f]+\)", "mica_panic"),
    ("overflow", r"crashed: SIGSEGV at pc 0x[0-9a-f]+, address 0x[0-9a-f]+ \(signal 11\)",
     "overflow"),
])
def test_crash_says_what_and_where(site, how, reason, function):
    site.run("one")
    info = crash(site, "one", how)
    assert re.fullmatch(reason, info["reason"]), info["reason"]
    record = info["crash"]
    assert record["cause"] == ("panic" if how == "panic" else "exception")
    registers = {r["name"]: r["value"] for r in record["registers"]}
    assert registers["rip" if "rip" in registers else "pc"] == record["pc"] != "0x0"
    assert registers["rsp" if "rsp" in registers else "sp"] == record["sp"] != "0x0"
    text = site.ok("status", "one")
    assert f"pc {record['pc']}" in text and "Core file:" in text
    assert "died" in site.ok("logs", "one")
    assert site.processes() == []
    out = backtrace(info["core_file"])
    assert re.search(r"#0 .*" + function, out), out
    assert re.search(r"^#\d+ .* k_thread_run ", out, re.M) or how == "overflow", out


def test_core_file_is_listed_and_private(site):
    site.run("one")
    info = crash(site, "one")
    path = info["core_file"]
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700
    assert re.fullmatch(r"core-\d{8}T\d{6}-1\.elf", os.path.basename(path))
    [file] = cores(site)
    assert file["path"] == path and file["client"] == "one"
    assert file["reason"] == info["reason"] and file["size"] == os.path.getsize(path)
    text = site.ok("cores", "one")
    assert path in text and info["reason"] in text
    site.ok("rm", "one")
    assert [f["path"] for f in cores(site, "one")] == [path]
    assert "no client 'two'" in site.fails(5, "cores", "two")


def test_memory_in_the_core_file(site):
    """A variable of the program, by its name."""
    site.run("one")
    info = crash(site, "one", "panic")
    out = subprocess.run(["gdb-multiarch", "-q", "-nx", "-batch", "-ex",
                          "print (char *) panic_message", image(), info["core_file"]],
                         capture_output=True, text=True, timeout=300, check=False).stdout
    assert "asked for by the user" in out


def test_only_the_newest_are_kept(site):
    site.create("one", CoreDumpKeep=2)
    for _ in range(4):
        site.ok("start", "one")
        crash(site, "one")
    assert [os.path.basename(f["path"]).rsplit("-", 1)[1] for f in cores(site)] == [
        "4.elf", "3.elf"]


def test_no_core_file_when_not_wanted(site):
    site.run("one", CoreDump="no")
    info = crash(site, "one")
    assert info["reason"].startswith("crashed: SIGSEGV") and info["core_file"] == ""
    assert cores(site) == []


def test_too_large_or_no_room(site):
    """One line says so, nothing half-done is left, and the client can be started again."""
    site.run("one", CoreDumpSizeMax=1)
    info = crash(site, "one")
    assert info["core_file"] == ""
    assert "more than CoreDumpSizeMax=1 MiB" in site.ok("logs", "one")
    site.ok("start", "one")
    site.ok("stop", "one")


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small file system")
def test_disk_full(site):
    site.run("one")
    crash(site, "one")
    folder = os.path.dirname(cores(site)[0]["path"])
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder],
                             check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip(mounted.stderr.decode())
    try:
        site.ok("start", "one")
        assert crash(site, "one")["reason"].startswith("crashed: SIGSEGV")
        assert "No space left on device" in site.ok("logs", "one")
        assert os.listdir(folder) == []
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_silent_death(site):
    """No word from the client: its memory, no registers."""
    site.run("one")
    [pid] = site.processes()
    os.kill(pid, signal.SIGKILL)
    site.wait_state("one", "Crashed")
    info = site.info("one")
    assert "went off without notice: process was killed by signal 9" in info["reason"]
    assert "crash" not in info
    out = subprocess.run(["gdb-multiarch", "-q", "-nx", "-batch", "-ex", "x/1xw 0x70000000",
                          image(), info["core_file"]], capture_output=True, text=True,
                         timeout=300, check=False).stdout
    assert re.search(r"0x70000000:\s+0x00000001", out), out  # version of the resource table


@pytest.mark.long
def test_crash_without_a_daemon(site):
    """Nobody reads the record: the client goes nevertheless."""
    site.run("one")
    with Terminal(site.tty("one")) as tty:
        site.kill()
        [pid] = site.processes()
        os.kill(pid, signal.SIGILL)
        del tty
    wait_until(lambda: not site.processes(), 30, "end of the client")
    site.start()
    assert site.info("one")["state"] != "Running"


def test_crash_seen_by_the_next_daemon(site):
    site.run("one")
    site.kill()
    [pid] = site.processes()
    os.kill(pid, signal.SIGABRT)
    site.start()
    site.wait_state("one", "Crashed")
    info = site.info("one")
    assert info["reason"].startswith("crashed: SIGABRT")
    assert os.path.exists(info["core_file"])


def test_restart_waits_for_the_core_file(site):
    site.run("one", Restart="on-failure", RestartSec=0)
    with Terminal(site.tty("one")) as tty:
        tty.write(b"crash panic\n")
        wait_until(lambda: cores(site), 30, "core file")
    site.wait_state("one", "Running", 30)
    out = backtrace(cores(site)[0]["path"])
    assert "mica_panic" in out and "crash (" in out, out


def test_purge_removes_core_files_and_rm_does_not(site):
    for name in ("one", "two"):
        site.run(name)
        crash(site, name)
    left = {f["client"]: f["path"] for f in cores(site)}
    assert set(left) == {"one", "two"} and all(os.path.exists(p) for p in left.values())
    site.ok("rm", "one")
    site.create("one")
    assert [f["path"] for f in cores(site, "one")] == [left["one"]]
    # A write that was cut short is removed, what is none of them stays.
    folder = os.path.dirname(left["one"])
    for name in ("core-x.elf.new", "notes"):
        with open(os.path.join(folder, name), "w") as file:
            file.write("x")
    site.ok("rm", "--purge", "one")
    assert os.listdir(folder) == ["notes"]
    assert [f["client"] for f in cores(site)] == ["two"]
    site.ok("rm", "two", "--purge")
    assert not os.path.exists(os.path.dirname(left["two"])) and cores(site) == []
    site.create("two")
    site.ok("rm", "--purge", "two")  # there was nothing to remove
