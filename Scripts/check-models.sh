#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compares every network with the same one in Python: random weights that Python writes are loaded in
# Swift and have to give the same output of every block, and to come back unchanged. Arguments are names
# of networks; all of them without. PYTHON is a Python with torch, torchvision, timm and safetensors, and
# onnxruntime where GEED_DATA names the folder with the published weights.
#
#   PYTHON=venv/bin/python Scripts/check-models.sh resnet50
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
. Scripts/environment.sh
swift build -c release --package-path Benchmarks --product ModelOutputs --quiet
tool="$(swift build -c release --package-path Benchmarks --show-bin-path)/ModelOutputs"
"${PYTHON:-python3}" Scripts/fixtures/check_models.py "$tool" "$@"
