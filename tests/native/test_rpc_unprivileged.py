# SPDX-License-Identifier: BSD-3-Clause
"""rpc of a daemon that is not root: no user of its own for the executor, and still its room."""
import os
import shutil
import stat

import pytest

from conftest import MICA, MICAD, image
from test_rpc import executors

USER = 65534
pytestmark = pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"),
                                reason="changes the user")


@pytest.fixture
def user_site(idle_site):
    """A site of an unprivileged user; the command line is still root's."""
    site = idle_site
    # The tree itself may be closed to others.
    for program in (MICAD, MICA, os.path.join(os.path.dirname(MICAD), "micarpc"), image()):
        shutil.copy(program, site.dir)
    wrapper = os.path.join(site.dir, "as-user")
    with open(wrapper, "w") as script:
        script.write(f"#!/bin/sh\nexec setpriv --reuid {USER} --regid {USER} --clear-groups"
                     f" {site.dir}/micad \"$@\"\n")
    os.chmod(wrapper, 0o755)
    for path in (site.dir, site.conf_dir):
        os.chown(path, USER, USER)
    site.start(program=wrapper)
    assert os.stat(site.socket).st_uid == USER
    return site


def run(site, name, **keys):
    root = os.path.join(site.dir, f"files-{name}")
    copy = os.path.join(site.dir, os.path.basename(image()))
    site.ok("create", site.conf(name, ClientPath=copy, RpcRoot=root, **keys))
    site.ok("start", name)
    return root


def fields_of(pid):
    with open(f"/proc/{pid}/status") as status:
        return dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)


def test_functions_of_linux(user_site):
    root = run(user_site, "c")
    said = user_site.shell("c", "rpc test")
    assert "rpc: done" in said and "FAILED" not in said, said
    assert said.count(" ok") == 33
    info = os.stat(root)
    assert (info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode)) == (USER, USER, 0o700)
    assert os.listdir(root) == []


def test_the_room(user_site):
    run(user_site, "c")
    assert user_site.shell("c", "rpc refused").count("-13 ok") == 3
    found = executors(user_site)
    assert len(found) == 2
    for pid in found:
        fields = fields_of(pid)
        assert fields["Uid"].split() == fields["Gid"].split() == [str(USER)] * 4
        assert not fields["Groups"].split() and fields["NoNewPrivs"] == "1"
        for key in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
            assert int(fields[key], 16) == 0, key
    assert fields_of(found[-1])["Seccomp"] == "2"
    with open(f"/proc/{found[-1]}/limits") as limits:
        limits = limits.read()
    for text in ("Max open files            256", "Max core file size        0"):
        assert text in limits, limits


def test_a_folder_that_is_not_the_users(user_site):
    """What it cannot enter is no reason to go elsewhere."""
    root = os.path.join(user_site.dir, "files-c")
    os.mkdir(root, 0o700)  # root's
    run(user_site, "c")
    said = user_site.shell("c", "rpc test")
    assert "the host does not answer" in said or "FAILED" in said, said
    assert os.listdir(root) == []
    assert user_site.state("c") == "Running"


def test_all_of_the_sdk(user_site):
    root = run(user_site, "c", RpcNetwork="yes", RpcSystem="yes")
    for what in ("mixed", "sdk"):
        said = user_site.shell("c", f"rpc {what}")
        assert f"rpc: {what} done" in said and "FAILED" not in said, said
    assert "1792 ok" in user_site.shell("c", "rpc system")
    assert os.listdir(root) == []
