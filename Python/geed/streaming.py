# SPDX-License-Identifier: MIT
"""A model in this process, which answers the tool in its protocol for programs.

The model runs in the thread that asked for the measurement: what is set there for a thread, such as
``torch.autocast``, holds for it, and its exceptions are raised where they are expected.
"""

import contextlib
import functools
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Any

import numpy as np

from geed import tool
from geed.inputs import Array, as_array

#: From a batch, its own copy in float32, to named outputs.
Model = Callable[[Any], Iterable[tuple[str, Any]]]

#: The program that the tool starts passes on what the tool asks and what this process answers.
PROGRAM = """#!/bin/sh
cat <"/dev/fd/$GEED_PYTHON_ANSWERS" &
cat >"/dev/fd/$GEED_PYTHON_REQUESTS"
kill $! 2>/dev/null || true
"""


def named_outputs(output: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Name what a model returns: by keys and positions, such as ``features.1``, or ``output``."""
    if isinstance(output, Mapping | tuple | list):
        parts = output.items() if isinstance(output, Mapping) else enumerate(output)
        for key, part in parts:
            yield from named_outputs(part, f"{name}.{key}" if name else str(key))
    elif output is not None:
        yield name or "output", output


def file_name(name: str) -> str:
    """Return a name for a file that needs no quotes in a command."""
    return re.sub(r"[^\w.+-]+", "", name, flags=re.ASCII).lstrip("-.") or "model"


def stream(words: list[str], model: Model, name: str, version: str | None) -> str:
    """Measure a model in this process and return what the tool prints.

    Parameters
    ----------
    words : list of str
        The options of ``geed measure``.
    model : callable
        The model.
    name, version : str
        What the model is known by; results show the name.
    """
    if version is None and any(re.match("--(resume$|shard=)", word) for word in words):
        raise ValueError("'resume' and 'shard' need a 'version' that changes with the weights.")
    statement = {"geed": 1, "name": name} | ({"version": version} if version else {})
    with tempfile.TemporaryDirectory(prefix="geed-") as folder:
        # A program with the name of the model, which results then show instead of paths.
        program = Path(folder, file_name(name))
        program.write_text(PROGRAM)
        program.chmod(0o700)
        command = program.name if os.access(program, os.X_OK) else f"sh {program}"
        path = os.pathsep.join([folder, *os.get_exec_path()])
        serve = functools.partial(_answer, model, statement)
        return tool.run("measure", f"exec:{command}", *words, serve=serve, PATH=path)


def _answer(
    model: Model, statement: dict[str, Any], requests: BufferedReader, answers: FileIO
) -> None:
    """Answer the batches until the tool ends or the model fails."""
    _write(answers, statement)
    try:
        while line := requests.readline():
            batch = np.empty(json.loads(line)["shape"], "<f4")
            if requests.readinto(batch.data) < batch.nbytes:
                return
            arrays = [(name, as_array(part)) for name, part in model(batch)]
            stated = [{"name": n, "type": a.dtype.name, "shape": a.shape} for n, a in arrays]
            _write(answers, {"outputs": stated}, *(a.tobytes() for _, a in arrays), b"end\n")
    except BaseException as error:
        _write(answers, {"error": type(error).__name__})
        raise


def _write(answers: FileIO, line: dict[str, Any], *parts: bytes) -> None:
    """Write a line and arrays; if the tool has ended, it says itself why."""
    with contextlib.suppress(BrokenPipeError):
        for part in (json.dumps(line).encode() + b"\n", *parts):
            rest = memoryview(part)
            while rest:
                rest = rest[answers.write(rest) :]


class _FirstBatch(Exception):
    """Ends a measurement whose only purpose is to know a batch."""


def first_batch(words: list[str], name: str) -> Array:
    """Return the first batch that a measurement would send to a model, every example twice."""
    batches: list[Array] = []

    def model(batch: Array) -> Iterable[tuple[str, Any]]:
        batches.append(batch)
        raise _FirstBatch

    # Options that are for ONNX files alone, or for stores, change no batch.
    other = "--(arithmetic|control|input|layout|provider|resume|shard|store|threads)(=|$)"
    with contextlib.suppress(_FirstBatch):
        stream([word for word in words if not re.match(other, word)], model, name, None)
    return batches[0].repeat(2, axis=0)
