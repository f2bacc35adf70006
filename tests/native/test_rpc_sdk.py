# SPDX-License-Identifier: BSD-3-Clause
"""The client SDK's functions of Linux, all of them, and POSIX code that is compiled for it."""
import os
import re
import socket
import subprocess
import threading

import pytest

from conftest import SLOW, TOP
from test_rpc import root_of, run

DEMO = os.path.join(TOP, "client", "apps", "posix_demo.c")


@pytest.fixture
def wide(site):
    run(site, "c", RpcNetwork="yes")
    return "c"


@pytest.fixture
def answerer():
    """A TCP server that answers a line with it, turned round; its port and what came."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(30 * SLOW)
    came = []

    def serve():
        try:
            while True:
                peer, _ = server.accept()
                with peer:
                    came.append(peer.recv(100))
                    peer.sendall(came[-1].strip()[::-1] + b"\n")
        except OSError:
            pass
    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1], came
    server.shutdown(socket.SHUT_RDWR)
    thread.join()
    server.close()


def said(site, name, command):
    """What the shell said, up to its next prompt."""
    return site.shell(name, f"rpc {command}").replace("\r", "")


def test_the_rest_of_the_functions(site, wide):
    text = said(site, wide, "sdk")
    assert "rpc: sdk done" in text and "FAILED" not in text, text
    assert text.count(" ok") == 37, text
    assert os.listdir(root_of(site, wide)) == []


def test_eight_threads(site):
    """Two that wait hold up nobody; each thread has an errno of its own. Twice: all is given back."""
    run(site, "c")
    for _ in range(2):
        text = said(site, "c", "mixed")
        assert re.search(r"rounds +160 ok", text) and "FAILED" not in text, text
    assert os.listdir(root_of(site, "c")) == []


def expected(port, tmp_path):
    """What the same source says as a program of Linux."""
    program = str(tmp_path / "posix_demo")
    subprocess.run(["cc", "-o", program, DEMO], check=True)
    return subprocess.run([program, str(port)], cwd=tmp_path, check=True, capture_output=True,
                          text=True, timeout=30 * SLOW).stdout


def logged(site, lines):
    """Its standard output is the client's log."""
    log = site.log_text()
    return [line for line in lines if line not in log]


def test_posix_code_unchanged(site, wide, answerer, tmp_path):
    port, came = answerer
    lines = expected(port, tmp_path).splitlines()
    assert len(lines) == 4 and lines[2] == "answer: XISOP morf olleh", lines
    text = said(site, wide, f"posix {port}")
    assert "rpc: posix 0" in text, text
    assert came == [b"hello from POSIX\n"] * 2
    assert logged(site, lines) == []
    assert os.listdir(root_of(site, wide)) == []


def test_posix_code_where_the_network_is_not_allowed(site):
    run(site, "c")
    assert "rpc: posix 0" in said(site, "c", "posix 80")
    assert logged(site, ["connect: Permission denied", "none: 2 No such file or directory"]) == []


def test_headers_name_what_the_client_has(tmp_path):
    """Any source that includes all of them compiles, and needs nothing but the client's functions."""
    folder = os.path.join(TOP, "client", "include", "posix")
    headers = sorted(os.path.relpath(os.path.join(at, name), folder)
                     for at, _, names in os.walk(folder) for name in names)
    assert "stdio.h" in headers and "sys/socket.h" in headers
    headers += ["stdlib.h", "string.h", "time.h", "ctype.h", "limits.h"]
    source = tmp_path / "all.c"
    source.write_text("".join(f"#include <{h}>\n" for h in headers) + (
        "int f(int fd) { struct stat st; fd_set s; FD_ZERO(&s); FD_SET(fd, &s);\n"
        "\terrno = 0; fprintf(stderr, \"%d\", FD_ISSET(fd, &s));\n"
        "\treturn fstat(fd, &st) + (int)st.st_mtime + select(1, &s, NULL, NULL, NULL); }\n"))
    made = tmp_path / "all.o"
    include = [f"-I{TOP}/client/include", f"-I{folder}", f"-I{TOP}/client/arch/native/include"]
    subprocess.run(["cc", "-Wall", "-Wextra", "-Werror", "-c", "-include", "mica_rpc_retarget.h",
                    *include, "-o", str(made), str(source)], check=True)
    needed = subprocess.run(["nm", "-u", str(made)], check=True, capture_output=True,
                            text=True).stdout.split()
    assert {n for n in needed if n.startswith("mica_")} == {
        "mica_os_errno", "mica_posix_fprintf", "mica_posix_fstat", "mica_posix_select"}
    assert not {"fprintf", "fstat", "select", "stderr"} & set(needed)
