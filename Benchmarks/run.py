#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures the time and the memory of geed against those of other programs, and prints one table.

    python3 Benchmarks/run.py --geed .build/release/geed [--only engine,memory] [--rounds 3] [--quick]

Every figure is a ratio of geed, or of a library of this package, to something else. The two take turns in
one run, so that other programs on the machine affect both; the ratio is the median over the rounds of those
within a round, and in parentheses are the smallest and the largest (the quartiles, of eight rounds and more).
Where other programs run, the processor time counts more than the time. What is not installed or not built is
skipped and named. Progress is on standard error.
"""

import argparse
import dataclasses
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import arithmetic
import engine
import images
import program
import ratios
import rival
import statistics_cost
import tool
import training
from ratios import Row
from timing import Missing, Setup

SECTIONS = {
    "engine": engine.figures,
    "tmeasures": rival.figures,
    "training": training.figures,
    "images": images.figures,
    "start": lambda setup: {"start": lambda: tool.start(setup)},
    "memory": lambda setup: {"growth with examples": lambda: tool.growth(setup)},
    "probes": lambda setup: {"growth with probes": lambda: tool.probes(setup)},
    "shards": lambda setup: {"shards": lambda: tool.shards(setup)},
    "program": program.figures,
    "statistics": statistics_cost.figures,
    "arithmetic": arithmetic.figures,
}
PACKAGES = ["torch", "torchvision", "timm", "onnxruntime", "numpy", "pillow", "tmeasures", "escnn"]


def measured(setup: Setup, names: list[str]) -> list[Row]:
    """The rows of sections; a figure that fails has a row with the reason and does not stop the others."""
    rows: list[Row] = []
    for section in names:
        for name, measure in SECTIONS[section](setup).items():
            start = time.perf_counter()
            try:
                rows += measure()
            except Missing as missing:
                rows.append(Row(name, skipped=str(missing)))
            except (RuntimeError, OSError, ValueError, KeyError) as error:
                print(f"{name}: {error}", file=sys.stderr)
                rows.append(Row(name, failed=str(error).splitlines()[-1]))
            print(f"{section}: {name}, {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return rows


def environment(setup: Setup) -> dict:
    """The date, the machine in general words, and versions."""
    line = (
        "import importlib.metadata as m\n"
        f"for name in {PACKAGES!r}:\n"
        "    try: print(name, m.version(name))\n"
        "    except m.PackageNotFoundError: pass")
    found = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True).stdout
    version = subprocess.run([setup.geed, "--version"], capture_output=True, text=True, check=True).stdout
    return {
        "date": datetime.date.today().isoformat(), "cores": os.cpu_count(), "machine": platform.machine(),
        "system": platform.system(), "load": round(os.getloadavg()[1], 1), "rounds": setup.rounds,
        "quick": setup.quick, "geed": version.strip(), "python": platform.python_version(),
        "packages": dict(line.split() for line in found.splitlines()),
    }


def sentence(found: dict) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in found["packages"].items())
    return (
        f"{found['date']}, {found['cores']} cores ({found['machine']}, {found['system']}), mean load "
        f"{found['load']}, {found['rounds']} rounds{', quick' if found['quick'] else ''}; "
        f"geed {found['geed']}, Python {found['python']}, {packages}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--geed", type=Path, required=True, help="the tool, built with -c release")
    parser.add_argument("--other", type=Path, help="another build of geed, for the part engine")
    parser.add_argument(
        "--programs", type=Path, help="the folder of RotateBenchmark and the others; by default that of geed")
    parser.add_argument("--only", default=",".join(SECTIONS), help=f"of {', '.join(SECTIONS)}")
    parser.add_argument(
        "--rounds", type=int, default=3, help="turns of whole measurements; short ones have more")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--quick", action="store_true", help="fewer examples and networks, for trying it out")
    parser.add_argument("--folder", type=Path, help="keep the networks and data that are made here")
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    arguments = parser.parse_args()
    for name in (names := arguments.only.split(",")):
        if name not in SECTIONS:
            parser.error(f"--only {name}: expected some of {', '.join(SECTIONS)}")
    for option, path in [("--geed", arguments.geed), ("--other", arguments.other)]:
        if path and not os.access(path, os.X_OK):
            parser.error(f"{option} {path}: no program is there")
    if arguments.rounds < 1:
        parser.error(f"--rounds {arguments.rounds}: expected 1 or more")
    arguments.only = names
    return arguments


def main() -> None:
    arguments = parse_arguments()
    geed = arguments.geed.resolve()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.folder or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        setup = Setup(
            geed, (arguments.programs or arguments.geed.parent).resolve(), folder, arguments.rounds,
            arguments.threads, arguments.quick, arguments.other.resolve() if arguments.other else None)
        built = geed.stat().st_mtime_ns
        rows = measured(setup, arguments.only)
        found = environment(setup)
        found["isOneBuild"] = geed.stat().st_mtime_ns == built
    if arguments.json:
        print(json.dumps({"environment": found, "rows": [
            dataclasses.asdict(row) | {"isMet": row.is_met} for row in rows]}, indent=2, ensure_ascii=False))
    else:
        print(f"{ratios.table(rows)}\n\n{sentence(found)}")
    if not found["isOneBuild"]:
        print(f"{geed} was built again during the run: the figures are not of one build.", file=sys.stderr)
    sys.exit(any(row.failed for row in rows) or not found["isOneBuild"])


if __name__ == "__main__":
    main()
