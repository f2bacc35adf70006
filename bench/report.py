#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""report.py [--out=FOLDER] FILE.json...: the table, report.json and the plots of one run."""
import json
import os
import random
import statistics
import sys

import goals
import svg

RESAMPLES = 2000


def load(paths):
    """{program: {id: case}}, and the files' heads."""
    programs, heads = {}, []
    for path in paths:
        with open(path, encoding="utf-8") as f:
            data = json.load(f)
        programs[data["program"]] = {case["id"]: case for case in data.pop("cases")}
        heads.append(data)
    return programs, heads


def interval(values):
    """95 % interval of the median, by resampling."""
    pick = random.Random(1)
    medians = sorted(statistics.median(pick.choices(values, k=len(values)))
                     for _ in range(RESAMPLES))
    return medians[int(RESAMPLES * 0.025)], medians[int(RESAMPLES * 0.975)]


def ratio(row, cases):
    """(median, low, high) of the rounds' ratios."""
    floors = [cases[name] for name in row.floors]
    values = [value / sum(parts) for value, *parts in
              zip(cases[row.case]["rounds"], *(floor["rounds"] for floor in floors))]
    return (statistics.median(values), *interval(values))


def verdict(row, value):
    if row.goal is None:
        return "", ""
    sign = "=" if getattr(row, "exact", False) else ">=" if getattr(row, "least", False) else "<="
    return f"{sign} {row.goal:g}", "reached" if row.reached(value) else "MISSED"


def measured(row, programs):
    """Cases of the program that has all the row needs: only its rounds are the same rounds."""
    for cases in programs.values():
        if all(name in cases for name in (row.case, *getattr(row, "floors", ()))):
            return cases
    return None


def evaluate(programs):
    """One result a row that could be measured."""
    results = []
    for row in goals.ROWS:
        cases = measured(row, programs)
        if cases is None:
            continue
        case = cases[row.case]
        if isinstance(row, goals.Count):
            value = low = high = case["counts"][row.name]
            kind = "count"
        else:
            value, low, high = ratio(row, cases)
            kind = "ratio"
        goal, said = verdict(row, value)
        results.append({"label": row.label, "kind": kind, "case": row.case,
                        "floors": list(getattr(row, "floors", ())), "value": value, "low": low,
                        "high": high, "goal": row.goal, "said": said, "shown_goal": goal,
                        "raw": {k: case[k] for k in ("min", "p50", "p90", "unit")}})
    return results


def print_table(results, programs):
    print(f"{'':50} {'median ratio':>12} {'95 % interval':>15}  {'goal':8} {'':8}"
          f" {'raw min / p50 / p90':>30}")
    for r in results:
        spread = raw = ""
        if r["kind"] == "ratio":
            spread = f"{r['low']:.2f} - {r['high']:.2f}"
            raw = "{min:.1f} / {p50:.1f} / {p90:.1f} {unit}".format(**r["raw"])
        print(f"{r['label']:50} {r['value']:12.3f} {spread:>15}  {r['shown_goal']:8} "
              f"{r['said']:8} {raw:>30}")
    for program, cases in programs.items():
        print(f"\nfloors, {program}: raw min / p50 / p90")
        for name, case in cases.items():
            if name.startswith("floor."):
                print(f"{name:50} {case['min']:.1f} / {case['p50']:.1f} / {case['p90']:.1f} "
                      f"{case['unit']}")


def plots(out, results, cases):
    rows = [(r["label"], r["value"], r["low"], r["high"], r["goal"])
            for r in results if r["kind"] == "ratio" and r["goal"] is not None]
    if rows:
        svg.bars(os.path.join(out, "goals.svg"), "Ratios to the floor of the same round, and goals",
                 rows)
    for file, title, names in (
            ("echo.svg", "Round trip between two cores, both polling",
             {"bare ring": "floor.ring.echo", "rpmsg": "rpmsg.echo"}),
            ("flood.svg", "A message of a one-way flood between two cores",
             {"bare ring": "floor.ring.flood", "host to client": "rpmsg.out",
              "client to host": "rpmsg.in"})):
        series = {name: [(n, cases[f"{case}.{n}"]["p50"]) for n in goals.SIZES
                         if f"{case}.{n}" in cases] for name, case in names.items()}
        if all(series.values()):
            svg.curves(os.path.join(out, file), title, "ns", series)


def main():
    files = [a for a in sys.argv[1:] if not a.startswith("--")]
    out = next((a[6:] for a in sys.argv[1:] if a.startswith("--out=")), "build/bench")
    if not files:
        sys.exit(__doc__)
    os.makedirs(out, exist_ok=True)
    programs, heads = load(files)
    results = evaluate(programs)
    print_table(results, programs)
    for head in heads:
        print("\n" + ", ".join(f"{key} {value}" for key, value in head.items()))
    plots(out, results, programs.get("bench_rpmsg", {}))
    with open(os.path.join(out, "report.json"), "w", encoding="utf-8") as f:
        json.dump({"runs": heads, "results": results}, f, indent=1)


if __name__ == "__main__":
    main()
