#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Tests the Python package with the release build of the tool, and checks its types and its style.
#
#   swift build -c release --product geed && Scripts/check-python.sh
#
# GEED names another tool; PYTHON an interpreter with numpy, onnxruntime, pytest, mypy and ruff, and for
# all tests pandas, torch and onnxscript, without which some are skipped.

set -eu

cd "$(dirname "$0")/../Python"
python=${PYTHON:-python3}
GEED=${GEED:-$PWD/../.build/release/geed}
export GEED

"$python" -m ruff format --check .
"$python" -m ruff check .
"$python" -m mypy geed
"$python" -m pytest -q -rs
