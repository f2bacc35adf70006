# SPDX-License-Identifier: BSD-3-Clause
"""What members of the group "mica" may do, shown with a group file of the test's own."""
import os
import shutil
import stat
import subprocess

import pytest

from conftest import MICA, MICAD, image, wait_until

GROUP = 47110
USER = 65534


def can_hide_group_file():
    """Whether this process may put another /etc/group in its daemon's sight."""
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("setpriv"):
        return False
    return subprocess.run(["unshare", "-m", "sh", "-c", "mount --bind /etc/hostname /etc/group"],
                          capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not can_hide_group_file(), reason="needs root and mounts")


@pytest.fixture
def group_site(idle_site):
    site = idle_site
    os.chmod(site.dir, 0o755)
    groups = os.path.join(site.dir, "group")
    with open(groups, "w") as file:
        file.write(f"root:x:0:\nmica:x:{GROUP}:somebody\n")
    site.member_mica = os.path.join(site.dir, "mica")
    shutil.copy(MICA, site.member_mica)
    with open(site.log, "ab") as log:
        # exec all the way: the process started here becomes the daemon.
        site.daemon = subprocess.Popen(
            ["unshare", "-m", "sh", "-c", 'mount --bind "$1" /etc/group && shift && exec "$@"',
             "sh", groups, MICAD, "--config-dir", site.conf_dir, "--pedestal", "native"],
            env=site.env, stdin=subprocess.DEVNULL, stderr=log, cwd=site.dir)
    wait_until(site.answers, what="micad answers")
    return site


def member(site, *args, input=None, groups=str(GROUP)):
    return subprocess.run(["setpriv", "--reuid", str(USER), "--regid", str(USER), "--groups", groups,
                           site.member_mica, *args], env=site.env, cwd="/", input=input, text=True,
                          capture_output=True, timeout=60, check=False)


def test_socket_belongs_to_the_group(group_site):
    info = os.stat(group_site.socket)
    assert info.st_gid == GROUP and stat.S_IMODE(info.st_mode) == 0o660


def test_member_uses_configured_clients(group_site):
    site = group_site
    site.create("one")
    assert member(site, "status").stdout.count("one") == 1
    assert member(site, "start", "one").stdout.endswith("start one successfully!\n")
    tty = site.tty("one")
    assert stat.S_IMODE(os.stat(tty).st_mode) == 0o660
    result = member(site, "console", "--until", "^pong", "one", input="ping\n")
    assert "pong" in result.stdout, result
    assert member(site, "stop", "one").returncode == 0


def test_member_brings_in_nothing(group_site):
    site = group_site
    path = site.conf("one")
    for args in (["create", path], ["create", "one"], ["create", "--all"], ["start", image()]):
        result = member(site, *args)
        assert result.returncode == 4, (args, result)
        assert "needs root" in result.stderr
    assert site.names() == []
    site.create("one")
    assert member(site, "rm", "one").returncode == 4
    assert member(site, "set", "one", "LogLevel=err").returncode == 4
    assert "LogLevel=info" in member(site, "get", "one").stdout
    assert member(site, "logs", "one").returncode == 0
    assert site.names() == ["one"]


def test_others_do_not_connect(group_site):
    result = member(group_site, "status", groups="4711")
    assert result.returncode == 4
    assert "become root or a member of the group mica" in result.stderr


def test_members_leave_room_for_the_owner(group_site):
    site = group_site
    script = ("import socket, sys, time\n"
              "held = []\n"
              "for _ in range(60):\n"
              "    s = socket.socket(socket.AF_UNIX)\n"
              f"    s.connect('{site.socket}')\n"
              "    held.append(s)\n"
              "print('held', flush=True)\n"
              "sys.stdin.read()\n")
    holder = subprocess.Popen(["setpriv", "--reuid", str(USER), "--regid", str(USER), "--groups",
                               str(GROUP), "/usr/bin/python3", "-c", script], cwd="/",
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    assert "too many connections" in member(site, "status").stderr
    site.ok("status")
    holder.communicate("")
    wait_until(lambda: member(site, "status").returncode == 0, what="room again")
