# SPDX-License-Identifier: BSD-3-Clause
"""The smallest client there can be, and how small it is (client/variants/minimal.c)."""
import os
import subprocess
import sys

import pytest

from conftest import TOP, Terminal, wait_until

sys.path.insert(0, os.path.join(TOP, "bench"))
import sdk_size  # noqa: E402

# Bytes that compilers may differ by are in it. arm64: the goal of bench/goals.py.
TEXT_LIMIT = {"arm64": 5 * 1024, "riscv64": 4 * 1024 + 256}
DATA_LIMIT = 1024


def echoes(site, text):
    with Terminal(site.tty("one")) as tty:
        tty.write(text)
        return tty.read_until(text)


def test_hello_and_echo(site):
    with Terminal(site.run("one", "minimal")) as tty:
        tty.read_until(rb"hello from mica-minimal\r\n")
    assert echoes(site, b"first")
    # More than its ring of eight holds.
    for n in range(40):
        assert echoes(site, b"message %d" % n)
    pid = site.processes()
    site.kill()
    site.start()
    assert site.state("one") == "Running"
    assert site.processes() == pid
    assert echoes(site, b"after another daemon")
    site.ok("stop", "one")
    wait_until(lambda: not site.processes(), what="end of the process")
    site.ok("start", "one")
    with Terminal(site.tty("one")) as tty:
        tty.read_until(rb"hello from mica-minimal\r\n")


@pytest.mark.parametrize("arch", sdk_size.ARCHS)
def test_size(arch):
    """The same for one compiler, whatever the machine is."""
    if subprocess.run(["which", f"{arch.replace('arm64', 'aarch64')}-linux-gnu-gcc"],
                      stdout=subprocess.DEVNULL, check=False).returncode:
        pytest.skip(f"no compiler for {arch}")
    subprocess.run(["make", "-s", "-C", TOP, f"build/client/{arch}/mica-minimal.elf"], check=True,
                   env={k: v for k, v in os.environ.items() if k not in ("V", "MAKEFLAGS")})
    sizes = sdk_size.read(sdk_size.map_file(arch, "minimal"))
    sdk = sdk_size.total(sizes, sdk_size.SDK)
    for other in ("rpmsg_hold", "rpmsg_nocopy", "rpmsg_size", "rpmsg_virtio_driver",
                  "rpmsg_virtio_lanes", "virtio_config", "virtqueue_driver", "virtqueue_dump"):
        assert f"openamp/{other}" not in sizes
    assert 0 < sdk.text <= TEXT_LIMIT[arch]
    assert 0 < sdk.data <= DATA_LIMIT
