#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Draws Figures 2, 3, 7 and 8 of the paper, with the results of one store.
#
#   Scripts/paper-figures.sh STORE FOLDER [--scale SCALE] [--data DATA] [--format FORMAT]
#
# First trains and measures what the store does not have, as `geed reproduce` does; DATA is as
# explained there, the folder of GEED_DATA or else the embedded `glyphs` by default. On two cores
# SCALE `tiny` takes three minutes, `demo` some fifteen, and `small` about an hour; `tiny` and `demo`
# show nothing about the paper. Then writes into FOLDER, as FORMAT (pdf, svg, png or json):
#
#   figure2                    deviations and accuracy during the training
#   figure3-…                  softmax and latent deviations on other data, as matrix and intervals
#   figure7-…                  other latent deviations during the training
#   figure8-…                  other latent deviations on other data
#   claim-…                    the claims of the paper with intervals, and report.html with everything
#
# GEED names the tool; by default it is built. Pictures need vl-convert, which Scripts/setup.sh
# installs; each takes two seconds.
set -euo pipefail

usage() {
  sed -n 's/^# \{0,3\}\(Scripts.*\)/usage: \1/p' "$0" >&2
  exit 64
}

scale=demo data=${GEED_DATA:-glyphs} format=pdf names=()
while [ $# -gt 0 ]; do
  case $1 in
    --scale | --data | --format)
      [ $# -gt 1 ] || usage
      declare "${1#--}=$2"
      shift 2
      ;;
    -*) usage ;;
    *) names+=("$1"); shift ;;
  esac
done
[ ${#names[@]} -eq 2 ] || usage
store=${names[0]} folder=${names[1]}

if [ -z "${GEED-}" ]; then
  root="$(cd "$(dirname "$0")/.." && pwd)"
  "$root/Scripts/setup.sh"
  . "$root/Scripts/environment.sh"
  swift build --package-path "$root" -c release --product geed --quiet
  GEED="$(swift build --package-path "$root" -c release --show-bin-path)/geed"
  export GEED_VEGA="${GEED_VEGA-$root/.deps/vega}"
fi

mkdir -p "$folder"
for figure in figure2 figure3 figure7 figure8; do
  "$GEED" reproduce "$figure" --scale "$scale" --data "$data" --store "$store" \
    --output "$folder/networks" --resume >"$folder/$figure.txt"
  echo "$folder/$figure.txt"
done

charts=$("$GEED" figure --store "$store")

# draw FILE CHART [OPTION…]: draws a chart, unless the store has no such chart.
draw() {
  local file="$folder/$1.$format"
  grep -qx -- "$2" <<<"$charts" || { echo "The store has no chart '$2'." >&2; return; }
  "$GEED" figure --store "$store" --chart "${@:2}" -o "$file"
  echo "$file"
}

draw figure2 trajectories --wide
for kind in matrix intervals; do
  draw "figure3-softmax-$kind" "$kind-softmax-logits-nats"
  draw "figure3-latent-$kind" "$kind-latent-features"
  draw "figure8-latent-cosine-$kind" "$kind-latent-cosine-features"
  draw "figure8-latent-cosine-without-M-$kind" "$kind-latent-cosine-features-not-divided-by-M"
  draw "figure8-latent-without-M-$kind" "$kind-latent-features-not-divided-by-M"
done
draw figure7-latent trajectory-latent-features
draw figure7-latent-without-M trajectory-latent-features-not-divided-by-M
draw figure7-latent-cosine trajectory-latent-cosine-features
draw figure7-latent-cosine-without-M trajectory-latent-cosine-features-not-divided-by-M
for claim in $(grep '^claim-' <<<"$charts"); do draw "$claim" "$claim"; done
"$GEED" report --store "$store" -o "$folder/report.html"
