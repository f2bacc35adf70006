# SPDX-License-Identifier: BSD-3-Clause
"""gdb on a client, over the ring pair: the real gdb, the real daemon, the client's stub.

The client is a process here; the same list runs on the board in tests/qemu/test_gdb.py.
"""
import mmap
import os
import platform
import re
import shutil
import signal
import socket
import stat
import struct
import subprocess
import time

import pexpect
import pytest

from conftest import MICA, SLOW, Terminal, image, wait_until

GDB = shutil.which("gdb-multiarch") or shutil.which("gdb")
pytestmark = [
    pytest.mark.skipif(not GDB, reason="no gdb on this machine"),
    pytest.mark.skipif(platform.machine() != "x86_64",
                       reason="clients that are processes are debugged on x86-64 only"),
]
PROMPT = r"\(gdb\) $"


class Gdb:
    """gdb on a client, at its prompt."""

    def __init__(self, site, name, *args):
        self.child = pexpect.spawn(MICA, ["gdb", name, "--", "-nx", *args], timeout=30 * SLOW,
                                   env={**site.env, "MICA_GDB": GDB, "TERM": "dumb"}, cwd=site.dir,
                                   encoding="utf-8", codec_errors="replace",
                                   dimensions=(1000, 250))
        self.child.delaybeforesend = None
        self.child.expect(PROMPT)
        self.greeting = self.child.before
        for setting in ("confirm off", "pagination off", "style enabled off",
                        "breakpoint pending off"):
            self.do(f"set {setting}")

    def begin(self, command):
        self.child.sendline(command)
        self.child.expect_exact(command)

    def end(self, timeout=-1):
        self.child.expect(PROMPT, timeout=timeout)
        return self.child.before.replace("\r", "").strip()

    def do(self, command):
        """One command; what it said."""
        self.begin(command)
        return self.end()

    def quit(self):
        self.child.sendline("quit")
        self.child.expect(pexpect.EOF)
        self.child.close()


@pytest.fixture
def debugged(site):
    site.run("d", "debug", Debug="yes")
    return site


def stopped_at(gdb, function):
    said = gdb.end()
    assert "Breakpoint " in said and f"{function} (" in said, said


def ask(site, name, command):
    """Type a command into the client's shell and leave: who reads the answer is another matter."""
    site.wait_state(name, "Running")
    with Terminal(site.tty(name)) as tty:
        tty.write(command + b"\n")


def test_batch_registers_and_memory(debugged):
    said = debugged.ok("gdb", "d", "--", "-nx", "-batch", "-ex", "info registers rip rsp",
                       "-ex", "print mica_variant.name", "-ex", "print/x sizeof(mica_variant)",
                       "-ex", "info threads", "-ex", "detach").replace("\r", "")
    assert re.search(r"^rip +0x[0-9a-f]+", said, re.M), said
    assert re.search(r"^rsp +0x[0-9a-f]+", said, re.M), said
    assert '"mica-debug"' in said, said
    assert "detached" in said, said
    # It went on, and its terminal works.
    assert "up " in debugged.shell("d", "uptime")
    assert debugged.state("d") == "Running"


def test_breakpoint_backtrace_step(debugged):
    gdb = Gdb(debugged, "d")
    assert "Breakpoint 1" in gdb.do("break uptime")
    gdb.begin("continue")
    ask(debugged, "d", b"uptime")
    stopped_at(gdb, "uptime")
    trace = gdb.do("backtrace")
    assert "uptime (" in trace and "thread_main (" in trace, trace
    pc = gdb.do("print/x $pc")
    gdb.do("stepi")
    after = gdb.do("print/x $pc")
    assert pc.split()[-1] != after.split()[-1]
    # Registers and memory can be changed.
    gdb.do("set var boot_us = 0x1122334455667788")
    assert gdb.do("print/x boot_us").endswith("0x1122334455667788")
    gdb.do("set $r11 = 0x77")
    assert gdb.do("print/x $r11").endswith("0x77")
    # gdb sees the code as it is, also where a breakpoint stands.
    code = gdb.do("x/4i uptime")
    assert "int3" not in code, code
    assert "Run till exit" in gdb.do("finish")
    gdb.do("delete")
    gdb.begin("continue")
    gdb.child.expect("Continuing")
    assert "PRIO" in debugged.shell("d", "ps")
    gdb.child.sendintr()
    gdb.end()
    assert "detached" in gdb.do("detach")
    gdb.quit()
    assert "up " in debugged.shell("d", "uptime")


