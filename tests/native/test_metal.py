# SPDX-License-Identifier: BSD-3-Clause
"""libmetal in a client: the reference client's shell tests it where it runs."""
from conftest import wait_until


def test_in_the_client(site):
    site.run("one")
    answer = site.shell("one", "metal")
    assert "metal: mutex ok, condition ok, sleep ok, interrupts ok, memory ok" in answer
    # and once more: nothing is left from the first time
    assert "FAILED" not in site.shell("one", "metal")
    assert "pong" in site.shell("one", "ping")
    # its log lines are the client's
    wait_until(lambda: "libmetal: mutex ok" in site.mica("logs", "one").stdout, 10, "line in the log")
