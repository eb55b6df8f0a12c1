# SPDX-License-Identifier: MIT
"""Results of the tool, which it prints, compares and checks."""

from __future__ import annotations

import contextlib
import html
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geed import tool
from geed.inputs import command_line

if TYPE_CHECKING:
    import pandas

Key = tuple[str, str]


class Document:
    """JSON of the tool, shown as the table that the tool prints of it.

    Attributes
    ----------
    json : str
        The JSON, byte for byte.
    document : dict
        The parsed JSON.
    """

    def __init__(self, text: str) -> None:
        self.json = text
        self.document: dict[str, Any] = json.loads(text)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the JSON to a file, as ``--json`` of the tool does."""
        Path(path).write_text(self.json, encoding="utf-8")

    def _repr_html_(self) -> str:
        return f'<pre style="white-space: pre">{html.escape(repr(self))}</pre>'


class Result(Document):
    """The result of a measurement.

    ``result["softmax", "logits"]`` is what the document says of a metric and a tensor.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        if not self.document["schema"].startswith("geed.measurement/"):
            raise ValueError(f"This is not a measurement, but {self.document['schema']}.")
        self._entries: dict[Key, dict[str, Any]] = {
            (entry["metric"], entry["tensor"]): entry for entry in self.document["results"]
        }

    @classmethod
    def load(cls, source: str | os.PathLike[str]) -> Result:
        """Read a file of ``save`` or ``geed measure --json``, or a run such as ``geed.sqlite#3``."""
        return cls(tool.run("export", os.fspath(source), "--format=json"))

    def __repr__(self) -> str:
        with _file(self) as path:
            return tool.run("show", path).rstrip("\n")

    def to_pandas(self) -> pandas.DataFrame:
        """Return a table with one row for each metric and tensor, of all that is one value."""
        import pandas

        rows = []
        for entry in self.document["results"]:
            row = {key: part for key, part in entry.items() if not isinstance(part, list | dict)}
            row["low"], row["high"] = entry["confidenceInterval"] or (None, None)
            row["verdict"] = (entry.get("verdict") or {}).get("sentence")
            rows.append(row | {"notes": " ".join(entry["notes"])})
        return pandas.DataFrame(rows)

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C or another signal stopped the measurement; the notes say when."""
        return bool(self.document.get("endedEarly"))

    def __getitem__(self, key: Key) -> dict[str, Any]:
        return self._entries[key]

    @property
    def values(self) -> dict[Key, float | None]:
        """The value of every metric and tensor; ``None`` where the notes say why there is none."""
        return {key: entry["value"] for key, entry in self._entries.items()}

    @property
    def intervals(self) -> dict[Key, list[float | None] | None]:
        """The ends of the confidence interval of every metric and tensor, if there is one."""
        return {key: entry["confidenceInterval"] for key, entry in self._entries.items()}


class Comparison(Document):
    """The differences of two results, as ``geed compare`` computes them."""

    def __init__(self, text: str, table: str) -> None:
        super().__init__(text)
        self._table = table

    def __repr__(self) -> str:
        return self._table.rstrip("\n")


Run = Result | str | os.PathLike[str]


@contextlib.contextmanager
def _file(run: Run) -> Iterator[str]:
    """Provide the path of a result's JSON, or the path or number of a run as it is."""
    if not isinstance(run, Result):
        yield os.fspath(run)
        return
    with tempfile.TemporaryDirectory(prefix="geed-") as folder:
        path = os.path.join(folder, "result.json")
        run.save(path)
        yield path


def compare(a: Run, b: Run, **options: Any) -> Comparison:
    """Compare two models that were measured on the same examples, with the same group and seed.

    Parameters
    ----------
    a, b : Result, path, or run such as ``geed.sqlite#3``
        The difference is that of `a` minus `b`.
    **options
        The options of ``geed compare``: ``match``, ``level``, ``interval``.
    """
    with _file(a) as first, _file(b) as second:
        words = ["compare", first, second, *command_line(options)]
        return Comparison(tool.run(*words, "--json"), tool.run(*words))


def check(result: Run, below: Mapping[str, float] | Iterable[str] | str, **options: Any) -> str:
    """Require that the upper ends of intervals are at most some limits.

    In a test of pytest::

        def test_rotations():
            result = geed.measure("model.onnx", "images/", softmax="logits", samples=200)
            geed.check(result, below={"softmax": 0.1, "latent:features": 0.3})

    Parameters
    ----------
    result : Result, path, or run such as ``geed.sqlite#3``
        The result.
    below : dict, or str or list of str
        The limit for a metric, or a metric and a tensor or pattern: ``{"channelwise:layer*": -0.8}``
        or ``"channelwise:layer*=-0.8"``.
    **options
        The options of ``geed check``: ``junit``.

    Returns
    -------
    str
        What the tool prints of the checks that passed.

    Raises
    ------
    CheckFailed
        If an upper end is larger or does not exist; pytest and unittest report it as a failure.
    """
    with _file(result) as path:
        return tool.run("check", path, *command_line({"below": below} | options))
