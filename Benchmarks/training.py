# SPDX-License-Identifier: MIT
"""Times training passes of GEED beside those of PyTorch, and looks at the memory of long runs.

    swift build -c release --product TrainingBenchmark && python3 training.py

Forward and backward passes of ResNet-18 (16 pictures of 3 x 64 x 64) and of the conventional network
(64 of 1 x 29 x 29), and training steps with SGD of MobileNetV1 x 0.25, EfficientNet-Lite0 and
SqueezeNet 1.1 (32 of 3 x 96 x 96 or 3 x 128 x 128), with the same threads and the same order in memory on both sides. The two take turns,
a few passes each, and the one that begins changes every round, so that other load hits both. Printed are
medians over the rounds of the time of one pass, on the clock and on the processors (all threads
together), and medians of the ratios of each round. `--memory` runs ResNet-18 for a thousand passes and
prints by how much resident memory grew.

Needs torch, torchvision and, for the last networks, timm.
"""

import argparse
import pathlib
import resource
import statistics
import subprocess
import sys
import time

import torch
import torchvision
from torch import nn

WIDTHS, KERNELS, PADDINGS = [24, 48, 48, 96, 96, 64], [7, 5, 5, 5, 5, 5], [1, 2, 2, 2, 2, 1]


class Blur(nn.Module):
    """Gaussian blur of 5 x 5 pixels with a standard deviation of 0.66."""

    def __init__(self, channels: int, stride: int, padding: int) -> None:
        super().__init__()
        profile = torch.exp(-((torch.arange(5.0) - 2) ** 2) / (2 * 0.66**2))
        kernel = torch.outer(profile, profile) / profile.sum() ** 2
        self.register_buffer("kernel", kernel.repeat(channels, 1, 1, 1))
        self.stride, self.padding = stride, padding

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.conv2d(
            x, self.kernel, stride=self.stride, padding=self.padding, groups=x.shape[1]
        )


