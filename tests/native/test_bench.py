# SPDX-License-Identifier: BSD-3-Clause
"""The benchmark runs and its report is whole; no speed is asked for."""
import base64
import gzip
import hashlib
import json
import os
import runpy
import subprocess
import sys
import xml.etree.ElementTree

import pytest
from conftest import BUILD, SLOW, TOP

BENCH = os.path.join(BUILD, "bench_rpmsg")
REPORT = os.path.join(TOP, "bench", "report.py")


# Cases that are left out are never freed.
ENV = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}


def run(*command, env=None):
    return subprocess.run(command, capture_output=True, text=True, timeout=120 * SLOW,
                          check=False, env={**ENV, **(env or {})})


def test_smoke(tmp_path):
    figures = tmp_path / "rpmsg.json"
    done = run(BENCH, "--smoke", f"--out={figures}")
    assert done.returncode == 0, done.stderr
    cases = {c["id"]: c for c in json.loads(figures.read_text())["cases"]}
    for case in cases.values():
        assert len(case["rounds"]) == 2
        assert 0 < case["min"] <= case["p50"] <= case["p90"], case
    # In lock-step nothing is left to chance: a doorbell each way.
    for place in ("same", "cross") if len(os.sched_getaffinity(0)) > 1 else ("same",):
        counts = cases[f"rpmsg.wake.echo.{place}.16"]["counts"]
        assert counts["bells_out"] == counts["bells_in"] == 1, counts

    done = run(sys.executable, REPORT, f"--out={tmp_path}", str(figures))
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "report.json").read_text())["results"]
    assert results
    for result in results:
        assert result["label"] in done.stdout
        assert result["low"] <= result["value"] <= result["high"]
    for plot in ("goals.svg", "echo.svg", "flood.svg"):
        if "floor.line" in cases:  # two cores
            assert xml.etree.ElementTree.parse(tmp_path / plot).getroot().tag.endswith("svg")


def test_system(tmp_path):
    done = run(sys.executable, os.path.join(TOP, "bench", "system.py"), "--rounds=2",
               f"--out={tmp_path}", env={"V": os.path.basename(BUILD)})
    assert done.returncode == 0, done.stderr
    cases = {}
    for name in ("app", "system"):
        data = json.loads((tmp_path / f"{name}.json").read_text())
        cases.update({c["id"]: c for c in data["cases"]})
    for name in ("app.ping.64", "app.socket.16", "app.socket.496"):
        assert len(cases[name]["rounds"]) == 2
        assert 0 < cases[name]["min"] <= cases[name]["p50"] <= cases[name]["p90"]
    assert cases["idle"]["counts"]["resident_mib"] > 0


def test_life(tmp_path):
    done = run(sys.executable, os.path.join(TOP, "bench", "system_life.py"), "--rounds=2",
               "--clients=8", f"--out={tmp_path}", env={"V": os.path.basename(BUILD)})
    assert done.returncode == 0, done.stderr
    cases = {}
    for name in ("life", "many"):
        data = json.loads((tmp_path / f"{name}.json").read_text())
        cases.update({c["id"]: c for c in data["cases"]})
    for name in ("floor.spawn", "life.start", "life.stop", "life.restart", "floor.spawn.9",
                 "life.boot.1", "life.boot.8", "app.alone.16", "app.among.16"):
        assert len(cases[name]["rounds"]) >= 2
        assert 0 < cases[name]["min"] <= cases[name]["p50"] <= cases[name]["p90"]
    assert cases["idle.many"]["counts"]["resident_mib"] > 0


def test_bulk_messages_and_calls(tmp_path):
    done = run(sys.executable, os.path.join(TOP, "bench", "system_umt.py"), "--rounds=2", "--scale=10",
               f"--out={tmp_path}", env={"V": os.path.basename(BUILD)})
    assert done.returncode == 0, done.stderr
    cases = {}
    for name in ("umt", "rpc"):
        data = json.loads((tmp_path / f"{name}.json").read_text())
        cases.update({c["id"]: c for c in data["cases"]})
    places = ("same", "cross") if len(os.sched_getaffinity(0)) > 1 else ("same",)
    names = [f"umt.{place}.{what}.{size}" for place in places for size in (4096, 65536, 1 << 20)
             for what in ("copy", "send", "read", "out", "in")]
    for name in (*names, "rpc.lseek", "rpc.write.432", "rpc.read.432"):
        assert len(cases[name]["rounds"]) == 2
        assert 0 < cases[name]["min"] <= cases[name]["p50"] <= cases[name]["p90"]


def test_what_a_board_brings_out():
    """Its results are whole, or there are none."""
    board = runpy.run_path(os.path.join(TOP, "bench", "board", "run.py"))
    packed = gzip.compress(json.dumps({"cases": [{"id": "app.x"}, {"id": "floor.y"}]}).encode())
    text = (f"before\nfile app {hashlib.sha256(packed).hexdigest()}\n"
            f"{base64.encodebytes(packed).decode()}end\nboard bench: all there\n")
    result = board["own"]("qemu-arm64", "app", board["files"](text)["app"])
    assert [c["id"] for c in result["cases"]] == ["board.app.x", "floor.y"]
    damaged = text.replace(hashlib.sha256(packed).hexdigest(), hashlib.sha256(b"").hexdigest())
    for other in (damaged, text.replace("all there", "")):
        with pytest.raises(SystemExit):
            board["files"](other)


def test_bad_options():
    for option in ("--rounds=0", "--scale=x", "--cpus=1", "more"):
        done = run(BENCH, option)
        assert done.returncode == 2
        assert "--rounds=N" in done.stderr
