# SPDX-License-Identifier: BSD-3-Clause
"""What mica says about options and arguments that it cannot take: one line, before anything is done."""
import os
import subprocess

import pytest

from conftest import BUILD, SLOW


def mica(*args):
    return subprocess.run([os.path.join(BUILD, "mica"), "--run-root", "/nonexistent", *args], text=True,
                          capture_output=True, timeout=60 * SLOW, check=False)


@pytest.mark.parametrize("line, why", [
    ("ping --frob x", "unknown option '--frob'"),
    ("ping -x x", "unknown option '-x'"),
    ("ping -fx x", "unknown option '-x'"),
    ("ping x -c", "--count needs a value"),
    ("ping x --count", "--count needs a value"),
    ("ping x --count=", "--count needs a value"),
    ("ping x --flood=1", "--flood takes no value"),
    ("ping x -c 0", "--count '0' is no number from 1 to"),
    ("ping x -c 99999999999999999999", "is no number from 1 to"),
    ("ping x -s 12k", "--size '12k' is no number from 0 to 4294967295"),
    ("ping x -i nan", "--interval 'nan' is no number of seconds from 0.001 to 3600"),
    ("ping x --timeout 3601", "is no number of seconds from 0.001 to 3600"),
    ("ping x -e ''", "--endpoint needs a value"),
    ("ping", "NAME is missing"),
    ("ping a b", "unexpected argument 'b'"),
    ("wait a --timeout soon", "--timeout 'soon' is no number of seconds from 0 to 1000000"),
    ("update", "NAME is missing"),
    ("update one", "FILE is missing; or say --reset"),
    ("update one x --reset", "--reset goes without FILE"),
    ("create", "FILE is missing; or say --all"),
    ("create x --all", "--all goes without FILE"),
    ("create x y", "unexpected argument 'y'"),
    ("set", "NAME is missing"),
    ("get --x a", "unknown option '--x'"),
    ("attach x --pid 0", "--pid '0' is no number from 1 to 2147483647"),
    ("gdb --port 65536 x", "--port '65536' is no number from 0 to 65535"),
    ("gdb x -batch", "unknown option '-b'"),
    ("console x --until '('", "--until '('"),
    ("console x y z", "unexpected argument 'z'"),
    ("top --delay 0", "--delay '0' is no number of seconds from 0.1 to 3600"),
    ("version x", "unexpected argument 'x'"),
])
def test_refused(line, why):
    words = [word.strip("'") if word == "''" or "(" in word else word for word in line.split()]
    result = mica(*words)
    assert result.returncode == 2 and not result.stdout, result
    assert why in result.stderr and f"; try 'mica {words[0]} --help'" in result.stderr
    assert result.stderr.count("\n") == 1, result.stderr


@pytest.mark.parametrize("line", ["ping --help", "ping x -c 3 -h", "start --help", "gdb x --help", "set -h", "help ping"])
def test_help(line):
    result = mica(*line.split())
    assert result.returncode == 0 and result.stdout.startswith("Usage: mica ") and not result.stderr


@pytest.mark.parametrize("line", ["ping -fq -c3 --size=16 x", "wait -t 1.5 x", "rm -- x", "gdb x -- --json -batch",
                                  "stop -- --x", "get x Name CPU", "start --cpu=2-3 x.elf -m virt"])
def test_taken(line):
    """The next step is the daemon, which does not run."""
    result = mica(*line.split())
    assert result.returncode == 3 and "micad" in result.stderr, result
    assert not result.stdout.startswith("{")
