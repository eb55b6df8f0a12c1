# SPDX-License-Identifier: MIT
"""Data and options of Python as files and words for the tool."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from numbers import Number
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

METRICS = ("channelwise", "latent", "latent_cosine", "softmax", "equivariance")


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

    def options(self) -> Iterator[tuple[str, str]]:
        """Yield the options of the tool that state this probe."""
        action = "" if self.action is None else f"={self.action}"
        yield self.metric.replace("-", "_"), self.tensor + action
        for option in ("distance", "fields", "layout_of", "scores"):
            if (value := getattr(self, option)) is not None:
                yield option, f"{self.tensor}={value}"


def words_of(value: Any) -> list[str]:
    """Return the words of an option: of ``None`` none, of a list or mapping one for each item.

    Numbers in a list are one word, as in ``mean=(0.5, 0.5, 0.5)``.
    """
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [f"{key}={item}" for key, item in value.items()]
    if isinstance(value, str | os.PathLike) or not isinstance(value, Iterable):
        return [str(value)]
    items = list(value)
    words = [str(item) for item in items]
    are_numbers = items and all(isinstance(item, Number) for item in items)
    return [",".join(words)] if are_numbers else words


def command_line(options: Mapping[str, Any]) -> list[str]:
    """Return options as the tool takes them: ``True`` is a flag, ``False`` and ``None`` nothing."""
    words = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        is_flag = isinstance(value, bool)
        words += [flag] * value if is_flag else [f"{flag}={word}" for word in words_of(value)]
    return words


def as_array(value: Any) -> Array:
    """Return an array in C order and little-endian; tensors are copied from their device."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = value.float() if str(value.dtype) == "torch.bfloat16" else value
    array = np.asarray(value)
    if array.dtype.hasobject:
        raise TypeError(f"An array of numbers is expected, but this is of {type(value).__name__}.")
    return np.ascontiguousarray(array, array.dtype.newbyteorder("<")).reshape(array.shape)


def data_file(data: Any, path: Path) -> str:
    """Return the path of data, which are written to `path` if they are arrays."""
    if isinstance(data, str | os.PathLike):
        return os.fspath(data)
    if hasattr(data, "__array__"):
        array = as_array(data)
    else:
        parts = [as_array(part) for part in _first_parts(data)]
        if len(kinds := {part.dtype.name for part in parts}) > 1:
            raise ValueError(f"Examples of one type are expected, but these are {sorted(kinds)}.")
        has_batches = getattr(data, "batch_sampler", None) is not None  # a DataLoader
        array = np.concatenate(parts) if has_batches else np.stack(parts)
    np.save(path, array, allow_pickle=False)
    return str(path)


def _first_parts(data: Any) -> Iterator[Any]:
    """Yield the first part of every item, such as the image of an image and its label."""
    is_indexed = hasattr(data, "__getitem__") and hasattr(data, "__len__")
    for item in (data[i] for i in range(len(data))) if is_indexed else data:
        is_pair = isinstance(item, tuple | list) and item and hasattr(item[0], "shape")
        yield item[0] if is_pair else item


def labels_file(labels: Any, path: Path) -> str:
    """Return the path of labels, which are written to `path` if they are numbers."""
    if isinstance(labels, str | os.PathLike):
        return os.fspath(labels)
    array = as_array(labels)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        kind = f"{array.dtype.name} of shape {array.shape}"
        raise ValueError(f"Labels are whole numbers, one for each example, but these are {kind}.")
    np.savetxt(path, array, "%d")
    return str(path)
