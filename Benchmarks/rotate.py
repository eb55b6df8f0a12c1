# SPDX-License-Identifier: MIT
"""Times torchvision's bilinear rotation by 45 degrees, to compare the package's with.

Prints milliseconds for one picture: the median over the rounds. Needs torch and torchvision.
"""

import argparse
import statistics
import time

import torch
from torchvision.transforms.functional import InterpolationMode, rotate


def milliseconds(images: torch.Tensor, rounds: int) -> list[float]:
    """The time of each round in milliseconds for one picture, after one round to warm up."""
    times = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        rotate(images, 45, InterpolationMode.BILINEAR)
        times.append((time.perf_counter() - start) * 1000 / len(images))
    return times[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--shape", type=int, nargs=4, default=[16, 3, 224, 224])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    images = torch.rand(arguments.shape, generator=torch.Generator().manual_seed(0))
    times = milliseconds(images, arguments.rounds)
    print(f"torchvision rotate, {arguments.shape}, {arguments.threads} threads: "
          f"{statistics.median(times):.3f} ms per image "
          f"(fastest {min(times):.3f}, slowest {max(times):.3f})")


if __name__ == "__main__":
    main()
