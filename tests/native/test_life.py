# SPDX-License-Identifier: BSD-3-Clause
"""Create, start, stop, remove, and what status says meanwhile."""
import json
import signal
import subprocess

from conftest import MICA, MICAD, image, wait_until

HEADER = f"{'Name':<30}{'Assigned CPU':<20}{'State':<20}{'Service'}\n"


def row(name, cpu, state, service=""):
    return f"{name:<30}{cpu:<20}{state:<20}{service}\n"


def test_whole_life(site):
    assert site.ok("status") == HEADER
    conf = site.conf("one", CPU=1)
    assert site.ok("create", conf) == "Creating one...\nSuccessfully created one!\n"
    assert site.ok("status") == HEADER + row("one", "1", "Offline")
    assert site.ok("start", "one") == "starting one...\nstart one successfully!\n"
    tty = site.tty("one")
    assert tty == f"{site.run_root}/ttyRPMSG0"
    # Endpoints that no service took follow by their names alone.
    shown = site.ok("status")
    assert shown.startswith(HEADER + row("one", "1", "Running", f"rpmsg-tty({tty}) ")[:-1])
    assert "pong" in site.shell("one", "ping")
    assert site.ok("stop", "one") == "stopping one...\nstop one successfully!\n"
    assert site.ok("status") == HEADER + row("one", "1", "Stopped")
    assert site.processes() == []
    assert site.ok("rm", "one") == "removing one...\nrm one successfully!\n"
    assert site.ok("status") == HEADER


def test_start_again_after_stop(site):
    site.create("one")
    for _ in range(3):
        site.ok("start", "one")
        assert site.tty("one").endswith("ttyRPMSG0")
        assert "pong" in site.shell("one", "ping")
        site.ok("stop", "one")


def test_details_and_json(site):
    conf = site.conf("one", CPU="0-1")
    created = json.loads(site.ok("--json", "create", conf))
    assert created == {"name": "one", "auto_boot": False, "created": True, "warnings": []}
    assert json.loads(site.ok("start", "one", "--json")) == {"name": "one"}
    site.tty("one")
    info = site.info("one")
    assert info["cpu"] == "0-1"
    assert info["state"] == "Running" and info["reason"] == ""
    assert info["pedestal"] == "native"
    assert info["image"] == image()
    assert info["config"] == conf
    assert info["uptime_us"] > 0
    assert info["isolates_memory"] is True and info["can_force_stop"] is True
    assert info["doorbells_in"] > 0 and info["doorbells_out"] > 0
    details = site.ok("status", "one")
    assert "State:         Running\n" in details
    assert "Pedestal:      native; isolates memory" in details
    assert "dropped 0 bytes" in details
    assert json.loads(site.ok("stop", "one", "--json")) == {"name": "one"}
    assert json.loads(site.ok("rm", "one", "--json")) == {"name": "one"}
    assert json.loads(site.ok("status", "--json")) == {"clients": []}
    failed = site.mica("--json", "start", "one")
    assert failed.returncode == 5
    assert json.loads(failed.stdout)["error"]["code"] == 5


def test_configuration_folder(site):
    site.conf("one")
    site.conf("two", file="zwei.conf")
    assert site.ok("create", "one") == "Creating one...\nSuccessfully created one!\n"
    assert site.ok("create", "--all") == ("one is there already\n"
                                          "Creating two...\nSuccessfully created two!\n")
    assert site.names() == ["one", "two"]


def test_create_all_goes_on_after_a_bad_one(site):
    site.conf("a-bad", CPU="x")
    site.conf("good")
    result = site.mica("create", "--all")
    assert result.returncode == 7
    assert "a-bad.conf:5: CPU 'x'" in result.stderr
    assert result.stderr.endswith("1 configuration could not be used\n")
    assert site.names() == ["good"]


def test_auto_boot_at_create(site):
    conf = site.conf("one", AutoBoot="yes")
    assert site.ok("create", conf) == ("Creating one...\nSuccessfully created one!\n"
                                       "starting one...\nstart one successfully!\n")
    assert site.state("one") == "Running"


def test_auto_boot_at_daemon_start(idle_site):
    site = idle_site
    site.conf("boots", AutoBoot="yes")
    site.conf("waits")
    site.conf("broken", AutoBoot="perhaps")
    site.conf("missing", AutoBoot="yes", ClientPath="/nonexistent.elf")
    site.start()
    wait_until(lambda: "boots" in site.names(), what="AutoBoot creates")
    site.wait_state("boots", "Running")
    wait_until(lambda: "missing: AutoBoot: " in site.log_text(), what="log of the failure")
    assert site.names() == ["boots"]
    assert "broken.conf:5: AutoBoot 'perhaps'" in site.log_text()


