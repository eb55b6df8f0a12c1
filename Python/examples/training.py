# SPDX-License-Identifier: MIT
"""Trains a small network to tell horizontal from vertical stripes, and logs after every epoch how far
it is from invariant under rotations: `log` may be that of W&B, MLflow or TensorBoard."""

import torch
from torch import nn

import geed

log = print  # wandb.log; mlflow.log_metrics; or writer.add_scalar for every item

torch.manual_seed(0)
labels = torch.arange(256) % 2
stripes = torch.sin(2 * torch.rand(256, 1, 1, 1) + torch.arange(16.0)).expand(256, 1, 16, 16)
images = torch.where(labels[:, None, None, None] == 1, stripes, stripes.mT)
images = images + 0.5 * torch.randn(images.shape)
network = nn.Sequential(
    nn.Conv2d(1, 8, 5), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(8, 2)
)
optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
for epoch in range(5):
    for batch in torch.randperm(256).split(32):
        loss = nn.functional.cross_entropy(network(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    result = geed.measure(network, images, "C4", softmax="output", latent="3", exports=False)
    deviations = {"/".join(key): value for key, value in result.values.items()}
    log({"epoch": epoch, "loss": loss.item(), **deviations})
