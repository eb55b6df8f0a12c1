#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compares every network with the same one in Python. Random weights written by Python are loaded in
# Swift; they must give the same output of every block and be saved again unchanged. Arguments are
# names of networks; without any, all are compared. PYTHON is a Python with torch, torchvision,
# timm, safetensors and escnn, and with onnxruntime if GEED_DATA names the folder with published
# weights.
#
#   PYTHON=venv/bin/python Scripts/check-models.sh resnet50
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
. Scripts/environment.sh
swift build -c release --product ModelOutputs --quiet
tool="$(swift build -c release --show-bin-path)/ModelOutputs"
"${PYTHON:-python3}" Scripts/fixtures/check_models.py "$tool" "$@"
