# SPDX-License-Identifier: BSD-3-Clause
"""A client's configuration, shown and changed while it runs."""
import json
import os
import re

import pytest

from conftest import image, wait_until
from test_rpc import executors


def keys(site, name):
    return json.loads(site.ok("get", "--json", name))["settings"]


def test_get_is_what_create_takes(site):
    site.create("one", CPU="0", StopTimeoutSec="7", Restart="on-failure", RestartSec="1min 2s",
                LogLevel="debug", CoreDump="no", AutoBoot="no")
    text = site.ok("get", "one")
    assert text == site.ok("set", "one")
    assert text.startswith("[Mica]\n")
    for line in ("Name=one", f"ClientPath={image()}", "CPU=0", "StopTimeoutSec=7000ms",
                 "Restart=on-failure", "RestartSec=62000ms", "LogLevel=debug", "CoreDump=no"):
        assert line in text.splitlines()
    site.ok("rm", "one")
    path = os.path.join(site.dir, "again.conf")
    with open(path, "w") as file:
        file.write(text)
    site.ok("create", path)
    assert site.ok("get", "one") == text
    assert site.ok("get", "one", "LogLevel", "CPU") == "LogLevel=debug\nCPU=0\n"
    assert "no value" in site.fails(2, "get", "one", "Nonsense")


def test_set_while_it_runs(site):
    site.run("one")
    with open(os.path.join(site.conf_dir, "one.conf")) as file:
        before = file.read()
    said = site.ok("set", "one", "LogLevel=err", "StopTimeoutSec=2min", "Restart=always")
    assert "file is unchanged" in said
    site.shell("one", "log 4 not kept any more")
    site.shell("one", "log 3 kept")
    site.ok("set", "one", "LogLevel=info")
    site.shell("one", "log 6 this too")
    out = site.ok("logs", "one")
    assert "not kept" not in out and "kept" in out and "this too" in out
    assert "set Restart=always" in out
    assert keys(site, "one")["StopTimeoutSec"] == "120000ms"
    # Kept across the daemon and a new start, not written to the file.
    site.kill()
    site.start()
    site.ok("set", "one", "Restart=no")
    site.ok("stop", "one")
    site.ok("start", "one")
    assert keys(site, "one")["StopTimeoutSec"] == "120000ms"
    with open(os.path.join(site.conf_dir, "one.conf")) as file:
        assert file.read() == before


@pytest.mark.parametrize("code, words, said", [
    (7, ["LogLevel=err", "StopTimeoutSec=never"], "StopTimeoutSec"),
    (7, ["LogLevel=err", "Restart=perhaps"], "no, on-failure, always"),
    (2, ["LogLevel=err", "Nonsense=1"], "Nonsense"),
    (6, ["LogLevel=err", "ClientPath=/bin/true"], "ClientPath is fixed"),
    (6, ["LogLevel=err", "CPU=0"], "CPU is fixed"),
    (6, ["LogLevel=err", "Name=two"], "keeps its name"),
    (2, ["LogLevel=err", "StopTimeoutSec"], "not KEY=VALUE"),
    (2, ["LogLevel=err", "=5"], "not KEY=VALUE"),
])
def test_all_or_nothing(site, code, words, said):
    site.run("one")
    before = keys(site, "one")
    assert said in site.fails(code, "set", "one", *words)
    assert keys(site, "one") == before
    site.kill()
    site.start()
    assert keys(site, "one") == before


def test_restart_policy_holds_at_once(site):
    tty = site.run("one")
    [pid] = site.processes()
    site.ok("set", "one", "Restart=on-failure", "RestartSec=0")
    with open(tty, "wb", buffering=0) as out:
        out.write(b"crash\n")
    wait_until(lambda: site.state("one") == "Running" and site.processes() not in ([], [pid])
               and not site.info("one")["operation"], what="restart")
    site.ok("set", "one", "Restart=no")
    with open(site.tty("one"), "wb", buffering=0) as out:
        out.write(b"crash\n")
    site.wait_state("one", "Crashed")


def test_unknown_client_and_bad_calls(site):
    site.fails(5, "set", "none", "LogLevel=err")
    site.fails(5, "get", "none")
    site.create("one")
    c = site.connect()
    for settings in (None, [], "x", {"LogLevel": 3}, {"LogLevel": None}, {"LogLevel": "err\0x"},
                     {f"K{i}": "x" for i in range(65)}):
        answer = c.call("io.mica.Manager.Set", name="one", settings=settings)
        if answer is None or "malformed" in answer.get("parameters", {}).get("message", ""):
            c = site.connect()  # a NUL ends the conversation
            continue
        assert answer["error"] == "org.varlink.service.InvalidParameter", answer
    assert keys(site, "one")["LogLevel"] == "info"


def test_every_live_key_is_documented(site):
    site.create("one")
    live = json.loads(site.ok("get", "--json", "one"))["live"]
    top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    with open(os.path.join(top, "docs", "man", "mica.1.scd")) as page:
        text = page.read()
    part = text[text.index("*set* _NAME_"):]
    for key in live:
        assert f"*{key}*" in part, key
    with open(os.path.join(top, "packaging", "bash-completion", "mica")) as completion:
        words = completion.read().split()
    for key in live:
        assert any(re.fullmatch(rf'"?{key}"?', word) for word in words), key


def rpc(site, what):
    return site.shell("one", f"rpc {what}")


def test_rights_of_rpc_reach_the_running_process(site):
    site.run("one")
    assert re.search(r"system +-13 ok", rpc(site, "refused"))
    old = set(executors(site))
    site.ok("set", "one", "RpcSystem=yes")
    assert re.search(r"system +1792 ok", rpc(site, "system"))
    assert set(executors(site)) != old
    site.ok("set", "one", "RpcSystem=no")
    assert re.search(r"system +-13 ok", rpc(site, "refused"))
    # One that says what it is already replaces nothing.
    now = set(executors(site))
    site.ok("set", "one", "RpcSystem=no", "LogLevel=debug")
    assert set(executors(site)) == now
