# SPDX-License-Identifier: BSD-3-Clause
"""micad dies by SIGKILL at each step of each operation, and at any moment at all; the next one
finishes what was under way or takes it back, and nothing is left behind."""
import json
import os
import random
import re
import threading
import time

import pytest

from conftest import BUILD, SLOW, wait_until

MORTAL = os.path.join(BUILD, "micad-mortal")
SEED = 20260413
MOMENTS = 500 // SLOW
SHARES = 4  # tests that run at the same time, instead of one


def life(site, name="one", variant="ref", **keys):
    """Everything that is done to a client in its life; stops at the first error."""
    for words in (("create", site.conf(name, **keys)), ("start", name), ("stop", name),
                  ("start", name), ("stop", name), ("rm", name)):
        if site.mica(*words).returncode:
            return False
    return True


@pytest.fixture(scope="module")
def steps():
    """Every step there is, as the daemon itself names them, with those of an unsuccessful start
    and their undoing."""
    from conftest import Site
    site = Site()
    site.start("--debug")
    assert life(site)
    site.create("bad", "neverready", StartTimeoutSec=1, StopTimeoutSec=1)
    assert site.mica("start", "bad").returncode
    site.ok("rm", "bad")
    site.run("left")
    site.kill()
    site.start("--debug")
    found = re.findall(r"^micad: \S+: (\w[\w-]*: (?:undo )?[\w ]+)$", site.log_text(), re.M)
    site.close()
    assert len(set(found)) > 20
    return sorted(set(found))


def places(steps):
    for step in steps:
        yield step
        if "undo" not in step:
            yield step + ", saved"


def usable_again(site):
    """After whatever happened: each client can be used, or taken away."""
    for name in site.names():
        state = site.state(name)
        assert state in ("Offline", "Stopped", "Running"), (name, state, site.info(name)["reason"])
        if state == "Running" and name != "bad":
            assert "pong" in site.shell(name, "ping")
    for name in site.names():
        if site.state(name) == "Running":
            site.ok("stop", name)
        if name != "bad":
            site.ok("start", name)
            assert "pong" in site.shell(name, "ping")
            site.ok("stop", name)
        site.ok("rm", name)
    wait_until(lambda: not site.processes(), what="no process left")
    assert os.listdir(os.path.join(site.run_root, "clients")) == []


def settled(site):
    """Nothing is under way any more (what an earlier daemon had begun goes on by itself)."""
    def quiet():
        clients = json.loads(site.ok("status", "--json"))["clients"]
        return not any(client["operation"] for client in clients)
    wait_until(quiet, 30, "settled")


def die_at(site, place):
    """True if the daemon died there."""
    site.start(env={"MICA_DIE_AT": place}, program=MORTAL, wait=False)
    try:
        wait_until(lambda: site.daemon.poll() is not None or
                   site.mica("version").stdout.count("micad 0") == 1, 20, "micad answers or dies")
        if site.daemon.poll() is None:
            if place.startswith("start: undo"):
                site.mica("create", site.conf("bad", ClientPath=os.path.join(
                    BUILD, "client", "mica-neverready-native"), StartTimeoutSec=1,
                    StopTimeoutSec=1))
                site.mica("start", "bad")
            elif not place.startswith("take-over"):
                life(site)
        # Its sockets close a moment before its end can be seen.
        if "micad 0" in site.mica("version").stdout:
            return False
        wait_until(lambda: site.daemon.poll() is not None, 20, "micad dies")
        assert site.daemon.returncode == -9, site.log_text()
        return True
    finally:
        if site.daemon.poll() is None:
            site.kill()
        site.daemon = None


@pytest.mark.long
@pytest.mark.parametrize("share", range(SHARES))
def test_at_every_step(idle_site, steps, share):
    site, missed = idle_site, []
    for place in list(places(steps))[share::SHARES]:
        if place.startswith("take-over"):
            site.start()
            site.run("one")
            site.kill()
        if not die_at(site, place) and "saved" not in place:
            missed.append(place)
        site.start()
        settled(site)
        usable_again(site)
        site.kill()
    assert not missed


class Rolling(threading.Thread):
    """Somebody who starts, stops, creates, removes and talks all the time, whatever happens."""

    def __init__(self, site, rng):
        super().__init__()
        self.site, self.rng, self.done, self.talks = site, rng, False, 0

    def run(self):
        confs = [self.site.conf(n, StartTimeoutSec=20) for n in ("one", "two")]
        while not self.done:
            name = self.rng.choice(("one", "two"))
            self.site.mica(*self.rng.choice((
                ("create", confs[name == "two"]), ("start", name), ("start", name),
                ("stop", name), ("rm", name), ("status",))))
            self.talks += 1


@pytest.mark.long
@pytest.mark.parametrize("share", range(SHARES))
def test_at_random_moments(idle_site, share):
    """A client that is left alone runs through all of them in one process."""
    site, rng = idle_site, random.Random(SEED + 2 * share)
    site.start()
    site.run("steady")
    [steady] = site.processes()
    rolling = Rolling(site, random.Random(SEED + 2 * share + 1))
    rolling.start()
    try:
        for _ in range(MOMENTS // SHARES):
            time.sleep(rng.uniform(0, 0.12))
            site.kill()
            site.start(wait=rng.random() < 0.2)
        wait_until(site.answers, 30, "micad answers")
        assert "pong" in site.shell("steady", "ping")
        assert steady in site.processes()
    finally:
        rolling.done = True
        rolling.join()
    settled(site)
    usable_again(site)


def test_folder_without_a_client(idle_site):
    """Killed between a client's folder and what is in it: the next daemon removes the rest."""
    clients = os.path.join(idle_site.run_root, "clients")
    os.makedirs(os.path.join(clients, "ghost", "ept"))
    for name in ("state.json.new", "ept/left"):
        with open(os.path.join(clients, "ghost", name), "w", encoding="utf-8"):
            pass
    idle_site.start()
    assert os.listdir(clients) == []
    assert idle_site.names() == []
    idle_site.run("ghost")
