#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Installs libtorch into .deps/libtorch: headers, libraries, and lib/pkgconfig/libtorch.pc.
#
#   Scripts/install-libtorch.sh [VERSION]
#
# The files are those of the `torch` wheel that pip's index serves. If that is the CUDA build, CUDA,
# cuDNN and NCCL are installed from the wheels that it names, 2.5 GB in all; it also runs without a
# GPU. For the CPU build, set PIP_INDEX_URL to an index that has only that one, as described on
# PyTorch's installation page. Python is needed to download and unpack, not to run GEED; PYTHON
# names the interpreter, python3 by default. Does nothing and prints nothing if that version is
# already installed.
#
# SwiftPM accepts no -rpath from a .pc file. Each library is therefore given its own path as its
# name, which the linker writes into the programs that it links: programs find libtorch wherever
# they are, as long as libtorch stays here. After the folder was moved, run this again to correct
# the names.

set -eu

version=${1:-2.13.0}
python=${PYTHON:-python3}
root=$(cd "$(dirname "$0")/.." && pwd -P)
mkdir -p "$root/.deps"
deps=$(cd "$root/.deps" && pwd -P)
target="$deps/libtorch"

if [ "$(cat "$target/VERSION" 2>/dev/null)" = "$version" ] &&
  [ "$(cat "$target/PREFIX" 2>/dev/null)" = "$target" ]; then
  exit 0
fi

# Runs pip download into $work/wheels. The whole log is shown if it fails.
fetch() {
  if ! "$python" -m pip download --quiet --disable-pip-version-check --only-binary :all: \
    --dest "$work/wheels" "$@" >"$work/log" 2>&1; then
    cat "$work/log" >&2
    echo "install-libtorch: pip could not download $*" >&2
    exit 1
  fi
}

# Sets the names of the libraries of folder $1 to their final paths, and writes the .pc file.
relocate() {
  for library in c10 torch_cpu torch c10_cuda torch_cuda; do
    for name in "lib$library.so" "lib$library.dylib"; do
      [ -f "$1/lib/$name" ] || continue
      case $name in
        *.so) patchelf --set-soname "$target/lib/$name" "$1/lib/$name" ;;
        *.dylib)
          # The new name invalidates the signature, without which no library loads on Apple silicon.
          install_name_tool -id "$target/lib/$name" "$1/lib/$name"
          codesign --force --sign - "$1/lib/$name"
          ;;
      esac
    done
  done
  flags="-I\${prefix}/include -I\${prefix}/include/torch/csrc/api/include"
  libs="-ltorch_cpu -lc10"
  if [ "$(cat "$1/BUILD")" = cuda ]; then
    flags="$flags -I\${prefix}/include/nvidia"
    libs="-ltorch -ltorch_cuda -lc10_cuda $libs"
  fi
  mkdir -p "$1/lib/pkgconfig"
  cat >"$1/lib/pkgconfig/libtorch.pc" <<PC
prefix=$target
Name: libtorch
Description: Tensors and automatic differentiation
Version: $version
Cflags: $flags
Libs: -L\${prefix}/lib $libs
PC
  echo "$version" >"$1/VERSION"
  echo "$target" >"$1/PREFIX"
}

# Stops if a library of folder $1 needs another one that is missing, except for the driver of a GPU.
require_whole() {
  command -v ldd >/dev/null || return 0
  for library in "$1"/lib/libtorch*.so; do
    missing=$(ldd "$library" | sed -n 's/^[[:space:]]*\(.*\) => not found$/\1/p' | grep -v libcuda.so || true)
    [ -z "$missing" ] && continue
    echo "install-libtorch: $(basename "$library") of torch $version needs" $missing >&2
    exit 1
  done
}

if [ "$(cat "$target/VERSION" 2>/dev/null)" = "$version" ]; then
  relocate "$target"
  exit 0
fi

# Everything is created in a separate folder and moved into place at the end, so that an interrupted
# run leaves nothing behind. Leftovers of a killed run are removed a day later.
find "$deps" -maxdepth 1 -name 'libtorch.??????' -mtime +0 -exec rm -rf {} +
work=$(mktemp -d "$deps/libtorch.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
fetch --no-deps "torch==$version"
"$python" "$root/Scripts/unpack-libtorch.py" needs "$work/wheels" >"$work/needs"
if [ -n "$(cat "$work/needs")" ]; then
  echo "torch $version is the CUDA build here; fetching CUDA as well."
  fetch --requirement "$work/needs"
fi
"$python" "$root/Scripts/unpack-libtorch.py" unpack "$work/wheels" "$work/new"
relocate "$work/new"
require_whole "$work/new"
if [ -e "$target" ]; then mv "$target" "$work/old"; fi
mv "$work/new" "$target"
echo "libtorch $version ($(cat "$target/BUILD") build) is in .deps/libtorch."
