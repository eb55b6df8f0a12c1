# SPDX-License-Identifier: MIT
"""Data and options of Python as files and words for the tool."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Number
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Probe:
    """One metric of one tensor, as an alternative to the arguments of `measure`.

    Parameters
    ----------
    metric : str
        ``"channelwise"``, ``"latent"``, ``"latent-cosine"``, ``"softmax"`` or ``"equivariance"``.
    tensor : str
        The name of the tensor.
    action, distance : str, optional
        Of equivariance: how the group acts on the tensor, such as ``"spatial"``, and the distance.
    fields, layout_of, scores : str, optional
        What the model does not determine, as the options of the tool with these names.
    """

    metric: str
    tensor: str
    action: str | None = None
    distance: str | None = None
    fields: str | None = None
    layout_of: str | None = None
    scores: str | None = None

    def words(self) -> list[str]:
        """Return the options of the tool that state this probe."""
        options: dict[str, Any] = {self.metric: self.tensor}
        if self.action is not None:
            options[self.metric] = {self.tensor: self.action}
        for name in ("distance", "fields", "layout_of", "scores"):
            if (value := getattr(self, name)) is not None:
                options[name] = {self.tensor: value}
        return command_line(options)


def command_line(options: Mapping[str, Any]) -> list[str]:
    """Return options as the tool takes them.

    ``True`` is a flag, ``False`` and ``None`` are nothing. A mapping or an iterable is an option for
    each item, but numbers are one, as in ``mean=(0.5, 0.5, 0.5)``.
    """
    words = []
    for name, value in options.items():
        if value is None or value is False:
            continue
        if isinstance(value, Mapping):
            value = [f"{key}={item}" for key, item in value.items()]
        if isinstance(value, str) or not isinstance(value, Iterable):
            value = [value]
        items = list(value)
        if len(items) > 1 and all(isinstance(item, Number) for item in items):
            items = [",".join(map(str, items))]
        flag = "--" + name.replace("_", "-")
        words += [flag if item is True else f"{flag}={item}" for item in items]
    return words


def as_array(value: Any) -> Array:
    """Return an array, or a tensor of any device, in C order and little-endian."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = value.float() if str(value.dtype) == "torch.bfloat16" else value
    if not hasattr(value, "__array__"):
        raise TypeError(f"Expected an array, but got {type(value).__name__}.")
    if np.ma.is_masked(value):
        raise TypeError("Expected an array without masked values.")
    array = np.asarray(value)
    return array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)


def data_file(data: Any, path: Path) -> Any:
    """Return what the tool reads as data: the path of a file, which is written if they are arrays.

    Data by the names of inputs are files by the names of inputs.
    """
    if data is None or isinstance(data, str | os.PathLike):
        return data
    if isinstance(data, Mapping):
        paths = [path.with_name(f"{number}-{path.name}") for number in range(len(data))]
        return dict(zip(data, map(data_file, data.values(), paths), strict=True))
    array = as_array(data) if hasattr(data, "__array__") else _joined(data)
    np.save(path, array, allow_pickle=False)
    return path


def _joined(data: Any) -> Array:
    """Return the examples of an iterable, such as a list, a Dataset or a DataLoader, as one array."""
    is_loader = hasattr(data, "batch_sampler")  # a DataLoader, which makes lists of tuples
    has_batches = is_loader and data.batch_sampler is not None
    # Datasets of PyTorch have a length, but need not end by an IndexError.
    items = data if isinstance(data, Iterable) else (data[i] for i in range(len(data)))
    pair = (tuple, list) if is_loader else tuple
    parts = [as_array(item[0] if isinstance(item, pair) else item) for item in items]
    if not parts:
        raise ValueError("Expected examples, but the data have none.")
    if not has_batches and parts[0].ndim > 3:
        raise ValueError(f"Items {parts[0].shape} may be examples or batches; give one array.")
    join = np.concatenate if has_batches else np.stack
    return join(parts, casting="no")  # bytes, which are divided by 255, stay apart from floats
