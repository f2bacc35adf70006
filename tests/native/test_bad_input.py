# SPDX-License-Identifier: BSD-3-Clause
"""One clear line, the right exit code, nothing left half-started."""
import os
import shutil
import signal
import socket
import struct
import subprocess
import threading

import pytest

from conftest import MICA, MICAD, image, wait_until

NOBODY = 65534


# The daemon

def test_daemon_not_running(idle_site):
    for args in (["status"], ["start", "x"], ["create", "--all"], ["console", "x"], ["stop", "x"],
                 ["rm", "x"], ["wait", "x"], ["start", "/x.elf"]):
        line = idle_site.fails(3, *args)
        assert "micad does not run" in line and "systemctl start micad" in line
    assert "not reached" in idle_site.ok("version")


def test_stale_socket(site):
    site.kill()
    assert os.path.exists(site.socket)
    assert "does not run" in site.fails(3, "status")
    site.start()
    site.ok("status")


def test_second_daemon(site):
    second = subprocess.run([MICAD], env=site.env, capture_output=True, text=True, check=False)
    assert second.returncode == 8
    assert f"already runs on {site.run_root}, process {site.daemon.pid}" in second.stderr
    site.ok("status")


def micad(*args, **env):
    base = {k: v for k, v in os.environ.items() if k not in ("XDG_RUNTIME_DIR", "MICA_RUN_ROOT")}
    return subprocess.run([MICAD, *args], env={**base, **env}, capture_output=True, text=True,
                          timeout=20, check=False)


def test_daemon_options(idle_site):
    assert "unexpected argument" in micad("x").stderr
    assert micad("--frob").returncode == 2
    assert "too long for a socket path" in micad("--run-root", "/tmp/" + "x" * 200).stderr
    shared = os.path.join(idle_site.dir, "shared")
    os.mkdir(shared)
    os.chmod(shared, 0o777)
    result = micad("--run-root", shared)
    assert result.returncode == 4 and "can be written by others" in result.stderr
    file = os.path.join(idle_site.dir, "file")
    with open(file, "w"):
        pass
    assert micad("--run-root", file).returncode != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="changes the user")
def test_daemon_without_a_place(idle_site):
    result = as_nobody([MICAD], {})
    assert result.returncode == 2
    assert "XDG_RUNTIME_DIR is not set" in result.stderr


# Permission

def as_nobody(command, env):
    base = {k: v for k, v in os.environ.items() if k not in ("XDG_RUNTIME_DIR", "MICA_RUN_ROOT")}
    return subprocess.run(["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY),
                           "--clear-groups", *command], env={**base, **env}, cwd="/",
                          capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="changes the user")
def test_no_permission(site):
    os.chmod(site.dir, 0o755)
    mica = os.path.join(site.dir, "mica")
    shutil.copy(MICA, mica)  # the tree itself may be closed to others
    result = as_nobody([mica, "status"], {"MICA_RUN_ROOT": site.run_root})
    assert result.returncode == 4
    assert "become root or a member of the group mica" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="changes the user")
def test_stranger_who_gets_through_is_refused(site):
    """The mode of the socket is one fence, what the kernel says about the peer the other."""
    os.chmod(site.dir, 0o755)
    os.chmod(site.socket, 0o666)
    mica = os.path.join(site.dir, "mica")
    shutil.copy(MICA, mica)
    site.create("one")
    for args in (["status"], ["start", "one"], ["rm", "one"], ["create", "one"]):
        result = as_nobody([mica, *args], {"MICA_RUN_ROOT": site.run_root})
        assert result.returncode == 4, result
        assert "permission denied" in result.stderr
    assert site.state("one") == "Offline"


# Clients

def test_unknown_client(site):
    for verb in ("start", "stop", "rm", "console", "wait", "status"):
        line = site.fails(5, verb, "nosuch")
        assert "no client named 'nosuch'" in line and "mica status" in line


def test_duplicate_name(site):
    site.create("one")
    assert "one" in site.fails(8, "create", site.conf("one", file="again.conf"))
    assert site.names() == ["one"]


def test_start_twice(site):
    site.run("one")
    [pid] = site.processes()
    line = site.fails(6, "start", "one")
    assert "one" in line and "Running" in line or "already" in line
    assert site.processes() == [pid]
    assert "pong" in site.shell("one", "ping")


def test_stop_of_a_stopped_client(site):
    site.create("one")
    assert "one" in site.fails(6, "stop", "one")
    site.ok("start", "one")
    site.ok("stop", "one")
    assert "one" in site.fails(6, "stop", "one")
    assert site.state("one") == "Stopped"


def test_remove_of_a_running_client(site):
    site.run("one")
    assert "stop" in site.fails(6, "rm", "one")
    assert site.state("one") == "Running"


