#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes a store of small runs with the debug build of the tool, and checks what people and programs see of
# it: the exports, read by the programs that they are for (check-exports.py), the charts, checked against the
# schema of Vega-Lite and drawn (check-charts.py), and the page of the report in headless Chromium
# (check-report.py), where Chromium is installed. Takes about two minutes.
#
#   Scripts/check-results.sh [FOLDER]
#
# FOLDER keeps the store, the exports and screenshots of the page.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/install-python.sh
. Scripts/environment.sh
python="${PYTHON:-python3}"
export PYTHONPATH="$PWD/.deps/python"
geed="$(swift build --show-bin-path)/geed"
if [ $# -gt 0 ]; then
  mkdir -p "$1"
  folder="$(cd "$1" && pwd)"
  screenshots=(--screenshots "$folder/screenshots")
else
  folder="$(mktemp -d)"
  trap 'rm -rf "$folder"' EXIT
  screenshots=()
fi

"$python" Scripts/check-exports.py "$geed" "$folder"
echo "The exports are read with their numbers by pandas, DuckDB, numpy, TensorBoard and a YAML parser."

mkdir -p "$folder/charts"
for chart in $("$geed" figure --store "$folder/geed.sqlite"); do
  "$geed" figure --store "$folder/geed.sqlite" --chart "$chart" -o "$folder/charts/$chart.json"
done
PYTHONPATH="$PYTHONPATH:$PWD/.deps/vega/python" "$python" Scripts/check-charts.py \
  Tests/GEEDReportTests/Snapshots/*.json "$folder"/charts/*.json

if [ -z "${CHROMIUM-}" ] && ! command -v chromium chromium-browser google-chrome >/dev/null; then
  echo "check-report is skipped: Chromium is not installed, or not where CHROMIUM says."
  exit 0
fi
"$geed" report --store "$folder/geed.sqlite" --output "$folder/report.html" >/dev/null
"$python" Scripts/check-report.py "$folder/report.html" ${screenshots[@]+"${screenshots[@]}"}
echo "The page of the report works in Chromium."
