#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the packages that depend on this one by path, and runs the example.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
. Scripts/environment.sh
swift build --quiet --package-path Benchmarks
swift run --quiet --package-path Examples/MeasureClosure
