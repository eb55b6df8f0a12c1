#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs missing dependencies and runs all tests. Extra arguments are passed to `swift test`, for
# example `--filter GEEDTests`. Tests on real data run if GEED_DATA names their folder.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
. Scripts/environment.sh
swift build --build-tests
swift test --skip-build "$@"