def test_memory_that_is_not_there(debugged):
    gdb = Gdb(debugged, "d")
    assert "Cannot access memory at address 0x10" in gdb.do("x/1x 0x10")
    assert "Cannot access memory" in gdb.do("set var *(int *)0x10 = 1")
    assert "Cannot insert" in gdb.do("break *0x10") + gdb.do("continue")
    gdb.do("delete")
    gdb.do("detach")
    gdb.quit()
    assert "up " in debugged.shell("d", "uptime")


def test_interrupt_and_continue(debugged):
    gdb = Gdb(debugged, "d")
    for _ in range(5):
        gdb.begin("continue")
        gdb.child.expect("Continuing")
        assert "pong" in debugged.shell("d", "ping")
        gdb.child.sendintr()
        assert "SIGINT" in gdb.end()
    # Nothing of it runs now: the shell is silent.
    with Terminal(debugged.tty("d")) as tty:
        tty.write(b"ping\n")
        assert not tty.read_some(0.5)
        gdb.do("detach")
        tty.read_until(b"pong")
    gdb.quit()


def test_interrupt_of_a_client_that_hangs_in_a_loop(debugged):
    gdb = Gdb(debugged, "d")
    gdb.do("break uptime")
    gdb.begin("continue")
    ask(debugged, "d", b"uptime")
    stopped_at(gdb, "uptime")
    # A jump to itself: an endless loop in the shell's thread.
    gdb.do("set var *(unsigned short *)$pc = 0xfeeb")
    gdb.do("delete")
    gdb.begin("continue")
    gdb.child.expect("Continuing")
    time.sleep(0.2)
    gdb.child.sendintr()
    said = gdb.end()
    assert "SIGINT" in said and "uptime (" in said, said
    gdb.do("detach")
    gdb.quit()
    debugged.ok("stop", "d")


def test_a_client_in_the_debugger_does_not_hang(site):
    """Time at a breakpoint is nobody's fault; without a debugger it counts again."""
    watchdog = 2 * SLOW
    site.run("d", "debug", Debug="yes", WatchdogSec=watchdog)
    assert site.info("d")["watchdog"] == "on"
    gdb = Gdb(site, "d")
    gdb.do("break uptime")
    gdb.begin("continue")
    ask(site, "d", b"uptime")
    stopped_at(gdb, "uptime")
    time.sleep(3 * watchdog)
    info = site.info("d")
    assert (info["state"], info["watchdog"]) == ("Running", "on")
    gdb.do("delete")
    gdb.do("detach")
    gdb.quit()
    assert "pong" in site.shell("d", "ping")
    time.sleep(2 * watchdog)
    assert site.state("d") == "Running"
    os.kill(site.processes()[0], signal.SIGSTOP)
    site.wait_state("d", "Crashed", 20)
    assert "hung: no heartbeat for" in site.info("d")["reason"]


def test_exception_goes_to_the_debugger(debugged):
    gdb = Gdb(debugged, "d")
    gdb.begin("continue")
    ask(debugged, "d", b"crash")
    said = gdb.end()
    assert re.search("SIGSEGV|SIGILL", said) and "platform_crash" in said, said
    assert debugged.state("d") == "Running"
    # Let go, it dies as without a debugger.
    gdb.do("detach")
    gdb.quit()
    debugged.wait_state("d", "Crashed")


def client_process(site):
    return [p for p in site.processes() if "mica-debug" in os.readlink(f"/proc/{p}/exe")]


def test_restart(debugged):
    gdb = Gdb(debugged, "d")
    before = client_process(debugged)
    gdb.do("break uptime")
    gdb.begin("run")  # which goes on to the first breakpoint, if there is one
    ask(debugged, "d", b"uptime")
    stopped_at(gdb, "uptime")
    assert client_process(debugged) != before
    gdb.do("detach")
    gdb.quit()
    assert debugged.state("d") == "Running"


def test_stop_while_stopped_in_the_debugger(debugged):
    gdb = Gdb(debugged, "d")
    debugged.ok("stop", "d")
    assert debugged.info("d")["reason"] == ""
    assert debugged.info("d")["debugger"] == ""
    gdb.child.sendline("continue")
    gdb.child.expect("closed|reset|Broken")
    gdb.quit()
    debugged.ok("start", "d")
    assert "up " in debugged.shell("d", "uptime")


