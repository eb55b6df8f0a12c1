#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Makes .deps/vega/vega-bundle.js, the script that draws the charts of a report, and
# .deps/vega/python, the Python package that draws them as SVG, PDF and PNG.
#
#   Scripts/install-vega.sh [VERSION]
#
# The script is Vega, Vega-Lite and vega-embed, as the `vl-convert-python` wheel on PyPI bundles
# them; VERSION is that of the wheel. GEED needs Python to draw pictures, not to make a report.
# Does nothing and prints nothing if that version is already installed. PYTHON names the
# interpreter, python3 by default.

set -eu

version=${1:-1.9.0.post1}
python=${PYTHON:-python3}
root=$(cd "$(dirname "$0")/.." && pwd)
target="$root/.deps/vega"

if [ -f "$target/vega-bundle.js" ] && [ -d "$target/python" ] &&
  [ "$(cat "$target/VERSION" 2>/dev/null)" = "$version" ]; then
  exit 0
fi

mkdir -p "$root/.deps"
work=$(mktemp -d "$root/.deps/vega.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

mkdir "$work/new"
# The wheel has no dependencies, so a folder on Python's path is a sufficient environment.
if ! "$python" -m pip install --quiet --disable-pip-version-check --no-deps \
  --only-binary :all: --target "$work/new/python" "vl-convert-python==$version" 2>"$work/log"
then
  cat "$work/log" >&2
  echo "install-vega: pip could not install vl-convert-python==$version" >&2
  exit 1
fi

PYTHONPATH="$work/new/python" "$python" - "$work/new/vega-bundle.js" <<'PYTHON'
import pathlib, sys

import vl_convert

script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
pathlib.Path(sys.argv[1]).write_text(script, encoding="utf-8")
PYTHON
echo "$version" >"$work/new/VERSION"

# Both renames stay in one file system, so that a reader finds either the old folder or the new one.
if [ -e "$target" ]; then mv "$target" "$work/old"; fi
mv "$work/new" "$target"
echo "vl-convert-python $version and its bundle of Vega are in .deps/vega."
