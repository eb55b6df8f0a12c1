# SPDX-License-Identifier: MIT
"""Modules of PyTorch, which is imported only where it already is."""

import contextlib
import functools
import io
import itertools
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from geed.inputs import Array, as_array
from geed.streaming import Model, named_outputs


def is_module(model: Any) -> bool:
    """Whether a model is a module of PyTorch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(model, torch.nn.Module)


def weights(module: Any) -> Iterator[Any]:
    """Yield the parameters and buffers of a module."""
    return itertools.chain(module.parameters(), module.buffers())


@contextlib.contextmanager
def evaluated(module: Any, tensors: list[str]) -> Iterator[Model]:
    """Provide a function from a batch to the outputs of a module and of the submodules in `tensors`.

    The module is in evaluation mode and without gradients; afterwards every submodule has the mode
    that it had before. Batches are moved to its device and get the type of its weights.
    """
    torch: Any = sys.modules["torch"]
    modes = [(part, part.training) for part in module.modules()]
    like = next(filter(torch.is_floating_point, weights(module)), torch.empty(0))
    kept: dict[str, dict[str, tuple[Any, Any]]] = {}

    def keep(path: str, part: Any, inputs: Any, output: Any) -> None:
        if path in kept:
            raise ValueError(
                f"The submodule '{path}' computes more than once for a batch, so that its output "
                "is not one tensor; name a submodule that computes once."
            )
        # What follows, such as ReLU(inplace=True), may overwrite the output.
        named = named_outputs(output, path)
        kept[path] = {name: (part, part.clone()) for name, part in named.items()}

    def outputs(batch: Any) -> dict[str, Any]:
        kept.clear()
        tensor = torch.from_numpy(batch) if isinstance(batch, np.ndarray) else batch
        own = named_outputs(module(tensor.to(like.device, like.dtype)))
        for path, inner in kept.items():
            wanted = inner.keys() & set(tensors)
            if not wanted:
                names = ", ".join(inner)
                raise ValueError(f"The submodule '{path}' computes {names}; name one of them.")
            for name in wanted:
                part, copy = inner[name]
                if own.get(name, part) is not part:
                    raise ValueError(f"'{name}' is the name of both an output and a submodule.")
                own[name] = copy
        return own

    parts = dict(module.named_modules())
    paths = {path for tensor in tensors if (path := _path(parts, tensor))}
    hooks = [parts[path].register_forward_hook(functools.partial(keep, path)) for path in paths]
    try:
        module.eval()
        with torch.no_grad():
            yield outputs
    finally:
        for hook in hooks:
            hook.remove()
        module.train(modes[0][1])  # for layers that do more than to remember their mode
        for part, is_training in modes:
            part.training = is_training


def _path(parts: dict[str, Any], tensor: str) -> str:
    """Return the path of the submodule that computes a tensor, such as ``lstm`` for ``lstm.0``."""
    while tensor and tensor not in parts:
        tensor = tensor.rpartition(".")[0]
    return tensor


def export(module: Any, outputs: Model, sample: Array, path: str) -> str:
    """Write a module as an ONNX file and compare its outputs with those of the module.

    Returns
    -------
    str
        The reason why there is no file that computes the same; empty if there is.
    """
    torch: Any = sys.modules["torch"]

    class Outputs(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.module = module

        def forward(self, batch: Any) -> tuple[Any, ...]:
            return tuple(outputs(batch).values())

    expected = {name: as_array(part) for name, part in outputs(sample.copy()).items()}
    batch = "input" + "_" * ("input" in expected)
    names = {"input_names": [batch], "output_names": list(expected)}
    lengths = ({0: torch.export.Dim.AUTO},)  # batches of any length
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        import onnxruntime

        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            inputs = (torch.from_numpy(sample),)
            program = torch.onnx.export(
                Outputs().eval(),
                inputs,
                dynamic_shapes=lengths,
                dynamo=True,
                verbose=False,
                **names,
            )
        for value in itertools.chain.from_iterable(node.outputs for node in program.model.graph):
            if value.name in expected and not value.is_graph_output():
                value.name = f"{value.name}.inner"
        program.save(path)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        found = session.run(list(expected), {batch: sample})
    except Exception as error:  # noqa: BLE001 - whatever it is, the module can be called
        return str(error.__cause__ or error).strip().partition("\n")[0]
    finally:
        logging.disable(before)
    for (name, array), other in zip(expected.items(), found, strict=True):
        # Rounding differs by about 1e-6 of the largest number in float32, and 1e-2 in float16.
        part = 1e-3 if array.dtype.itemsize >= 4 else 3e-2
        limit = part * np.nan_to_num(np.abs(array)).max(initial=0)
        numbers = array.astype("f8"), other.astype("f8")
        if array.shape != other.shape or not np.allclose(*numbers, 0, limit, equal_nan=True):
            return f"the file computes other numbers for '{name}'"
    return ""
