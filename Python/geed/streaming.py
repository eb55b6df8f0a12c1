# SPDX-License-Identifier: MIT
"""A model in this process, which answers the tool in its protocol for programs.

The model runs in the thread that asked for the measurement: what is set there for a thread, such as
``torch.autocast``, holds for it, and its exceptions are raised where they are expected.
"""

import contextlib
import json
import os
import re
import shlex
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from geed.inputs import Array, as_array
from geed.tool import Process, ToolEnded

Model = Callable[[Array], Any]

RELAY = Path(__file__).with_name("relay.py")


def named_outputs(output: Any, name: str = "") -> dict[str, Any]:
    """Name what a model returns: by keys and positions, such as ``features.1``, or ``output``."""
    if isinstance(output, Mapping):
        parts = [(str(key), part) for key, part in output.items()]
    elif isinstance(output, tuple | list) and not _is_numbers(output):
        parts = [(str(position), part) for position, part in enumerate(output)]
    else:
        return {} if output is None else {name or "output": output}
    outputs: dict[str, Any] = {}
    for key, part in parts:
        inner = named_outputs(part, f"{name}.{key}" if name else key)
        if both := outputs.keys() & inner.keys():
            raise ValueError(f"The model returns two outputs with the name '{both.pop()}'.")
        outputs |= inner
    return outputs


def _is_numbers(value: Any) -> bool:
    """Whether a value is a number or made of lists of numbers, and so is one array."""
    if isinstance(value, tuple | list):
        return all(_is_numbers(part) for part in value)
    return np.isscalar(value)


def file_name(name: str) -> str:
    """Return a name for a file that needs no quotes in a command."""
    return re.sub(r"[^\w.+-]+", "", name, flags=re.ASCII).lstrip("-.") or "model"


class _Batch(Exception):
    """Ends a measurement whose only purpose is to know a batch."""


def first_batch(words: list[str], name: str) -> Array:
    """Return the first batch that a measurement would send to a model, of at least two examples."""

    def model(batch: Array) -> None:
        raise _Batch(batch)

    # Options that are for ONNX files alone change no batch.
    of_files = ("--threads=", "--provider=", "--arithmetic=", "--layout=", "--input=")
    try:
        stream([word for word in words if not word.startswith(of_files)], model, name, version="")
    except _Batch as ended:
        batch: Array = ended.args[0]
        return batch if len(batch) > 1 else batch.repeat(2, axis=0)
    raise AssertionError("A measurement has sent no batch.")


def stream(words: list[str], model: Model, name: str, version: str | None) -> str:
    """Measure a model in this process and return what the tool prints.

    Parameters
    ----------
    words : list of str
        The options of ``geed measure``.
    model : callable
        Takes a batch ``[N, ...]``, its own copy in float32, and returns arrays with N rows.
    name, version : str
        What the model is known by; results show the name.
    """
    if version is None and any(re.match("--(resume$|shard=)", word) for word in words):
        raise ValueError(
            "Whether a run is continued with the same model is not known of a model in Python; "
            "'resume' and 'shard' need a 'version' that changes with its weights."
        )
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryDirectory(prefix="geed-") as folder, ours, Process() as tool:
        # A program with the name of the model, which results then show instead of paths.
        program = Path(folder, file_name(name))
        relay = shlex.join([sys.executable, "-I", str(RELAY)])
        program.write_text(f"#!/bin/sh\nexec {relay}\n")
        program.chmod(0o700)
        command = program.name if os.access(program, os.X_OK) else f"{relay} {program.name}"
        with theirs:
            tool.start(
                ["measure", f"exec:{command}", *words],
                channels=(theirs.fileno(),),
                GEED_PYTHON_CHANNEL=str(theirs.fileno()),
                PATH=os.pathsep.join([folder, *os.get_exec_path()]),
            )
        statement = {"geed": 1, "name": name} | ({"version": version} if version else {})
        with contextlib.suppress(ToolEnded):
            _serve(tool, ours, model, statement)
        return tool.result()


def _serve(tool: Process, channel: socket.socket, model: Model, statement: dict[str, Any]) -> None:
    """Answer the batches until the tool ends or the model fails."""
    try:
        _send(channel, statement)
        for batch in _batches(channel):
            tool.is_computing = True
            outputs = named_outputs(model(batch))
            arrays = {name: as_array(part) for name, part in outputs.items()}
            tool.is_computing = False
            stated = [
                {"name": name, "type": array.dtype.name, "shape": array.shape}
                for name, array in arrays.items()
            ]
            _send(channel, {"outputs": stated}, *arrays.values(), end=b"end\n")
    except BaseException as error:
        tool.is_computing = False  # the tool ends when it reads the error, which must not replace it
        _send(channel, {"error": f"{type(error).__name__}: {error}"[:1000]})
        raise
    finally:
        tool.is_computing = False


def _batches(channel: socket.socket) -> Iterator[Array]:
    """Yield the batches that the tool sends, until it ends."""
    with contextlib.suppress(ConnectionError), channel.makefile("rb") as requests:
        while line := requests.readline():
            batch = np.empty(json.loads(line)["shape"], "<f4")
            if requests.readinto(batch.data.cast("B")) == batch.nbytes:
                yield batch


def _send(channel: socket.socket, line: dict[str, Any], *arrays: Array, end: bytes = b"") -> None:
    """Write a line and arrays; if the tool has ended, it says itself why."""
    with contextlib.suppress(ConnectionError):
        channel.sendall(json.dumps(line).encode() + b"\n")
        for array in arrays:
            channel.sendall(array.tobytes())
        channel.sendall(end)
