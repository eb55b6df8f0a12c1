#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs the archive and the wheel of dist/ where neither Swift nor the sources are, and compares what
# they measure with the release build, digit by digit.
#
# The archive runs in a folder with the C library and nothing else as its root, if this user may change the
# root, and otherwise with an empty environment. The wheel is installed into an empty virtual environment.
# With GEED_DATA, SqueezeNet is measured on images of ImageNet, otherwise the network of the demo.
set -euo pipefail
cd "$(dirname "$0")/.."
root="$(pwd)"
python="${PYTHON-python3}"
. Scripts/environment.sh
geed="${GEED-$(swift build -c release --show-bin-path)/geed}"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
if [ -n "${GEED_DATA-}" ]; then
  cp "$GEED_DATA/models/imagenet-squeezenet1.1.onnx" "$work/model.onnx"
  cp -rL "$GEED_DATA/imagenet-sample" "$work/data"
  options=(--data data --group C4 --samples 8 --preset imagenet)
else
  cp Examples/Glyphs/glyphs-cnn.onnx "$work/model.onnx"
  options=(--data glyphs --group C8)
fi

# measured NAME COMMAND…: measures in the present folder, and keeps the results without what depends on paths.
measured() {
  local name="$1"
  shift
  "$@" measure model.onnx "${options[@]}" --json >"$work/$name.json"
  "$python" - "$work/$name.json" "$work/$name.txt" <<'PYTHON'
import json, sys
document = json.load(open(sys.argv[1]))
open(sys.argv[2], "w").write(json.dumps(document["results"], indent=1))
PYTHON
}

cd "$work"
measured build "$geed"

mkdir archive
tar -xzf "$root"/dist/geed-*-linux-*.tar.gz -C archive --strip-components 1
if [ "$(id -u)" -eq 0 ]; then
  mkdir -p bare/lib bare/lib64 bare/tmp bare/geed
  cp -a archive/. bare/geed
  cp -a model.onnx bare/
  if [ -d data ]; then cp -a data bare/; fi
  ldd archive/bin/geed | grep -oE '/[^ ]*/(libc|libm|libdl|libpthread|librt|libresolv|libutil)\.so[^ ]*' |
    while read -r library; do cp -L "$library" bare/lib/; done
  cp -L /lib64/ld-linux-x86-64.so.2 bare/lib64/
  measured archive env -i LD_LIBRARY_PATH=/lib chroot bare /geed/bin/geed
else
  measured archive env -i "$work/archive/bin/geed"
fi
cmp build.txt archive.txt
echo "The archive measures what the build measures."

"$python" -m venv environment
environment/bin/pip install --quiet --disable-pip-version-check "$root"/dist/geed-*.whl
measured wheel env -i HOME="$work" PATH=/usr/bin:/bin "$work/environment/bin/geed"
cmp build.txt wheel.txt
env -i HOME="$work" PATH=/usr/bin:/bin environment/bin/python - <<'PYTHON'
import geed

print(geed.measure("model.onnx", "data" if __import__("os").path.isdir("data") else "glyphs", samples=4))
PYTHON
echo "The wheel measures what the build measures."
