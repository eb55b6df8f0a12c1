# SPDX-License-Identifier: MIT
"""Measurements of files, and how data and options reach the tool."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import FEW, GLYPHS

import geed
from geed import tool
from geed.inputs import command_line, data_file


def without_command(document: dict) -> dict:
    return {key: part for key, part in document.items() if key != "commandLine"}


def test_numbers_are_those_of_the_command_line() -> None:
    words = ["--data=glyphs", "--group=C8", "--softmax=logits", "--latent=features", "--samples=7"]
    command = [tool.find(), "measure", str(GLYPHS), *words, "--json"]
    done = subprocess.run(command, env=tool.environment(), capture_output=True, check=True)
    result = geed.measure(GLYPHS, "glyphs", softmax="logits", latent="features", samples=7)
    assert without_command(result.document) == without_command(json.loads(done.stdout))
    assert set(result.values) == {("softmax", "logits"), ("latent", "features")}
    low, high = result.intervals["softmax", "logits"]
    assert low < result.values["softmax", "logits"] < high


def test_probes_are_another_way_to_state_arguments(images: np.ndarray) -> None:
    def model(batch: np.ndarray) -> np.ndarray:
        return batch * 2

    probes = [
        geed.Probe("equivariance", "output", "spatial", distance="l2"),
        geed.Probe("channelwise", "output", layout_of="nchw"),
    ]
    a = geed.measure(model, images, probes=probes, **FEW)
    b = geed.measure(
        model,
        images,
        equivariance={"output": "spatial"},
        distance="output=l2",
        channelwise=["output"],
        layout_of=["output=nchw"],
        **FEW,
    )
    assert a.document["results"] == b.document["results"]
    assert a["equivariance", "output"]["distance"] == "l2"


def test_probes_and_arguments_add_up(images: np.ndarray) -> None:
    def model(batch: np.ndarray) -> dict[str, np.ndarray]:
        return {"a": batch, "b": batch, "c": batch}

    probes = [geed.Probe("latent", "b"), geed.Probe("latent", "c")]
    result = geed.measure(model, images, latent="a", probes=probes, **FEW)
    assert set(result.values) == {("latent", name) for name in "abc"}


@pytest.mark.parametrize("kind", ["list", "generator", "pairs", "float64", "fortran", "path"])
def test_examples_come_in_many_containers(images: np.ndarray, kind: str, tmp_path: Path) -> None:
    np.save(tmp_path / "images.npy", images)
    data = {
        "list": list(images),
        "generator": (image for image in images),
        "pairs": [(image, 1) for image in images],
        "float64": images.astype("f8"),
        "fortran": np.asfortranarray(images),
        "path": tmp_path / "images.npy",
    }[kind]

    def model(batch: np.ndarray) -> np.ndarray:
        return batch[:, 0, :3, 0]

    expected = geed.measure(model, images, latent="output", **FEW)
    assert geed.measure(model, data, latent="output", **FEW).values == expected.values


def test_bytes_stay_bytes(images: np.ndarray, tmp_path: Path) -> None:
    path = data_file((images * 255).astype("u1"), tmp_path / "bytes.npy")
    assert np.load(path).dtype == np.uint8


def test_examples_of_two_types_are_refused(images: np.ndarray) -> None:
    with pytest.raises(TypeError, match="Cannot cast .*uint8.*float32"):
        geed.measure(GLYPHS, [images[0], images[1].astype("u1")])


@pytest.mark.parametrize(
    ("data", "error", "sentence"),
    [
        (lambda images: images[:0], geed.GeedError, r"found \[0, 1, 12, 12\]"),
        (lambda images: [], ValueError, "the data have none"),
        (lambda images: [images[:12], images[12:]], ValueError, "may be examples or batches"),
        (
            lambda images: [[image, image] for image in images],
            TypeError,
            "Expected an array.* got list",
        ),
        (lambda images: ["a.png", "b.png"], TypeError, "Expected an array.* got str"),
        (lambda images: np.ma.masked_less(images, 0.5), TypeError, "without masked values"),
        (lambda images: images.astype(object), ValueError, "Object arrays cannot be saved"),
        (lambda images: images.astype(str), geed.GeedError, "expected elements of type"),
        (lambda images: np.ones((24, 12, 12, 3)), geed.GeedError, r"looks like \[N, H, W, C\]"),
    ],
)
def test_what_is_no_array_of_examples_is_refused(
    images: np.ndarray, data: Callable, error: type, sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        geed.measure(lambda batch: batch, data(images), latent="output", **FEW)


def test_a_generator_is_consumed_once(images: np.ndarray) -> None:
    examples = iter(images)
    with pytest.raises(ValueError, match="the data have none"):
        geed.measure(lambda batch: batch, examples, scale_data=examples, latent="output", **FEW)


def test_labels_are_an_array_or_a_file(images: np.ndarray, tmp_path: Path) -> None:
    def model(batch: np.ndarray) -> np.ndarray:
        return batch[:, 0, 0, :3] * 8 - 4

    labels = np.arange(len(images)) % 3
    result = geed.measure(model, images, softmax="output", labels=labels, **FEW)
    accuracy = result["softmax", "output"]["predictions"]["accuracy"]
    assert [part["element"] for part in accuracy] == ["r0", "r1", "r2", "r3"]
    with pytest.raises(geed.GeedError, match="labels.csv"):
        geed.measure(model, images, softmax="output", labels=labels / 2, **FEW)


def test_options_become_words() -> None:
    options = {
        "samples": 50,
        "precision": "5%",
        "subgroups": True,
        "stochastic": None,
        "grey": False,
        "control": ["noise", "untrained"],
        "mean": (0.5, 0.25),
        "fields": {"a": "regular"},
        "seed": np.int64(3),
        "latent": (name for name in "ab"),
        "store": Path("a b.sqlite"),
        "input": [],
    }
    assert command_line(options) == [
        "--samples=50",
        "--precision=5%",
        "--subgroups",
        "--control=noise",
        "--control=untrained",
        "--mean=0.5,0.25",
        "--fields=a=regular",
        "--seed=3",
        "--latent=a",
        "--latent=b",
        "--store=a b.sqlite",
    ]


@pytest.mark.parametrize(
    ("options", "sentence", "code"),
    [
        ({"samplez": 3}, "Unknown option '--samplez'. Did you mean '--samples'?", 64),
        ({"softmax": "logitz"}, "did you mean 'logits'", 64),
        ({"group": "Q8"}, "Q8", 64),
    ],
)
def test_errors_are_the_sentences_of_the_tool(options: dict, sentence: str, code: int) -> None:
    with pytest.raises(geed.GeedError, match=sentence.replace("?", r"\?")) as caught:
        geed.measure(GLYPHS, "glyphs", **options)
    assert caught.value.exit_code == code
    assert "Usage:" not in str(caught.value)


def test_a_model_is_a_path_a_module_or_a_function() -> None:
    with pytest.raises(TypeError, match="or function, but got 3"):
        geed.measure(3, "glyphs")
