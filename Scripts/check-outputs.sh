#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Trains small networks whose outputs or data are not those of image classifiers, exports them, and
# measures them with the tool: an orientation classifier, an autoencoder, a segmentation network,
# keypoints, a network on sets, on points in space, on signals and on vectors, and one with active
# dropout. Every statement about them is tested. TOOL is the tool, by default a release build; PYTHON is a
# Python with torch, onnx, numpy and Pillow.
#
#   PYTHON=venv/bin/python Scripts/check-outputs.sh
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${TOOL-}" ]; then
  Scripts/setup.sh
  . Scripts/environment.sh
  swift build -c release --product geed --quiet
  TOOL="$(swift build -c release --show-bin-path)/geed"
fi
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" Scripts/fixtures/output_networks.py "$folder"
"${PYTHON:-python3}" Scripts/fixtures/check_outputs.py "$TOOL" "$folder"
