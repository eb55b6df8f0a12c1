# SPDX-License-Identifier: MIT
"""Modules of PyTorch, which is imported only where it already is."""

import contextlib
import functools
import io
import itertools
import sys
import warnings
from collections.abc import Iterator
from typing import Any

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
    kept: dict[str, tuple[Any, Any]] = {}

    def keep(path: str, part: Any, inputs: Any, output: Any) -> None:
        for name, tensor in named_outputs(output, path):
            if name in kept:
                raise ValueError(f"'{name}' is computed more than once; name another submodule.")
            if name in tensors:  # what follows, such as ReLU(inplace=True), may overwrite it
                kept[name] = tensor, tensor.clone()

    def outputs(batch: Any) -> list[tuple[str, Any]]:
        kept.clear()
        own = list(named_outputs(module(torch.as_tensor(batch).to(like.device, like.dtype))))
        same = {(name, id(tensor)) for name, tensor in own}
        inner = [
            (name, copy) for name, (part, copy) in kept.items() if (name, id(part)) not in same
        ]
        return own + inner

    parts = dict(module.named_modules())
    paths = {path for tensor in tensors if (path := _path(parts, tensor))}
    try:
        module.eval()
        with torch.no_grad(), contextlib.ExitStack() as hooks:
            for path in paths:
                hook = functools.partial(keep, path)
                hooks.enter_context(parts[path].register_forward_hook(hook))
            yield outputs
    finally:
        module.train(modes[0][1])  # for layers that do more than to remember their mode
        for part, is_training in modes:
            part.training = is_training


def _path(parts: dict[str, Any], tensor: str) -> str:
    """Return the path of the submodule that computes a tensor, such as ``lstm`` for ``lstm.0``."""
    while tensor and tensor not in parts:
        tensor = tensor.rpartition(".")[0]
    return tensor


def export(module: Any, outputs: Model, sample: Any, path: str) -> str:
    """Write a module as an ONNX file and compare its outputs with those of the module.

    Returns
    -------
    str
        The reason why there is no file that computes the same; empty if there is.
    """
    torch: Any = sys.modules["torch"]

    class Exported(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.module = module

        def forward(self, batch: Any) -> tuple[Any, ...]:
            return tuple(part for _, part in outputs(batch))

    batch = torch.as_tensor(sample)
    computed = outputs(batch.clone())
    try:
        expected = {name: part.clone() for name, part in computed}
        with warnings.catch_warnings(action="ignore"), contextlib.redirect_stderr(io.StringIO()):
            program = torch.onnx.export(
                Exported().eval(),
                (batch,),
                dynamic_shapes=({0: torch.export.Dim.AUTO},),  # batches of any length
                dynamo=True,
                verbose=False,
                input_names=["input" + "_" * ("input" in expected)],
                output_names=list(expected),
            )
        for value in itertools.chain.from_iterable(node.outputs for node in program.model.graph):
            if value.name in expected and not value.is_graph_output():
                value.name = f"{value.name}.inner"
        program.save(path)
        for (name, part), found in zip(expected.items(), program(batch), strict=True):
            # Rounding differs by about 1e-6 of the largest number in float32, and 1e-2 in float16.
            limit = (1e-3 if part.dtype.itemsize >= 4 else 3e-2) * part.abs().max().item()
            if found.shape != part.shape or not torch.allclose(found, part, rtol=0, atol=limit):
                return f"the file computes other numbers for '{name}'"
    except Exception as error:  # noqa: BLE001 - whatever it is, the module can be called
        return str(error.__cause__ or error).strip().partition("\n")[0] or type(error).__name__
    return ""
