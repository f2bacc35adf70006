# SPDX-License-Identifier: BSD-3-Clause
"""The kernel module alone, with a bare-metal client of its own: run.sh's TAP, a test a line."""
import os
import re
import subprocess

import pytest
from conftest import BOARD, KERNEL

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = re.compile(r'^\t\{ "([^"]+)", \w+ \},$|^\tcheck "([^"]+)"', re.M)


def names():
    """What the program and the guest's script will report, read from their sources."""
    found = []
    for file in ("guest.sh", "query.c", "claim.c", "memory.c", "window.c", "run.c", "life.c",
                 "bell.c", "force.c"):
        with open(os.path.join(HERE, file), encoding="utf-8") as source:
            found += [a or b for a, b in NAME.findall(source.read())]
    return found


def run(*arguments):
    return subprocess.run([os.path.join(HERE, "run.sh"), *arguments, KERNEL, BOARD],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=400)


@pytest.fixture(scope="module")
def report():
    return run()


@pytest.mark.parametrize("name", names())
def test_module(report, name):
    assert re.search(rf"^ok \d+ - {re.escape(name)}$", report.stdout, re.M), report.stdout


def test_nothing_else_failed(report):
    assert report.returncode == 0 and "not ok" not in report.stdout, report.stdout


def test_reboot_tells_holder_and_client():
    said = re.findall(r"^mcs-test: .*", run("--reboot").stdout, re.M)
    assert said == ["mcs-test: client started on core 3",
                    "mcs-test: told of the reboot, doorbells at the client 1",
                    "mcs-test: client stopped, state 2"]
