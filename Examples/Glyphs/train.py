# SPDX-License-Identifier: MIT
"""Trains the small network of the glyphs example and writes it as ONNX.

It learns from upright pictures only, without augmentation, so that its answers change when a
picture is turned: there is something to measure. Tensors of the written model:

    image     [batch,1,28,28]   input, pixels from 0 to 1
    block1    [batch,24,28,28]  after convolution, batch normalisation and ReLU
    block2    [batch,48,14,14]
    block3    [batch,64,7,7]
    block4    [batch,64,7,7]
    features  [batch,64]        mean of block4 over the picture
    logits    [batch,classes]

Needs torch, numpy and onnx:

    train.py --images images.npy --labels labels.npy -o glyphs.onnx
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional

CHANNELS = (24, 48, 64, 64)
INNER_TENSORS = ("features", "block1", "block2", "block3", "block4")


class GlyphNet(nn.Module):
    """Four convolution blocks, a mean over the picture, and a linear layer."""

    def __init__(self, classes: int):
        super().__init__()
        inputs = (1, *CHANNELS[:-1])
        self.blocks = nn.ModuleList(block(a, b) for a, b in zip(inputs, CHANNELS))
        self.linear = nn.Linear(CHANNELS[-1], classes)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Logits, features and the outputs of the blocks, in this order."""
        outputs: list[Tensor] = []
        for place, one in enumerate(self.blocks):
            if place in (1, 2):
                image = functional.max_pool2d(image, 2)
            image = one(image)
            outputs.append(image)
        features = image.mean(dim=(2, 3))
        return self.linear(features), features, *outputs


def block(inputs: int, outputs: int) -> nn.Sequential:
    """A 3x3 convolution that keeps the size, batch normalisation and ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def load(images: Path, labels: Path) -> tuple[Tensor, Tensor]:
    """Pictures as float32 [N,1,28,28] from 0 to 1, and class numbers."""
    pixels = np.load(images)
    if pixels.ndim == 3:
        pixels = pixels[:, None]
    if pixels.shape[1:] != (1, 28, 28):
        raise SystemExit(f"{images}: expected [N,1,28,28], but got {list(pixels.shape)}.")
    scale = 255 if pixels.dtype == np.uint8 else 1
    classes = np.load(labels).reshape(-1)
    if len(classes) != len(pixels):
        raise SystemExit(f"{len(pixels)} pictures, but {len(classes)} labels.")
    return torch.from_numpy(pixels.astype(np.float32) / scale), torch.from_numpy(
        classes.astype(np.int64))


def split(count: int, held_out: float, seed: int) -> tuple[Tensor, Tensor]:
    """A seeded partition of the examples into those to learn from and those held out."""
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    border = count - round(count * held_out)
    return order[:border], order[border:]


def train(
    network: GlyphNet, images: Tensor, labels: Tensor, *, epochs: int, batch: int, rate: float
) -> None:
    """Trains with Adam and a one-cycle learning rate."""
    steps = len(images) // batch or 1
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, epochs * steps)
    for epoch in range(epochs):
        network.train()
        total = 0.0
        for chosen in torch.randperm(len(images)).tensor_split(steps):
            loss = functional.cross_entropy(network(images[chosen])[0], labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1:2}  loss {total / steps:.4f}")


@torch.no_grad()
def accuracy(network: GlyphNet, images: Tensor, labels: Tensor) -> float:
    """The share of pictures put into the right class."""
    network.eval()
    guesses = torch.cat([network(part)[0].argmax(dim=1) for part in images.split(256)])
    return (guesses == labels).double().mean().item()


def export(network: GlyphNet, path: Path) -> None:
    """Writes ONNX (opset 17, any batch size) with the tensor names given above.

    The exporter names outputs only. So everything is exported as an output, and then all but
    `logits` are taken off the list of outputs, which leaves the tensors inside the graph.
    """
    network.eval()
    names = ("logits", *INNER_TENSORS)
    torch.onnx.export(
        network, (torch.zeros(1, 1, 28, 28),), path, opset_version=17, dynamo=False,
        input_names=["image"], output_names=list(names),
        dynamic_axes={name: {0: "batch"} for name in ("image", *names)})
    model = onnx.load(path)
    inner = [output for output in model.graph.output if output.name != "logits"]
    for output in inner:
        model.graph.output.remove(output)
        model.graph.value_info.append(output)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--images", type=Path, required=True, help=".npy, [N,1,28,28]")
    parser.add_argument("--labels", type=Path, required=True, help=".npy, [N]")
    parser.add_argument("-o", "--output", type=Path, default=Path("glyphs.onnx"))
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=4e-3, help="largest learning rate")
    parser.add_argument("--held-out", type=float, default=0.1, help="share kept for the accuracy")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    torch.manual_seed(arguments.seed)
    torch.use_deterministic_algorithms(True)
    images, labels = load(arguments.images, arguments.labels)
    learned, held_out = split(len(images), arguments.held_out, arguments.seed)
    network = GlyphNet(int(labels.max()) + 1)
    print(f"{sum(p.numel() for p in network.parameters())} parameters")
    train(
        network, images[learned], labels[learned], epochs=arguments.epochs,
        batch=arguments.batch, rate=arguments.rate)
    if len(held_out):
        print(f"held-out accuracy {accuracy(network, images[held_out], labels[held_out]):.4f}")
    export(network, arguments.output)
    print(f"wrote {arguments.output}, {arguments.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
