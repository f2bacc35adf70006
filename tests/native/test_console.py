# SPDX-License-Identifier: BSD-3-Clause
"""mica console: a person at a terminal, and a script at a pipe."""
import os
import signal
import subprocess
import termios
import time

import pexpect
import pytest

from conftest import MICA, SLOW, wait_until

ESCAPE = "\x1d"
PROMPT = "mica:~$ "


def command_of(pid):
    with open(f"/proc/{pid}/comm") as comm:
        return comm.read().strip()


def test_person(site):
    tty = site.run("one")
    child = site.console("one")
    child.expect_exact(f"Connected to one ({tty}). Press Ctrl-] to leave.")
    child.send("\r")
    child.expect_exact(PROMPT)
    child.send("version\r")
    child.expect("MICA reference client .*mica-ref")
    child.expect_exact(PROMPT)
    child.send(ESCAPE)
    child.expect("the client goes on")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert site.state("one") == "Running"


def test_ctrl_c_goes_to_the_client(site):
    site.run("one")
    child = site.console("one")
    child.expect("Ctrl-]")
    child.send("abc\x03")
    child.expect_exact("^C")
    child.expect_exact(PROMPT)
    child.send(ESCAPE)
    child.expect(pexpect.EOF)


@pytest.mark.parametrize("how", ["escape", signal.SIGTERM, signal.SIGHUP])
def test_terminal_is_restored(site, how):
    site.run("one")
    # A shell keeps the terminal open after mica has gone.
    child = pexpect.spawn("/bin/sh", ["-c", f"read go; {MICA} console one; echo left; read x"],
                          env=site.env, timeout=15 * SLOW, encoding="utf-8")
    before = termios.tcgetattr(child.child_fd)
    child.sendline("")
    child.expect("Ctrl-]")
    wait_until(lambda: termios.tcgetattr(child.child_fd) != before, what="raw mode")
    if how == "escape":
        child.send(ESCAPE)
    else:
        os.kill(next(p for p in site.processes() if command_of(p) == "mica"), how)
    child.expect("left\r\n")
    assert termios.tcgetattr(child.child_fd) == before
    child.close(force=True)


def test_pipe(site):
    site.run("one")
    out = site.ok("console", "--until", "^second", "one", input="echo first\necho second\n")
    assert out.index("first") < out.index("second")
    assert "\x1b" not in out


def test_pipe_passes_escape_key_through(site):
    site.run("one")
    data = b"sink 3\n" + b"\x1d\x1d\x1d"
    result = subprocess.run([MICA, "console", "--until", "^sink: 3", "one"], env=site.env,
                            input=data, capture_output=True, timeout=90 * SLOW, check=True)
    assert b"sink: 3 bytes" in result.stdout


def test_power_off_ends_it(site):
    site.run("one")
    child = site.console("one")
    child.expect("Ctrl-]")
    child.send("poweroff\r")
    child.expect("powering off")
    child.expect("client is Stopped")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_crash_ends_it(site):
    site.run("one")
    child = site.console("one")
    child.expect("Ctrl-]")
    child.send("crash\r")
    child.expect("client is Crashed: ")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 13


def test_stop_from_elsewhere_ends_it(site):
    site.run("one")
    child = site.console("one")
    child.expect("Ctrl-]")
    site.ok("stop", "one")
    child.expect("client is Stopped")
    child.expect(pexpect.EOF)


def test_survives_the_daemon(site):
    site.run("one")
    child = site.console("one")
    child.expect("Ctrl-]")
    child.send("\r")
    child.expect_exact(PROMPT)
    site.kill()
    child.expect("connection lost")
    site.start()
    child.expect("connected again")
    child.send("echo still here\r")
    child.expect_exact("still here\r\n")
    child.send(ESCAPE)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_not_running(site):
    site.create("one")
    assert "mica start one" in site.fails(6, "console", "one")
    site.fails(5, "console", "none")
    site.ok("start", "one")
    site.tty("one")
    assert "named other" in site.fails(6, "console", "one", "other")
    assert "pong" in site.ok("console", "--until", "^pong", "one", "rpmsg-tty", input="ping\n")


def test_until_a_line(site):
    site.run("one")
    # The line decides, not the time: neither the echo of what was typed nor other lines.
    begun = time.monotonic()
    out = site.ok("console", "--until", "^3+$", "--linger", "50", "one",
                  input="echo 111\necho 333\n")
    assert time.monotonic() - begun < 45 and "\n111\n" in out and "\n333" in out
    # A prompt is a line without an end.
    assert "mica:~$" in site.ok("console", "--until", r"^mica:~\$ $", "one", input="\n")
    line = site.fails(11, "console", "--until", "^never", "--linger", "0.5", "one", input="ping\n")
    assert "silent for 0.5 s" in line and "--until" in line
    assert "'(('" in site.mica("console", "--until", "((", "one").stderr


def test_until_ends_with_the_client(site):
    site.run("one")
    result = site.mica("console", "--until", "^never", "one", input="poweroff\n")
    assert result.returncode == 0 and "client is Stopped" in result.stderr, result


def test_a_second_reader_is_refused(site):
    tty = site.run("one")
    site.run("two")
    child = site.console("one")
    child.expect("Ctrl-]")
    line = site.fails(8, "console", "one", input="ping\n")
    assert tty in line and f"process {child.pid}" in line, line
    assert "pong" in site.ok("console", "--until", "^pong", "two", input="ping\n")
    child.send(ESCAPE)
    child.expect(pexpect.EOF)
    child.close()
    assert "pong" in site.ok("console", "--until", "^pong", "one", input="ping\n")
