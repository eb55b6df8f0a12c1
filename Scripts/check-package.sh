#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs the archive and the wheel of dist/ where neither Swift nor the sources are, and compares what
# they measure with the release build, or with the tool that GEED names, digit by digit.
#
# The archive runs in a folder with the C library and nothing else as its root, if this user may change the
# root and mount /proc, and otherwise with an empty environment. The wheel and what it needs are installed into an empty folder.
# With GEED_DATA, SqueezeNet is measured on images of ImageNet, otherwise the network of the demo.
set -euo pipefail
cd "$(dirname "$0")/.."
root="$(pwd)"
python="${PYTHON-python3}"
. Scripts/environment.sh
geed="$(realpath "${GEED-$(swift build -c release --show-bin-path)/geed}")"

work="$(mktemp -d)"
finish() {
  if mountpoint -q "$work/bare/proc"; then umount "$work/bare/proc" || umount -l "$work/bare/proc"; fi
  rm -rf --one-file-system "$work"
}
trap finish EXIT
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
mkdir -p bare/proc
if [ "$(id -u)" -eq 0 ] && mount -t proc proc bare/proc 2>/dev/null; then
  loader="$(patchelf --print-interpreter archive/bin/geed)"
  mkdir -p bare/lib "bare$(dirname "$loader")" bare/tmp bare/geed
  cp -a archive/. bare/geed
  cp -a model.onnx bare/
  if [ -d data ]; then cp -a data bare/; fi
  libc="$(ldd archive/bin/geed | awk '$1 ~ /^libc\.so/ { print $3 }')"
  for library in c m dl pthread rt resolv util; do
    cp -L "$(dirname "$libc")/lib$library.so".* bare/lib/
  done
  cp -L "$loader" "bare$loader"
  measured archive env -i "$(PATH="$PATH:/usr/sbin" command -v chroot)" bare /geed/bin/geed
else
  echo "The root of the archive's run could not be changed."
  measured archive env -i "$work/archive/bin/geed"
fi
cmp build.txt archive.txt
echo "The archive measures what the build measures."

"$python" -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target site "$root"/dist/geed-*.whl \
  "onnxruntime==$(cat "$root/.deps/onnxruntime/VERSION")"
isolated=(env -i "HOME=$work" "PYTHONPATH=$work/site" "PATH=$PATH")
measured wheel "${isolated[@]}" site/bin/geed
cmp build.txt wheel.txt
"${isolated[@]}" "$python" - <<'PYTHON' >/dev/null
import geed, pathlib

data = "data" if pathlib.Path("data").exists() else "glyphs"
result = geed.measure("model.onnx", data, samples=4)
assert result.values and "softmax" in str(result), result
PYTHON
echo "The wheel measures what the build measures, and so does its Python package."
