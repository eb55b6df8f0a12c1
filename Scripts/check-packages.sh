#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds everything without libtorch, then the examples, which depend on this package by path, and
# runs the tool and the examples.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
swift build --quiet --disable-default-traits --scratch-path .build-lean
.build-lean/debug/geed --version
. Scripts/environment.sh
swift build --quiet --package-path Examples
for example in MeasureClosure MeasureOnnxModel OwnGroup OwnDistance; do
  swift run --quiet --skip-build --package-path Examples "$example"
done
output="$(mktemp -d)"
trap 'rm -rf "$output"' EXIT
swift run --quiet --skip-build --package-path Examples TrainSteerable "$output"
