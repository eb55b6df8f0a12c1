# SPDX-License-Identifier: MIT
"""Measures ResNet-20 under C8 the way one would with PyTorch alone, and times it.

The same job as `geed measure` with softmax, latent l2 and three channelwise probes, in eager mode
with torchvision's `rotate`, for comparing times. With `--check`, a result file of the reference
(same pictures, group C8) says which examples M is taken over and what the values should be.
Needs torch and torchvision:

    eager.py cifar10-resnet20.safetensors cifar10-test/
"""

import argparse
import json
import struct
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
from torchvision.transforms.functional import InterpolationMode, rotate

ANGLES = [45 * k for k in range(8)]
STAGES = ("layer1", "layer2", "layer3")
TENSORS = {
    ("softmax", "logits"): "softmax logits",
    ("latent", "/m/ReduceMean_output_0"): "latent features",
    ("channelwise", "/m/layer1/layer1.2/Relu_1_output_0"): "channelwise layer1",
    ("channelwise", "/m/layer2/layer2.2/Relu_1_output_0"): "channelwise layer2",
    ("channelwise", "/m/layer3/layer3.2/Relu_1_output_0"): "channelwise layer3",
}


# MARK: - Model


class Block(nn.Module):
    """Two convolutions and a shortcut that pads missing channels with zeros."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.stride, self.padding = stride, (outputs - inputs) // 2
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        shortcut = x[:, :, :: self.stride, :: self.stride]
        return torch.relu(
            y + functional.pad(shortcut, (0, 0, 0, 0, self.padding, self.padding)))


class ResNet20(nn.Module):
    """The ResNet for CIFAR-10 with 20 layers, parameter names as in the published weights."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(Block(16, 16, 1), Block(16, 16, 1), Block(16, 16, 1))
        self.layer2 = nn.Sequential(Block(16, 32, 2), Block(32, 32, 1), Block(32, 32, 1))
        self.layer3 = nn.Sequential(Block(32, 64, 2), Block(64, 64, 1), Block(64, 64, 1))
        self.linear = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """All tensors that are measured, by name."""
        outputs = {}
        x = torch.relu(self.bn1(self.conv1(x)))
        for stage in STAGES:
            x = outputs[stage] = getattr(self, stage)(x)
        outputs["features"] = x.mean(dim=(2, 3))
        outputs["logits"] = self.linear(outputs["features"])
        return outputs


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file with 32-bit floats and 64-bit integers."""
    types = {"F32": torch.float32, "I64": torch.int64}
    data = bytearray(path.read_bytes())
    (size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    body = data[8 + size :]
    return {
        name: torch.frombuffer(
            body[slice(*entry["data_offsets"])], dtype=types[entry["dtype"]]
        ).reshape(entry["shape"])
        for name, entry in header.items()
    }


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
    """The pictures turned by each element of C8."""
    return [rotate(images, angle, InterpolationMode.BILINEAR) for angle in ANGLES]


def deviations(network: ResNet20, images: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """m of all metrics for a batch, summed over elements and examples, and the features of x."""
    orbit = [network(turned) for turned in rotations(images)]
    sums = {
        "softmax logits": kl_to_mean(torch.stack([o["logits"] for o in orbit])).sum(),
        "latent features": distance_to_mean(torch.stack([o["features"] for o in orbit])).sum(),
    }
    for stage in STAGES:
        expected = rotations(orbit[0][stage])
        cosines = [channel_cosine(o[stage], e).sum() for o, e in zip(orbit, expected)]
        sums[f"channelwise {stage}"] = -torch.stack(cosines).sum()
    return sums, orbit[0]["features"]


@torch.no_grad()
def measure(
    network: ResNet20, data: datasets.ImageFolder, batch: int, scale_examples: Tensor
) -> dict[str, float]:
    """E of all metrics over all pictures, the latent one divided by M."""
    totals: dict[str, Tensor] = {}
    features = []
    for images, _ in DataLoader(data, batch_size=batch):
        sums, points = deviations(network, images)
        features.append(points)
        for name, value in sums.items():
            totals[name] = totals.get(name, torch.zeros(())) + value.double()
    values = {name: (t / len(data) / len(ANGLES)).item() for name, t in totals.items()}
    scale = functional.pdist(torch.cat(features)[scale_examples]).mean().item()
    values["latent features"] /= scale
    return values


# MARK: - Command line


def check(values: dict[str, float], results: list[dict], tolerance: float) -> bool:
    """Prints the relative difference to the reference, and whether all are small enough."""
    close = True
    for result in results:
        name = TENSORS.get((result["metric"], result["tensor"]))
        if name is not None:
            difference = abs(values[name] / result["value"] - 1)
            close &= difference <= tolerance
            print(f"{name:20} off by {difference:.1e}")
    return close


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("weights", type=Path, help="cifar10-resnet20.safetensors")
    parser.add_argument("data", type=Path, help="a folder of pictures, one subfolder a class")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--scale-samples", type=int, default=200, help="examples for M")
    parser.add_argument("--check", type=Path, help="result file of the reference")
    parser.add_argument("--tolerance", type=float, default=1e-3)
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    torch.set_num_threads(arguments.threads)
    network = ResNet20().eval()
    network.load_state_dict(read_safetensors(arguments.weights))
    data = datasets.ImageFolder(str(arguments.data), transforms.Compose([
        transforms.ToTensor(),
        transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    ]))
    order = torch.randperm(len(data), generator=torch.Generator().manual_seed(0))
    results = json.loads(arguments.check.read_text())["results"] if arguments.check else []
    if results:
        order = torch.tensor([entry["index"] for entry in results[0]["perExample"]])
    start, start_cpu = time.perf_counter(), time.process_time()
    values = measure(network, data, arguments.batch, order[: arguments.scale_samples])
    seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    # On a busy machine the two drift apart, and threads that wait for each other burn both.
    print(f"{len(data)} pictures, C8, batch {arguments.batch}, {arguments.threads} threads: "
          f"{seconds:.2f} s ({cpu:.2f} s of processor time)")
    for name, value in values.items():
        print(f"{name:20} {value:.6f}")
    raise SystemExit(not check(values, results, arguments.tolerance))


if __name__ == "__main__":
    main()