def test_short_form(site):
    name = "mica-ref-native"
    last = subprocess.run(["sh", "-c", "tail -c +1 /sys/devices/system/cpu/present"], text=True,
                          capture_output=True, check=True).stdout.strip()
    last = last.replace("-", ",").split(",")[-1]
    lines = (f"Starting {name} on CPU{last}\n"
             f"Please open {site.run_root}/ttyRPMSG0 to talk with client OS\n")
    assert site.ok("start", image()) == lines
    assert "already" in site.fails(6, "start", image())
    assert "other cores" in site.fails(8, "start", image(), "--cpu", "0" if last != "0" else "1")
    site.ok("stop", name)
    assert site.ok("start", "--mode", "phys", image()) == lines
    site.ok("stop", name)
    site.ok("rm", name)
    assert site.ok("start", image(), "--cpu=0").startswith(f"Starting {name} on CPU0\n")
    assert json.loads(site.ok("status", "--json"))["clients"][0]["config"] == ""


def test_short_form_leaves_nothing_behind(site):
    assert "virt" in site.fails(10, "start", image(), "--mode", "virt")
    assert "phys or virt" in site.fails(2, "start", image(), "--mode", "other")
    assert "CPU 'x'" in site.fails(7, "start", image(), "--cpu", "x")
    assert "/lib/firmware/absent.elf" in site.fails(9, "start", "absent.elf")
    site.fails(9, "start", "/nonexistent/absent.elf")
    assert site.names() == []


def test_short_form_of_a_client_that_dies(site):
    result = site.mica("start", image("crashboot"))
    assert result.returncode in (11, 13) and "Starting" not in result.stdout
    assert site.names() == []
    assert site.processes() == []


def test_configured_client_wins(site):
    site.create("x.elf")
    assert site.ok("start", "x.elf") == "starting x.elf...\nstart x.elf successfully!\n"
    assert "another image" in site.fails(8, "start", "/nonexistent/x.elf")


def test_two_clients(site):
    first, second = site.run("one"), site.run("two", "novendor")
    assert {first, second} == {f"{site.run_root}/ttyRPMSG0", f"{site.run_root}/ttyRPMSG1"}
    assert "mica-ref" in site.shell("one", "version")
    assert "mica-novendor" in site.shell("two", "version")
    site.ok("stop", "one")
    assert "pong" in site.shell("two", "ping")
    site.ok("start", "one")
    assert site.tty("one") == first
    assert len(site.processes()) == 2


def test_wait(site):
    site.create("one")
    assert site.ok("wait", "one") == "one: Offline\n"
    site.ok("start", "one")
    assert "still runs" in site.fails(11, "wait", "one", "--timeout", "0")
    waiter = subprocess.Popen([MICA, "wait", "one"], env=site.env, stdout=subprocess.PIPE,
                              text=True)
    site.tty("one")
    site.mica("console", "one", input="poweroff\n")
    assert waiter.communicate(timeout=20)[0].startswith("one: Stopped: ")
    assert waiter.returncode == 0
    site.ok("start", "one")
    site.tty("one")
    site.mica("console", "one", input="crash\n")
    result = site.mica("wait", "one")
    assert result.returncode == 13 and result.stdout.startswith("one: Crashed: ")
    site.ok("start", "one")
    assert site.state("one") == "Running"


def test_status_says_why(site):
    site.run("one")
    site.mica("console", "one", input="crash\n")
    site.wait_state("one", "Crashed")
    assert site.info("one")["reason"]
    assert "State:         Crashed: " in site.ok("status", "one")
    site.ok("rm", "one")


def test_hanging_client_is_stopped(site):
    site.run("one", StopTimeoutSec=1)
    site.mica("console", "one", "--linger", "0.2", input="hang\n")
    result = site.mica("stop", "one")
    assert result.returncode in (0, 11), result
    assert site.state("one") == "Stopped"
    assert site.processes() == []


def test_help_of_every_verb(idle_site):
    overview = idle_site.ok("help")
    for verb in "create start stop rm status console wait version help".split():
        assert f"  {verb} " in overview
        text = idle_site.ok(verb, "--help")
        assert text.startswith(f"Usage: mica [OPTION]... {verb}")
        assert text == idle_site.ok("help", verb)


def test_usage_errors(idle_site):
    assert "did you mean 'start'" in idle_site.fails(2, "strat")
    assert "unknown command" in idle_site.fails(2, "frobnicate")
    assert "NAME is missing" in idle_site.fails(2, "stop")
    assert "unexpected argument 'b'" in idle_site.fails(2, "stop", "a", "b")
    assert "unknown option '--x'" in idle_site.fails(2, "status", "--x")
    assert "needs a value" in idle_site.fails(2, "status", "--socket")
    assert idle_site.mica().returncode == 2


def test_versions(site):
    version = site.ok("version")
    assert version.startswith("mica 0") and "\nmicad 0" in version
    assert site.ok("--version") == version
    assert json.loads(site.ok("version", "--json"))["protocol"] == 1
    daemon = subprocess.run([MICAD, "--version"], capture_output=True, text=True, check=True)
    assert daemon.stdout.startswith("micad 0")


def test_daemon_ends_on_sigterm(site):
    assert site.kill(signal.SIGTERM) == 0
    site.fails(3, "status")
