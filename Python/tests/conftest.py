# SPDX-License-Identifier: MIT
"""What all tests need, and what none may leave behind."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
GLYPHS = REPOSITORY / "Examples" / "Glyphs" / "glyphs-cnn.onnx"

#: A few examples, with which a measurement takes a fraction of a second.
FEW = {"group": "C4", "samples": 6, "scale_samples": 10}


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).random((24, 1, 12, 12), "f4")


@pytest.fixture(autouse=True)
def leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail if a test leaves a process or a temporary file."""
    mark = uuid.uuid4().hex
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("GEED_TEST", mark)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    yield
    assert [path.name for path in temporary.glob("geed-*")] == []
    assert _processes(mark) == []


def _processes(mark: str) -> list[str]:
    """Return the commands of other processes that have inherited the mark (on Linux)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            is_marked = mark.encode() in (folder / "environ").read_bytes()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if is_marked and int(folder.name) != os.getpid() and state != "Z":
            found.append((folder / "cmdline").read_bytes().decode(errors="replace"))
    return found
