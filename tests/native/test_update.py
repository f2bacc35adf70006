# SPDX-License-Identifier: BSD-3-Clause
"""Images of clients change while Linux runs: update, the way back, the store."""
import hashlib
import json
import os
import shutil
import subprocess
import time

import pytest

from conftest import SLOW, image, wait_until
from update_help import copy, run, sha, store, stored, version

STEPS = ("verifying", "storing", "stopping", "starting", "healthy")


def settled(site, name="one"):
    """The update under way has ended, one way or the other."""
    wait_until(lambda: not site.info(name)["on_trial"] and site.state(name) == "Running", 30,
               "end of the update")


# ---- update and back ----

def test_update_of_a_running_client(site):
    tty = run(site)
    out = site.ok("update", "one", image("novendor"))
    new, old = sha(image("novendor")), sha(image("ref"))
    assert out == ("updating one...\n"
                   f"update one successfully! Its image is {new[:12]}\n")
    assert version(site) == "novendor"
    assert site.tty("one") == tty
    info = site.info("one")
    assert info["state"] == "Running" and info["reason"] == ""
    assert info["updated"] is True and info["on_trial"] is False
    assert (info["sha256"], info["previous_sha256"]) == (new, old)
    assert info["image"] == image("ref")
    assert stored(site) == {new, old}
    text = site.ok("status", "one")
    assert f"SHA-256:       {new}\n" in text and f"Previous:      {old} " in text
    assert "mica update one --reset" in text


def test_update_is_what_starts_from_then_on(site):
    run(site)
    site.ok("update", "one", image("novendor"))
    site.ok("stop", "one")
    site.ok("start", "one")
    assert version(site) == "novendor"
    site.ok("stop", "one")
    site.ok("rm", "one")
    site.ok("create", "one")
    assert site.info("one")["updated"] is True
    site.ok("start", "one")
    assert version(site) == "novendor"
    site.kill()
    site.start()
    assert version(site) == "novendor"
    assert site.info("one")["sha256"] == sha(image("novendor"))


def test_update_of_a_client_that_does_not_run(site):
    site.create("one")
    site.ok("update", "one", image("novendor"))
    assert site.state("one") == "Offline"
    assert site.info("one")["sha256"] == sha(image("novendor"))
    assert site.info("one")["has_previous"] is True
    assert site.processes() == []
    site.ok("start", "one")
    assert version(site) == "novendor"
    site.ok("stop", "one")
    site.ok("rollback", "one")
    assert site.state("one") == "Stopped"
    site.ok("start", "one")
    assert version(site) == "ref"


def test_rollback_and_back_again(site):
    run(site)
    assert "never updated" in site.fails(6, "rollback", "one")
    site.ok("update", "one", image("novendor"))
    for wanted in ("ref", "novendor", "ref"):
        assert site.ok("rollback", "one").endswith(
            f"rollback one successfully! Its image is {sha(image(wanted))[:12]}\n")
        assert version(site) == wanted
    assert len(stored(site)) == 2


def test_reset_gives_client_path_again(site):
    run(site)
    site.ok("update", "one", image("novendor"))
    site.ok("update", "one", "--reset")
    assert version(site) == "ref"
    assert site.info("one")["updated"] is False
    assert stored(site) == {sha(image("novendor"))}
    assert "already" in site.ok("update", "one", "--reset")
    site.ok("rollback", "one")
    assert version(site) == "novendor"


@pytest.mark.long
def test_only_the_last_two_are_kept(site):
    run(site)
    for variant in ("novendor", "nostop", "noreattach", "fulllen"):
        site.ok("update", "one", image(variant))
    assert stored(site) == {sha(image("noreattach")), sha(image("fulllen"))}
    assert {os.stat(os.path.join(store(site), f)).st_mode & 0o777
            for f in os.listdir(store(site))} == {0o600}
    site.ok("stop", "one")
    site.ok("rm", "one", "--purge")
    assert not os.path.exists(store(site))
    site.ok("create", "one")
    assert site.info("one")["updated"] is False


def test_the_same_image_again(site):
    run(site)
    [pid] = site.processes()
    for _ in range(2):
        assert "has that image already" in site.ok("update", "one", image("ref"))
    assert site.processes() == [pid]
    assert site.info("one")["has_previous"] is False


def test_another_client_path_wins_over_the_store(site):
    run(site)
    site.ok("update", "one", image("novendor"))
    site.ok("stop", "one")
    site.ok("rm", "one")
    site.create("one", "fulllen")
    assert site.info("one")["updated"] is False
    assert "another ClientPath" in site.log_text()
    site.ok("start", "one")
    assert version(site) == "fulllen"


