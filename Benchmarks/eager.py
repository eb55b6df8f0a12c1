# SPDX-License-Identifier: MIT
"""The measurement of a job the way one would write it with PyTorch alone: a worker.

    python3 eager.py JOB DATA nchw|channels-last THREADS

For every number that it reads it measures that many examples under C8, in eager mode with torchvision's
`rotate`, and prints the time, the processor time and the values of all probes. Reading and decoding pictures
is a part of it, as it is of `geed measure`; imports and building the network are not.
"""

import sys
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Subset, TensorDataset

import networks
import timing
from networks import BATCH, JOBS, MEAN, ORDER, STD, Job

torchvision = networks.torchvision()
datasets, transforms = torchvision.datasets, torchvision.transforms

# MARK: - Metrics


def kl_to_mean(logits: Tensor) -> Tensor:
    """KL of each element's probabilities to their mean; logits are [elements, N, classes]."""
    logs = logits.double().log_softmax(dim=-1)
    return (logs.exp() * (logs - logs.exp().mean(dim=0).log())).sum(dim=-1)


def distance_to_mean(features: Tensor) -> Tensor:
    """l2 to the orbit mean; features are [elements, N, length]."""
    return (features - features.mean(dim=0)).norm(dim=-1)


def channel_cosine(a: Tensor, b: Tensor) -> Tensor:
    """The mean over channels of the cosine of [N,C,H,W] grids; 1 for two zero channels."""
    a, b = a.flatten(2), b.flatten(2)
    both_zero = ~(a.any(dim=-1) | b.any(dim=-1))
    return torch.where(both_zero, 1.0, functional.cosine_similarity(a, b, dim=-1)).mean(dim=-1)


def rotations(images: Tensor) -> list[Tensor]:
    """The pictures turned by each element of the group."""
    bilinear = transforms.InterpolationMode.BILINEAR
    return [transforms.functional.rotate(images, 360 / ORDER * k, bilinear) for k in range(ORDER)]


# MARK: - Measurement


def examples(job: Job, data: Path):
    """The pictures as a program in PyTorch would read them."""
    if job.data == "arrays":
        import numpy

        arrays = torch.from_numpy(numpy.load(data))
        return TensorDataset(arrays, torch.zeros(len(arrays)))
    crop = [transforms.Resize(256), transforms.CenterCrop(224)] if job.data == "photos" else []
    return datasets.ImageFolder(str(data), transforms.Compose(
        [*crop, transforms.ToTensor(), transforms.Normalize(MEAN, STD)]))


class Measurement:
    """All probes of a job, in one layout of memory."""

    def __init__(self, job: Job, data: Path, channels_last: bool):
        self.job = job
        self.layout = torch.channels_last if channels_last else torch.contiguous_format
        self.network, self.run = networks.observed(job)
        self.network.to(memory_format=self.layout)
        self.examples = examples(job, data)

    def grid(self, output: Tensor, layer: int) -> Tensor:
        """An output as [N, C, H, W]."""
        if not self.job.grids:
            return output
        side = self.job.grids[layer]
        return output.transpose(1, 2).unflatten(2, (side, side))

    def sums(self, orbit: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        """m of all probes, summed over elements and examples."""
        values = {"logits": kl_to_mean(torch.stack([o["logits"] for o in orbit])).sum()}
        if self.job.features:
            points = torch.stack([o[self.job.features] for o in orbit])
            values[self.job.features] = distance_to_mean(points).sum()
        for layer, name in enumerate(self.job.layers):
            expected = rotations(self.grid(orbit[0][name], layer))
            values[name] = -sum(
                channel_cosine(self.grid(o[name], layer), e).sum() for o, e in zip(orbit, expected))
        return values

    @torch.inference_mode()
    def __call__(self, count: int) -> dict[str, float]:
        """E of all probes over the first examples, the latent one divided by M over the same."""
        totals: dict[str, float] = {}
        features = []
        for images, _ in DataLoader(Subset(self.examples, range(count)), batch_size=BATCH):
            orbit = [self.run(x.contiguous(memory_format=self.layout)) for x in rotations(images)]
            if self.job.features:
                features.append(orbit[0][self.job.features])
            for name, value in self.sums(orbit).items():
                totals[name] = totals.get(name, 0) + value.item() / count / ORDER
        if features:
            totals[self.job.features] /= functional.pdist(torch.cat(features)).mean().item()
        return totals


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[4]))
    timing.serve(Measurement(JOBS[sys.argv[1]], Path(sys.argv[2]), sys.argv[3] == "channels-last"))
