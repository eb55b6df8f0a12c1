#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs missing dependencies, builds the tool and measures the small network of Examples/Glyphs
# on the embedded data set under rotations by 45 degrees. Then trains conventional and C8-steerable
# networks on it, for about a minute per kind on two cores, and shows how their deviations change: a
# small version of Figure 2 of the paper. Ends with a report, a page of charts of both, in .build/demo.
# Extra arguments are passed to `geed measure`.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
. Scripts/environment.sh
swift build -c release --product geed --quiet
swift build -c release --product geed-torch --quiet
geed="$(swift build -c release --show-bin-path)/geed"

demo=.build/demo
rm -rf "$demo"
mkdir -p "$demo"

echo "The tensors of Examples/Glyphs/glyphs-cnn.onnx:"
echo
"$geed" layers Examples/Glyphs/glyphs-cnn.onnx
echo
"$geed" measure Examples/Glyphs/glyphs-cnn.onnx --data glyphs --group C8 \
  --channelwise 'block?' --latent features --latent-cosine features --softmax logits \
  --elements --store "$demo/geed.sqlite" "$@"

echo
"$geed" reproduce figure2 --scale demo --data glyphs --store "$demo/geed.sqlite" \
  --output "$demo/networks"

echo
echo "A page with the charts of these results:"
"$geed" report --store "$demo/geed.sqlite" -o "$demo/report.html"
