#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the documentation of the libraries into .build/documentation; warnings are errors.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
. Scripts/environment.sh
mkdir -p .build/documentation
targets=(GEED GEEDConformance GEEDData GEEDOnnx GEEDProgram GEEDStore GEEDReport GEEDTorch GEEDModels GEEDExperiments)
for target in "${targets[@]}"; do
  swift package --allow-writing-to-directory .build/documentation \
    generate-documentation --target "$target" --warnings-as-errors \
    --output-path ".build/documentation/$target" >.build/documentation.log 2>&1 || {
    cat .build/documentation.log >&2
    exit 1
  }
done
