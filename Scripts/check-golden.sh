#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Measures ResNet-20 with a release build of the tool under four groups, on 50 and on all examples,
# and compares every number with those of the reference implementation. The tests do so for fewer
# cases.
#
#   GEED_DATA=/path/to/data Scripts/check-golden.sh
set -euo pipefail
cd "$(dirname "$0")/.."
: "${GEED_DATA:?Set GEED_DATA to the folder with the data.}"
Scripts/setup.sh
. Scripts/environment.sh
swift build -c release --product geed --quiet
geed="$(swift build -c release --show-bin-path)/geed"
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

for group in C4 C8 D8 flip; do
  for samples in 50 all; do
    scale_samples=200
    if [ "$samples" = all ]; then scale_samples=all; fi
    name="resnet20-$group-$samples.json"
    echo "$name"
    "$geed" measure "$GEED_DATA/models/cifar10-resnet20.onnx" --data "$GEED_DATA/cifar10-test" \
      --group "$group" --samples "$samples" --scale-samples "$scale_samples" \
      --mean .485,.456,.406 --std .229,.224,.225 --softmax logits \
      --latent /m/ReduceMean_output_0 --latent-cosine /m/ReduceMean_output_0 \
      --channelwise '/m/layer?/layer?.2/Relu_1_output_0' --json >"$results/$name"
    python3 Scripts/fixtures/compare.py "$results/$name" "Scripts/fixtures/golden/$name"
  done
done
