#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs missing dependencies and runs all tests, and the commands of the documentation. Extra
# arguments are passed to `swift test`, for example `--filter GEEDTests`; then only tests run. Tests on
# real data run if GEED_DATA names their folder.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
. Scripts/environment.sh
swift build --build-tests
swift test --skip-build "$@"
if [ $# -eq 0 ]; then python3 Scripts/check-articles.py; fi
