# SPDX-License-Identifier: MIT
"""Ratios of what timing.py measured, as rows of one table."""

import statistics
from dataclasses import dataclass

from timing import Usage

KINDS = ("seconds", "processor", "memory")


@dataclass(frozen=True)
class Ratio:
    """The median of the ratios within a round, with the quartiles, or with all of few rounds."""

    median: float
    low: float
    high: float

    @staticmethod
    def of(a: list[float | None], b: list[float | None], scale: float = 1) -> "Ratio | None":
        if None in a or None in b:
            return None
        ratios = sorted(x / y / scale for x, y in zip(a, b))
        if len(ratios) < 8:
            return Ratio(statistics.median(ratios), ratios[0], ratios[-1])
        low, median, high = statistics.quantiles(ratios, n=4)
        return Ratio(median, low, high)

    def __str__(self) -> str:
        if f"{self.low:.2f}" == f"{self.high:.2f}":
            return f"{self.median:.2f}"
        return f"{self.median:.2f} ({self.low:.2f}-{self.high:.2f})"


@dataclass(frozen=True)
class Target:
    """The largest ratio that is wanted, and of what."""

    kind: str
    most: float


@dataclass(frozen=True)
class Row:
    """Ratios of one thing to another, or the reason why there are none."""

    figure: str
    against: str = ""
    how: str = ""
    seconds: Ratio | None = None
    processor: Ratio | None = None
    memory: Ratio | None = None
    target: Target | None = None
    absolute: str = ""
    rounds: int = 0
    # Why there are no ratios: something is not installed, or a program or a check failed.
    skipped: str = ""
    failed: str = ""

    @property
    def is_met(self) -> bool | None:
        ratio = getattr(self, self.target.kind) if self.target else None
        return None if ratio is None else ratio.median <= self.target.most

    def cells(self) -> list[str]:
        if self.skipped or self.failed:
            reason = f"skipped: {self.skipped}" if self.skipped else f"failed: {self.failed}"
            return [self.figure, self.against, reason, "", "", "", "", self.how]
        target = ""
        if self.target:
            verdict = {True: "met", False: "missed", None: "not measured"}[self.is_met]
            word = "time" if self.target.kind == "seconds" else self.target.kind
            target = f"{word} ≤ {self.target.most:g}: {verdict}"
        ratios = [str(ratio or "") for ratio in (self.seconds, self.processor, self.memory)]
        return [self.figure, self.against, *ratios, target, self.absolute, self.how]


def row(
    figure: str, against: str, ours: list[Usage], theirs: list[Usage], how: str, *, scale: float = 1,
    peaks: tuple[float | None, float | None] | None = None, target: Target | None = None,
    kinds: tuple[str, ...] = KINDS,
) -> Row:
    """The ratios of usages of the same rounds. Their time is multiplied by `scale` first; `peaks` replaces
    the memory of both; `kinds` says what can be compared."""
    def column(usages: list[Usage], kind: str) -> list[float | None]:
        return [getattr(usage, kind) for usage in usages]

    def ratio(kind: str) -> Ratio | None:
        return Ratio.of(column(ours, kind), column(theirs, kind), scale) if kind in kinds else None

    own, other = peaks or (
        [None if None in column(usages, "memory") else statistics.median(column(usages, "memory"))
         for usages in (ours, theirs)])
    memory = None if own is None or other is None else Ratio(own / other, own / other, own / other)
    if memory and not peaks:
        memory = Ratio.of(column(ours, "memory"), column(theirs, "memory"))
    absolute = f"{brief(ours, own)} / {brief(theirs, other)}"
    return Row(
        figure, against, how, ratio("seconds"), ratio("processor"), memory, target, absolute, len(ours))


def largest(usages: list[Usage]) -> float | None:
    """The largest peak of the memory, for a row of workers, which have one peak for all rounds."""
    peaks = [usage.memory for usage in usages]
    return None if None in peaks else max(peaks)


def brief(usages: list[Usage], memory: float | None) -> str:
    """Medians, such as 1.20 s, 80 MiB."""
    seconds = statistics.median(usage.seconds for usage in usages)
    text = f"{seconds:.2f} s" if seconds >= 0.1 else f"{1e3 * seconds:.3g} ms"
    return text if memory is None else f"{text}, {memory:.0f} MiB"


def table(rows: list[Row]) -> str:
    """The rows in Markdown, with aligned columns."""
    head = ["geed", "against", "time", "processor time", "memory", "target", "medians of both", "how"]
    lines = [head, *[[cell.replace("|", "\\|") for cell in row.cells()] for row in rows]]
    widths = [max(map(len, column)) for column in zip(*lines)]
    texts = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines]
    return "\n".join([texts[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *texts[1:]])