def test_absent_core(site):
    line = site.fails(8, "create", site.conf("one", CPU=4000))
    assert "4000" in line
    assert site.names() == []


def test_unknown_pedestal(site):
    line = site.fails(10, "create", site.conf("one", Pedestal="abacus", CPU=1))
    assert "abacus" in line and "native" in line
    assert site.names() == []


def test_module_missing(site):
    if os.path.exists("/dev/mcs"):
        pytest.skip("this machine has the module")
    line = site.fails(10, "create", site.conf("one", Pedestal="baremetal", CPU=1))
    assert "mcs_km" in line
    assert site.names() == []


def test_two_starts_at_once(site):
    site.create("one")
    first, second = site.connect(), site.connect()
    for connection in (first, second):
        connection.send(b'{"method":"io.mica.Manager.Start","parameters":{"name":"one"}}\0')
    answers = [first.receive(), second.receive()]
    failed = [a for a in answers if "error" in a]
    assert len(failed) == 1 and failed[0]["parameters"]["code"] == 6
    assert site.state("one") == "Running"
    assert len(site.processes()) == 1


# Configurations (every value: tests/unit/test_config.c)

def test_bad_configuration(site):
    path = site.conf("one", Colour="red")
    assert site.fails(7, "create", path).startswith(f"mica: {path}:5: unknown key 'Colour'")
    assert "No such file" in site.fails(7, "create", "/nonexistent.conf")
    line = site.fails(7, "create", "nonexistent")
    assert site.conf_dir in line and "./nonexistent" in line
    assert "not a regular file" in site.fails(7, "create", "/dev/zero")
    assert "not a regular file" in site.fails(7, "create", site.dir)
    assert site.names() == []


def test_unused_key_is_said(site):
    result = site.mica("create", site.conf("one", Memory=64))
    assert result.returncode == 0
    assert "one.conf:5: Memory is not used by pedestal native" in result.stderr


# Images

def write(site, data, name="bad.elf"):
    path = os.path.join(site.dir, name)
    with open(path, "wb") as file:
        file.write(data)
    os.chmod(path, 0o755)
    return path


def reference():
    with open(image(), "rb") as file:
        return bytearray(file.read())


def section(data, wanted):
    """File offset and size of a section of an ELF64 file."""
    shoff, = struct.unpack_from("<Q", data, 0x28)
    entsize, count, names = struct.unpack_from("<HHH", data, 0x3a)
    strings, = struct.unpack_from("<Q", data, shoff + names * entsize + 0x18)
    for i in range(count):
        name, = struct.unpack_from("<I", data, shoff + i * entsize)
        end = data.index(b"\0", strings + name)
        if data[strings + name:end] == wanted:
            return struct.unpack_from("<QQ", data, shoff + i * entsize + 0x18)
    raise AssertionError(f"no section {wanted}")


def refused(site, path, code=9):
    """Refused at create or at start; nothing runs afterwards, and it can be removed."""
    result = site.mica("create", site.conf("bad", ClientPath=path))
    if result.returncode == 0:
        result = site.mica("start", "bad")
        assert site.state("bad") != "Running"
        site.ok("rm", "bad")
    assert result.returncode == code, result
    assert result.stderr.count("\n") == 1 and path in result.stderr, result
    assert site.names() == []
    assert site.processes() == []
    return result.stderr


def test_missing_image(site):
    assert "No such file" in refused(site, "/nonexistent/x.elf")


def test_empty_image(site):
    refused(site, write(site, b""))


def test_image_that_is_no_file(site):
    refused(site, site.dir)
    fifo = os.path.join(site.dir, "fifo")
    os.mkfifo(fifo)
    refused(site, fifo)
    refused(site, "/dev/zero")


@pytest.mark.parametrize("size", [1, 4, 16, 63, 64, 100, 1000, 20000])
def test_truncated_image(site, size):
    refused(site, write(site, bytes(reference()[:size])))


def test_text_instead_of_an_image(site):
    refused(site, write(site, b"#!/bin/sh\nexec sleep 1000\n"))


def test_foreign_architecture(site):
    data = reference()
    struct.pack_into("<H", data, 0x12, 8)  # EM_MIPS
    refused(site, write(site, bytes(data)))


def test_no_resource_table(site):
    assert "resource" in refused(site, os.path.realpath("/bin/true"))