def test_json_and_steps(site):
    run(site)
    answer = json.loads(site.ok("--json", "update", "one", image("novendor")))
    assert answer == {"changed": True, "sha256": sha(image("novendor")), "name": "one"}
    conn = site.connect()
    conn.send(json.dumps({"method": "io.mica.Manager.Rollback", "more": True,
                          "parameters": {"name": "one"}}).encode() + b"\0")
    seen = []
    while True:
        reply = conn.receive()
        if not reply.get("continues"):
            break
        seen.append(reply["parameters"]["step"])
    assert seen == list(STEPS)
    assert reply["parameters"] == {"changed": True, "sha256": sha(image("ref"))}
    conn.close()


# ---- the way back ----

@pytest.mark.parametrize("variant,code,word", [("crashboot", 13, "went off"),
                                               ("neverready", 11, "did not become ready")])
@pytest.mark.long
def test_bad_image_goes_back(site, variant, code, word):
    tty = run(site, StartTimeoutSec=2)
    run(site, "two")
    others = set(site.processes())
    line = site.fails(code, "update", "one", image(variant))
    assert word in line and "the image before the update runs again" in line
    assert version(site) == "ref" and site.tty("one") == tty
    info = site.info("one")
    assert "taken back" in info["reason"] and info["state"] == "Running"
    assert info["updated"] is False and info["sha256"] == sha(image("ref"))
    assert stored(site) == set()
    assert len(others & set(site.processes())) == 1  # the other client
    assert "pong" in site.shell("two", "ping")


def test_failed_update_keeps_the_older_way_back(site):
    run(site)
    site.ok("update", "one", image("novendor"))
    site.fails(13, "update", "one", image("crashboot"))
    assert version(site) == "novendor"
    assert stored(site) == {sha(image("ref")), sha(image("novendor"))}
    site.ok("rollback", "one")
    assert version(site) == "ref"


def on_trial(site, *args, **keys):
    """An update in its healthy period."""
    run(site, **{"HealthySec": 60, **keys})
    update = subprocess.Popen(
        [os.path.join(os.path.dirname(image()), "..", "mica"), "update", "one",
         image("novendor"), *args], env=site.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True)
    wait_until(lambda: "update: healthy" in site.log_text(), 20, "trial")
    wait_until(lambda: site.info("one")["on_trial"], 5, "trial")
    site.tty("one")
    return update


def test_crash_on_trial_goes_back(site):
    update = on_trial(site)
    assert version(site) == "novendor"
    site.mica("console", "one", "--linger", "0.1", input="crash\n")
    out, err = update.communicate(timeout=30 * SLOW)
    assert update.returncode == 13 and "HealthySec" in err, (out, err)
    assert version(site) == "ref"
    assert "taken back" in site.info("one")["reason"]


def test_power_off_on_trial_goes_back(site):
    update = on_trial(site)
    site.mica("console", "one", "--linger", "0.1", input="poweroff\n")
    assert update.wait(30 * SLOW) == 13
    update.communicate()
    assert version(site) == "ref"


def test_stop_on_trial_is_obeyed(site):
    update = on_trial(site)
    assert "busy" in site.fails(6, "update", "one", image("fulllen"))
    site.ok("stop", "one")
    out, err = update.communicate(timeout=30 * SLOW)
    assert update.returncode == 6 and "before the update was final" in err, (out, err)
    assert site.state("one") == "Stopped"
    assert site.info("one")["updated"] is False
    site.ok("start", "one")
    assert version(site) == "ref"


def test_update_outlives_its_caller(site):
    run(site, HealthySec=1)
    conn = site.connect()
    conn.send(json.dumps({"method": "io.mica.Manager.Update", "parameters": {
        "name": "one", "file": image("novendor")}}).encode() + b"\0")
    conn.close()
    wait_until(lambda: site.info("one")["updated"], 20, "update")
    assert version(site) == "novendor"


# ---- the daemon goes ----

