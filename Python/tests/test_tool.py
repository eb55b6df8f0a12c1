# SPDX-License-Identifier: MIT
"""The place, the version and the environment of the tool."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY

import geed
from geed import tool


def test_the_version_is_that_of_the_tool() -> None:
    source = (REPOSITORY / "Sources" / "GEED" / "Coding.swift").read_text()
    assert re.search(r'enum GEEDVersion .*?current = "(.*?)"', source, re.DOTALL)[1] == (
        geed.__version__
    )
    assert tool.run("--version").strip().endswith(geed.__version__)


def test_the_console_script_becomes_the_tool() -> None:
    code = "import sys; from geed.tool import main; sys.argv[1:] = ['--version']; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == tool.run("--version")


def test_onnx_runtime_is_that_of_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    monkeypatch.delenv("GEED_ONNXRUNTIME", raising=False)
    assert Path(tool.environment()["GEED_ONNXRUNTIME"]).name.startswith("libonnxruntime.")
    monkeypatch.setenv("GEED_ONNXRUNTIME", "mine")
    assert tool.environment()["GEED_ONNXRUNTIME"] == "mine"


def test_a_missing_tool_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GEED", str(tmp_path / "geed"))
    with pytest.raises(geed.GeedError, match="the variable GEED"):
        tool.find()
    monkeypatch.delenv("GEED")
    monkeypatch.setattr(tool, "__file__", str(tmp_path / "tool.py"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(geed.GeedError, match="not in this package or in PATH"):
        tool.find()
    script = tmp_path / "geed"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    assert tool.find() == str(script)


def test_a_killed_tool_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "fake"
    fake.write_text("#!/bin/sh\nkill -9 $$\n")
    fake.chmod(0o755)
    monkeypatch.setenv("GEED", str(fake))
    with pytest.raises(geed.GeedError, match="ended by signal 9") as caught:
        geed.measure("model.onnx", "glyphs")
    assert caught.value.exit_code == -9
    with pytest.raises(geed.GeedError, match="ended by signal 9"):
        geed.measure(lambda batch: batch, "glyphs")
