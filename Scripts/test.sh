#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing and runs all tests. Extra arguments go to `swift test`, for instance
# `--filter GEEDTests`. Tests on real data run where GEED_DATA names the folder that holds them.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
. Scripts/environment.sh
swift build --build-tests
swift test --skip-build "$@"
