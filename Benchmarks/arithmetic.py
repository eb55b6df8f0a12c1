# SPDX-License-Identifier: MIT
"""Forward passes in float32 and bfloat16 of OpenVINO, and in float32 of ONNX Runtime's CPU provider.

Needs the package onnxruntime-openvino in place of onnxruntime. The sessions have the options that
`geed measure --provider openvino` sets.
"""

import json
import sys

import networks
import ratios
import timing
from ratios import Row
from timing import Missing, Setup, Worker

BATCH = 8
PRECISIONS = {"float32 of ONNX Runtime": "", "float32 of OpenVINO": "f32", "bfloat16 of OpenVINO": "bf16"}


def figures(setup: Setup) -> dict:
    return {"arithmetic, ResNet-50": lambda: compare(setup)}


def compare(setup: Setup) -> list[Row]:
    model, _ = networks.made("ResNet-50, output", setup.folder)
    outputs = setup.folder / "outputs.npy"
    workers = {
        name: Worker(timing.python("arithmetic", model, precision, outputs))
        for name, precision in PRECISIONS.items()}
    for worker in workers.values():
        worker()
    usages = timing.alternate(
        2 * setup.rounds, {name: lambda worker=worker: worker() for name, worker in workers.items()})
    for worker in workers.values():
        worker.close()
    exact, single, half = PRECISIONS
    return [
        ratios.row(f"arithmetic, ResNet-50, {ours}", theirs, usages[ours], usages[theirs],
                   f"{BATCH} inputs; outputs differ by {float(workers[ours].answer[0]):.0e}")
        for ours, theirs in [(half, single), (single, exact)]]


def passes(model: str, precision: str, outputs: str):
    """A function that runs one batch and returns how far its outputs are from those of the first worker."""
    import numpy
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    providers: list = ["CPUExecutionProvider"]
    if precision:
        name = "OpenVINOExecutionProvider"
        if name not in onnxruntime.get_available_providers():
            raise Missing("ONNX Runtime has no OpenVINO")
        config = {"INFERENCE_PRECISION_HINT": precision, "DYNAMIC_QUANTIZATION_GROUP_SIZE": "0"}
        providers = [(name, {"device_type": "CPU", "load_config": json.dumps({"CPU": config})})]
    session = onnxruntime.InferenceSession(model, options, providers=providers)
    shape = (BATCH, *networks.JOBS["ResNet-50, output"].shape)
    inputs = numpy.random.default_rng(0).standard_normal(shape, dtype="float32")

    def run(_):
        found = session.run(["logits"], {"images": inputs})[0]
        if not precision:
            numpy.save(outputs, found)
            return 0.0
        exact = numpy.load(outputs)
        return float(numpy.sqrt(((found - exact) ** 2).sum() / (exact**2).sum()))

    return run


if __name__ == "__main__":
    timing.serve(passes(*sys.argv[1:4]))
