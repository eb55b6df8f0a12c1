#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Counts the public symbols of every library of the package, from the symbol graphs of a debug build:
# types, members, enumeration cases and requirements, without those that are inherited or synthesized.
# With --list it prints their names.
set -euo pipefail
cd "$(dirname "$0")/.."
. Scripts/environment.sh
build=.build/debug
graphs=$(mktemp -d)
trap 'rm -rf "$graphs"' EXIT
flags=()
while read -r map; do flags+=(-I "$(dirname "$map")"); done < <(
  find Sources .build/checkouts/*/Sources -name module.modulemap)
for module in GEED GEEDConformance GEEDData GEEDOnnx GEEDStore GEEDTorch GEEDModels; do
  swift symbolgraph-extract -module-name "$module" -minimum-access-level public \
    -skip-synthesized-members -skip-inherited-docs -target "$(swift -print-target-info |
      python3 -c 'import json, sys; print(json.load(sys.stdin)["target"]["triple"])')" \
    -I "$build/Modules" -I "$build" "${flags[@]}" \
    -output-dir "$graphs" >/dev/null
done
python3 - "$graphs" "${1:-}" <<'EOF'
import glob, json, os, sys

total = types = 0
for path in sorted(glob.glob(sys.argv[1] + "/*.symbols.json")):
    if "@" in os.path.basename(path) and not os.path.basename(path).startswith("GEED"):
        continue
    graph = json.load(open(path))
    names = [".".join(symbol["pathComponents"]) for symbol in graph["symbols"]]
    kinds = [symbol["kind"]["identifier"] for symbol in graph["symbols"]]
    count = sum(kind in ("swift.struct", "swift.class", "swift.enum", "swift.protocol") for kind in kinds)
    total, types = total + len(names), types + count
    print(f"{len(names):6}  {count:4} types  {os.path.basename(path)[:-len('.symbols.json')]}")
    if sys.argv[2] == "--list":
        print("\n".join(sorted(f"        {name}" for name in names)))
print(f"{total:6}  {types:4} types  in all")
EOF
