#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Draws the pictures of the articles from measurements of Examples/Glyphs, into the folder of the
# articles. Needs Chromium for the picture of a report, and `vl_convert`, which Scripts/install-vega.sh
# gets. The tool is the debug build, or that of the variable GEED.
set -euo pipefail
cd "$(dirname "$0")/.."
. Scripts/environment.sh
geed="${GEED-.build/debug/geed}"
articles=Sources/GEED/GEED.docc/Learning
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

"$geed" data glyphs --group C8 --preview "$articles/orbits.png" --rows 3 >/dev/null

measure() {
  "$geed" measure Examples/Glyphs/glyphs-cnn.onnx --data glyphs --channelwise 'block?' \
    --latent features --softmax logits --store "$work/$1.sqlite" --group "${@:2}" >/dev/null
}
measure C8 C8
measure D8 D8 --subgroups --control untrained --control noise

# draw RUN CHART NAME [OPTION…]: one chart as SVG.
draw() {
  "$geed" figure 1 --store "$work/$1.sqlite" --chart "$2" "${@:4}" -o "$work/$3.json"
  PYTHONPATH=.deps/vega/python python3 - "$work/$3.json" "$articles/$3.svg" <<'PYTHON'
import pathlib, sys
import vl_convert

specification, output = map(pathlib.Path, sys.argv[1:])
output.write_text(vl_convert.vegalite_to_svg(specification.read_text()) + "\n")
PYTHON
}
draw C8 depth-channelwise depth --wide
draw C8 orbit orbit
draw C8 distribution distribution --wide
draw D8 depth-channelwise depth-D8 --wide
draw D8 lattice lattice --wide
draw D8 accuracy accuracy --wide

# photograph PAGE NAME HEIGHT: the top of a page, as PNG.
photograph() {
  "${CHROMIUM-chromium}" --headless --no-sandbox --disable-gpu --hide-scrollbars \
    --window-size="1080,$3" --virtual-time-budget=8000 --screenshot="$articles/$2.png" \
    "file://$work/$1.html" >/dev/null 2>&1
}
"$geed" report --store "$work/D8.sqlite" -o "$work/report.html" >/dev/null
photograph report report 840
# The page without its header and all other sections.
python3 - "$work/report.html" "$work/orbits.html" <<'PYTHON'
import pathlib, re, sys

page, output = map(pathlib.Path, sys.argv[1:])
head, rest = page.read_text().split("<main>", 1)
main, end = rest.split("</main>", 1)
head = re.sub(r"<header>.*</header>|<button type=.button. class=.theme.*?</button>", "", head, flags=re.S)
section = re.search(r'<section id="orbits">.*?</section>', main, re.S)[0]
output.write_text(f"{head}<main>{section}</main>{end}")
PYTHON
photograph orbits report-orbits 1100
ls -l "$articles"/*.png "$articles"/*.svg
