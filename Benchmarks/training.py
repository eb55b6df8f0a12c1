# SPDX-License-Identifier: MIT
"""Training against PyTorch and escnn: forward and backward passes, and steps of SGD.

Both sides have the same libtorch, threads and order in memory: ResNet-18 (16 images of 3 x 64 x 64) and the
six-block network (64 of 1 x 29 x 29) without an optimizer; MobileNetV1 x 0.25 (32 of 3 x 128 x 128) with
SGD; and the C8 network (64 of 1 x 29 x 29) with plain gradient descent, against escnn. The programs
TrainingBenchmark and SteerableBenchmark are the other side.

escnn needs packages for rotations of space that are not used here: install it with
`pip install --no-deps escnn==1.0.11 joblib cloudpickle autograd pymanopt`; stubs stand in for the others.
"""

import sys

import networks
import ratios
import timing
from ratios import Row, Target
from timing import Setup, Worker

NETWORKS = {
    "resnet18": "ResNet-18, a pass of 16",
    "cnn": "six blocks, a pass of 64",
    "mobilenetv1_025-128": "MobileNetV1 x 0.25, a step of 32",
}
LAYOUTS = {"nchw": "row-major", "nhwc": "channels last"}
OPENMP = {"OMP_WAIT_POLICY": "passive"}


def figures(setup: Setup) -> dict:
    found = {
        f"training, {NETWORKS[name]}": lambda name=name: against_torch(setup, name)
        for name in list(NETWORKS)[: 2 if setup.quick else 3]}
    found["training, the C8 network, a step of 64"] = lambda: against_escnn(setup)
    if not setup.quick:
        found["training, memory"] = lambda: memory(setup)
    return found


def against_torch(setup: Setup, name: str) -> list[Row]:
    program, rows = setup.program("TrainingBenchmark"), []
    for layout, words in LAYOUTS.items():
        workers = {
            "geed": Worker([program, name, layout, setup.threads], says_ready=False, **OPENMP),
            "torch": Worker(timing.python("training", name, layout, setup.threads), **OPENMP)}
        usages = turns(workers, 4 * setup.rounds)
        rows.append(ratios.row(
            f"training, {NETWORKS[name]}", "PyTorch", usages["geed"], usages["torch"],
            f"TrainingBenchmark {name} {layout} {setup.threads}; {words}", target=Target("processor", 1.05)))
    return rows


def turns(workers: dict[str, Worker], rounds: int) -> dict:
    """Usages of one pass in every turn, after one to warm up."""
    for worker in workers.values():
        worker()
    usages = timing.alternate(
        rounds, {name: lambda worker=worker: worker() for name, worker in workers.items()})
    for worker in workers.values():
        worker.close()
    return usages


def against_escnn(setup: Setup) -> list[Row]:
    program = setup.program("SteerableBenchmark")
    workers = {
        "escnn": Worker(timing.python("training", "C8", "nchw", setup.threads), **OPENMP),
        "geed": Worker([program, "C8", 64, setup.threads], **OPENMP)}
    usages = turns(workers, 2 * setup.rounds)
    return [ratios.row(
        "training, the C8 network, a step of 64", "escnn", usages["geed"], usages["escnn"],
        f"SteerableBenchmark C8 64 {setup.threads}", target=Target("processor", 1))]


def memory(setup: Setup) -> list[Row]:
    """The memory after 400 passes against that after 100."""
    worker = Worker(
        [setup.program("TrainingBenchmark"), "cnn", "nchw", setup.threads], says_ready=False, **OPENMP)
    found = []
    for passes in (100, 300):
        usage = worker(passes)
        found.append(timing.Usage(usage.seconds, usage.processor, float(worker.answer[0]) / 2**20))
    worker.close()
    return [ratios.row(
        "training, six blocks, resident memory after 400 passes", "after 100", found[1:], found[:1],
        f"TrainingBenchmark cnn nchw {setup.threads}", target=Target("memory", 1.02), kinds=("memory",))]


# MARK: - The side of Python


def network(name: str):
    """The network, and the shape of its batch."""
    if name == "C8":
        return steerable(), (64, 1, 29, 29)
    if name == "cnn":
        return networks.six_blocks(), (64, 1, 29, 29)
    if name == "resnet18":
        return networks.torchvision().models.resnet18(weights=None), (16, 3, 64, 64)
    networks.torchvision()
    from timm.models.efficientnet import _gen_mobilenet_v1

    made = _gen_mobilenet_v1("mobilenetv1_100", 0.25, pad_type="same", bn_eps=1e-3)
    return made, (32, 3, 128, 128)


def steerable():
    """The network of escnn's example for rotated MNIST, under C8."""
    import types

    from torch import nn

    for package in ["lie_learn", "lie_learn.representations", "lie_learn.representations.SO3", "py3nj"]:
        sys.modules[package] = types.ModuleType(package)
    stub = types.ModuleType("lie_learn.representations.SO3.wigner_d")
    stub.wigner_D_matrix = None
    sys.modules[stub.__name__] = stub
    from escnn import gspaces
    from escnn import nn as enn

    space = gspaces.rot2dOnR2(8)
    kind = images = enn.FieldType(space, [space.trivial_repr])
    layers = [enn.MaskModule(images, 29, margin=1)]
    for index, width in enumerate(networks.WIDTHS):
        fields = enn.FieldType(space, [space.regular_repr] * width)
        # escnn's initialization takes minutes and changes nothing about the time of a step.
        convolution = enn.R2Conv(
            kind, fields, networks.KERNELS[index], padding=networks.PADDINGS[index], bias=False,
            initialize=False)
        nn.init.normal_(convolution.weights, std=0.02)
        layers += [convolution, enn.InnerBatchNorm(fields), enn.ReLU(fields, inplace=True)]
        if index in (1, 3):
            layers.append(enn.PointwiseAvgPoolAntialiased(fields, sigma=0.66, stride=2))
        kind = fields
    layers += [enn.PointwiseAvgPoolAntialiased(kind, sigma=0.66, stride=1, padding=0), enn.GroupPooling(kind)]

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = enn.SequentialModule(*layers)
            self.head = nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ELU(), nn.Linear(64, 10))

        def forward(self, batch):
            return self.head(self.blocks(enn.GeometricTensor(batch, images)).tensor.flatten(1))

    return Network()


def passes(name: str, layout: str, threads: int):
    """A function that runs one pass."""
    import torch

    torch.set_num_threads(threads)
    order = torch.channels_last if layout == "nhwc" else torch.contiguous_format
    made, shape = network(name)
    model = made.train().to(memory_format=order)
    images = torch.randn(shape).to(memory_format=order)
    labels = torch.arange(shape[0]) % 10
    optimizer = None
    if name not in ("cnn", "resnet18"):
        optimizer = torch.optim.SGD(model.parameters(), 1e-3, momentum=0 if name == "C8" else 0.9)

    def run():
        model.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        if optimizer is not None:
            optimizer.step()
        return loss.item()

    return run


if __name__ == "__main__":
    timing.serve(passes(sys.argv[1], sys.argv[2], int(sys.argv[3])), repeats=True)
