# SPDX-License-Identifier: BSD-3-Clause
"""The tools that boot a board: what a user of mcs-run and create_dtb.sh relies on."""
import os
import re
import socket
import subprocess
import time

import pytest

from conftest import BOARD, COMM_BASE, FACTS, IMAGE_BASE, KERNEL, TOP

pytestmark = pytest.mark.long

MCS_RUN = os.path.join(TOP, "tools", "mcs-run")
CREATE_DTB = os.path.join(TOP, "tools", "create_dtb.sh")


def run(*args, board=BOARD, timeout=300):
    return subprocess.run([MCS_RUN, board, "--kernel", KERNEL, *args], capture_output=True,
                          text=True, timeout=timeout, stdin=subprocess.DEVNULL)


def bare(*args, **kwargs):
    return run("--bare", *args, **kwargs)


def qemu_children(pid):
    out = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(pid)], capture_output=True,
                         text=True).stdout
    return [int(line.split()[0]) for line in out.splitlines() if "qemu-system" in line]


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("time is up")


def test_output_and_status_of_a_command(tmp_path):
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text("first file\n")
    two.write_text("second file\n")
    r = bare("--add", str(one), "--add", f"{two}:/lib/firmware/x", "--exec",
             "pwd; cat one.txt /lib/firmware/x; echo to stderr >&2; lsmod; exit 7")
    assert r.returncode == 7, r
    assert r.stdout.startswith("/root\nfirst file\nsecond file\nto stderr\n"), r
    assert "mcs_km" not in r.stdout


def test_script_without_kernel_messages_in_its_output(tmp_path):
    script, log = tmp_path / "script", tmp_path / "log"
    script.write_text("echo loud >/dev/kmsg\nuname -r\nfalse\n")
    r = bare("--script", str(script), "--log", str(log))
    assert r.returncode == 1
    assert re.fullmatch(re.escape(KERNEL) + r"\.\S+\n", r.stdout), r
    text = log.read_text()
    assert "loud" in text and "Linux version" in text


def test_uart_as_a_socket(tmp_path):
    """Linux has its consoles elsewhere: who writes to the UART is read here, and the other way round."""
    uart, path = FACTS["BOARD_UART"], str(tmp_path / "uart")
    script = (f"exec <>/dev/{uart} >&0; stty -echo;"
              " while ! read -r -t 1 w; do echo who is there; done; echo \"got $w\";"
              " read -r w")  # what is on its way when the power goes is lost
    with subprocess.Popen([MCS_RUN, BOARD, "--kernel", KERNEL, "--bare", "--terminal", path,
                           "--timeout", "120", "--exec", script]) as child, \
            socket.socket(socket.AF_UNIX) as terminal:
        wait_until(lambda: terminal.connect_ex(path) == 0)
        terminal.settimeout(300)
        said = b""
        for question, answer in ((b"who is there", b"hello\n"), (b"got hello", b"bye\n")):
            while question not in said:
                part = terminal.recv(4096)
                assert part, said
                said += part
            terminal.sendall(answer)
        assert child.wait(60) == 0


def test_time_runs_out():
    r = bare("--timeout", "2", "--exec", "echo begun; sleep 3600")
    assert r.returncode == 124
    assert r.stdout == "begun\n"
    assert "the time of 2 s is up" in r.stderr


def test_linux_that_dies_is_said_with_its_last_words():
    r = bare("--exec", "echo c >/proc/sysrq-trigger")
    assert r.returncode == 125
    assert "the board stopped before the command ended" in r.stderr
    assert "sysrq triggered crash" in r.stderr
    kept = re.search(r"all of them: (\S+)\)", r.stderr).group(1)
    os.unlink(kept)


@pytest.mark.parametrize("args, words", [
    (["no-board", "--exec", "true"], "no board 'no-board'"),
    ([f"{BOARD},colour=red", "--exec", "true"], "no variant 'colour=red'"),
    ([BOARD, "--kernel", "5.4", "--exec", "true"], "kernel version '5.4' is not known"),
    ([BOARD, "--add", "/no/such/file", "--exec", "true"], "'/no/such/file' cannot be read"),
    ([BOARD, "--script", "/no/such/file"], "'/no/such/file' cannot be read"),
    ([BOARD, "--exec"], "--exec needs a value"),
    ([BOARD, "--ssh", "70000"], "'70000' is no port number"),
    ([BOARD, "--no-such", "1"], "unknown option '--no-such'"),
])
def test_wrong_use(args, words):
    r = subprocess.run([MCS_RUN, "--bare", *args], capture_output=True, text=True, timeout=300)
    assert r.returncode == 125, r
    assert words in r.stderr
    assert len(r.stderr.strip().splitlines()) == 1, r.stderr


