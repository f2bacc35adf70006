# SPDX-License-Identifier: BSD-3-Clause
"""What starts the daemon on a system, and what completes its command line."""
import glob
import os
import shutil
import signal
import subprocess

import pytest

from conftest import MICA, MICAD, TOP

INIT = os.path.join(TOP, "packaging", "init.d", "micad")
COMPLETION = os.path.join(TOP, "packaging", "bash-completion", "mica")


def init(site, verb):
    env = {**site.env, "MICAD": MICAD, "MICAD_LOG": site.log,
           "MICAD_OPTS": f"--config-dir {site.conf_dir} --pedestal native"}
    return subprocess.run(["/bin/sh", INIT, verb], env=env, capture_output=True, text=True,
                          timeout=60, check=False)


def daemon_of(site):
    with open(os.path.join(site.run_root, "micad.lock")) as lock:
        return int(lock.read())


def test_init_script(idle_site):
    site = idle_site
    assert init(site, "status").returncode == 3
    assert init(site, "stop").stdout == "micad does not run\n"
    try:
        assert init(site, "start").stdout == "micad started\n"
        first = daemon_of(site)
        assert init(site, "start").stdout == "micad already runs\n"
        assert init(site, "status").stdout == f"micad runs (process {first})\n"
        site.run("one")
        assert init(site, "restart").returncode == 0
        assert daemon_of(site) != first
        assert site.state("one") == "Running"
        site.ok("stop", "one")
        assert init(site, "stop").stdout == "micad stopped; running clients go on\n"
        assert init(site, "status").returncode == 3
        site.fails(3, "status")
    finally:
        if init(site, "status").returncode == 0:
            os.kill(daemon_of(site), signal.SIGKILL)
    assert init(site, "frob").returncode == 2


def test_init_script_says_when_the_daemon_does_not_start(idle_site):
    os.mkdir(idle_site.run_root)
    os.chmod(idle_site.run_root, 0o777)
    script = subprocess.run(["/bin/sh", INIT, "start"], timeout=60, check=False,
                            env={**idle_site.env, "MICAD": "/bin/false", "MICAD_WAIT": "1",
                                 "MICAD_LOG": idle_site.log}, capture_output=True, text=True)
    assert script.returncode == 1
    assert "did not start" in script.stderr


def complete(site, *words):
    script = (f"source {COMPLETION}; PATH={os.path.dirname(MICA)}:$PATH; "
              'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mica; '
              '[ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\\n" "${COMPREPLY[@]}"')
    result = subprocess.run(["bash", "-c", script, "bash", *words], env=site.env, cwd=site.dir,
                            capture_output=True, text=True, timeout=30, check=True)
    assert result.stderr == ""
    return set(result.stdout.split())


def test_completion(site):
    site.create("stopped")
    site.run("running")
    assert complete(site, "mica", "st") == {"start", "stop", "status"}
    assert "--all" in complete(site, "mica", "create", "-")
    assert {"--cpu", "--mode"} <= complete(site, "mica", "start", "--")
    assert complete(site, "mica", "start", "--mode", "") == {"phys", "virt"}
    assert complete(site, "mica", "stop", "") == {"running"}
    assert complete(site, "mica", "console", "r") == {"running"}
    assert complete(site, "mica", "rm", "") == {"stopped", "running"}
    assert "stopped" in complete(site, "mica", "--json", "start", "s")
    assert complete(site, "mica", "--run-root", site.run_root, "stop", "") == {"running"}


def test_completion_knows_every_verb(idle_site):
    help_text = idle_site.ok("help")
    verbs = {line.split()[0] for line in help_text.split("\n\n")[1].splitlines()}
    assert complete(idle_site, "mica", "") == verbs


def test_examples_are_valid(site):
    for path in glob.glob(os.path.join(TOP, "packaging", "examples", "*.conf")):
        result = site.mica("create", path)
        # The image is not there; anything wrong with the file itself would be code 7.
        assert result.returncode in (9, 10), (path, result)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_unit_file(idle_site):
    unit = os.path.join(idle_site.dir, "micad.service")
    with open(os.path.join(TOP, "packaging", "systemd", "micad.service")) as source, \
            open(unit, "w") as target:
        target.write(source.read().replace("/usr/sbin/micad", MICAD))
    result = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], text=True,
                            capture_output=True, timeout=60, check=False)
    ours = [line for line in result.stderr.splitlines() if "micad" in line]
    assert not ours, result
