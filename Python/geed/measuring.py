# SPDX-License-Identifier: MIT
"""Measuring models in Python."""

import os
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from geed.inputs import METRICS, Probe, command_line, data_file, labels_file, words_of
from geed.modules import evaluated, export, is_module, weights
from geed.results import Result
from geed.streaming import Model, file_name, first_batch, stream
from geed.tool import Process

Names = str | Iterable[str] | None


def measure(
    model: Any,
    data: Any,
    group: str | None = "C8",
    *,
    softmax: Names = None,
    latent: Names = None,
    latent_cosine: Names = None,
    channelwise: Names = None,
    equivariance: Names | Mapping[str, str] = None,
    probes: Iterable[Probe] = (),
    labels: Any = None,
    name: str | None = None,
    version: str | None = None,
    exports: bool | None = None,
    **options: Any,
) -> Result:
    """Measure how equivariant or invariant a model is.

    Parameters
    ----------
    model : path, torch.nn.Module, or callable
        An ONNX file or another model of the tool's. Or a module, which is measured in evaluation
        mode without gradients; its submodules can be probed by their paths, such as ``layer1.0``.
        Or any function of a batch ``[N, ...]``, a NumPy array in float32 that it may change; it
        returns an array or tensor with N rows, named ``output``, or a dictionary, tuple or list of
        them, named by keys and positions.
    data : path, array, tensor, iterable of them, or mapping of these by input
        The examples ``[N, C, H, W]`` or ``[N, ...]``: numbers as they are, but bytes divided by
        255. The items of an iterable are examples, or pairs that begin with one; of a DataLoader,
        batches.
    group : str, optional
        Such as ``"C8"``, ``"D4"``, ``"flip"``.
    softmax, latent, latent_cosine, channelwise : str or list of str, optional
        The tensors to measure. If no probe is given, the tool chooses.
    equivariance : str, list of str, or dict, optional
        ``{"mask": "spatial"}`` or ``"mask=spatial"``.
    probes : list of Probe, optional
        Further probes.
    labels : path or array, optional
        The class of each example.
    name, version : str, optional
        What a model in Python is known by. ``resume`` and ``shard`` need a version that changes
        with its weights if it is not exported.
    exports : bool, optional
        Whether a module is exported to ONNX; ``False`` calls it where it is, which starts faster.
        By default it is called if it is not on the CPU or cannot be exported.
    **options
        The options of ``geed measure`` with underscores, such as ``samples=200``, ``seed=1``,
        ``precision="5%"``, ``subgroups=True``, ``control=["noise"]``, ``store="geed.sqlite"``.

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
    if not isinstance(model, str | os.PathLike) and not callable(model):
        kind = type(model).__name__
        raise TypeError(f"A path, a torch.nn.Module or a function is expected, but not a {kind}.")
    given = (channelwise, latent, latent_cosine, softmax, equivariance)
    options |= zip(METRICS, given, strict=True)
    for probe in probes:
        for option, word in probe.options():
            options[option] = [*words_of(options.get(option)), word]
    name = name or str(getattr(model, "__name__", type(model).__name__))
    with tempfile.TemporaryDirectory(prefix="geed-") as temporary:
        folder = Path(temporary)
        for option, value in ("data", data), ("scale_data", options.get("scale_data")):
            parts = value if isinstance(value, Mapping) else {"": value}
            options[option] = [
                f"{key}=" * bool(key) + data_file(part, folder / f"{option}{number}.npy")
                for number, (key, part) in enumerate(parts.items())
                if part is not None
            ]
        if labels is not None:
            options["labels"] = labels_file(labels, folder / "labels.csv")
        words = command_line({"group": group} | options | {"json": True})
        if isinstance(model, str | os.PathLike):
            text = _measure_file(os.fspath(model), words)
        elif not is_module(model):
            text = stream(words, model, name, version)
        elif options.get("stochastic") is not None:
            raise ValueError(
                "'stochastic' is for random models, but a module is measured in evaluation mode; "
                "give a function that calls the module."
            )
        else:
            words_of_probes = [word for metric in METRICS for word in words_of(options[metric])]
            tensors = [word.partition("=")[0] for word in words_of_probes]
            with evaluated(model, tensors) as outputs:
                path = _exported(model, outputs, exports, words, folder / f"{file_name(name)}.onnx")
                text = _measure_file(path, words) if path else stream(words, outputs, name, version)
    store = options.get("store")
    result = Result(text) if store is None else Result.stored(text, store)
    if result.interrupted:
        warnings.warn("The measurement was interrupted; this is the result so far.", stacklevel=2)
    return result


def _measure_file(path: str, words: list[str]) -> str:
    with Process() as tool:
        tool.start(["measure", path, *words])
        return tool.result()


def _exported(
    module: Any, outputs: Model, exports: bool | None, words: list[str], path: Path
) -> str | None:
    """Return the path of a module's ONNX file, or ``None`` if it is to be called."""
    is_on_cpu = all(weight.device.type == "cpu" for weight in weights(module))
    if not (is_on_cpu if exports is None else exports):
        return None
    reason = export(module, outputs, first_batch(words, path.stem), str(path))
    if reason and exports:
        raise ValueError(f"The module cannot be exported: {reason}")
    if reason:
        warnings.warn(f"The module is called, not exported: {reason}", stacklevel=3)
    return None if reason else str(path)
