# SPDX-License-Identifier: MIT
"""The networks with random weights and the pictures of random colors that are measured.

A part of them is made in a process of its own, because it needs torch, NumPy and Pillow:

    python3 networks.py JOB FOLDER
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import timing

ORDER, BATCH = 8, 16
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
PHOTO_SIZE = (500, 375)


@dataclass(frozen=True)
class Job:
    """A network, its data, and the modules whose outputs are compared channel by channel."""

    network: Callable
    shape: tuple[int, int, int]
    examples: int
    layers: tuple[str, ...] = ()
    features: str | None = None
    # `photos`, `icons` (small PNG files), or `arrays` of the network's shape.
    data: str = "arrays"
    # The rows and columns of the tokens of each layer, for networks without grids.
    grids: tuple[int, ...] = ()

    @property
    def outputs(self) -> list[str]:
        return ["logits", *([self.features] if self.features else []), *self.layers]


# MARK: - Networks


def residual(blocks: int):
    """The residual network of CIFAR-10 with `blocks` blocks in each stage; 3 for ResNet-20."""
    from torch import nn

    class Block(nn.Module):
        """Two convolutions and a shortcut that pads missing channels with zeros."""

        def __init__(self, inputs: int, outputs: int, stride: int):
            super().__init__()
            self.stride, self.padding = stride, (outputs - inputs) // 2
            self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
            self.bn1, self.relu1 = nn.BatchNorm2d(outputs), nn.ReLU()
            self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
            self.bn2, self.relu2 = nn.BatchNorm2d(outputs), nn.ReLU()

        def forward(self, x):
            y = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
            shortcut = x[:, :, :: self.stride, :: self.stride]
            padding = (0, 0, 0, 0, self.padding, self.padding)
            return self.relu2(y + nn.functional.pad(shortcut, padding))

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
            self.bn1, self.relu = nn.BatchNorm2d(16), nn.ReLU()
            for stage, (inputs, outputs) in enumerate([(16, 16), (16, 32), (32, 64)], 1):
                rest = [Block(outputs, outputs, 1) for _ in range(blocks - 1)]
                self.add_module(
                    f"layer{stage}", nn.Sequential(Block(inputs, outputs, 1 + (stage > 1)), *rest))
            self.features = nn.Identity()
            self.linear = nn.Linear(64, 10)

        def forward(self, x):
            x = self.relu(self.bn1(self.conv1(x)))
            x = self.layer3(self.layer2(self.layer1(x)))
            return self.linear(self.features(x.mean(dim=(2, 3))))

    return Network()


def resnet50():
    import torchvision

    return torchvision.models.resnet50(weights=None)


def levit():
    import timm

    return timm.create_model("levit_192")


def small():
    """Three convolutions, which take less time than what geed does besides."""
    from collections import OrderedDict

    from torch import nn

    layers = OrderedDict()
    for index, (inputs, outputs, stride) in enumerate([(3, 8, 2), (8, 16, 2), (16, 16, 1)], 1):
        layers[f"conv{index}"] = nn.Conv2d(inputs, outputs, 3, stride, padding=1)
        layers[f"relu{index}"] = nn.ReLU()
    return nn.Sequential(layers | {
        "pool": nn.AdaptiveAvgPool2d(1), "features": nn.Flatten(), "linear": nn.Linear(16, 10)})


WIDTHS, KERNELS, PADDINGS = [24, 48, 48, 96, 96, 64], [7, 5, 5, 5, 5, 5], [1, 2, 2, 2, 2, 1]


def six_blocks():
    """The conventional network of GEEDModels, built of PyTorch's layers."""
    import torch
    from torch import nn

    class Blur(nn.Module):
        """Gaussian blur of 5 x 5 pixels with a standard deviation of 0.66."""

        def __init__(self, channels: int, stride: int, padding: int):
            super().__init__()
            profile = torch.exp(-((torch.arange(5.0) - 2) ** 2) / (2 * 0.66**2))
            kernel = torch.outer(profile, profile) / profile.sum() ** 2
            self.register_buffer("kernel", kernel.repeat(channels, 1, 1, 1))
            self.stride, self.padding = stride, padding

        def forward(self, x):
            return nn.functional.conv2d(
                x, self.kernel, stride=self.stride, padding=self.padding, groups=x.shape[1])

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            axis = torch.arange(29.0) - 14
            excess = axis[:, None] ** 2 + axis[None, :] ** 2 - (0.99 * 14) ** 2
            self.register_buffer("mask", torch.where(excess > 0, torch.exp(-excess / 4), 1.0)[None, None])
            layers, channels = [], 1
            for index, (width, kernel, padding) in enumerate(zip(WIDTHS, KERNELS, PADDINGS)):
                if index in (2, 4):
                    layers.append(Blur(channels, 2, 2))
                layers += [nn.Conv2d(channels, width, kernel, padding=padding, bias=False),
                           nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
                channels = width
            self.blocks = nn.Sequential(*layers, Blur(channels, 1, 0))
            self.fully_net = nn.Sequential(
                nn.Linear(channels, 64), nn.BatchNorm1d(64), nn.ELU(inplace=True), nn.Linear(64, 10))

        def forward(self, x):
            return self.fully_net(self.blocks(x * self.mask).mean((2, 3)))

    return Network()


STAGES = ("layer1", "layer2", "layer3", "layer4")
BLOCKS = tuple(
    f"layer{stage}.{block}" for stage, count in enumerate((3, 4, 6, 3), 1) for block in range(count))
RELUS = tuple(f"layer{stage}.{block}.relu{index}" for stage in (1, 2, 3) for block in range(10)
              for index in (1, 2))
PHOTO_JOB = {"shape": (3, 224, 224), "data": "photos"}
JOBS = {
    "ResNet-50": Job(resnet50, layers=STAGES, features="avgpool", examples=20, **PHOTO_JOB),
    "ResNet-50, every block": Job(resnet50, layers=("maxpool", *BLOCKS), examples=20, **PHOTO_JOB),
    "ResNet-50, output": Job(resnet50, examples=20, **PHOTO_JOB),
    "LeViT-192": Job(
        levit, layers=("stages.0", "stages.1", "stages.2"), grids=(14, 7, 4), examples=48,
        **PHOTO_JOB),
    "ResNet-20": Job(lambda: residual(3), (3, 32, 32), 600, STAGES[:3], "features", "icons"),
    "six blocks": Job(
        six_blocks, (1, 29, 29), 300,
        ("blocks.2", "blocks.5", "blocks.9", "blocks.12", "blocks.16", "blocks.19"), "fully_net.2"),
    # With features and logits, 60 outputs and as many probes.
    "ResNet-62": Job(lambda: residual(10), (3, 32, 32), 50, RELUS[-58:], "features"),
    "three convolutions": Job(small, (3, 32, 32), 5_000, ("relu1", "relu2", "relu3"), "features"),
}


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
    for name in job.outputs[1:]:
        network.get_submodule(name).register_forward_hook(
            lambda module, inputs, output, name=name: kept.__setitem__(name, output))

    def run(images):
        outputs = {"logits": network(images), **kept}
        if job.features in outputs:
            outputs[job.features] = outputs[job.features].flatten(1)
        return outputs

    return network, run


def torchvision():
    """torchvision, also where its compiled operators do not fit the build of torch."""
    sys.path.append(str(timing.HERE.parent / "Scripts/fixtures"))
    import torchvision_operators

    torchvision_operators.declare()
    import torchvision

    return torchvision


# MARK: - Files


def paths(name: str, folder: Path) -> tuple[Path, Path]:
    """The ONNX file of a job, and its data: a folder of pictures or a .npy file."""
    job = JOBS[name]
    data = f"{job.data}-" + "x".join(map(str, (job.examples, *job.shape)))
    data += ".npy" if job.data == "arrays" else ""
    return folder / f"{name.replace(', ', '-').replace(' ', '-')}.onnx", folder / data


def made(name: str, folder: Path) -> tuple[Path, Path]:
    """The same, after they were made unless the folder has them."""
    found = paths(name, folder)
    if not all(path.exists() for path in found):
        worker = timing.Worker(timing.python("networks", name, folder))
        worker()
        worker.close()
    return found


def export(job: Job, path: Path) -> None:
    import torch

    network, run = observed(job)

    class Outputs(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, images):
            outputs = run(images)
            return tuple(outputs[name] for name in job.outputs)

    torch.onnx.export(
        Outputs().eval(), torch.zeros(1, *job.shape), str(path), dynamo=False,
        input_names=["images"], output_names=job.outputs, opset_version=17,
        dynamic_axes={name: {0: "n"} for name in ["images", *job.outputs]})


def write_pictures(folder: Path, count: int, size: tuple[int, int], suffix: str) -> None:
    """Smooth random colors with grain, about as large as photographs as JPEG files."""
    import numpy
    from PIL import Image

    generator = numpy.random.default_rng(0)
    (folder / "class").mkdir(parents=True)
    for index in range(count):
        colors = generator.integers(0, 256, (9, 12, 3), dtype=numpy.uint8)
        smooth = numpy.asarray(Image.fromarray(colors).resize(size, Image.Resampling.BICUBIC))
        grain = generator.normal(0, 8, smooth.shape)
        pixels = numpy.clip(smooth + grain, 0, 255).astype(numpy.uint8)
        Image.fromarray(pixels).save(folder / "class" / f"{index:04}.{suffix}", quality=90)


def main(name: str, folder: Path) -> None:
    """Makes what the folder does not have yet of a job."""
    import numpy

    job, (model, data) = JOBS[name], paths(name, folder)
    if not data.exists():
        if job.data == "photos":
            write_pictures(data, job.examples, PHOTO_SIZE, "jpg")
        elif job.data == "icons":
            write_pictures(data, job.examples, job.shape[1:], "png")
        else:
            shape = (job.examples, *job.shape)
            numpy.save(data, numpy.random.default_rng(0).random(shape, dtype=numpy.float32))
    if not model.exists():
        torchvision()
        unfinished = model.with_suffix(".part")
        export(job, unfinished)
        unfinished.rename(model)


if __name__ == "__main__":
    timing.serve(lambda _: main(sys.argv[1], Path(sys.argv[2])))
