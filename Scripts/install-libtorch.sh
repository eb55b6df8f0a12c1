#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Puts libtorch into .deps/libtorch: headers, libraries, and lib/pkgconfig/libtorch.pc.
#
#   Scripts/install-libtorch.sh [VERSION]
#
# It is the one in the `torch` wheel that pip's index serves, CPU or CUDA; Python is needed to fetch
# and unpack it, not to run GEED. Says nothing and does nothing when that version is there already.
# PYTHON names the interpreter, python3 by default.
#
# SwiftPM takes no -rpath from a .pc file. So each library is given its own path as its name, which
# the linker writes into what it links: programs find libtorch wherever they stand, as long as it
# stays here. After the folder has moved, running this again mends the names.

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

# Fetches the wheel and unpacks what is needed of it into $target.
install() {
  work=$(mktemp -d "$deps/libtorch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  if ! "$python" -m pip download --quiet --disable-pip-version-check --no-deps \
    --only-binary :all: --dest "$work/wheels" "torch==$version" 2>"$work/log"; then
    cat "$work/log" >&2
    echo "install-libtorch: pip could not download torch==$version" >&2
    exit 1
  fi
  "$python" "$root/Scripts/unpack-libtorch.py" "$work/wheels" "$work/new"
  if [ -e "$target" ]; then mv "$target" "$work/old"; fi
  mv "$work/new" "$target"
}

# Names the libraries by where they are, and writes the .pc file.
relocate() {
  for library in c10 torch_cpu torch c10_cuda torch_cuda; do
    for path in "$target/lib/lib$library.so" "$target/lib/lib$library.dylib"; do
      [ -f "$path" ] || continue
      case $path in
        *.so) patchelf --set-soname "$path" "$path" ;;
        *.dylib) install_name_tool -id "$path" "$path" ;;
      esac
    done
  done
  libs="-ltorch_cpu -lc10"
  if [ "$(cat "$target/BUILD")" = cuda ]; then libs="-ltorch -ltorch_cuda -lc10_cuda $libs"; fi
  mkdir -p "$target/lib/pkgconfig"
  cat >"$target/lib/pkgconfig/libtorch.pc" <<PC
prefix=$target
Name: libtorch
Description: Tensors and automatic differentiation
Version: $version
Cflags: -I\${prefix}/include -I\${prefix}/include/torch/csrc/api/include
Libs: -L\${prefix}/lib $libs
PC
  echo "$target" >"$target/PREFIX"
}

if [ "$(cat "$target/VERSION" 2>/dev/null)" != "$version" ]; then install; fi
relocate
echo "$version" >"$target/VERSION"
echo "libtorch $version ($(cat "$target/BUILD") build) is in .deps/libtorch."
