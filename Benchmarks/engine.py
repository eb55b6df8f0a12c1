# SPDX-License-Identifier: MIT
"""Compares `geed measure` with the bare engine and with eager PyTorch, by turns in one run.

    python3 engine.py GEED [--jobs resnet50 …] [--rounds 3] [--data DATA]

Each job is a network with random weights, data and probes under C8 in batches of 16:

- geed: the whole process, from reading the file and decoding the pictures to the printed JSON.
- bare: ONNX Runtime's Python package on the same number of inputs, which lie in memory, with the
  same outputs; without its start and without loading the model.
- nchw and channels last: the same measurement in eager PyTorch with torchvision's `rotate`,
  without its start.

`resnet50-output` is the job without probes of blocks: the logits alone. Ratios are medians over
rounds of the ratios within a round, of the time and of the processor time; where other programs
run, only the latter counts. Needs torch, torchvision, timm, NumPy and ONNX Runtime's package.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "Scripts/fixtures"), str(ROOT / "Benchmarks")]
ORDER, BATCH = 8, 16
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Job:
    """A network, its data, and the modules whose outputs are compared channel by channel."""

    network: Callable
    shape: tuple[int, int, int]
    examples: int
    layers: tuple[str, ...]
    features: str | None = None
    data: str | None = None
    preset: str | None = None
    # The rows and columns of the tokens of each layer, for networks without grids.
    grids: tuple[int, ...] = ()


def resnet20():
    import eager

    class Network(eager.ResNet20):
        def __init__(self):
            super().__init__()
            self.features = eager.nn.Identity()

        def forward(self, x):
            x = eager.torch.relu(self.bn1(self.conv1(x)))
            x = self.layer3(self.layer2(self.layer1(x)))
            return self.linear(self.features(x.mean(dim=(2, 3))))

    return Network()


def resnet50():
    import torchvision

    return torchvision.models.resnet50(weights=None)


def levit():
    import timm

    return timm.create_model("levit_192")


def six_blocks():
    import training

    return training.ConventionalCNN()


BLOCKS = tuple(
    f"layer{stage}.{block}" for stage, count in enumerate((3, 4, 6, 3), 1) for block in range(count))
IMAGES = {"shape": (3, 224, 224), "examples": 50, "data": "imagenet-sample", "preset": "imagenet"}
JOBS = {
    "resnet20": Job(
        resnet20, (3, 32, 32), 600, ("layer1", "layer2", "layer3"), "features", "cifar10-test"),
    "resnet50": Job(
        resnet50, layers=("layer1", "layer2", "layer3", "layer4"), features="avgpool", **IMAGES),
    "resnet50-blocks": Job(resnet50, layers=("maxpool", *BLOCKS), **IMAGES),
    "resnet50-output": Job(resnet50, layers=(), **IMAGES),
    "levit192": Job(
        levit, layers=("stages.0", "stages.1", "stages.2"), grids=(14, 7, 4), **IMAGES),
    "sixblocks": Job(
        six_blocks, (1, 29, 29), 600, ("blocks.2", "blocks.5", "blocks.9", "blocks.12",
                                       "blocks.16", "blocks.19"), "fully_net.2"),
}


# MARK: - Networks


def observed(job: Job):
    """The network, and a function that returns its logits and the outputs of the modules."""
    import torch

    torch.manual_seed(0)
    network = job.network().eval()
    # Random scales and means, so that no two layers do the same.
    for module in network.modules():
        if isinstance(module, (torch.nn.BatchNorm2d, torch.nn.BatchNorm1d)):
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
            torch.nn.init.normal_(module.running_mean, std=0.1)
    kept = {}
    for name in names(job)[1:]:
        network.get_submodule(name).register_forward_hook(
            lambda module, inputs, output, name=name: kept.__setitem__(name, output))

    def run(images):
        logits = network(images)
        outputs = {"logits": logits, **kept}
        if job.features in outputs:
            outputs[job.features] = outputs[job.features].flatten(1)
        return outputs

    return network, run


def names(job: Job) -> list[str]:
    return ["logits", *([job.features] if job.features else []), *job.layers]


def export(job: Job, path: Path) -> None:
    import torch

    network, run = observed(job)

    class Outputs(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, images):
            outputs = run(images)
            return tuple(outputs[name] for name in names(job))

    torch.onnx.export(
        Outputs().eval(), torch.zeros(1, *job.shape), str(path), dynamo=False,
        input_names=["images"], output_names=names(job), opset_version=17,
        dynamic_axes={name: {0: "n"} for name in ["images", *names(job)]})


# MARK: - Contestants


class Clock:
    """The time and the processor time since it was made."""

    def __init__(self):
        self.start, self.processor = time.perf_counter(), time.process_time()

    def report(self) -> None:
        print(time.perf_counter() - self.start, time.process_time() - self.processor)


def bare(job: Job, model: Path, threads: int, spinning: bool) -> None:
    import numpy
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", str(int(spinning)))
    session = onnxruntime.InferenceSession(str(model), options, ["CPUExecutionProvider"])
    inputs = numpy.random.default_rng(0).standard_normal(
        (job.examples * ORDER, *job.shape), dtype=numpy.float32)
    clock = Clock()
    for first in range(0, len(inputs), BATCH):
        session.run(names(job), {"images": inputs[first : first + BATCH]})
    clock.report()


def examples(job: Job, folder: Path):
    """The batches of pictures as a program in PyTorch would read them."""
    import torch
    from torch.utils.data import DataLoader, Subset, TensorDataset
    from torchvision import datasets, transforms

    if job.data is None:
        import numpy

        arrays = torch.from_numpy(numpy.load(folder / "examples.npy"))
        data = TensorDataset(arrays, torch.zeros(len(arrays)))
    else:
        crop = [transforms.Resize(256), transforms.CenterCrop(224)] if job.preset else []
        data = datasets.ImageFolder(str(folder), transforms.Compose(
            [*crop, transforms.ToTensor(), transforms.Normalize(MEAN, STD)]))
    return DataLoader(Subset(data, range(job.examples)), batch_size=BATCH)


def eager_torch(job: Job, data: Path, threads: int, channels_last: bool) -> None:
    import torch

    import eager

    torch.set_num_threads(threads)
    network, run = observed(job)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    network.to(memory_format=layout)

    def grid(output, layer: int):
        """An output as [N, C, H, W]."""
        if not job.grids:
            return output
        side = job.grids[layer]
        return output.transpose(1, 2).unflatten(2, (side, side))

    sums, features = {}, []
    clock = Clock()
    with torch.inference_mode():
        for images, _ in examples(job, data):
            orbit = [run(x.contiguous(memory_format=layout)) for x in eager.rotations(images)]
            values = {"logits": eager.kl_to_mean(torch.stack([o["logits"] for o in orbit])).sum()}
            if job.features:
                points = [o[job.features] for o in orbit]
                values[job.features] = eager.distance_to_mean(torch.stack(points)).sum()
                features.append(points[0])
            for layer, name in enumerate(job.layers):
                expected = eager.rotations(grid(orbit[0][name], layer))
                values[name] = -sum(
                    eager.channel_cosine(grid(o[name], layer), e).sum()
                    for o, e in zip(orbit, expected))
            for name, value in values.items():
                sums[name] = sums.get(name, 0) + value.item()
        if features:
            scale = torch.nn.functional.pdist(torch.cat(features)[:200]).mean().item()
            sums[job.features] /= scale
    clock.report()


def geed(program: str, job: Job, model: Path, data: Path, threads: int) -> list[str]:
    command = [program, "measure", str(model), "--group", f"C{ORDER}", "--json",
               "--batch", str(BATCH), "--threads", str(threads), "--samples", str(job.examples),
               "--scale-samples", str(min(200, job.examples)), "--softmax", "logits"]
    command += ["--data", str(data if job.data else data / "examples.npy")]
    if job.preset:
        command += ["--preset", job.preset]
    elif job.data:
        command += ["--mean", ",".join(map(str, MEAN)), "--std", ",".join(map(str, STD))]
    if job.features:
        command += ["--latent", job.features]
    for layer, name in enumerate(job.layers):
        command += ["--channelwise", name]
        if job.grids:
            side = job.grids[layer]
            command += ["--layout-of", f"{name}=tokens:{side}x{side}"]
    return command


# MARK: - Command line


def timed(command: list[str], prints: bool) -> tuple[float, float]:
    """The time and processor time of a program: as it prints them, or its whole process."""
    environment = {**os.environ, "OMP_WAIT_POLICY": "passive"}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    if prints:
        first, second = done.stdout.split()
        return float(first), float(second)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def contest(name: str, arguments: argparse.Namespace, folder: Path) -> None:
    """Times all contestants by turns and prints a row for each."""
    job = JOBS[name]
    model = folder / f"{name}.onnx"
    data = arguments.data / job.data if job.data else folder
    if not model.exists():
        subprocess.run([sys.executable, __file__, "--part", "export", "--jobs", name,
                        "--folder", str(folder)], check=True, stdout=subprocess.DEVNULL)
    if job.data is None:
        import numpy

        numpy.save(folder / "examples.npy", numpy.random.default_rng(0).random(
            (job.examples, *job.shape), dtype=numpy.float32))

    def part(which: str) -> tuple[list[str], bool]:
        spinning = ["--spinning"] if arguments.spinning else []
        return [sys.executable, __file__, "--part", which, "--jobs", name, "--folder", str(folder),
                "--data", str(arguments.data), "--threads", str(arguments.threads), *spinning], True

    contestants = {
        f"geed {Path(program).name}": (geed(program, job, model, data, arguments.threads), False)
        for program in arguments.programs}
    contestants |= {which: part(which) for which in arguments.against}
    figures = {contestant: [] for contestant in contestants}
    for _ in range(arguments.rounds):
        for contestant, (command, prints) in contestants.items():
            figures[contestant].append(timed(command, prints))
    first = next(iter(contestants))
    print(f"{name}: {job.examples} examples, {len(names(job))} outputs, medians of "
          f"{arguments.rounds} rounds")
    for contestant, times in figures.items():
        medians = [statistics.median(column) for column in zip(*times)]
        ratios = [statistics.median(a[i] / b[i] for a, b in zip(figures[first], times))
                  for i in range(2)]
        print(f"  {contestant:16} {medians[0]:7.2f} s, {medians[1]:7.2f} s of the processor; {first} "
              f"takes {ratios[0]:.3f} and {ratios[1]:.3f} of it", flush=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("programs", nargs="*", help="builds of geed; the first one is the measure")
    parser.add_argument("--jobs", nargs="+", choices=JOBS, default=list(JOBS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--against", nargs="*", default=["bare", "nchw", "channels-last"])
    parser.add_argument(
        "--spinning", action="store_true", help="let the bare engine's idle threads spin")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("GEED_DATA", ".")))
    parser.add_argument("--folder", type=Path, help="keep the exported networks here")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    return parser.parse_args()


def run_part(arguments: argparse.Namespace) -> None:
    """One contestant in a process of its own."""
    name = arguments.jobs[0]
    job = JOBS[name]
    model = arguments.folder / f"{name}.onnx"
    if arguments.part == "bare":
        return bare(job, model, arguments.threads, arguments.spinning)
    import torchvision_operators

    torchvision_operators.declare()
    if arguments.part == "export":
        return export(job, model)
    data = arguments.data / job.data if job.data else arguments.folder
    eager_torch(job, data, arguments.threads, arguments.part == "channels-last")


def main() -> None:
    arguments = parse_arguments()
    if arguments.part:
        return run_part(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name in arguments.jobs:
            contest(name, arguments, folder)


if __name__ == "__main__":
    main()
