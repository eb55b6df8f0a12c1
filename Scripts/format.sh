#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Formats all Swift files in place, then lints them; `--lint` only lints.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t files < <(git ls-files --cached --others --exclude-standard '*.swift' | grep -v '\.pb\.swift$')
if [ "${1-}" != "--lint" ]; then swift format --in-place --parallel "${files[@]}"; fi
swift format lint --strict --parallel "${files[@]}"
