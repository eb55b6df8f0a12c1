# SPDX-License-Identifier: MIT
"""Results of the tool, which it prints, compares and checks."""

from __future__ import annotations

import contextlib
import functools
import html
import io
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geed import tool
from geed.inputs import command_line

if TYPE_CHECKING:
    import pandas

Key = tuple[str, str]


class CheckFailed(tool.GeedError, AssertionError):
    """A deviation exceeds its limit, in the words of ``geed check``."""


class Document:
    """JSON of the tool, shown as the table that the tool prints of it.

    Attributes
    ----------
    json : str
        The JSON, byte for byte.
    document : dict
        The parsed JSON.
    """

    schema, rows = "", ""

    def __init__(self, text: str) -> None:
        self.json = text
        self.document: dict[str, Any] = json.loads(text) if text.startswith("{") else {}
        if not self.document.get("schema", "").startswith(self.schema):
            raise tool.GeedError(f"JSON of {self.schema} is expected, but this is {text[:300]!r}.")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the JSON to a file, as ``--json`` of the tool does."""
        Path(path).write_text(self.json, encoding="utf-8")

    def to_pandas(self) -> pandas.DataFrame:
        """Return a table with one row for each metric and tensor, of all that is one value."""
        import pandas

        entries: list[dict[str, Any]] = self.document[self.rows]
        lists = {key for entry in entries for key in entry if isinstance(entry[key], list | dict)}
        rows = [{key: entry[key] for key in entry if key not in lists} for entry in entries]
        for row, entry in zip(rows, entries, strict=True):
            row["low"], row["high"] = entry["confidenceInterval"] or (None, None)
            row |= {key: " ".join(entry[key]) for key in ("tensors", "notes") if key in entry}
            row["verdict"] = (entry.get("verdict") or {}).get("sentence")
        return pandas.DataFrame(rows)

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return f'<pre style="white-space: pre">{html.escape(self._text)}</pre>'

    @functools.cached_property
    def _text(self) -> str:
        raise NotImplementedError


class Result(Document):
    """The result of a measurement.

    ``result["softmax", "logits"]`` is what the document says of a metric and a tensor.

    Attributes
    ----------
    run : str or None
        The run in the store, such as ``geed.sqlite#3``, if it was measured with ``store``.
    """

    schema, rows = "geed.measurement/", "results"

    def __init__(self, text: str, run: str | None = None) -> None:
        super().__init__(text)
        self.run = run
        self._entries: dict[Key, dict[str, Any]] = {
            (entry["metric"], entry["tensor"]): entry for entry in self.document["results"]
        }

    @classmethod
    def stored(cls, text: str, store: str | os.PathLike[str]) -> Result:
        """Return the result of a measurement that was kept in a store, with the number of its run."""
        query = "SELECT max(id) FROM run WHERE document = ?"
        with contextlib.closing(sqlite3.connect(store)) as base:
            (number,) = base.execute(query, [text.rstrip("\n")]).fetchone()
        return cls(text, number and f"{os.fspath(store)}#{number}")

    @classmethod
    def load(cls, source: str | os.PathLike[str]) -> Result:
        """Read a file of ``save`` or ``geed measure --json``, or a run such as ``geed.sqlite#3``."""
        name = os.fspath(source)
        if "#" in name and not os.path.exists(name):
            return cls(tool.run("export", name, "--format=json"), name)
        return cls(Path(name).read_text(encoding="utf-8"))

    def text(self, **options: Any) -> str:
        """Return the table, with options of ``geed show``: ``elements``, ``by_class``, ``worst``."""
        with _file(self) as path:
            return tool.run("show", path, *command_line(options)).rstrip("\n")

    @functools.cached_property
    def _text(self) -> str:
        return self.text()

    def export(self, format: str = "markdown") -> str:
        """Return what ``geed export`` writes: markdown, latex, dvc, model-card, json or csv."""
        with _file(self) as path:
            return tool.run("export", self.run or path, f"--format={format}")

    def observations(self) -> pandas.DataFrame:
        """Return the value of every example and element, of a run in a store."""
        import pandas

        return pandas.read_csv(io.StringIO(self.export("csv")))

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C or another signal stopped the measurement; the notes say when."""
        notes = [note for entry in self._entries.values() for note in entry["notes"]]
        return any(note.startswith(("Stopped after ", "Stopped before ")) for note in notes)

    def __getitem__(self, key: Key) -> dict[str, Any]:
        if key not in self._entries:
            raise KeyError(f"There is no result {key!r}, but {list(self._entries)}.")
        return self._entries[key]

    @property
    def values(self) -> dict[Key, float | None]:
        """The value of every metric and tensor; ``None`` where the notes say why there is none."""
        return {key: _number(entry["value"]) for key, entry in self._entries.items()}

    @property
    def intervals(self) -> dict[Key, tuple[float | None, float | None] | None]:
        """The confidence interval of every metric and tensor, if there is one."""
        pairs = {key: entry["confidenceInterval"] for key, entry in self._entries.items()}
        return {key: pair and (_number(pair[0]), _number(pair[1])) for key, pair in pairs.items()}


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


class Comparison(Document):
    """The differences of two results, as ``geed compare`` computes them."""

    schema, rows = "geed.comparison/", "comparisons"

    def __init__(self, text: str, table: str) -> None:
        super().__init__(text)
        self._text = table.rstrip("\n")


Run = Result | str | os.PathLike[str]


@contextlib.contextmanager
def _file(run: Run) -> Iterator[str]:
    """Provide the path of a result's JSON, or the path or number of a run as it is."""
    with tempfile.TemporaryDirectory(prefix="geed-") as folder:
        path = os.path.join(folder, "result.json")
        if isinstance(run, Result):
            run.save(path)
        yield path if isinstance(run, Result) else os.fspath(run)


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


def check(
    result: Run, below: Mapping[str | Key, float] | Iterable[str] | str, **options: Any
) -> str:
    """Require that the upper ends of intervals are at most some limits.

    In a test of pytest::

        def test_rotations():
            result = geed.measure("model.onnx", "images/", softmax="logits", samples=200)
            geed.check(result, below={"softmax": 0.1, ("latent", "features"): 0.3})

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
    if isinstance(below, Mapping):
        below = {k if isinstance(k, str) else ":".join(k): limit for k, limit in below.items()}
    with _file(result) as path:
        try:
            return tool.run("check", path, *command_line({"below": below} | options))
        except tool.GeedError as error:
            if error.exit_code != 1:
                raise
            raise CheckFailed(str(error), 1) from None
