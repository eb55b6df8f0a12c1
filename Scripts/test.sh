#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs missing dependencies and runs all tests, then the commands of the documentation, and checks what
# the tool writes with the programs that read it. Extra arguments are passed to `swift test`, for example
# `--filter GEEDTests`; then only tests run. Tests on real data run if GEED_DATA names their folder.
# Failed expectations are repeated at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
. Scripts/environment.sh
swift build --build-tests
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
if ! swift test --skip-build "$@" 2>&1 | tee "$log"; then
  echo "The tests that failed:"
  grep -A 6 '✘.* recorded an issue\|error: \|Fatal error' "$log" || tail -n 20 "$log"
  exit 1
fi
if [ $# -gt 0 ]; then exit 0; fi
python3 Scripts/check-articles.py

# The browser that opens reports. Where there is no apt-get, the check of pages is skipped by name.
if [ -z "${CHROMIUM-}" ] && ! command -v chromium chromium-browser google-chrome >/dev/null &&
  command -v apt-get >/dev/null; then
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
  echo "Installing chromium"
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq chromium >/dev/null
fi
Scripts/check-results.sh