def test_daemon_killed_while_stopped(debugged):
    gdb = Gdb(debugged, "d")
    gdb.do("break uptime")
    gdb.begin("continue")
    ask(debugged, "d", b"uptime")
    stopped_at(gdb, "uptime")
    debugged.kill(signal.SIGKILL)
    gdb.child.sendline("stepi")
    gdb.child.expect("closed|reset|Broken|disconnect")
    gdb.quit()
    debugged.start()
    assert debugged.state("d") == "Running"
    again = Gdb(debugged, "d")
    assert "uptime (" in again.do("backtrace")
    assert "detached" in again.do("detach")
    again.quit()
    assert "up " in debugged.shell("d", "uptime")
    assert debugged.state("d") == "Running"


def test_one_debugger_at_a_time_and_owner_only(debugged):
    path = debugged.ok("gdb", "--print-socket", "d").strip()
    assert path == debugged.info("d")["debugger"]
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    with socket.socket(socket.AF_UNIX) as first, socket.socket(socket.AF_UNIX) as second:
        first.connect(path)
        first.settimeout(10 * SLOW)
        first.sendall(b"+$?#3f")
        assert first.recv(100).startswith(b"+")
        second.connect(path)
        second.settimeout(10 * SLOW)
        assert second.recv(1) == b""
        first.sendall(b"$D#44")
    debugged.ok("stop", "d")
    assert not os.path.exists(path)


def test_tcp_on_request(debugged):
    with subprocess.Popen([MICA, "gdb", "--port", "0", "d"], env=debugged.env, text=True,
                          stdout=subprocess.PIPE) as proxy:
        try:
            target = proxy.stdout.readline().strip()
            assert target.startswith("target extended-remote 127.0.0.1:"), target
            said = subprocess.run([GDB, "-nx", "-batch", image("debug"), "-ex", target, "-ex",
                                   "print mica_variant.name", "-ex", "detach"], text=True,
                                  capture_output=True, timeout=60 * SLOW, check=True)
            assert '"mica-debug"' in said.stdout, said
        finally:
            proxy.kill()


def test_clients_without_a_debugger(site):
    site.run("plain", "ref", tty=False)
    assert "Debug=yes" in site.fails(7, "gdb", "plain")
    site.run("noring", "ref", tty=False, Debug="yes")
    assert "entry 129" in site.fails(6, "gdb", "noring")
    site.create("off", "debug", Debug="yes")
    assert "start it first" in site.fails(6, "gdb", "off")
    site.fails(5, "gdb", "nobody")
    site.fails(2, "gdb")
    site.fails(2, "gdb", "--port", "x", "plain")


def test_nobody_debugs_no_wakeups(debugged):
    """With the socket open and no debugger, daemon and client sleep."""
    def switches():
        with open(f"/proc/{debugged.daemon.pid}/status") as f:
            return int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", f.read(), re.M)[1])
    wait_until(lambda: quiet(switches), 20, "a quiet daemon")


def quiet(count):
    before = count()
    time.sleep(1)
    return count() == before


def test_bytes_of_a_hostile_debugger(debugged):
    """Nonsense at the socket: the client stays, and a real debugger can still come."""
    path = debugged.info("d")["debugger"]
    for junk in (b"$" * 9000, b"$m0,ffffffffffffffff#00", b"$" + b"A" * 5000 + b"#00", b"}" * 100,
                 b"$X0,0:#b0$vCont;#00$G00#d7$P#50$Z9,9,9#00", b"$vRun", os.urandom(3000)):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(path)
            s.settimeout(5 * SLOW)
            try:
                s.sendall(junk.replace(b"\x03", b""))
            except OSError:
                pass
    # The one before may still be on its way into the ring: then nobody else is let in.
    wait_until(lambda: ask_and_leave(path), 20, "a debugger's turn")
    assert "up " in debugged.shell("d", "uptime")


