# SPDX-License-Identifier: MIT
"""A model that a program serves (`geed measure exec:`), against a loop in that program's own process.

Models of 3 x 64 x 64 pictures: one that takes 2 ms an image without computing, and a small network in
PyTorch. The loop has its inputs in memory, a batch of 16 at a time; geed makes them meanwhile (C8, bilinear).
The start of the program counts in neither, so geed's time is that of `--timing`.
"""

import json
import sys
import time

import ratios
import timing
from networks import BATCH, ORDER
from ratios import Row, Target
from timing import Setup, Usage, Worker

SHAPE = (3, 64, 64)
MODELS = {"waiting": "a program that waits 2 ms an image", "network": "a program with a network in PyTorch"}


def figures(setup: Setup) -> dict:
    return {words: lambda name=name: compare(setup, name) for name, words in MODELS.items()}


def compare(setup: Setup, name: str) -> list[Row]:
    samples = 30 if setup.quick else 100
    # Besides those of the measurement, the test of independence has batches of 1, 1 and 16 rows.
    count = samples * ORDER + BATCH + 2
    data = setup.folder / "exec.npy"
    worker = Worker(timing.python("program", "loop", name, data, samples))
    command = [
        setup.geed, "measure", f"exec:{sys.executable} '{timing.HERE / 'program.py'}' serve {name}",
        "--data", data, "--group", f"C{ORDER}", "--samples", "all", "--scale-samples", "all",
        "--batch", BATCH, "--latent", "features", "--timing", "--json"]
    result = setup.folder / "result.json"

    def measured() -> Usage:
        usage = timing.finished(command, output=result)
        return Usage(json.loads(result.read_text())["timing"]["measureSeconds"], usage.processor)

    usages = timing.alternate(setup.rounds, {"geed": measured, "loop": lambda: worker(count)})
    worker.close()
    return [ratios.row(
        MODELS[name], "a loop in the program", usages["geed"], usages["loop"],
        f"exec:, C{ORDER}, {samples} examples; --timing", target=Target("seconds", 1.1),
        kinds=("seconds",))]


# MARK: - The programs


def model(name: str):
    """A function of a batch that returns arrays by name."""
    if name == "waiting":
        def waiting(batch):
            time.sleep(len(batch) * 2e-3)
            return {"features": batch.mean(axis=(2, 3))}

        return waiting

    import torch

    torch.manual_seed(0)
    torch.set_num_threads(1)
    layers, channels = [], 3
    for width in (32, 64, 64):
        layers += [torch.nn.Conv2d(channels, width, 3, padding=1), torch.nn.ReLU()]
        channels = width
    network = torch.nn.Sequential(*layers, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()).eval()

    def computing(batch):
        with torch.inference_mode():
            return {"features": network(torch.from_numpy(batch)).numpy()}

    return computing


def loop(name: str, data: str, samples: int):
    """A function that runs the model on so many inputs; writes the examples for geed before."""
    import numpy

    generator = numpy.random.default_rng(0)
    numpy.save(data, generator.random((samples, *SHAPE), dtype=numpy.float32))
    run, batch = model(name), generator.random((BATCH, *SHAPE), dtype=numpy.float32)
    run(batch)

    def repeat(count: int) -> None:
        for first in range(0, count, BATCH):
            run(batch[: min(BATCH, count - first)])

    return repeat


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        sys.path.append(str(timing.HERE.parent / "Examples/Serving"))
        from serve import serve

        serve(model(sys.argv[2]), name=sys.argv[2])
    else:
        timing.serve(loop(sys.argv[2], sys.argv[3], int(sys.argv[4])))
