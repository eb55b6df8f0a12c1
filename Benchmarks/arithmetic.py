#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Times a forward pass in float32 and bfloat16 of OpenVINO, and in float32 of ONNX Runtime's CPU provider.

Needs the package onnxruntime-openvino, and an ONNX file with one input [N, C, H, W] whose C, H and W are
fixed or given. The sessions have the options that `geed measure --provider openvino` sets, and take turns
in one process, so that other load on the machine affects all of them alike.

    python3 Benchmarks/arithmetic.py model.onnx [--shape 3,224,224] [--batch 8] [--rounds 7]
"""

import argparse
import json
import resource
import statistics
import time

import numpy
import onnxruntime


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def session(model, precision):
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if precision is None:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    config = {"INFERENCE_PRECISION_HINT": precision, "DYNAMIC_QUANTIZATION_GROUP_SIZE": "0"}
    provider = {"device_type": "CPU", "load_config": json.dumps({"CPU": config})}
    made = onnxruntime.InferenceSession(
        model, options, providers=[("OpenVINOExecutionProvider", provider)])
    assert "OpenVINOExecutionProvider" in made.get_providers(), "OpenVINO could not be loaded"
    return made


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--shape", default="3,224,224")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    shape = [options.batch] + [int(length) for length in options.shape.split(",")]
    inputs = numpy.random.default_rng(0).standard_normal(shape, dtype="float32")
    sessions = {
        "cpu float32": session(options.model, None),
        "openvino float32": session(options.model, "f32"),
        "openvino bfloat16": session(options.model, "bf16"),
    }
    name = sessions["cpu float32"].get_inputs()[0].name
    outputs = {key: made.run(None, {name: inputs})[0] for key, made in sessions.items()}
    wall, processor = ({key: [] for key in sessions} for _ in range(2))
    for _ in range(options.rounds):
        for key, made in sessions.items():
            start = (time.perf_counter(), processor_seconds())
            made.run(None, {name: inputs})
            wall[key].append(time.perf_counter() - start[0])
            processor[key].append(processor_seconds() - start[1])
    exact = outputs["cpu float32"]
    for key in sessions:
        difference = numpy.sqrt(((outputs[key] - exact) ** 2).sum() / (exact**2).sum())
        print(
            f"{key:18} wall {statistics.median(wall[key]):.3f} s, processor "
            f"{statistics.median(processor[key]):.3f} s, outputs differ by {difference:.1e}")
    for what, seconds in [("wall", wall), ("processor", processor)]:
        ratios = [a / b for a, b in zip(seconds["openvino float32"], seconds["openvino bfloat16"])]
        print(f"float32 takes {statistics.median(ratios):.2f} times the {what} time of bfloat16")


if __name__ == "__main__":
    main()