class ConventionalCNN(nn.Module):
    """The six-block network of GEEDModels, built of PyTorch's layers."""

    def __init__(self) -> None:
        super().__init__()
        axis = torch.arange(29.0) - 14
        excess = axis[:, None] ** 2 + axis[None, :] ** 2 - (0.99 * 14) ** 2
        self.register_buffer("mask", torch.where(excess > 0, torch.exp(-excess / 4), 1.0)[None, None])
        layers: list[nn.Module] = []
        channels = 1
        for index, (width, kernel, padding) in enumerate(zip(WIDTHS, KERNELS, PADDINGS)):
            if index in (2, 4):
                layers.append(Blur(channels, 2, 2))
            layers += [
                nn.Conv2d(channels, width, kernel, padding=padding, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
            ]
            channels = width
        self.blocks = nn.Sequential(*layers, Blur(channels, 1, 0))
        self.fully_net = nn.Sequential(
            nn.Linear(channels, 64), nn.BatchNorm1d(64), nn.ELU(inplace=True), nn.Linear(64, 10)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fully_net(self.blocks(x * self.mask).mean((2, 3)))


def mobilenet() -> nn.Module:
    from timm.models.efficientnet import _gen_mobilenet_v1

    return _gen_mobilenet_v1("mobilenetv1_100", 0.25, pad_type="same", bn_eps=1e-3)


def efficientnet() -> nn.Module:
    import timm

    return timm.create_model("tf_efficientnet_lite0")


SMALL = {
    "mobilenetv1_025": mobilenet,
    "tf_efficientnet_lite0": efficientnet,
    "squeezenet1_1": lambda: torchvision.models.squeezenet1_1(weights=None),
}
NETWORKS = {
    "resnet18": (lambda: torchvision.models.resnet18(weights=None), (16, 3, 64, 64)),
    "cnn": (ConventionalCNN, (64, 1, 29, 29)),
} | {
    f"{name}-{size}": (make, (32, 3, size, size)) for name, make in SMALL.items() for size in (96, 128)
}


class PyTorch:
    """Passes in this process."""

    def __init__(self, network: str, layout: str) -> None:
        make, shape = NETWORKS[network]
        order = torch.channels_last if layout == "nhwc" else torch.contiguous_format
        self.model = make().train().to(memory_format=order)
        self.images = torch.randn(shape).to(memory_format=order)
        self.labels = torch.arange(shape[0]) % 10
        takes_steps = network.split("-")[0] in SMALL
        self.optimizer = (
            torch.optim.SGD(self.model.parameters(), 1e-3, momentum=0.9) if takes_steps else None
        )

    def run(self, count: int) -> tuple[float, float, int]:
        """Seconds of the clock and of the processors, and bytes of memory."""
        start, before = time.perf_counter(), processor_seconds()
        for _ in range(count):
            self.model.zero_grad()
            loss = nn.functional.cross_entropy(self.model(self.images), self.labels)
            loss.backward()
            if self.optimizer is not None:
                self.optimizer.step()
            loss.item()
        clock = time.perf_counter() - start
        pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
        return clock, processor_seconds() - before, pages * resource.getpagesize()


class GEED:
    """Passes in a process of their own."""

    def __init__(self, network: str, layout: str, threads: int, program: str) -> None:
        self.process = subprocess.Popen(
            [program, network, layout, str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )

    def run(self, count: int) -> tuple[float, float, int]:
        """Seconds of the clock and of the processors, and bytes of memory."""
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        clock, processor, memory, _ = self.process.stdout.readline().split()
        return float(clock), float(processor), int(memory)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def compare(network: str, layout: str, arguments: argparse.Namespace) -> None:
    sides = [GEED(network, layout, arguments.threads, arguments.program), PyTorch(network, layout)]
    for side in sides:
        side.run(arguments.passes)
    rounds = []
    for index in range(arguments.rounds):
        order = [0, 1] if index % 2 == 0 else [1, 0]
        found = {}
        for k in order:
            time.sleep(0.02)  # Waiting threads of the other side spin for a moment.
            found[k] = sides[k].run(arguments.passes)[:2]
        rounds.append((found[0], found[1]))
    sides[0].close()
    for kind, name in enumerate(["clock", "processor"]):
        geed, pytorch = (
            [1000 * r[side][kind] / arguments.passes for r in rounds] for side in (0, 1)
        )
        ratios = sorted(a / b for a, b in zip(geed, pytorch))
        print(
            f"{network:25} {layout} {name:10}"
            f"GEED {statistics.median(geed):8.2f} ms   PyTorch {statistics.median(pytorch):8.2f} ms   "
            f"ratio {statistics.median(ratios):.3f} "
            f"({ratios[len(ratios) // 4]:.3f} to {ratios[3 * len(ratios) // 4]:.3f})",
            flush=True,
        )


def watch_memory(arguments: argparse.Namespace) -> None:
    side = GEED("resnet18", "nchw", arguments.threads, arguments.program)
    before = side.run(100)[2]
    after = side.run(1000)[2]
    side.close()
    print(
        f"resident memory after 100 passes of ResNet-18: {before / 1e6:.1f} MB, after 1,000 more: "
        f"{after / 1e6:.1f} MB ({100 * (after / before - 1):+.2f} %)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--networks", nargs="+", default=["resnet18", "cnn", "mobilenetv1_025-128"], choices=list(NETWORKS))
    parser.add_argument("--layouts", nargs="+", default=["nchw", "nhwc"], choices=["nchw", "nhwc"])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--passes", type=int, default=4, help="passes of one side in a round")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument(
        "--program",
        default=str(pathlib.Path(__file__).parent / ".build/release/TrainingBenchmark"),
    )
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.memory:
        return watch_memory(arguments)
    print(f"torch {torch.__version__}, {arguments.threads} threads, {arguments.rounds} rounds of "
          f"{arguments.passes} passes; medians, and the middle half of the ratios")
    for network in arguments.networks:
        for layout in arguments.layouts:
            compare(network, layout, arguments)


if __name__ == "__main__":
    sys.exit(main())