def test_emulator_dies_with_a_killed_run():
    with subprocess.Popen([MCS_RUN, BOARD, "--kernel", KERNEL, "--bare", "--exec", "sleep 600"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        emulators = wait_until(lambda: qemu_children(child.pid))
        child.kill()
        child.wait()
    wait_until(lambda: not any(alive(pid) for pid in emulators), 10)


def test_second_terminal_by_ssh():
    """As in a user's two terminals: the client started in one, its shell opened in the other."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ssh = ["ssh", "-p", str(port), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
           "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "root@127.0.0.1"]
    steps = ("mica create ref.conf && mica start ref && "
             "screen -dmS shell /dev/ttyRPMSG0 && "
             "for i in $(seq 100); do screen -S shell -p 0 -X stuff 'version\r' && break; sleep 0.1; done && "
             "for i in $(seq 300); do screen -S shell -p 0 -X hardcopy /tmp/hardcopy;"
             " grep -q mica-ref /tmp/hardcopy && break; sleep 0.1; done; cat /tmp/hardcopy")
    with subprocess.Popen([MCS_RUN, BOARD, "--kernel", KERNEL, "--ssh", str(port), "--exec",
                           "while [ ! -e /tmp/done ]; do sleep 1; done; mica stop ref; exit 5"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
        try:
            wait_until(lambda: subprocess.run([*ssh, "true"], capture_output=True,
                                              timeout=300).returncode == 0, 120)
            r = subprocess.run([*ssh, steps], capture_output=True, text=True, timeout=120)
            subprocess.run([*ssh, "touch /tmp/done"], check=True, timeout=300)
            out = child.communicate(timeout=120)[0]
        finally:
            child.kill()
    assert r.returncode == 0, r
    assert "MICA reference client" in r.stdout, r
    assert child.returncode == 5, out


@pytest.mark.skipif("acpi=on" not in FACTS["BOARD_VARIANTS"], reason="a board without ACPI")
def test_machine_without_device_tree():
    """ACPI: memory left over by mem= and named to the module, cores by PSCI as ACPI tells it."""
    r = run("--append", f"mem=700M mcs_km.rmem_base={COMM_BASE:#x} mcs_km.rmem_size=0xe000000", "--exec",
            "[ ! -e /proc/device-tree ] && mica create ref.conf && mica start ref && mica status && "
            "grep mcs_mem /proc/iomem && mica stop ref && cat /sys/devices/system/cpu/online",
            board=f"{BOARD},acpi=on")
    assert r.returncode == 0, r
    assert "70000000-7dffffff : mcs_mem" in r.stdout
    assert re.search(r"^ref +3 +Running ", r.stdout, re.M), r
    assert "stop ref successfully!" in r.stdout


def decompiled(path):
    return subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", str(path)], check=True,
                          capture_output=True, text=True).stdout


def dtb(folder, *args):
    subprocess.run([CREATE_DTB, *args], cwd=folder, check=True, capture_output=True,
                   timeout=900)  # the first one may fetch the emulator


def test_device_tree(tmp_path):
    dtb(tmp_path, FACTS["BOARD_DTB_NAME"])
    assert os.listdir(tmp_path) == ["qemu.dtb"]
    text = decompiled(tmp_path / "qemu.dtb")
    assert 'compatible = "oe,mcs_remoteproc"' in text
    assert f"reg = <0x00 {COMM_BASE:#x} 0x00 0x1000000>" in text
    assert f"reg = <0x00 {IMAGE_BASE:#x} 0x00 0x4000000>" in text
    regions = re.search(r"memory-region = <(.*)>", text).group(1).split()
    assert text.count("no-map;") == len(regions) >= 2
    assert text.count('device_type = "cpu"') == 4
    small = COMM_BASE, "0x100000"
    dtb(tmp_path, FACTS["BOARD_DTB_NAME"], "-c", "1M", "-o", "small.dtb")
    assert "reg = <0x00 %#x 0x00 %s>" % small in decompiled(tmp_path / "small.dtb")


def test_device_tree_of_interrupt_controllers(tmp_path):
    """What the driver finds its doorbell by."""
    dtb(tmp_path, "qemu-a53")
    assert 'method = "hvc"' in decompiled(tmp_path / "qemu.dtb")
    nodes = []
    for variant in ("aia=none", "aia=aplic", "aia=aplic-imsic"):
        dtb(tmp_path, "qemu-rv64", variant)
        text = decompiled(tmp_path / "qemu.dtb")
        nodes.append(re.search(r"mcs-remoteproc \{.*?\};", text, re.S).group(0))
    assert "interrupt" not in nodes[0] and "msi-parent" not in nodes[0]
    assert re.search(r"interrupts-extended = <0x\w+ 0x46 0x01>", nodes[1])
    assert "mcs,doorbell-reg = <0x00 0xd001cdc 0x46 0x04>" in nodes[1]
    assert "msi-parent" in nodes[2] and "interrupts-extended" not in nodes[2]


def test_device_tree_for_jailhouse(tmp_path):
    dtb(tmp_path, "qemu-a53", "-f", "jailhouse")
    assert os.listdir(tmp_path) == ["qemu-jailhouse.dtb"]
    jailhouse = decompiled(tmp_path / "qemu-jailhouse.dtb")
    assert 'method = "smc"' in jailhouse
    assert "jailhouse@" in jailhouse and jailhouse.count("no-map;") == 3


def test_device_tree_of_unknown_board():
    r = subprocess.run([CREATE_DTB, "qemu-z80"], capture_output=True, text=True, timeout=300)
    assert r.returncode == 125
    assert r.stderr.startswith("create_dtb.sh: no board 'qemu-z80'"), r
