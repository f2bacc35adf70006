# SPDX-License-Identifier: BSD-3-Clause
"""A client's life on the board, as its user sees it."""
import json

from conftest import kernel_warnings, status_rows


def core_state(guest, core):
    """Is the core Linux's? '1' or '0'."""
    return guest.ok(f"cat /sys/devices/system/cpu/cpu{core}/online")


def test_module_shows_its_memory(guest):
    assert "mcs_mem" in guest.ok("cat /proc/iomem")
    assert guest.ok("stat -c '%a %u' /dev/mcs") == "600 0"


def test_create_start_status_stop_rm(guest):
    out = guest.ok("mica create ref.conf")
    assert "Successfully created ref!" in out
    assert status_rows(guest.ok("mica status"))["ref"][:2] == ("3", "Offline")
    out = guest.ok("mica start ref")
    assert "start ref successfully!" in out
    cpu, state, service = status_rows(guest.ok("mica status"))["ref"]
    assert (cpu, state) == ("3", "Running")
    assert "rpmsg-tty(/dev/ttyRPMSG0)" in service
    out = guest.ok("mica stop ref")
    assert "stop ref successfully!" in out
    assert status_rows(guest.ok("mica status"))["ref"][1] == "Stopped"
    guest.ok("mica rm ref")
    assert "ref" not in status_rows(guest.ok("mica status"))


def test_status_json(guest, client):
    guest.ok("mica start ref")
    doc = json.loads(guest.ok("mica --json status"))
    clients = doc["clients"] if isinstance(doc, dict) else doc
    entry = next(c for c in clients if c["name"] == "ref")
    assert entry["state"] == "Running"


def test_shell_answers_on_the_tty(guest, client):
    guest.ok("mica start ref")
    out = guest.shell("ref", "version\\nuptime\\nps")
    assert "MICA" in out or "mica" in out
    assert "idle" in out


def test_client_powers_itself_off(guest, client):
    guest.ok("mica start ref")
    guest.run("printf 'poweroff\\n' | mica console ref")
    guest.ok("for i in $(seq 100); do mica status | grep -q 'ref.*Stopped' && exit 0; sleep 0.1; done; exit 1")


def test_short_form(guest):
    out = guest.ok("mica start mica-ref.elf --cpu 3 --mode phys").splitlines()
    assert out[0] == "Starting mica-ref.elf on CPU3"
    assert out[1] == "Please open /dev/ttyRPMSG0 to talk with client OS"
    assert "mica-ref.elf" in guest.ok("mica status")
    guest.ok("mica stop mica-ref.elf")
    guest.ok("mica rm mica-ref.elf")
    r = guest.run("mica start mica-ref.elf --mode virt")
    assert r.status == 10
    assert len(r.output.splitlines()) == 1


def test_online_core_is_taken_and_given_back(guest):
    assert core_state(guest, 2) == "1"
    guest.ok("mica create ref-b.conf")
    guest.ok("mica start ref-b")
    assert core_state(guest, 2) == "0"
    assert guest.run("echo 1 > /sys/devices/system/cpu/cpu2/online").status != 0
    assert guest.run("rmmod mcs_km").status != 0
    guest.ok("mica stop ref-b")
    guest.ok("mica rm ref-b")
    assert core_state(guest, 2) == "1"


def test_two_clients_at_once(guest, client):
    guest.ok("mica create ref-b.conf")
    guest.ok("mica start ref")
    guest.ok("mica start ref-b")
    rows = status_rows(guest.ok("mica status"))
    assert rows["ref"][:2] == ("3", "Running")
    assert rows["ref-b"][:2] == ("2", "Running")
    for name in ("ref", "ref-b"):
        assert "uptime" in guest.shell(name, "help")
    guest.ok("mica stop ref-b")
    guest.ok("mica rm ref-b")
    assert "uptime" in guest.shell("ref", "help")


def test_no_warning_in_the_kernel_log(guest):
    assert kernel_warnings(guest) == ""
