#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds everything without libtorch, then the examples, which depend on this package by path, and
# runs the tool and the examples.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
swift build --quiet --disable-default-traits --scratch-path .build-lean
.build-lean/debug/geed --version
# Without libtorch a sentence, and not a process that starts itself again.
if timeout 60 .build-lean/debug/geed train run.yaml 2>/dev/null || [ $? -ne 66 ]; then
  echo "check-packages: 'geed train' without libtorch is not the error it should be" >&2
  exit 1
fi
. Scripts/environment.sh
swift build --quiet --package-path Examples
for example in MeasureClosure MeasureOnnxModel OwnGroup OwnDistance; do
  swift run --quiet --skip-build --package-path Examples "$example"
done
output="$(mktemp -d)"
trap 'rm -rf "$output"' EXIT
swift run --quiet --skip-build --package-path Examples TrainSteerable "$output"