HOSTILE = {
    "segment table far outside": ("<Q", 0x20, 0xffffffffffffff00),
    "section table far outside": ("<Q", 0x28, 0xffffffffffffff00),
    "section table just outside": ("<Q", 0x28, 0x7fffffff),
    "sections of no size": ("<H", 0x3a, 0),
    "sections of odd size": ("<H", 0x3a, 1),
    "65535 segments": ("<H", 0x38, 65535),
    "65535 sections": ("<H", 0x3c, 65535),
    "names in section 65534": ("<H", 0x3e, 65534),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_headers(site, what):
    form, offset, value = HOSTILE[what]
    data = reference()
    struct.pack_into(form, data, offset, value)
    refused(site, write(site, bytes(data)))


TABLES = {
    "version 2": ("<I", 0, 2),
    "million entries": ("<I", 4, 1000000),
    "entry far outside": ("<I", 16, 0xfffffff0),
    "entry within the header": ("<I", 16, 4),
}


@pytest.mark.parametrize("what", TABLES)
def test_corrupt_table(site, what):
    form, offset, value = TABLES[what]
    data = reference()
    at, _ = section(data, b".resource_table")
    struct.pack_into(form, data, at + offset, value)
    refused(site, write(site, bytes(data)))


def vdev(data):
    """Where in the file the virtio device entry of the resource table is."""
    at, _ = section(data, b".resource_table")
    count, = struct.unpack_from("<I", data, at + 4)
    for i in range(count):
        offset, = struct.unpack_from("<I", data, at + 16 + 4 * i)
        if struct.unpack_from("<I", data, at + offset)[0] == 3:
            return at + offset
    raise AssertionError("no virtio device")


VDEVS = {
    "no rings": ("<B", 25, 0),
    "255 rings": ("<B", 25, 255),
    "align 0": ("<I", 28 + 4, 0),
    "align 3": ("<I", 28 + 4, 3),
    "align huge": ("<I", 28 + 4, 0x80000000),
    "no descriptors": ("<I", 28 + 8, 0),
    "descriptors not a power of two": ("<I", 28 + 8, 7),
    "too many descriptors": ("<I", 28 + 8, 0x10000),
    "second ring without descriptors": ("<I", 48 + 8, 0),
    "config beyond the table": ("<I", 20, 0xfffffff0),
}


@pytest.mark.parametrize("what", VDEVS)
def test_corrupt_device(site, what):
    form, offset, value = VDEVS[what]
    data = reference()
    struct.pack_into(form, data, vdev(data) + offset, value)
    refused(site, write(site, bytes(data)))


def test_never_ready(site):
    site.create("one", "neverready", StartTimeoutSec=1, StopTimeoutSec=1)
    line = site.fails(11, "start", "one")
    assert "one" in line
    assert site.processes() == []
    assert site.state("one") != "Running"
    site.fails(11, "start", "one")
    site.ok("rm", "one")


def test_dies_while_starting(site):
    site.create("one", "crashboot", StartTimeoutSec=5)
    result = site.mica("start", "one")
    assert result.returncode in (11, 13), result
    assert site.processes() == []
    site.ok("rm", "one")


# Protocol

def fake_daemon(path, answer):
    """Listens once, reads one message, answers with these bytes and closes."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()

    def serve():
        connection, _ = listener.accept()
        data = b""
        while not data.endswith(b"\0"):
            data += connection.recv(4096)
        connection.sendall(answer)
        connection.close()
        listener.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return thread


ANSWERS = {
    b'{"parameters":{"version":"9.9","protocol":2}}\0': (12, "micad (9.9) speaks protocol 2"),
    b'{"error":"io.mica.Manager.Error","parameters":{"code":12,"message":"this micad (9) speaks '
    b'protocol 9, its caller 1"}}\0': (12, "speaks protocol 9"),
    b'{"error":"org.varlink.service.MethodNotFound","parameters":{}}\0': (12, "MethodNotFound"),
    b"[]\0": (12, "not understood"),
    b"{{{\0": (12, "not understood"),
    b"\0": (12, "not understood"),
    b'{"parameters":{}}\0': (12, "speaks protocol 0"),
    b"": (3, "ended before it answered"),
    b'{"parameters"': (3, "ended before it answered"),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_daemon_of_another_kind(idle_site, answer):
    code, text = ANSWERS[answer]
    os.mkdir(idle_site.run_root)
    thread = fake_daemon(idle_site.socket, answer)
    assert text in idle_site.fails(code, "status")
    thread.join(5)


def test_daemon_that_goes_away(site):
    """A command under way says so when its daemon is killed."""
    site.create("one", "neverready", StartTimeoutSec=30)
    child = subprocess.Popen([MICA, "start", "one"], env=site.env, stderr=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, text=True)
    wait_until(site.processes, what="the start is under way")
    wait_until(lambda: len(site.processes()) > 1, what="the client's process")
    site.kill(signal.SIGKILL)
    _, err = child.communicate(timeout=20)
    assert child.returncode == 3
    assert "ended before it answered" in err
