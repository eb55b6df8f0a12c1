# SPDX-License-Identifier: MIT
"""Whole measurements against the bare engine with the same outputs, and against eager PyTorch.

geed is the whole process, from reading the file and decoding the pictures to the printed JSON. The bare
engine is ONNX Runtime's Python package: forward passes of as many inputs, which lie in memory, with the same
outputs and nothing else. Eager PyTorch (eager.py) does the same measurement. Neither start-up nor loading the
model counts for these two.
"""

import json
import sys
from pathlib import Path

import networks
import ratios
import timing
from networks import BATCH, JOBS, MEAN, ORDER, STD, Job
from ratios import Row, Target
from timing import Missing, Setup, Worker

# ONNX Runtime with all threads in one batch, whose idle threads wait or sleep, or a batch on each thread.
ARRANGEMENTS = {"sleeping": "bare", "spinning": "bare", "batches at once": "bare, batches at once"}
# The largest relative difference of a value: torchvision rotates with coordinates in float32.
TOLERANCE = 2e-3
TARGETS = {"bare": Target("processor", 1.1), "eager PyTorch": Target("processor", 0.5)}


def figures(setup: Setup) -> dict:
    every = ("bare", "bare, batches at once", "eager PyTorch")
    against = {"ResNet-20": every, "six blocks": every}
    if not setup.quick:
        against |= {"LeViT-192": every, "ResNet-50": every}
        against |= {"ResNet-50, output": every[:1], "ResNet-50, every block": every[:1]}
    return {
        description(name): lambda name=name: compare(setup, name, against[name]) for name in against}


def description(name: str) -> str:
    count = len(JOBS[name].outputs)
    return f"{name.split(',')[0]}, {count} probe{'s' * (count > 1)}"


def measure(setup: Setup, name: str, count: int) -> list:
    """The command of a measurement under C8 with softmax, latent and channelwise probes."""
    job = JOBS[name]
    model, data = networks.made(name, setup.folder)
    command = [setup.geed, "measure", model, "--data", data, "--group", f"C{ORDER}", "--json",
               "--batch", BATCH, "--threads", setup.threads, "--samples", count, "--softmax", "logits"]
    if job.data == "photos":
        command += ["--preset", "imagenet"]
    elif job.data == "icons":
        command += ["--mean", ",".join(map(str, MEAN)), "--std", ",".join(map(str, STD))]
    if job.features:
        command += ["--latent", job.features, "--scale-samples", count]
    for layer, tensor in enumerate(job.layers):
        command += ["--channelwise", tensor]
        if job.grids:
            side = job.grids[layer]
            command += ["--layout-of", f"{tensor}=tokens:{side}x{side}"]
    return command


def compare(setup: Setup, name: str, opponents: tuple[str, ...]) -> list[Row]:
    """All take turns, each in the arrangement that a trial chose."""
    job = JOBS[name]
    count = job.examples // 5 if setup.quick else job.examples
    model, data = networks.made(name, setup.folder)
    result = setup.folder / "result.json"
    command = measure(setup, name, count)
    contestants = {"geed": lambda: timing.finished(command, output=result)}
    if setup.other:
        contestants["the other build"] = lambda: timing.finished([setup.other, *command[1:]])
    trial, chosen, workers, rows = max(count // 30, 2), {}, {}, []

    def enter(against: str, candidates: dict) -> None:
        chosen[against], worker = timing.quickest(candidates, trial)
        workers[against] = worker
        contestants[against] = lambda: worker(count)

    for against in filter(lambda against: against in ARRANGEMENTS.values(), opponents):
        enter(against, {
            arrangement: lambda arrangement=arrangement: Worker(timing.python(
                "engine", name, model, arrangement, setup.threads))
            for arrangement, row in ARRANGEMENTS.items() if row == against})
    if "eager PyTorch" in opponents:
        try:
            enter("eager PyTorch", eager_candidates(setup, name, data))
        except Missing as missing:
            rows.append(Row(description(name), "eager PyTorch", skipped=str(missing)))
    usages = timing.alternate(setup.rounds, contestants)
    if "eager PyTorch" in workers and not setup.quick:
        chosen["eager PyTorch"] += "; " + agreement(result, json.loads(workers["eager PyTorch"].answer[0]))
    peaks = {against: worker.close() for against, worker in workers.items()}
    ours = usages.pop("geed")
    for against, theirs in usages.items():
        how = "; ".join(filter(None, [f"C{ORDER}, {count} examples", chosen.get(against)]))
        peak = peaks[against] if against in peaks else ratios.largest(theirs)
        rows.append(ratios.row(
            description(name), against, ours, theirs, how, peaks=(ratios.largest(ours), peak),
            target=TARGETS.get(against)))
    return rows


def eager_candidates(setup: Setup, name: str, data: Path) -> dict:
    """PyTorch in both layouts of memory, with threads of OpenMP that sleep between operators or, by default,
    wait in a loop first."""
    return {
        f"{layout}, {policy} threads": lambda layout=layout, policy=policy: Worker(
            timing.python("eager", name, data, layout, setup.threads),
            **({"OMP_WAIT_POLICY": "passive"} if policy == "sleeping" else {}))
        for layout in ("nchw", "channels-last") for policy in ("sleeping", "spinning")}


def agreement(result: Path, values: dict[str, float]) -> str:
    """How far values of PyTorch are from those of geed, if both measured all examples."""
    measured = {entry["tensor"]: entry["value"] for entry in json.loads(result.read_text())["results"]}
    difference, tensor = max(
        (abs(measured[tensor] / value - 1), tensor) for tensor, value in values.items())
    if difference > TOLERANCE:
        raise RuntimeError(f"{tensor}: geed measured {measured[tensor]}, PyTorch {values[tensor]}")
    return f"values agree within {difference:.0e}"


# MARK: - The bare engine


class Engine:
    """Forward passes of batches in memory."""

    def __init__(self, job: Job, model: str, arrangement: str, threads: int, outputs: int | None = None):
        import numpy
        import onnxruntime

        options = onnxruntime.SessionOptions()
        self.at_once = threads if arrangement == "batches at once" else 1
        options.intra_op_num_threads = threads // self.at_once
        options.inter_op_num_threads = 1
        options.add_session_config_entry(
            "session.intra_op.allow_spinning", str(int(arrangement == "spinning")))
        self.session = onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])
        self.names = job.outputs[:outputs]
        self.inputs = numpy.random.default_rng(0).standard_normal((BATCH, *job.shape), dtype=numpy.float32)

    def __call__(self, examples: int) -> None:
        from concurrent.futures import ThreadPoolExecutor

        count = examples * ORDER
        rows = [min(BATCH, count - first) for first in range(0, count, BATCH)]
        if self.at_once == 1:
            for number in rows:
                self.run(number)
        else:
            with ThreadPoolExecutor(self.at_once) as pool:
                for _ in pool.map(self.run, rows):
                    pass

    def run(self, rows: int) -> None:
        self.session.run(self.names, {"images": self.inputs[:rows]})


if __name__ == "__main__":
    name, model, arrangement, *numbers = sys.argv[1:]
    timing.serve(Engine(JOBS[name], model, arrangement, *map(int, numbers)))
