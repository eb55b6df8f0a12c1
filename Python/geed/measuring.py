# SPDX-License-Identifier: MIT
"""Measuring models in Python."""

import os
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from geed import tool
from geed.inputs import Probe, command_line, data_file
from geed.modules import evaluated, export, is_module, weights
from geed.results import Result
from geed.streaming import file_name, first_batch, named_outputs, stream

METRICS = ("--channelwise", "--latent", "--latent-cosine", "--softmax", "--equivariance")

Names = str | Iterable[str] | None


def measure(
    model: Any,
    data: Any,
    group: str | None = "C8",
    *,
    softmax: Names = None,
    latent: Names = None,
    channelwise: Names = None,
    probes: Iterable[Probe] = (),
    labels: Any = None,
    name: str | None = None,
    version: str | None = None,
    exports: bool = True,
    **options: Any,
) -> Result:
    """Measure how equivariant or invariant a model is.

    Parameters
    ----------
    model : path, torch.nn.Module, or callable
        An ONNX file or another model of the tool's. Or a module, which is measured in evaluation
        mode without gradients; its submodules can be probed by their paths, such as ``layer1.0``,
        or ``lstm.0`` for one of several outputs. Or any function of a batch ``[N, ...]``, a NumPy array in float32 that it may change; it
        returns an array or tensor with N rows, named ``output``, or a dictionary, tuple or list of
        them, named by keys and positions.
    data : path, array, tensor, iterable of them, or mapping of these by input
        The examples ``[N, C, H, W]`` or ``[N, ...]``: numbers as they are, but bytes divided by
        255. The items of an iterable are examples, or tuples that begin with one; of a DataLoader,
        batches.
    group : str, optional
        Such as ``"C8"``, ``"D4"``, ``"flip"``.
    softmax, latent, channelwise : str or list of str, optional
        The tensors to measure. If no probe is given, the tool chooses.
    probes : list of Probe, optional
        Further probes.
    labels : path or array, optional
        The class of each example.
    name, version : str, optional
        What a model in Python is known by. ``resume`` and ``shard`` need a version that changes
        with its weights if it is not exported.
    exports : bool, optional
        Whether a module is measured as an ONNX file, if it is on the CPU and can be exported.
        Otherwise it is called where it is, which starts faster.
    **options
        The options of ``geed measure`` with underscores, such as ``samples=200``, ``seed=1``,
        ``precision="5%"``, ``equivariance={"mask": "spatial"}``, ``control=["noise"]``,
        ``subgroups=True``, ``store="geed.sqlite"``.

    Returns
    -------
    Result
        After Ctrl-C the result so far, see ``Result.interrupted``, or ``KeyboardInterrupt`` if
        there is none. A second Ctrl-C ends the measurement at once.

    Raises
    ------
    GeedError
        The error of the tool in its own words. Exceptions of a model are raised as they are.
    """
    name = name or str(getattr(model, "__name__", type(model).__name__))
    with tempfile.TemporaryDirectory(prefix="geed-") as temporary:
        folder = Path(temporary)
        options["data"] = data_file(data, folder / "data.npy")
        options["scale_data"] = data_file(options.get("scale_data"), folder / "scale-data.npy")
        if labels is not None and not isinstance(labels, str | os.PathLike):
            np.savetxt(folder / "labels.csv", np.asarray(labels), "%s")
            labels = folder / "labels.csv"
        options |= {"group": group, "labels": labels, "json": True}
        options |= {"softmax": softmax, "latent": latent, "channelwise": channelwise}
        if not all(isinstance(probe, Probe) for probe in probes):
            raise TypeError(f"Expected probes as geed.Probe(metric, tensor), but got {probes!r}.")
        words = command_line(options) + [word for probe in probes for word in probe.words()]
        if isinstance(model, str | os.PathLike):
            text = tool.run("measure", os.fspath(model), *words)
        elif is_module(model):
            text = _measure_module(model, words, name, version, exports)
        elif not callable(model) or isinstance(model, type):
            raise TypeError(f"Expected a module, ONNX file or function, but got {model!r:.60}.")
        else:
            text = stream(words, lambda batch: named_outputs(model(batch)), name, version)
    result = Result(text)
    if result.interrupted:
        warnings.warn("The measurement was interrupted; this is the result so far.", stacklevel=2)
    return result


def _measure_module(
    module: Any, words: list[str], name: str, version: str | None, exports: bool
) -> str:
    """Measure the ONNX file of a module, or the module itself."""
    if any(word.startswith("--stochastic=") for word in words):
        raise ValueError(
            "A module is not random in evaluation mode; give a function that calls it."
        )
    tensors = [word.split("=")[1] for word in words if word.split("=")[0] in METRICS]
    is_on_cpu = all(weight.device.type == "cpu" for weight in weights(module))
    with tempfile.TemporaryDirectory(prefix="geed-") as folder, evaluated(module, tensors) as model:
        if exports and is_on_cpu:
            path = os.path.join(folder, f"{file_name(name)}.onnx")
            reason = export(module, model, first_batch(words, name), path)
            if not reason:
                return tool.run("measure", path, *words)
            warnings.warn(f"The module is called, not exported: {reason}", stacklevel=3)
        return stream(words, model, name, version)
