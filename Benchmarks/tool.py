# SPDX-License-Identifier: MIT
"""The cost of the tool besides the engine: start, memory, growth with examples and probes, shards.

    python3 tool.py GEED MODEL.onnx FEATURE_MAPS [ROUNDS]

MODEL takes 3 x 32 x 32 images, such as a ResNet of CIFAR-10; FEATURE_MAPS is a pattern of its feature
maps, such as '*Relu*', and 'logits' is its output. Every figure is a ratio of runs that take turns in
ROUNDS (3) rounds, as a median; times are wall-clock and processor time of whole processes. The shards run
at the same time with one thread each, against one process with one thread. Needs NumPy.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

FEW, MANY = 50, 5_000


def run(*commands):
    """The seconds, the processor time and the peak of the memory in MiB of processes that run at once."""
    start = time.perf_counter()
    processes = [
        subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL) for command in commands]
    usages = []
    for process in processes:
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"{process.args} ended with status {status}.")
        usages.append(usage)
    seconds = time.perf_counter() - start
    processor = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    return seconds, processor, max(usage.ru_maxrss for usage in usages) / 1024


def alternate(rounds, **jobs):
    """The medians of each job's figures."""
    figures = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, commands in jobs.items():
            figures[name].append(run(*commands))
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in figures.items()}


def row(title, a, b, scale=1.0):
    """Prints the ratios of a to b, of which b is multiplied by a number."""
    ratios = [x / (y * scale) for x, y in zip(a[:2], b[:2])] + [a[2] / b[2]]
    print(f"{title:58} {ratios[0]:8.3f} {ratios[1]:10.3f} {ratios[2]:8.3f}")


def main(geed, model, maps, rounds=3):
    rounds = int(rounds)
    with tempfile.TemporaryDirectory() as work:
        data = pathlib.Path(work) / "data.npy"
        generator = np.random.default_rng(0)
        np.save(data, generator.integers(0, 256, (MANY, 3, 32, 32), dtype=np.uint8))
        measure = [geed, "measure", model, "--data", data, "--group", "C8", "--json", "--softmax", "logits"]

        print(f"{'ratio of medians':58} {'time':>8} {'processor':>10} {'memory':>8}")
        start = alternate(
            10, help=[[geed, "--help"]], layers=[[geed, "layers", model]],
            python=[[sys.executable, "-c", "import numpy"]])
        row("geed --help, against 'import numpy' in Python", start["help"], start["python"])
        row("geed layers, against 'import numpy' in Python", start["layers"], start["python"])

        growth = alternate(
            rounds, few=[measure + ["--samples", FEW]], many=[measure + ["--samples", MANY]],
            more=[measure + ["--samples", 10 * FEW]])
        row(f"{MANY} examples, against {MANY // (10 * FEW)} times {10 * FEW}", growth["many"], growth["more"],
            MANY / (10 * FEW))
        row(f"{MANY} examples, against {FEW} (memory)", growth["many"], growth["few"], MANY / FEW)

        samples = ["--samples", 10 * FEW]
        probes = alternate(
            rounds, none=[measure + samples], all=[measure + samples + ["--channelwise", maps]])
        row(f"all maps {maps} channelwise, against the softmax alone", probes["all"], probes["none"])

        one = measure + samples + ["--threads", 1]
        shards = alternate(
            rounds, one=[one], two=[one + ["--shard", f"{index}/2"] for index in (1, 2)])
        row("two shards at once, against one process", shards["two"], shards["one"])

        print(f"\ngeed --help: {1e3 * start['help'][0]:.0f} ms, {start['help'][2]:.0f} MiB; geed layers: "
              f"{1e3 * start['layers'][0]:.0f} ms, {start['layers'][2]:.0f} MiB")
        print(f"{FEW} examples: {growth['few'][2]:.0f} MiB; {MANY}: {growth['many'][2]:.0f} MiB")


if __name__ == "__main__":
    main(*sys.argv[1:])
