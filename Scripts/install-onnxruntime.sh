#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Installs ONNX Runtime's shared library into .deps/onnxruntime, where GEED searches for it.
#
#   Scripts/install-onnxruntime.sh [VERSION]
#
# The library is the one in the `onnxruntime` wheel on PyPI; Python is needed to download and unpack
# it, not to run GEED. Does nothing and prints nothing if that version is already installed. PYTHON
# names the interpreter, python3 by default.

set -eu

version=${1:-1.32.0}
python=${PYTHON:-python3}
root=$(cd "$(dirname "$0")/.." && pwd)
target="$root/.deps/onnxruntime"

case $(uname -s) in
  Darwin) library=libonnxruntime.dylib ;;
  *) library=libonnxruntime.so ;;
esac

if [ -f "$target/$library" ] && [ "$(cat "$target/VERSION" 2>/dev/null)" = "$version" ]; then
  exit 0
fi

mkdir -p "$root/.deps"
work=$(mktemp -d "$root/.deps/onnxruntime.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Each wheel is made for one version of Python, but all contain the same library. Any of them is
# therefore sufficient: try those of this interpreter first, then those of common ones.
download() {
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --dest "$work/wheel" "$@" "onnxruntime==$version"
}
if ! download 2>"$work/log"; then
  found=
  for python_version in 3.11 3.12 3.13 3.14; do
    if download --python-version "$python_version" 2>/dev/null; then found=yes; break; fi
  done
  if [ -z "$found" ]; then
    cat "$work/log" >&2
    echo "install-onnxruntime: pip could not download onnxruntime==$version" >&2
    exit 1
  fi
fi

mkdir "$work/new"
"$python" - "$work/wheel" "$work/new/$library" <<'PYTHON'
import pathlib, re, shutil, sys, zipfile

folder, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
wheel = next(folder.glob("*.whl"))
with zipfile.ZipFile(wheel) as archive:
    pattern = re.compile(r"onnxruntime/capi/libonnxruntime(\.so[.\d]*|[.\d]*\.dylib)$")
    names = sorted(name for name in archive.namelist() if pattern.match(name))
    if not names:
        sys.exit(f"install-onnxruntime: no libonnxruntime in {wheel.name}")
    with archive.open(names[0]) as source, open(target, "wb") as copy:
        shutil.copyfileobj(source, copy)
    for notice in ("LICENSE", "ThirdPartyNotices.txt"):
        if f"onnxruntime/{notice}" in archive.namelist():
            (target.parent / notice).write_bytes(archive.read(f"onnxruntime/{notice}"))
PYTHON
chmod 755 "$work/new/$library"
echo "$version" >"$work/new/VERSION"

# Both renames stay in one file system, so that a reader finds either the old folder or the new one.
if [ -e "$target" ]; then mv "$target" "$work/old"; fi
mv "$work/new" "$target"
echo "ONNX Runtime $version is in .deps/onnxruntime."