@pytest.mark.parametrize("delay", [0, 0.03])
@pytest.mark.parametrize("step", STEPS)
def test_daemon_killed_at_each_step(site, step, delay):
    tty = run(site, HealthySec="0.5")
    run(site, "two")
    conn = site.connect()
    conn.send(json.dumps({"method": "io.mica.Manager.Update", "more": True, "parameters": {
        "name": "one", "file": image("novendor")}}).encode() + b"\0")
    while conn.receive()["parameters"].get("step") != step:
        pass
    time.sleep(delay)
    site.kill()
    conn.close()
    site.start()
    settled(site)
    info = site.info("one")
    assert version(site) == ("novendor" if info["updated"] else "ref")
    assert info["sha256"] == sha(image("novendor" if info["updated"] else "ref"))
    assert site.tty("one") == tty
    assert "pong" in site.shell("two", "ping")
    assert len(site.processes()) == 2
    # And the next one works.
    site.ok("update", "one", image("fulllen"))
    assert version(site) == "fulllen"
    assert len(stored(site)) == 2


def test_trial_goes_on_in_the_next_daemon(site):
    update = on_trial(site, HealthySec=4)
    begun = time.monotonic()
    site.kill()
    update.communicate()
    site.start()
    assert version(site) == "novendor"
    wait_until(lambda: site.info("one")["updated"], 20, "end of the trial")
    assert time.monotonic() - begun > 1.5  # it was not cut short
    assert site.info("one")["previous_sha256"] == sha(image("ref"))


def test_trial_fails_in_the_next_daemon(site):
    update = on_trial(site)
    site.kill()
    update.communicate()
    site.start()
    assert site.info("one")["on_trial"] is True
    site.mica("console", "one", "--linger", "0.1", input="crash\n")
    wait_until(lambda: not site.info("one")["on_trial"], 20, "way back")
    settled(site)
    assert version(site) == "ref"


def test_new_image_died_while_no_daemon_ran(site):
    update = on_trial(site)
    [pid] = [p for p in site.processes() if p != update.pid]
    site.kill()
    update.communicate()
    os.kill(pid, 9)
    wait_until(lambda: pid not in site.processes(), what="end of the client")
    site.start()
    settled(site)
    assert version(site) == "ref"
    assert "taken back" in site.info("one")["reason"]


# ---- the store ----

