# SPDX-License-Identifier: BSD-3-Clause
"""Images that behave like each kind of existing one, through create, talk, restart and stop."""
import pytest

from conftest import wait_until

# terminal, does it stop when asked, does it listen again after a new daemon came
STYLES = {
    "ref": ("rpmsg-tty", True, True),
    "novendor": ("rpmsg-tty", True, True),
    "align4": ("rpmsg-tty", True, True),
    "sgi7": ("rpmsg-tty", True, True),
    "lowpool": ("rpmsg-tty", True, True),
    "silent": ("rpmsg-tty", True, True),
    "zeroword": ("rpmsg-tty", True, True),
    "fulllen": ("rpmsg-tty", True, True),
    "nostop": ("rpmsg-tty", False, True),
    "noreattach": ("rpmsg-tty", True, True),
    "keepword": ("rpmsg-tty", True, True),
    "uniproton": ("rpmsg-tty", True, True),
    "gdbtable": ("rpmsg-tty", True, True),
    "static": ("uart", True, True),
    "rtthread": ("pty", True, True),
}


@pytest.mark.parametrize("style", STYLES)
def test_style(site, style):
    terminal, stops, listens_again = STYLES[style]
    layout = {"Layout": "static"} if style in ("static", "rtthread") else {}
    tty = site.run("one", style, StopTimeoutSec=1, **layout)
    assert f"{terminal}({tty}) " in site.ok("status")
    assert "pong" in site.shell("one", "ping")
    [pid] = site.processes()
    site.kill()
    site.start()
    assert site.state("one") == "Running"
    assert site.processes() == [pid]
    if listens_again:
        assert site.tty("one") == tty
        assert "pong" in site.shell("one", "ping")
    site.ok("stop", "one")
    assert site.state("one") == "Stopped"
    if not stops:
        assert "stopped by force" in site.log_text() or site.info("one")["reason"]
    wait_until(lambda: not site.processes(), what="end of the process")
    site.ok("start", "one")
    assert site.tty("one") == tty
    assert "pong" in site.shell("one", "ping")


def test_endpoints_of_other_kinds(site):
    """RT-Thread's static layout: they are shown, and its terminal is asked for."""
    site.run("one", "rtthread", Layout="static", StopTimeoutSec=1)
    assert {s["name"] for s in site.info("one")["services"]} == {"echo", "onoff", "matrix", "pty"}


def test_host_speaks_first_to_endpoints_that_wait_for_it(site):
    site.run("one", "uniproton")
    by_name = {s["name"]: s for s in site.info("one")["services"]}
    for name in ("rpmsg-rpc", "rpmsg-umt"):
        assert by_name[name]["tx_messages"] >= 1
        assert by_name[name]["tx_bytes"] >= 16  # never a message of no bytes there
