#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Exports about a hundred small networks of all kinds to ONNX, by PyTorch's two exporters, from timm,
# torchvision and transformers, and as other programs write them (Scripts/fixtures/export_zoo.py), and
# measures each with the release build of the tool and no more than its data. Every value is compared
# with one of NumPy and ONNX Runtime (check_zoo.py). Prints a table; the exit code is 1 if a model is not
# measured, or not refused, as expected. Exporting takes about a quarter of an hour, comparing two minutes.
#
#   Scripts/check-zoo.sh [FOLDER [NAME...]]
#
# FOLDER keeps the models, so that they are exported only once. NAMEs are those of models to compare.
# PYTHON is a Python with the packages of zoo-packages.txt; by default they are installed into
# .deps/zoo-python. With pip's usual index that is the CUDA build of torch, 2.5 GB; PIP_INDEX_URL may
# name one with the CPU build.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${PYTHON-}" ]; then
  PYTHON=python3
  target="$PWD/.deps/zoo-python"
  stamp="$("$PYTHON" --version; grep -v '^#' Scripts/zoo-packages.txt)"
  if [ "$(cat "$target/VERSION" 2>/dev/null)" != "$stamp" ]; then
    echo "Installing the packages of Scripts/zoo-packages.txt"
    rm -rf "$target"
    "$PYTHON" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
      --target "$target" --requirement Scripts/zoo-packages.txt
    echo "$stamp" >"$target/VERSION"
  fi
  export PYTHONPATH="$target"
fi
if [ -z "${GEED-}" ]; then
  . Scripts/environment.sh
  swift build -c release --product geed --quiet
  GEED="$(swift build -c release --show-bin-path)/geed"
fi
if [ $# -gt 0 ]; then
  folder="$1"
  shift
else
  folder="$(mktemp -d)"
  trap 'rm -rf "$folder"' EXIT
fi
if [ ! -e "$folder/zoo.json" ]; then
  "$PYTHON" Scripts/fixtures/export_zoo.py "$folder" 2>/dev/null
fi
"$PYTHON" Scripts/fixtures/check_zoo.py "$GEED" "$folder" "$@"
