# SPDX-License-Identifier: MIT
"""Times the package's bilinear rotation by 45 degrees by turns with torchvision's, on two threads.

Prints for a batch [16, 3, 224, 224] the medians over all turns in milliseconds for one picture, the
median and quartiles of the ratio within a turn, and the largest difference between the results.
Needs torch and torchvision:

    swift build -c release --product RotateBenchmark
    python3 rotate.py .build/release/RotateBenchmark
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

# Threads that wait in a loop would slow down both on a busy machine, and count as work.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np
import torch
from torch import Tensor
from torchvision.transforms.functional import InterpolationMode, rotate

SHAPE = (16, 3, 224, 224)


def turned(images: Tensor) -> Tensor:
    return rotate(images, 45, InterpolationMode.BILINEAR)


def their_times(images: Tensor, count: int) -> tuple[float, float]:
    """The median time of `count` rotations and their mean processor time, for one picture."""
    times = []
    start_of_work = time.process_time()
    for _ in range(count):
        start = time.perf_counter()
        turned(images)
        times.append((time.perf_counter() - start) * 1000 / len(images))
    work = (time.process_time() - start_of_work) * 1000 / len(images) / count
    return statistics.median(times), work


def our_times(benchmark: subprocess.Popen, count: int) -> tuple[float, float]:
    """The same for the package."""
    benchmark.stdin.write(f"{count}\n")
    benchmark.stdin.flush()
    median, work = map(float, benchmark.stdout.readline().split())
    return median, work


def summary(name: str, ours: tuple[float, ...], theirs: tuple[float, ...]) -> str:
    low, middle, high = statistics.quantiles([a / b for a, b in zip(ours, theirs)], n=4)
    return (f"{name:15} {statistics.median(ours):.3f} ms, torchvision "
            f"{statistics.median(theirs):.3f} ms, ratio {middle:.3f} ({low:.3f} to {high:.3f})")


def difference(result: Tensor, expected: Tensor) -> str:
    return f"{(result - expected).abs().max().item():.1e}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("benchmark", help="the program RotateBenchmark")
    parser.add_argument("--turns", type=int, default=50)
    parser.add_argument("--count", type=int, default=5, help="rotations in each turn")
    parser.add_argument("--threads", type=int, default=2, help="threads of torch")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    images = torch.rand(SHAPE, generator=torch.Generator().manual_seed(0))
    with tempfile.TemporaryDirectory() as folder:
        pictures, result = Path(folder, "pictures"), Path(folder, "result")
        images.numpy().tofile(pictures)
        turns = []
        with subprocess.Popen(
            [arguments.benchmark, pictures, result], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        ) as benchmark:
            for _ in range(arguments.turns + 1):
                ours = our_times(benchmark, arguments.count)
                turns.append(ours + their_times(images, arguments.count))
        ours = torch.from_numpy(np.fromfile(result, np.float32).reshape(SHAPE))
    times, work, their, their_work = zip(*turns[1:])  # The first turn warmed up.
    print(summary("time", times, their))
    print(summary("processor time", work, their_work))
    print(f"largest difference to torchvision {difference(ours, turned(images))}, "
          f"in float64 {difference(ours, turned(images.double()))}")


if __name__ == "__main__":
    main()
