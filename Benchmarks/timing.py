# SPDX-License-Identifier: MIT
"""Times programs by turns: what all modules of this folder share.

This module and those that list figures import nothing but Python's own library: a process that Linux starts
counts the memory of the one that started it as its own peak, so that one has to stay small. NumPy, torch
and the like are imported by workers, which are processes of their own.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Missing(Exception):
    """What a figure needs is not installed or not built; the text says what."""


@dataclass(frozen=True)
class Setup:
    """What all figures are measured with."""

    geed: Path
    # Where RotateBenchmark and the other programs of this package are.
    programs: Path
    # Models and data that were made, which later figures use again.
    folder: Path
    rounds: int
    threads: int
    quick: bool
    # Another build of geed, which takes part in whole measurements.
    other: Path | None = None

    def program(self, name: str) -> str:
        if not os.access(self.programs / name, os.X_OK):
            raise Missing(f"{name} is not built in {self.programs.name}/")
        return str(self.programs / name)


# MARK: - Processes


@dataclass(frozen=True)
class Usage:
    """Seconds on the clock, seconds of all processors, and the peak of the memory in MiB."""

    seconds: float
    processor: float
    memory: float | None = None


def processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak(usage: resource.struct_rusage) -> float | None:
    """The peak in MiB, or None where it may be that of this process, which started the other."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if usage.ru_maxrss <= own:
        return None
    return usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def failure(command: list[str], errors: str) -> Exception:
    """The error of a program that failed: Missing where it says so of a module in Python."""
    last = errors.splitlines()[-1] if errors else "no message"
    kind, _, reason = last.partition(": ")
    if kind.split(".")[-1] in ("ModuleNotFoundError", "Missing"):
        return Missing(reason)
    return RuntimeError(f"{' '.join(command)} failed:\n{errors or last}")


def finished(*commands: list, output: Path | None = None, **variables: str) -> Usage:
    """Runs processes at once, from their start to their end; the memory is that of the largest."""
    with open(output or os.devnull, "wb") as stdout:
        start = time.perf_counter()
        processes = [
            subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=stdout,
                stderr=subprocess.PIPE, env={**os.environ, **variables})
            for command in commands]
        usages = []
        for process in processes:
            errors = process.stderr.read().decode(errors="replace")
            process.stderr.close()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if status != 0:
                raise failure(process.args, errors.strip())
            usages.append(usage)
        seconds = time.perf_counter() - start
    peaks = [peak(usage) for usage in usages]
    return Usage(
        seconds, sum(usage.ru_utime + usage.ru_stime for usage in usages),
        None if None in peaks else max(peaks))


class Worker:
    """A process that does a job for each line of its input, and answers with the time that it took.

    The line is a number, such as that of the passes. The answer begins with the seconds on the clock and of
    the processors; `answer` is the rest. Starting, importing and building a network count in neither.
    """

    def __init__(self, command: list, says_ready: bool = True, **variables: str):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.errors, text=True, env={**os.environ, **variables})
        self.answer: list[str] = []
        if says_ready:
            self.line()

    def __call__(self, count: int = 1) -> Usage:
        time.sleep(0.02)  # Threads of the others that wait in a loop stop doing so.
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        words = self.line().split()
        if words[0].isalpha():  # SteerableBenchmark says what the numbers are of.
            words.pop(0)
        self.answer = words[2:]
        return Usage(float(words[0]), float(words[1]))

    def line(self) -> str:
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.errors.seek(0)
            errors = self.errors.read().strip()
            raise failure(self.process.args, errors)
        return line

    def close(self) -> float | None:
        """Ends the process, and returns the peak of its memory in MiB."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.errors.close()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return peak(usage)


def python(module: str, *arguments) -> list[str]:
    """The command of a worker in a module of this folder."""
    return [sys.executable, "-W", "ignore", str(HERE / f"{module}.py"), *map(str, arguments)]


def serve(job: Callable[[int], object], repeats: bool = False) -> None:
    """The side of a worker in Python: answers every line. A job for one pass is repeated as often as the
    line says; others are given its number. What a job returns is printed as JSON."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        start, processor = time.perf_counter(), processor_seconds()
        if repeats:
            for _ in range(int(line)):
                result = job()
        else:
            result = job(int(line))
        seconds, processor = time.perf_counter() - start, processor_seconds() - processor
        text = json.dumps(result, separators=(",", ":"))
        print(seconds, processor, text, file=answers, flush=True)


# MARK: - Turns


def alternate(rounds: int, contestants: dict[str, Callable[[], Usage]]) -> dict[str, list[Usage]]:
    """Lets all take turns, in every second round in the opposite order."""
    usages: dict[str, list[Usage]] = {name: [] for name in contestants}
    for index in range(rounds):
        names = list(contestants)
        for name in names if index % 2 == 0 else reversed(names):
            usages[name].append(contestants[name]())
    return usages


def quickest(candidates: dict[str, Callable[[], Worker]], count: int) -> tuple[str, Worker]:
    """The worker that does a part of the job in the shortest time, in the better of two turns; ends the
    others."""
    workers = {name: make() for name, make in candidates.items()}
    if len(workers) > 1:
        first = {name: worker(count).seconds for name, worker in workers.items()}
        # The first turn warms up, but who takes twice as long will not be the quickest.
        turns = {name: workers[name] for name in workers if first[name] <= 2 * min(first.values())}
        usages = alternate(2, {name: lambda worker=worker: worker(count) for name, worker in turns.items()})
        best = min(usages, key=lambda name: min(usage.seconds for usage in usages[name]))
    else:
        best = next(iter(workers))
        workers[best](count)
    for name, worker in workers.items():
        if name != best:
            worker.close()
    return best, workers[best]
