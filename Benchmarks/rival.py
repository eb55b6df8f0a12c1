# SPDX-License-Identifier: MIT
"""A measurement against tmeasures, a library in PyTorch for invariance and equivariance.

    pip install tmeasures statsmodels        # it imports statsmodels, but does not state so

Both rotate the same pictures by the same eight angles, send them through the same ResNet-20, and use logits,
features and three feature maps. What tmeasures computes is another measure: the standard deviation of every
unit over the group, averaged over examples, divided by that over examples, for feature maps after they were
rotated back. It has no divergence of probabilities, no intervals and no values of single examples.
Decoding is not part of it, but of geed's time.
"""

import math
import sys
from pathlib import Path

import engine
import networks
import ratios
import timing
from networks import JOBS, MEAN, ORDER, STD
from ratios import Row, Target
from timing import Setup

NAME = "ResNet-20"
MEASURES = {
    "tmeasures": "its normalized invariance and same-equivariance; no softmax, intervals, single examples",
    "tmeasures, one pass": "its variances over the group alone, not normalized, maps not rotated back",
}


def figures(setup: Setup) -> dict:
    return {engine.description(NAME): lambda: compare(setup)}


def compare(setup: Setup) -> list[Row]:
    count = 20 if setup.quick else 100
    _, data = networks.made(NAME, setup.folder)
    command = engine.measure(setup, NAME, count)
    workers = {
        name: timing.Worker(
            timing.python("rival", name, data, count, setup.threads), OMP_WAIT_POLICY="passive")
        for name in MEASURES}
    contestants = {"geed": lambda: timing.finished(command)} | {
        name: lambda worker=worker: worker(count) for name, worker in workers.items()}
    usages = timing.alternate(setup.rounds, contestants)
    peaks = {name: worker.close() for name, worker in workers.items()}
    return [
        ratios.row(
            engine.description(NAME), name, usages["geed"], usages[name],
            f"C{ORDER}, {count} examples; {what}",
            peaks=(ratios.largest(usages["geed"]), peaks[name]), target=Target("processor", 1))
        for name, what in MEASURES.items()]


# MARK: - The side of tmeasures


def rival(name: str, data: Path, count: int, threads: int):
    """A function that measures once."""
    import tmeasures
    import torch
    from PIL import Image
    from tmeasures.pytorch.transformations.affine import RotationGenerator

    torchvision = networks.torchvision()
    torch.set_num_threads(threads)
    job = JOBS[NAME]
    _, run = networks.observed(job)

    class Outputs(tmeasures.pytorch.ActivationsModule):
        def __init__(self, names):
            super().__init__()
            self.names = names

        def activation_names(self):
            return self.names

        def forward_activations(self, images):
            outputs = run(images)
            return [outputs[name] for name in self.names]

    prepare = torchvision.transforms.Compose([
        torchvision.transforms.ToTensor(), torchvision.transforms.Normalize(MEAN, STD)])
    files = sorted(Path(data).glob("*/*.png"))[:count]
    pictures = torch.stack([prepare(Image.open(file)) for file in files])
    # Its angles, times 180, are radians.
    angles = [2 * math.pi * k / ORDER / 180 for k in range(ORDER)]
    rotations = RotationGenerator(angles)
    options = tmeasures.pytorch.PyTorchMeasureOptions(batch_size=networks.BATCH, verbose=False)
    vectors, maps = job.outputs[:2], job.outputs[2:]
    if name == "tmeasures":
        measures = [(tmeasures.pytorch.NormalizedVarianceInvariance(), Outputs(vectors)),
                    (tmeasures.pytorch.NormalizedVarianceSameEquivariance(), Outputs(maps))]
    else:
        measures = [(tmeasures.pytorch.TransformationVarianceInvariance(), Outputs(job.outputs))]

    def measure(_):
        for kind, outputs in measures:
            kind.eval(pictures, rotations, outputs, options)

    return measure


if __name__ == "__main__":
    timing.serve(rival(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