def ask_and_leave(path):
    """Why it stopped, then detach. False: not let in."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(20 * SLOW)
        seen = b""
        try:
            s.connect(path)
            s.sendall(b"#00#00$?#3f")
            for end, then in ((b"$T", b"+$D#44"), (b"$OK#9a", b"+")):
                while end not in seen:
                    more = s.recv(1000)
                    if not more:
                        return False
                    seen += more
                s.sendall(then)
        except OSError:
            return False
        return True


class OldStub:
    """What images in the field do, on the memory of one that has the rings and no stub: the ring is
    polled, answers ring no doorbell."""

    def __init__(self, site, name):
        pid = [p for p in site.processes() if "gdbtable" in os.readlink(f"/proc/{p}/exe")][0]
        with open(f"/proc/{pid}/fd/3", "r+b") as f:
            self.mem = mmap.mmap(f.fileno(), 0)
        num, = struct.unpack_from("<I", self.mem, 4)
        offsets = struct.unpack_from(f"<{num}I", self.mem, 16)
        self.pair, = [o for o in offsets if struct.unpack_from("<I", self.mem, o)[0] == 129]
        _, _, da, pa, size = struct.unpack_from("<IIQQQ", self.mem, self.pair)
        assert da == pa and size == 0x2000
        self.tx = da - 0x70000000
        self.rx = self.tx + 0x1000
        for ring in (self.tx, self.rx):
            assert struct.unpack_from("<I", self.mem, ring + 8)[0] == 0xFF0

    def state(self):
        return self.mem[self.pair + 32]

    def read(self):
        """Everything that is there."""
        start, out = struct.unpack_from("<II", self.mem, self.rx)
        data = bytes(self.mem[self.rx + 16 + (out + i) % 0xFF0] for i in range(start - out))
        struct.pack_into("<I", self.mem, self.rx + 4, start)
        return data

    def write(self, data):
        at, = struct.unpack_from("<I", self.mem, self.tx)
        for i, byte in enumerate(data):
            self.mem[self.tx + 16 + (at + i) % 0xFF0] = byte
        struct.pack_into("<I", self.mem, self.tx, at + len(data))

    def expect(self, what):
        data = b""

        def more():
            nonlocal data
            data += self.read()
            return what in data
        wait_until(more, 10, f"{what} in the ring")


def test_existing_image(site):
    """Packets of up to 1600 bytes both ways, without doorbells; Ctrl-C; the daemon killed."""
    site.run("old", "gdbtable", Debug="yes", tty=False)
    stub = OldStub(site, "old")
    assert stub.state() == 1
    path = site.info("old")["debugger"]
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        s.settimeout(10 * SLOW)
        for _ in range(20):
            s.sendall(b"+$m1000,31e#00")
            stub.expect(b"+$m1000,31e#00")
            assert stub.state() == 2
            answer = b"+$" + os.urandom(800).hex().encode() + b"#00"
            stub.write(answer)
            assert s.recv(len(answer), socket.MSG_WAITALL) == answer
        s.sendall(b"+$c#63")
        stub.expect(b"+$c#63")
        time.sleep(1)  # it runs; the daemon looks less and less often
        s.sendall(b"\x03")
        wait_until(lambda: stub.state() == 3, 10, "Ctrl-C")
        assert stub.read() == b""
        stub.mem[stub.pair + 32] = 2
        stub.write(b"$T02#b6")
        assert s.recv(7, socket.MSG_WAITALL) == b"$T02#b6"
        # Indices that make no sense harm nobody.
        struct.pack_into("<I", stub.mem, stub.tx, 0xFFFFFFF0)
        s.sendall(b"+$g#67")
        stub.expect(b"$g#67")
    site.kill(signal.SIGKILL)
    site.start()
    assert site.state("old") == "Running"
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        s.settimeout(10 * SLOW)
        s.sendall(b"$?#3f")
        stub.expect(b"$?#3f")
        stub.write(b"+$T05#b9")
        assert s.recv(8, socket.MSG_WAITALL) == b"+$T05#b9"


def test_existing_image_that_runs_is_broken_into(site):
    site.run("old", "gdbtable", Debug="yes", tty=False)
    stub = OldStub(site, "old")
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(site.info("old")["debugger"])
        s.settimeout(10 * SLOW)
        s.sendall(b"+$qSupported#37")
        # Nobody looks at the ring: it is told to stop, and what it says to that is left out.
        wait_until(lambda: stub.state() == 3, 10, "Ctrl-C")
        stub.mem[stub.pair + 32] = 2
        stub.write(b"$T02#b6")
        stub.expect(b"+$qSupported#37")
        stub.write(b"+$PacketSize=640#00")
        assert s.recv(19, socket.MSG_WAITALL) == b"+$PacketSize=640#00"
