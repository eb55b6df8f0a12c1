# SPDX-License-Identifier: MIT
"""Results: their forms, comparisons and checks."""

from pathlib import Path

import numpy as np
import pytest
from conftest import FEW, GLYPHS

import geed
from geed import tool


@pytest.fixture
def result() -> geed.Result:
    return geed.measure(GLYPHS, "glyphs", softmax="logits", latent="features", **FEW)


def test_a_result_prints_what_the_tool_shows(result: geed.Result, tmp_path: Path) -> None:
    result.save(tmp_path / "a.json")
    table = tool.run("show", str(tmp_path / "a.json"))
    assert str(result) == repr(result) == table.rstrip("\n")
    assert "95 % interval" in result._repr_html_()
    loaded = geed.Result.load(tmp_path / "a.json")
    assert loaded.document == result.document
    assert result["softmax", "logits"]["exampleCount"] == 6
    with pytest.raises(KeyError):
        result["softmax", "features"]


def test_a_result_is_a_table_of_pandas(result: geed.Result) -> None:
    pytest.importorskip("pandas", reason="pandas is not installed")
    table = result.to_pandas().set_index(["metric", "tensor"])
    assert {"value", "low", "high", "verdict", "notes"} <= set(table.columns)
    assert "perExample" not in table.columns
    for key, value in result.values.items():
        assert table.loc[key, "value"] == value
        assert list(table.loc[key, ["low", "high"]]) == result.intervals[key]


def test_a_run_of_a_store_is_a_result(tmp_path: Path) -> None:
    options = {"softmax": "logits", "store": tmp_path / "a.sqlite", **FEW}
    stored = geed.measure(GLYPHS, "glyphs", **options)
    assert geed.Result.load(f"{tmp_path}/a.sqlite#1").json == stored.json


def test_the_difference_of_equal_results_is_0(result: geed.Result, tmp_path: Path) -> None:
    result.save(tmp_path / "a.json")
    comparison = geed.compare(result, tmp_path / "a.json", match="metric")
    assert [part["difference"] for part in comparison.document["comparisons"]] == [0, 0]
    assert "A − B" in str(comparison)
    with pytest.raises(geed.GeedError, match="differ in group"):
        options = FEW | {"group": "flip"}
        geed.compare(result, geed.measure(GLYPHS, "glyphs", softmax="logits", **options))


def test_models_are_compared_on_one_array(images: np.ndarray) -> None:
    first, second = (
        geed.measure(model, images, latent="output", **FEW)
        for model in (lambda batch: batch[:, 0, :3, 0], lambda batch: 2 * batch[:, 0, :3, 0])
    )
    comparison = geed.compare(first, second)
    assert abs(comparison.document["comparisons"][0]["difference"]) < 1e-6
    with pytest.raises(geed.GeedError, match="differ in data"):
        other = geed.measure(lambda batch: batch[:, 0, :3, 0], 1 - images, latent="output", **FEW)
        geed.compare(first, other)


def test_a_check_passes_or_fails(result: geed.Result) -> None:
    words = geed.check(result, below={"softmax": 5, "latent:features": 2})
    assert words.count("pass") == 2
    with pytest.raises(geed.CheckFailed, match=r"FAIL  softmax:logits .* > 0.1") as caught:
        geed.check(result, below="softmax=0.1")
    assert isinstance(caught.value, AssertionError)
    with pytest.raises(geed.GeedError, match="matches none") as other:
        geed.check(result, below=["latent:nothing=1"])
    assert not isinstance(other.value, geed.CheckFailed)


def test_only_json_of_a_measurement_is_a_result(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a measurement, but geed.comparison/1"):
        geed.Result('{"schema": "geed.comparison/1"}')
    with pytest.raises(geed.GeedError, match=r"nothing\.json"):
        geed.Result.load(tmp_path / "nothing.json")
