# SPDX-License-Identifier: MIT
"""Reading and rotating pictures, against Pillow and torchvision.

- A batch of 16 pictures of 3 x 224 x 224 in memory, rotated by 45 degrees, bilinear: RotateBenchmark.
- `geed data`: JPEG files of 500 x 375 decoded, resized, cropped and normalized, and their range. Pillow does
  the same on as many threads as there are cores, without its start.
- `geed orbits`: the same and the rotations of C8, written to a .npy file, with hashes; Pillow and torchvision
  without hashes and without their start.
"""

import sys
from pathlib import Path

import networks
import ratios
import timing
from networks import BATCH, MEAN, ORDER, STD
from ratios import Row, Target
from timing import Setup, Worker

SHAPE = (16, 3, 224, 224)
# In float32 torchvision rounds the coordinates at which it samples: 3e-5 on white noise at 224 pixels.
TOLERANCE = 1e-4
TARGET = Target("processor", 1)


def figures(setup: Setup) -> dict:
    return {
        "a batch of 16 rotated by 45°": lambda: rotate(setup),
        "JPEG files decoded, resized, cropped": lambda: read(setup, orbits=False),
        "the same, rotated under C8 and written": lambda: read(setup, orbits=True),
    }


def rotate(setup: Setup) -> list[Row]:
    program = setup.program("RotateBenchmark")
    pictures, result = setup.folder / "pictures", setup.folder / "rotated"
    torch = Worker(
        timing.python("images", "rotate", pictures, result, setup.threads), OMP_WAIT_POLICY="passive")
    geed = Worker([program, pictures, result], says_ready=False)
    count = 2 if setup.quick else 5

    def ours() -> timing.Usage:
        # Milliseconds for each picture.
        usage = geed(count)
        scale = SHAPE[0] * count / 1e3
        return timing.Usage(usage.seconds * scale, usage.processor * scale)

    ours()
    torch(count)
    difference = float(torch.answer[0])
    if difference > TOLERANCE:
        raise RuntimeError(f"The rotations of torchvision and of RotateBenchmark differ by {difference}.")
    usages = timing.alternate(8 * setup.rounds, {"geed": ours, "torch": lambda: torch(count)})
    geed.close()
    torch.close()
    return [ratios.row(
        "a batch of 16 rotated by 45°", "torchvision", usages["geed"], usages["torch"],
        f"RotateBenchmark; {SHAPE}, {count} times; they differ by {difference:.0e}", target=TARGET)]


def read(setup: Setup, orbits: bool) -> list[Row]:
    _, folder = networks.made("LeViT-192", setup.folder)
    count = 16 if setup.quick else networks.JOBS["LeViT-192"].examples
    result = setup.folder / "orbits.npy"
    shared = [folder, "--preset", "imagenet", "--samples", count]
    rotated = ["--group", f"C{ORDER}", "--scale-samples", count, "--output", result]
    command = [setup.geed, *(["orbits", *shared, *rotated] if orbits else ["data", *shared])]
    worker = Worker(timing.python(
        "images", "orbits" if orbits else "read", folder, setup.folder / "theirs.npy", setup.threads),
        OMP_WAIT_POLICY="passive")

    def ours() -> timing.Usage:
        result.unlink(missing_ok=True)
        (setup.folder / "orbits.json").unlink(missing_ok=True)
        return timing.finished(command)

    usages = timing.alternate(2 * setup.rounds, {"geed": ours, "theirs": lambda: worker(count)})
    peak = worker.close()
    for path in (result, setup.folder / "theirs.npy"):
        path.unlink(missing_ok=True)
    name, against = list(figures(setup))[1 + orbits], "Pillow, torchvision" if orbits else "Pillow"
    text = f"geed {'orbits' if orbits else 'data'} photos/ --preset imagenet --samples {count}"
    return [ratios.row(
        name, against, usages["geed"], usages["theirs"], text + (f" --group C{ORDER}" if orbits else ""),
        peaks=(ratios.largest(usages["geed"]), peak), target=TARGET)]


# MARK: - The side of Python


def rotations(pictures: Path, result: Path, threads: int):
    """A function that rotates one batch several times, and returns how far geed's result is from its own."""
    import numpy
    import torch

    torchvision = networks.torchvision()
    functional = torchvision.transforms.functional
    torch.set_num_threads(threads)
    images = torch.rand(SHAPE, generator=torch.Generator().manual_seed(0))
    images.numpy().tofile(pictures)
    checked: list[float] = []

    def run(count: int):
        for _ in range(count):
            rotated = functional.rotate(images, 45, functional.InterpolationMode.BILINEAR)
        if not checked:
            ours = numpy.fromfile(result, numpy.float32).reshape(SHAPE)
            checked.append(float(numpy.abs(ours - rotated.numpy()).max()))
        return checked[0]

    return run


def reading(folder: Path, result: Path, threads: int, orbits: bool):
    """A function that reads, and rotates, the first pictures of a folder."""
    from concurrent.futures import ThreadPoolExecutor

    import numpy
    from PIL import Image

    files = sorted(folder.glob("*/*.jpg"))
    mean, std = (numpy.array(values, numpy.float32)[:, None, None] for values in (MEAN, STD))

    def prepared(file: Path):
        image = Image.open(file).convert("RGB")
        scale = 256 / min(image.size)
        image = image.resize([int(scale * side) for side in image.size], Image.Resampling.BILINEAR)
        left, top = ((side - 224) // 2 for side in image.size)
        pixels = numpy.asarray(image.crop((left, top, left + 224, top + 224)), numpy.float32)
        return (pixels.transpose(2, 0, 1) / 255 - mean) / std

    def read(count: int):
        with ThreadPoolExecutor(threads) as pool:
            arrays = list(pool.map(prepared, files[:count]))
        return [float(min(array.min() for array in arrays)), float(max(array.max() for array in arrays))]

    if not orbits:
        return read

    import torch

    functional = networks.torchvision().transforms.functional
    torch.set_num_threads(threads)

    def rotate(count: int):
        rows = numpy.lib.format.open_memmap(result, "w+", numpy.float32, (count, ORDER, 3, 224, 224))
        with ThreadPoolExecutor(threads) as pool:
            for first in range(0, count, BATCH):
                batch = files[first : min(first + BATCH, count)]
                images = torch.from_numpy(numpy.stack(list(pool.map(prepared, batch))))
                for k in range(ORDER):
                    rows[first : first + len(batch), k] = functional.rotate(
                        images, 360 / ORDER * k, functional.InterpolationMode.BILINEAR)
        rows.flush()

    return rotate


if __name__ == "__main__":
    what, first, second, threads = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    timing.serve(
        rotations(first, second, threads) if what == "rotate"
        else reading(first, second, threads, what == "orbits"))
