#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Tests the Python package with the release build of the tool, and checks its types and its style where mypy
# and ruff are installed.
#
#   swift build -c release --product geed && Scripts/check-python.sh
#
# GEED names another tool, PYTHON another interpreter. Tests that need torch and onnxscript are skipped by
# name without them; pytest, numpy and pandas are installed into .deps/python.

set -eu

cd "$(dirname "$0")/.."
Scripts/install-python.sh
python=${PYTHON:-python3}
geed=${GEED:-.build/release/geed}
GEED=$(cd "$(dirname "$geed")" && pwd)/$(basename "$geed")
export GEED
PYTHONPATH="$PWD/.deps/python${PYTHONPATH:+:$PYTHONPATH}"
export PYTHONPATH

cd Python
for check in "ruff format --check ." "ruff check ." "mypy geed"; do
  if "$python" -m "${check%% *}" --version >/dev/null 2>&1; then
    # shellcheck disable=SC2086
    "$python" -m $check
  fi
done
"$python" -m pytest -q -rs
