#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Installs the Python packages of Scripts/python-packages.txt into .deps/python.
#
#   Scripts/install-python.sh
#   PYTHONPATH=.deps/python python3 Scripts/check-report.py report.html
#
# They read what the tool writes, in checks; GEED does not need them. A folder on Python's path is a
# sufficient environment, so the module venv is not needed, which Debian has in a package of its own.
# Does nothing and prints nothing if the packages are already installed for this interpreter. PYTHON
# names it, python3 by default, at least 3.11.

set -eu

python=${PYTHON:-python3}
root=$(cd "$(dirname "$0")/.." && pwd)
target="$root/.deps/python"
packages="$root/Scripts/python-packages.txt"

version=$("$python" -c 'import sys; print("Python %d.%d" % sys.version_info[:2], sys.version_info >= (3, 11))')
case $version in
  *False) echo "install-python: ${version% *} is older than 3.11" >&2; exit 1 ;;
esac
stamp=$(echo "${version% *}" && grep -v '^#' "$packages")
if [ "$(cat "$target/VERSION" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

mkdir -p "$root/.deps"
work=$(mktemp -d "$root/.deps/python.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

if ! "$python" -m pip install --quiet --disable-pip-version-check --no-deps \
  --only-binary :all: --target "$work/new" --requirement "$packages" 2>"$work/log"
then
  cat "$work/log" >&2
  echo "install-python: pip could not install the packages of $packages" >&2
  exit 1
fi
echo "$stamp" >"$work/new/VERSION"

# Both renames stay in one file system, so that a reader finds either the old folder or the new one.
if [ -e "$target" ]; then mv "$target" "$work/old"; fi
mv "$work/new" "$target"
echo "Python packages for checks are in .deps/python."
