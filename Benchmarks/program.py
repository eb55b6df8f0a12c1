# SPDX-License-Identifier: MIT
"""Compares `geed measure exec:` with a loop over the same inputs in the program's own process.

    python3 program.py GEED [MILLISECONDS]

Two models of 3 x 64 x 64 pictures: one that takes MILLISECONDS (2) an image without computing, and a small
network in PyTorch where it is installed. The loop has its inputs in memory, a batch of 16 at a time; geed
makes them meanwhile (C8, bilinear). The start of the program counts in neither. Needs NumPy.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Examples/Serving"))
SAMPLES, ORDER, BATCH, SHAPE = 100, 8, 16, (3, 64, 64)
# The batches of the test of independence besides those of the measurement: 1, 1 and 16 rows.
COUNT = SAMPLES * ORDER + BATCH + 2


def waiting(milliseconds):
    def model(batch):
        time.sleep(len(batch) * milliseconds / 1e3)
        return {"features": batch.mean(axis=(2, 3))}

    return model


def network():
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(1)
    layers, channels = [], 3
    for width in (32, 64, 64):
        layers += [torch.nn.Conv2d(channels, width, 3, padding=1), torch.nn.ReLU()]
        channels = width
    net = torch.nn.Sequential(*layers, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()).eval()

    def model(batch):
        with torch.inference_mode():
            return {"features": net(torch.from_numpy(batch)).numpy()}

    return model


def made(name):
    return network() if name == "network" else waiting(float(name))


def loop(model):
    batch = np.random.default_rng(0).random((BATCH, *SHAPE), dtype=np.float32)
    model(batch)
    start = time.perf_counter()
    for first in range(0, COUNT, BATCH):
        model(batch[: min(BATCH, COUNT - first)])
    return time.perf_counter() - start


def compare(geed, name, folder):
    data = folder / "pictures.npy"
    np.save(data, np.random.default_rng(0).random((SAMPLES, *SHAPE), dtype=np.float32))
    command = [
        geed, "measure", f"exec:{sys.executable} '{__file__}' serve {name}", "--data", str(data),
        "--group", f"C{ORDER}", "--samples", "all", "--scale-samples", "all", "--batch", str(BATCH),
        "--latent", "features", "--timing", "--json",
    ]
    ratios = []
    for _ in range(3):
        own = loop(made(name))
        output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
        measured = json.loads(output)["timing"]["measureSeconds"]
        ratios.append(measured / own)
        print(f"{name}: loop {own:.3f} s, geed {measured:.3f} s, {measured / own:.3f} times")
    return sorted(ratios)[1]


if sys.argv[1] == "serve":
    from serve import serve

    serve(made(sys.argv[2]), name=sys.argv[2])
else:
    names = [sys.argv[2] if len(sys.argv) > 2 else "2"]
    try:
        import torch  # noqa: F401

        names.append("network")
    except ImportError:
        print("PyTorch is not installed; the network is left out.")
    with tempfile.TemporaryDirectory() as place:
        for name in names:
            print(f"{name}: median {compare(sys.argv[1], name, pathlib.Path(place)):.3f} times")
