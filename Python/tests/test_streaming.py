# SPDX-License-Identifier: MIT
"""Functions as models: what they may return, and that nothing hangs."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import FEW

import geed
from geed import streaming
from geed.streaming import named_outputs

Model = Callable[[np.ndarray], Any]


def corners(batch: np.ndarray) -> np.ndarray:
    return batch[:, 0, :3, 0].copy()


def test_an_invariant_function_has_deviation_0(images: np.ndarray) -> None:
    def model(batch: np.ndarray) -> dict[str, np.ndarray]:
        pixels = np.sort(batch.reshape(len(batch), -1))
        return {"features": pixels, "logits": 9 * pixels[:, ::20]}

    result = geed.measure(model, images, latent="features", softmax="logits", **FEW)
    assert result.values == {("latent", "features"): 0, ("softmax", "logits"): 0}


def test_an_equivariant_function_has_deviation_minus_1(images: np.ndarray) -> None:
    result = geed.measure(lambda batch: abs(batch - 0.5), images, channelwise="output", **FEW)
    assert result.values == {("channelwise", "output"): -1}


def overwrites(batch: np.ndarray) -> np.ndarray:
    output = corners(batch)
    batch[:] = 7
    return output


BUFFER = np.empty((99, 3), "f4")


def reuses(batch: np.ndarray) -> np.ndarray:
    BUFFER[: len(batch)] = corners(batch)
    return BUFFER[: len(batch)]


@pytest.mark.parametrize(
    "model",
    [
        overwrites,
        reuses,
        lambda batch: corners(batch).astype("f8"),
        lambda batch: corners(batch).astype(">f4"),
        lambda batch: np.asfortranarray(corners(batch)),
        lambda batch: corners(batch)[:, ::-1][:, ::-1],
        lambda batch: {"output": corners(batch), "other": None},
    ],
)
def test_the_same_numbers_are_the_same_deviation(images: np.ndarray, model: Model) -> None:
    expected = geed.measure(corners, images, latent="output", **FEW)
    assert geed.measure(model, images, latent="output", **FEW).values == expected.values


def test_outputs_are_named_by_keys_and_positions() -> None:
    output = {"a": [np.ones(1), {"b": np.ones(1)}], "n": None, 3: (np.ones(1),)}
    assert [name for name, _ in named_outputs(output)] == ["a.0", "a.1.b", "3.0"]
    assert [name for name, _ in named_outputs(np.ones(1))] == ["output"]


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (lambda batch: corners(batch)[:1], "expected 4 rows"),
        (lambda batch: corners(batch) * np.nan, "holds NaN"),
        (lambda batch: {"a": {"b": batch}, "a.b": batch}, "each name once"),
        (lambda batch: list(corners(batch)), "expected 4 rows"),
        (lambda batch: corners(batch).astype(object), "type 'object'"),
        (lambda batch: None, "no outputs"),
        (lambda batch: corners(batch).astype("c8"), "complex64"),
        (lambda batch: np.random.default_rng().random((len(batch), 3)), "not deterministic"),
        (lambda batch: corners(batch) - corners(batch).mean(0), "mixes the examples"),
    ],
)
def test_the_tool_says_what_is_wrong(images: np.ndarray, model: Model, sentence: str) -> None:
    with pytest.raises(geed.GeedError, match=sentence):
        geed.measure(model, images, latent="output", **FEW)


@pytest.mark.parametrize(
    "model",
    [
        lambda batch: 3.0,
        lambda batch: corners(batch).tolist(),
        lambda batch: np.ma.masked_less(corners(batch), 0.5),
    ],
)
def test_an_output_is_an_array(images: np.ndarray, model: Model) -> None:
    with pytest.raises(TypeError, match="Expected an array"):
        geed.measure(model, images, latent="output", **FEW)


@pytest.mark.parametrize(
    ("error", "call"),
    [(LookupError("mine"), 3), (BrokenPipeError("mine"), 0), (KeyboardInterrupt(), 2)],
)
def test_an_exception_of_the_model_arrives_as_itself(
    images: np.ndarray, error: BaseException, call: int, capfd: pytest.CaptureFixture
) -> None:
    calls = iter(range(1000))

    def model(batch: np.ndarray) -> np.ndarray:
        if next(calls) == call:
            raise error
        return corners(batch)

    with pytest.raises(type(error)) as caught:
        geed.measure(model, images, latent="output", **FEW)
    assert capfd.readouterr().err == ""
    assert caught.value is error
    assert caught.traceback[-1].name == "model"


def test_a_function_is_known_by_its_name(images: np.ndarray) -> None:
    result = geed.measure(corners, images, latent="output", **FEW)
    assert result.document["model"]["path"] == "exec:corners"
    result = geed.measure(corners, images, latent="output", name="my net/2", **FEW)
    assert result.document["model"]["path"] == "exec:mynet2"
    assert result.document["model"]["producer"] == "my net/2"


def test_a_folder_without_programs_is_no_obstacle(
    images: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    may = os.access
    monkeypatch.setattr(
        streaming.os, "access", lambda path, mode: Path(path).name != "corners" and may(path, mode)
    )
    result = geed.measure(corners, images, latent="output", **FEW)
    assert result.document["model"]["path"].startswith("exec:sh /")


def test_to_resume_needs_a_version(images: np.ndarray, tmp_path: Any) -> None:
    options = {"latent": "output", "store": tmp_path / "a.sqlite", "resume": True, **FEW}
    with pytest.raises(ValueError, match="need a 'version'"):
        geed.measure(corners, images, **options)
    first = geed.measure(corners, images, version="1", **options)
    calls: list[int] = []

    def model(batch: np.ndarray) -> np.ndarray:
        calls.append(len(batch))
        return corners(batch)

    again = geed.measure(model, images, name="corners", version="1", **options)
    assert again.values == first.values
    assert sum(calls) == 4, "only the examples by which outputs are known are computed again"


def test_the_model_runs_in_the_thread_of_the_caller(images: np.ndarray) -> None:
    threads = set()

    def model(batch: np.ndarray) -> np.ndarray:
        threads.add(threading.get_ident())
        return corners(batch)

    results = []
    other = threading.Thread(
        target=lambda: results.append(geed.measure(model, images, latent="output", **FEW))
    )
    other.start()
    other.join()
    assert len(results) == 1
    assert threads == {other.ident}


# Ctrl-C


def interrupting(times: int, call: int) -> Model:
    """Return a model during one call of which Ctrl-C is pressed."""
    calls = iter(range(1000))

    def model(batch: np.ndarray) -> np.ndarray:
        if next(calls) == call:
            for _ in range(times):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.3)
        return corners(batch)

    return model


def test_ctrl_c_gives_the_result_so_far(images: np.ndarray) -> None:
    options = FEW | {"samples": 24, "batch": 4}
    with pytest.warns(UserWarning, match="interrupted"):
        result = geed.measure(interrupting(1, call=12), images, latent="output", **options)
    assert result.interrupted
    assert "Stopped after" in str(result)
    assert 0 < result["latent", "output"]["exampleCount"] < 24
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize(("times", "call"), [(2, 2), (1, 0)])
def test_ctrl_c_without_a_result_or_twice_is_an_exception(
    images: np.ndarray, times: int, call: int
) -> None:
    with pytest.raises(KeyboardInterrupt):
        geed.measure(interrupting(times, call), images, latent="output", **FEW)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_model_that_hangs_is_left_by_ctrl_c(images: np.ndarray) -> None:
    def model(batch: np.ndarray) -> np.ndarray:
        threading.Timer(2, os.kill, (os.getpid(), signal.SIGINT)).start()
        time.sleep(60)
        return corners(batch)

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        geed.measure(model, images, latent="output", timeout=0.5, **FEW)
    assert time.monotonic() - start < 20


def test_a_tool_that_ends_says_why(images: np.ndarray) -> None:
    def model(batch: np.ndarray) -> np.ndarray:
        time.sleep(2)
        return corners(batch)

    with pytest.raises(geed.GeedError, match="silent for 0.5 s"):
        geed.measure(model, images, latent="output", timeout=0.5, **FEW)
