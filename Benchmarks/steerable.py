# SPDX-License-Identifier: MIT
"""Compares training steps of the six-block networks in Swift with the same in Python, in one run.

    swift build -c release --product SteerableBenchmark
    python3 steerable.py                          # C8, beside escnn
    python3 steerable.py --network conventional   # as many channels, beside PyTorch

Steps of both sides alternate, one process waiting for the other, and the medians are compared: what
else the machine does then slows both. Beside the time on the clock stands the time of the processors,
which says more on a busy machine; PyTorch's threads wait in a loop, which counts, too. Both sides run
the same libtorch with the same number of threads on a batch of noise, and change parameters by plain
gradient descent.

escnn needs packages for rotations of space that are not used here: install it with
`pip install --no-deps escnn==1.0.11 joblib cloudpickle autograd pymanopt`; stubs stand in for the
others.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import time
import types

import torch
from torch import nn

WIDTHS = [24, 48, 48, 96, 96, 64]
SIZES = [7, 5, 5, 5, 5, 5]
PADDINGS = [1, 2, 2, 2, 2, 1]


def head():
    return nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ELU(), nn.Linear(64, 10))


def steerable(group):
    """The network of escnn's example for rotated MNIST."""
    for package in ["lie_learn", "lie_learn.representations", "lie_learn.representations.SO3", "py3nj"]:
        sys.modules[package] = types.ModuleType(package)
    stub = types.ModuleType("lie_learn.representations.SO3.wigner_d")
    stub.wigner_D_matrix = None
    sys.modules[stub.__name__] = stub
    from escnn import gspaces
    from escnn import nn as enn

    count = int(group[1:])
    space = gspaces.rot2dOnR2(count) if group[0] == "C" else gspaces.flipRot2dOnR2(count)
    kind = pictures = enn.FieldType(space, [space.trivial_repr])
    layers = [enn.MaskModule(pictures, 29, margin=1)]
    for index, width in enumerate(WIDTHS):
        fields = enn.FieldType(space, [space.regular_repr] * width)
        # escnn's initialization takes minutes and changes nothing about the time of a step.
        convolution = enn.R2Conv(
            kind, fields, SIZES[index], padding=PADDINGS[index], bias=False, initialize=False)
        nn.init.normal_(convolution.weights, std=0.02)
        layers += [convolution, enn.InnerBatchNorm(fields), enn.ReLU(fields, inplace=True)]
        if index in (1, 3):
            layers.append(enn.PointwiseAvgPoolAntialiased(fields, sigma=0.66, stride=2))
        kind = fields
    layers.append(enn.PointwiseAvgPoolAntialiased(kind, sigma=0.66, stride=1, padding=0))
    layers.append(enn.GroupPooling(kind))

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = enn.SequentialModule(*layers)
            self.head = head()

        def forward(self, images):
            return self.head(self.blocks(enn.GeometricTensor(images, pictures)).tensor.flatten(1))

    return Network()


class Blur(nn.Module):
    def __init__(self, channels, stride, padding):
        super().__init__()
        square = (torch.arange(5.0) - 2) ** 2
        kernel = torch.exp(-(square[:, None] + square[None, :]) / (2 * 0.66**2))
        self.register_buffer("kernel", (kernel / kernel.sum()).repeat(channels, 1, 1, 1))
        self.stride, self.padding = stride, padding

    def forward(self, x):
        return nn.functional.conv2d(
            x, self.kernel, stride=self.stride, padding=self.padding, groups=x.shape[1])


def conventional():
    """The same with ordinary convolutions and as many channels as C8 has."""
    layers, channels = [], 1
    for index, width in enumerate(8 * width for width in WIDTHS):
        if index in (2, 4):
            layers.append(Blur(channels, 2, 2))
        layers += [nn.Conv2d(channels, width, SIZES[index], padding=PADDINGS[index], bias=False),
                   nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
        channels = width
    first = nn.Linear(channels, 64)
    return nn.Sequential(*layers, Blur(channels, 1, 0), nn.Flatten(), first, *head()[1:])


class Step:
    """Stochastic gradient descent on one batch of noise."""

    def __init__(self, network, batch):
        self.network = network
        self.images = torch.randn(batch, 1, 29, 29)
        self.labels = torch.arange(batch) % 10
        self.optimizer = torch.optim.SGD(network.parameters(), lr=0.01)

    def __call__(self):
        clock, processor = time.perf_counter(), time.process_time()
        self.optimizer.zero_grad()
        loss = nn.functional.cross_entropy(self.network(self.images), self.labels)
        loss.backward()
        self.optimizer.step()
        loss.item()
        return time.perf_counter() - clock, time.process_time() - processor


class SwiftStep:
    """The same step of the Swift program."""

    def __init__(self, program, arguments):
        self.process = subprocess.Popen(
            [program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.build = self.answer("built")

    def answer(self, word):
        fields = self.process.stdout.readline().split()
        if not fields or fields[0] != word:
            raise SystemExit(f"SteerableBenchmark said {fields}, not '{word}'")
        return float(fields[1]), float(fields[2])

    def __call__(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.answer("step")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--network", default="C8", help="a group such as C8 or D4, or 'conventional'")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=5, help="after one to warm up")
    parser.add_argument("--program", default=str(
        pathlib.Path(__file__).parent / ".build/release/SteerableBenchmark"))
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    start = time.perf_counter(), time.process_time()
    network = conventional() if options.network == "conventional" else steerable(options.network)
    build = time.perf_counter() - start[0], time.process_time() - start[1]
    python = Step(network.train(), options.batch)
    swift = SwiftStep(options.program, [options.network, str(options.batch), str(options.threads)])
    pairs = [(python(), swift()) for _ in range(options.steps + 1)][1:]
    swift.close()

    print(f"{options.network}, batch {options.batch}, {options.threads} threads, "
          f"median of {options.steps} steps")
    for index, name in enumerate(["clock", "processors"]):
        of_python = statistics.median(pair[0][index] for pair in pairs)
        of_swift = statistics.median(pair[1][index] for pair in pairs)
        ratios = sorted(pair[1][index] / pair[0][index] for pair in pairs)
        print(f"{name:>10}: Python {of_python:.3f} s, Swift {of_swift:.3f} s, "
              f"ratio {of_swift / of_python:.3f} (single steps {ratios[0]:.3f} to {ratios[-1]:.3f})")
    print(f"  building: Python {build[0]:.2f} s, Swift {swift.build[0]:.2f} s on the clock; "
          f"{build[1]:.2f} s and {swift.build[1]:.2f} s of the processors")


if __name__ == "__main__":
    main()
