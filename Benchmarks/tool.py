# SPDX-License-Identifier: MIT
"""The tool besides the engine: start, memory, growth with examples and probes, shards."""

import sys

import engine
import networks
import ratios
import timing
from networks import BATCH, ORDER
from ratios import Row, Target
from timing import Setup, Usage, Worker

SMALL, MANY_PROBES = "three convolutions", "ResNet-62"


def start(setup: Setup) -> list[Row]:
    """`geed --help` and `geed layers` against what a program in Python does before it can begin."""
    model, _ = networks.made("ResNet-20", setup.folder)
    usages = timing.alternate(4 * setup.rounds, {
        "help": lambda: timing.finished([setup.geed, "--help"]),
        "layers": lambda: timing.finished([setup.geed, "layers", model]),
        "numpy": lambda: timing.finished(python_line("import numpy")),
        "onnx": lambda: timing.finished(python_line(f"import onnx; onnx.load({str(model)!r}).graph.node")),
    })
    how, target = "whole processes", Target("seconds", 0.5)
    return [
        ratios.row("geed --help", "import numpy", usages["help"], usages["numpy"], how, target=target),
        ratios.row("geed layers, ResNet-20", "import onnx; onnx.load", usages["layers"], usages["onnx"], how,
                   target=target),
    ]


def python_line(line: str) -> list[str]:
    return [sys.executable, "-c", line]


def growth(setup: Setup) -> list[Row]:
    """Time and memory of many examples against few, with the values of every example kept or not."""
    many = 1_000 if setup.quick else 5_000
    command = engine.measure(setup, SMALL, 50)
    command.remove("--json")
    store = setup.folder / "growth.sqlite"
    kept = {"": [], ", --json": ["--json"], ", --store": ["--store", store]}

    def run(count: int, options: list) -> Usage:
        for file in setup.folder.glob("growth.sqlite*"):
            file.unlink()
        changed = list(command)
        changed[changed.index("--samples") + 1] = count
        return timing.finished(changed + options)

    pairs = [(name, count) for name in kept for count in (50, many)] + [("", many // 10)]
    usages = timing.alternate(setup.rounds, {
        (name, count): lambda name=name, count=count: run(count, kept[name]) for name, count in pairs})
    how = f"C{ORDER}, three convolutions, softmax, latent, 3 channelwise"
    return [
        *(ratios.row(
            f"memory of {many:,} examples{name}", "50 examples", usages[name, many], usages[name, 50], how,
            kinds=("memory",), target=Target("memory", 1.05)) for name in kept),
        ratios.row(f"time of {many:,} examples", f"10 times {many // 10}", usages["", many],
                   usages["", many // 10], how, scale=10, target=Target("processor", 1))]


def probes(setup: Setup) -> list[Row]:
    """60 probes against one, in geed and in the bare engine."""
    count = 10 if setup.quick else networks.JOBS[MANY_PROBES].examples
    command = engine.measure(setup, MANY_PROBES, count)
    model, _ = networks.made(MANY_PROBES, setup.folder)
    all_outputs, one_output = (
        Worker(timing.python("engine", MANY_PROBES, model, "sleeping", setup.threads, number))
        for number in (60, 1))
    for worker in (all_outputs, one_output):
        worker(2)
    usages = timing.alternate(setup.rounds, {
        "all": lambda: timing.finished(command),
        "one": lambda: timing.finished(command[: command.index("--latent")]),
        "bare all": lambda: all_outputs(count),
        "bare one": lambda: one_output(count),
    })
    peaks = all_outputs.close(), one_output.close()
    how = f"ResNet-62, C{ORDER}, {count} examples, 58 channelwise, latent, softmax"
    return [
        ratios.row("60 probes", "1 probe (softmax)", usages["all"], usages["one"], how),
        ratios.row("the bare engine with 60 outputs", "1 output", usages["bare all"], usages["bare one"], how,
                   peaks=peaks),
        ratios.row("60 probes", "the bare engine with 60 outputs", usages["all"], usages["bare all"], how,
                   target=Target("processor", 1.5)),
    ]


def shards(setup: Setup) -> list[Row]:
    """Two processes of one thread, each with a half of the examples, against one; all write a store."""
    command = engine.measure(setup, "ResNet-20", 120 if setup.quick else 600)
    command[command.index("--threads") + 1] = 1

    def run(*shards: str) -> Usage:
        stores = [setup.folder / f"shard-{index}.sqlite" for index, _ in enumerate(shards)]
        for file in setup.folder.glob("shard-*.sqlite*"):
            file.unlink()
        return timing.finished(*(
            [*command, "--store", store, *(["--shard", shard] if shard else [])]
            for shard, store in zip(shards, stores)))

    usages = timing.alternate(setup.rounds, {"two": lambda: run("1/2", "2/2"), "one": lambda: run("")})
    return [ratios.row(
        "2 shards at once, one thread each", "1 process, one thread", usages["two"], usages["one"],
        f"ResNet-20, C{ORDER}, batches of {BATCH}, --shard 1/2 and 2/2", target=Target("processor", 1.1))]
