#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the tool for machines without Swift, and packs it into dist/:
#
#   geed-VERSION-linux-ARCHITECTURE.tar.gz  the tool with all libraries, for any place in the file system
#   geed-VERSION-py3-none-….whl             the tool with its Python package, for pip
#
# Both run with the C library of this machine's version or later. 'geed-torch', which trains, is in
# neither. PYTHON names the interpreter, python3 by default; it needs pip.
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON-python3}"

if [ "$(uname -s)" != Linux ]; then
  echo "Scripts/package.sh packs the tool for Linux, and runs there" >&2
  exit 1
fi
Scripts/setup.sh --without-libtorch
if ! pkg-config --exists libcurl; then
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
  echo "Installing libcurl4-openssl-dev"
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq libcurl4-openssl-dev >/dev/null
fi

# Without the trait, nothing needs libtorch.
build=(swift build -c release --product geed --static-swift-stdlib --disable-default-traits
  --scratch-path .build-static)
"${build[@]}" --quiet
tool="$("${build[@]}" --show-bin-path)/geed"
version="$("$tool" --version)"
name="geed-$version-linux-$(uname -m)"

stage=.build-static/stage
rm -rf "$stage" dist/geed-*
mkdir -p "$stage/$name/bin" "$stage/$name/lib" "$stage/$name/share/geed/licenses" dist
strip -o "$stage/$name/bin/geed" "$tool"
cp .deps/vega/vega-bundle.js "$stage/$name/share/geed/"
cp -R LICENSE README.md CHANGELOG.md Examples docs "$stage/$name/"

# Every library except those of the C library itself, with the notices that its package asks for.
ldd "$tool" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' |
  grep -Ev '/(libc|libm|libdl|libpthread|librt|libresolv|libutil|ld-linux[^/]*)\.so' |
  while read -r library; do
    cp -L "$library" "$stage/$name/lib/"
    owner="$(dpkg -S "$(readlink -f "$library")" 2>/dev/null || dpkg -S "$library" 2>/dev/null || true)"
    owner="${owner%%:*}"
    if [ -n "$owner" ] && [ -f "/usr/share/doc/$owner/copyright" ]; then
      cp "/usr/share/doc/$owner/copyright" "$stage/$name/share/geed/licenses/$owner.txt"
    fi
  done
for notice in .deps/onnxruntime/*LICENSE* .deps/onnxruntime/ThirdPartyNotices*; do
  if [ -f "$notice" ]; then cp "$notice" "$stage/$name/share/geed/licenses/onnxruntime-$(basename "$notice")"; fi
done
for package in .build-static/checkouts/*/; do
  cp "$package"LICENSE* "$stage/$name/share/geed/licenses/$(basename "$package").txt"
done
# The bundle of Vega has no notices; the packages of Debian state those of Vega and D3.
cp .deps/vega/python/*.dist-info/licenses/LICENSE "$stage/$name/share/geed/licenses/vl-convert.txt"
notices="$(mktemp -d)"
trap 'rm -rf "$notices"' EXIT
chmod 755 "$notices"
(cd "$notices" && apt-get download -qq node-vega node-d3 2>/dev/null)
for package in node-vega node-d3; do
  dpkg-deb --fsys-tarfile "$notices/$package"_*.deb |
    tar -xO "./usr/share/doc/$package/copyright" >"$stage/$name/share/geed/licenses/$package.txt"
done
chmod 755 "$stage/$name"/lib/*
patchelf --set-rpath '$ORIGIN/../lib' "$stage/$name/bin/geed"
for library in "$stage/$name"/lib/*; do patchelf --set-rpath '$ORIGIN' "$library"; done

# The wheel takes ONNX Runtime from its own package, the archive has it.
"$python" Scripts/make-wheel.py "$stage/$name" dist
cp .deps/onnxruntime/libonnxruntime.so "$stage/$name/lib/"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime='2000-01-01 00:00Z' \
  -C "$stage" -cf - "$name" | gzip -n -9 >"dist/$name.tar.gz"
echo "dist/$name.tar.gz"
