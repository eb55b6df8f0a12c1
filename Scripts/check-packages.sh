#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds everything without libtorch, then the packages that depend on this one by path, and runs
# the tool and the example.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
swift build --quiet --disable-default-traits --scratch-path .build-lean
.build-lean/debug/geed --version
. Scripts/environment.sh
swift build --quiet --package-path Benchmarks
swift run --quiet --package-path Examples/MeasureClosure
