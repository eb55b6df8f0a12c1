# SPDX-License-Identifier: MIT
"""Modules of PyTorch."""

import warnings

import numpy as np
import pytest
from conftest import FEW

import geed

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
nn = torch.nn


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.relu = nn.ReLU()
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(4, 3)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        features = self.relu(self.norm(self.conv(images))).mean((2, 3))
        return 30 * self.head(self.drop(features))


@pytest.fixture
def network() -> Network:
    torch.manual_seed(0)
    network = Network()
    network.train()
    network.norm.eval()
    return network


PROBES = {"channelwise": ["conv", "relu"], "latent": "head", "softmax": "output"}


def test_exported_and_called_are_the_same(network: Network, images: np.ndarray) -> None:
    pytest.importorskip("onnxscript", reason="the exporter of PyTorch needs onnxscript")
    modes = [part.training for part in network.modules()]
    exported = geed.measure(network, images, exports=True, **PROBES, **FEW)
    called = geed.measure(network, images, exports=False, **PROBES, **FEW)
    assert exported.document["model"]["path"].endswith("/Network.onnx")
    assert called.document["model"]["path"] == "exec:Network"
    # The kernels of PyTorch and ONNX Runtime sum float32 in other orders.
    assert exported.values == pytest.approx(called.values, rel=1e-5, abs=1e-6)
    assert [part.training for part in network.modules()] == modes
    assert torch.is_grad_enabled()


def test_a_function_of_a_network_is_the_same(network: Network, images: np.ndarray) -> None:
    state = torch.get_rng_state()
    called = geed.measure(network, images, exports=False, softmax="output", **FEW)
    assert torch.equal(torch.get_rng_state(), state)
    network.eval()
    function = geed.measure(
        lambda batch: network(torch.from_numpy(batch)), images, softmax="output", **FEW
    )
    assert function.values == called.values


def test_modes_are_restored_after_an_error(network: Network, images: np.ndarray) -> None:
    modes = [part.training for part in network.modules()]
    with pytest.raises(RuntimeError, match="expected input"):
        geed.measure(network, np.repeat(images, 3, axis=1), exports=False)
    assert [part.training for part in network.modules()] == modes
    assert not any(part._forward_hooks for part in network.modules())


def test_weights_of_other_types_get_batches_of_theirs(images: np.ndarray) -> None:
    result = geed.measure(
        nn.Conv2d(1, 2, 3).bfloat16(), images, exports=False, channelwise="output", **FEW
    )
    assert result.values["channelwise", "output"] is not None


class Choosing(nn.Module):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        sums = images.sum((2, 3))
        return sums if sums.max() > 0 else -sums


def test_what_cannot_be_exported_is_called(images: np.ndarray) -> None:
    pytest.importorskip("onnxscript", reason="the exporter of PyTorch needs onnxscript")
    with pytest.warns(UserWarning, match="called, not exported"):
        result = geed.measure(Choosing(), images, latent="output", **FEW)
    assert result.document["model"]["path"] == "exec:Choosing"


class Frozen(nn.Module):
    """Exported as a constant, the random number would look deterministic."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images.sum((2, 3)) + 1000 * float(np.random.default_rng().random())


def test_an_export_that_computes_other_numbers_is_not_measured(images: np.ndarray) -> None:
    pytest.importorskip("onnxscript", reason="the exporter of PyTorch needs onnxscript")
    with (
        warnings.catch_warnings(action="ignore"),
        pytest.raises(geed.GeedError, match="not deterministic"),
    ):
        geed.measure(Frozen(), images, latent="output", **FEW)


def test_a_submodule_that_computes_twice_is_refused(images: np.ndarray) -> None:
    relu = nn.ReLU()
    network = nn.Sequential(relu, nn.Conv2d(1, 2, 3), relu)
    with pytest.raises(ValueError, match="'0' is computed more than once"):
        geed.measure(network, images, channelwise="0", exports=False, **FEW)


def test_outputs_of_submodules_are_named(images: np.ndarray) -> None:
    class Recurrent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = nn.LSTM(12, 3, batch_first=True)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return self.lstm(images[:, 0])[0][:, -1]

    options = {"exports": False, **FEW}
    with pytest.raises(geed.GeedError, match="no output of this name"):
        geed.measure(Recurrent(), images, latent="lstm", **options)
    result = geed.measure(Recurrent(), images, latent="lstm.0", **options)
    assert list(result.values) == [("latent", "lstm.0")]


def test_names_of_submodules_may_be_those_of_operators(images: np.ndarray) -> None:
    pytest.importorskip("onnxscript", reason="the exporter of PyTorch needs onnxscript")

    class Named(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.relu, self.input = nn.ReLU(), nn.Conv2d(1, 2, 3)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return self.relu(torch.relu(self.input(images)) - 0.1)

    options = {"channelwise": ["relu", "input"], **FEW}
    network = Named()
    exported = geed.measure(network, images, exports=True, **options)
    called = geed.measure(network, images, exports=False, **options)
    # The kernels of PyTorch and ONNX Runtime sum float32 in other orders.
    assert exported.values == pytest.approx(called.values, rel=1e-5)


@pytest.mark.parametrize("exports", [False, True])
def test_what_a_submodule_computed_is_kept(images: np.ndarray, exports: bool) -> None:
    pytest.importorskip("onnxscript", reason="the exporter of PyTorch needs onnxscript")
    torch.manual_seed(0)
    conv = nn.Conv2d(1, 2, 3)
    overwriting = nn.Sequential(conv, nn.ReLU(inplace=True))
    result = geed.measure(overwriting, images, channelwise="0", exports=exports, **FEW)
    alone = geed.measure(conv, images, channelwise="output", exports=False, **FEW)
    expected = alone.values["channelwise", "output"]
    # The kernels of PyTorch and ONNX Runtime sum float32 in other orders.
    assert result.values["channelwise", "0"] == pytest.approx(expected, rel=1e-5)


def test_random_models_are_functions(network: Network, images: np.ndarray) -> None:
    with pytest.raises(ValueError, match="evaluation mode"):
        geed.measure(network, images, stochastic=4)


def test_data_can_be_tensors_and_loaders(images: np.ndarray) -> None:
    data = torch.utils.data.TensorDataset(torch.from_numpy(images), torch.zeros(len(images)))
    loaders = [torch.utils.data.DataLoader(data, batch_size=size) for size in (5, None)]
    expected = geed.measure(nn.Flatten(), images, latent="output", exports=False, **FEW)
    for other in (torch.from_numpy(images), data, *loaders):
        result = geed.measure(nn.Flatten(), other, latent="output", exports=False, **FEW)
        assert result.values == expected.values