def test_torn_image_in_the_store(site):
    run(site)
    site.ok("update", "one", image("novendor"))
    site.ok("stop", "one")
    path = os.path.join(store(site), sha(image("novendor")) + ".elf")
    os.truncate(path, os.path.getsize(path) // 2)
    site.ok("start", "one")
    assert version(site) == "ref"
    info = site.info("one")
    assert "is damaged" in info["reason"] and info["sha256"] == sha(image("ref"))
    site.ok("update", "one", image("fulllen"))
    assert version(site) == "fulllen"


def test_both_images_torn(site):
    run(site)
    site.ok("update", "one", image("novendor"))
    site.ok("stop", "one")
    for name in stored(site):
        os.truncate(os.path.join(store(site), name + ".elf"), 100)
    site.ok("start", "one")
    assert version(site) == "ref"
    assert "ClientPath's image is in use" in site.info("one")["reason"]
    assert "is damaged" in site.fails(9, "rollback", "one")
    assert version(site) == "ref"


@pytest.mark.parametrize("nonsense", [b"", b"\xff{[\0", b"{}", b'{"version":1}', b"[" * 5000])
def test_record_of_nonsense(site, nonsense):
    run(site)
    site.ok("update", "one", image("novendor"))
    site.ok("stop", "one")
    site.ok("rm", "one")
    with open(os.path.join(store(site), "record"), "wb") as record:
        record.write(nonsense)
    site.ok("create", "one")
    site.ok("start", "one")
    assert version(site) == "ref"
    assert "record" in site.info("one")["reason"]
    site.ok("update", "one", image("novendor"))
    assert version(site) == "novendor"


def test_machine_restarted_on_trial(site):
    """As after a power cut: the run root is empty, the store is as it was."""
    update = on_trial(site)
    site.kill()
    update.communicate()
    for pid in site.processes():
        os.kill(pid, 9)
    wait_until(lambda: not site.processes(), what="no process left")
    shutil.rmtree(os.path.join(site.run_root, "clients"))
    site.start()
    site.ok("create", "one")
    site.ok("start", "one")
    assert version(site) == "ref"
    assert "restarted" in site.info("one")["reason"]
    assert stored(site) == set()


def test_no_way_back_is_no_update(site):
    """ClientPath was overwritten while the client runs: what runs is nowhere any more."""
    path = copy(site, "ref", "image.elf")
    site.ok("create", site.conf("one", ClientPath=path, HealthySec="0.3"))
    site.ok("start", "one")
    shutil.copy(image("novendor"), path + ".new")
    os.rename(path + ".new", path)
    [pid] = site.processes()
    assert "no way back" in site.fails(9, "update", "one", path)
    assert "no way back" in site.fails(9, "update", "one", image("fulllen"))
    os.unlink(path)
    assert "no way back" in site.fails(9, "update", "one", image("fulllen"))
    assert site.processes() == [pid] and version(site) == "ref"
    site.ok("stop", "one")
    site.ok("update", "one", image("fulllen"))
    site.ok("start", "one")
    assert version(site) == "fulllen"


def test_bad_files(site):
    run(site)
    [pid] = site.processes()
    empty, text, cut = (os.path.join(site.dir, n) for n in ("empty", "text", "cut"))
    open(empty, "w").close()
    with open(text, "w") as file:
        file.write("no image at all")
    with open(image("novendor"), "rb") as source, open(cut, "wb") as file:
        file.write(source.read()[:3000])
    fifo = os.path.join(site.dir, "fifo")
    os.mkfifo(fifo)
    for path in (empty, text, cut, fifo, site.dir, "/nonexistent/x.elf"):
        assert "ClientPath" not in site.fails(9, "update", "one", path)
    assert "/lib/firmware/absent.elf" in site.fails(9, "update", "one", "absent.elf")
    site.fails(5, "update", "two", image("novendor"))
    site.fails(5, "rollback", "two")
    assert "FILE is missing" in site.fails(2, "update", "one")
    assert "--reset goes without FILE" in site.fails(2, "update", "one", "--reset", "x")
    conn = site.connect()
    for params in ({"name": "one"}, {"name": "one", "file": "a/b"},
                   {"name": "one", "file": "x", "reset": True}):
        reply = conn.call("io.mica.Manager.Update", **params)
        assert reply["parameters"]["code"] == 2, reply
    assert site.processes() == [pid]
    assert stored(site) == set()


def test_file_that_changes_meanwhile(site):
    """Read once: what was checked is what runs, or nothing does."""
    run(site)
    path = copy(site, "novendor", "new.elf")
    with open(path, "rb") as file:
        good = file.read()
    writer = subprocess.Popen(
        ["python3", "-c", "import sys,time\n"
         "d=open(sys.argv[2],'rb').read()\n"
         "while True:\n"
         " f=open(sys.argv[1],'r+b'); f.write(d[:len(d)//2]); f.truncate(); f.close()\n"
         " f=open(sys.argv[1],'r+b'); f.write(d); f.close()\n", path, image("novendor")])
    try:
        for _ in range(10):
            result = site.mica("update", "one", path)
            assert result.returncode in (0, 9, 11, 13), result
            if result.returncode == 0:
                assert site.info("one")["sha256"] == hashlib.sha256(good).hexdigest()
                break
            assert site.state("one") == "Running"
    finally:
        writer.kill()
        writer.wait()
    assert site.state("one") == "Running"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_store_that_cannot_be_written(site):
    run(site)
    [pid] = site.processes()
    os.makedirs(os.path.join(site.run_root, "state"), exist_ok=True)
    os.chmod(os.path.join(site.run_root, "state"), 0o500)
    assert "cannot create" in site.fails(1, "update", "one", image("novendor"))
    os.chmod(os.path.join(site.run_root, "state"), 0o700)
    assert site.processes() == [pid]


def test_store_that_is_no_folder(site):
    run(site)
    [pid] = site.processes()
    with open(os.path.join(site.run_root, "state"), "w"):
        pass
    line = site.fails(1, "update", "one", image("novendor"))
    assert "cannot create" in line and "Not a directory" in line
    assert site.processes() == [pid]
    assert version(site) == "ref"


def test_full_disk(idle_site):
    site = idle_site
    small = os.path.join(site.dir, "small")
    os.mkdir(small)
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small],
                           capture_output=True, check=False)
    if mount.returncode:
        pytest.skip("needs the right to mount")
    try:
        site.start("--state-root", small)
        run(site)
        [pid] = site.processes()
        assert "No space left" in site.fails(1, "update", "one", image("novendor"))
        assert site.processes() == [pid]
        folder = os.path.join(small, "images", "one")
        assert [f for f in os.listdir(folder) if f != "record"] == []
        subprocess.run(["mount", "-o", "remount,ro", small], check=True)
        assert "Read-only file system" in site.fails(1, "update", "one", image("novendor"))
        subprocess.run(["mount", "-o", "remount,rw,size=64m", small], check=True)
        site.ok("update", "one", image("novendor"))
        assert version(site) == "novendor"
        site.kill(15)
    finally:
        subprocess.run(["umount", "-l", small], check=False)
