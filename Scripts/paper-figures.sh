#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Draws the figures of the paper that `geed reproduce` knows, with the results of one store.
#
#   Scripts/paper-figures.sh STORE FOLDER [--scale SCALE] [--data DATA] [--format FORMAT] [--figures LIST]
#
# First trains and measures what the store does not have, as `geed reproduce` does; DATA is as
# explained there, the folder of GEED_DATA or else the embedded `glyphs` by default. A figure whose data
# are missing is left out, with the reason. The store should hold the networks of one scale. On two cores
# figures 2, 3, 7 and 8 take three minutes at SCALE `tiny`, some fifteen at `demo`, and about an hour at
# `small`; figures 4, 10 and 16, and figure 5, about an hour each at `small`. `tiny` and `demo` show
# nothing about the paper. LIST names some of the figures, such as "figure2 figure7".
#
# Then writes into FOLDER the tables of each figure as text, and as FORMAT (pdf, svg, png or json):
#
#   figure1                    an orbit of one image, and the outputs that are compared
#   figure2                    deviations and accuracy during the training
#   figure3-…                  softmax and latent deviations on other data, as matrix and intervals
#   figure4, figure4-accuracy  latent C8-deviation during the training, random and pretrained weights
#   figure5-…                  latent deviations under reflection in both distances
#   figure7-…                  other latent deviations during the training
#   figure8-…                  other latent deviations on other data
#   figure10, figure16         figure4 under D8, and with the softmax deviation
#   figure14-…                 deviations of changed features, with and without M
#   figure…-claim-…            the claims of each figure with intervals
#
# and report.html with everything. Of figureA4 only the claims are drawn: its numbers are those of one
# layer with several permutations of its channels, which figureA4.txt has as tables.
#
# GEED names the tool; by default it is built. Pictures need vl-convert, which Scripts/setup.sh
# installs; each takes two seconds.
set -euo pipefail

usage() {
  sed -n 's/^# \{0,3\}\(Scripts.*\)/usage: \1/p' "$0" >&2
  exit 64
}

scale=demo data=${GEED_DATA:-glyphs} format=pdf names=()
# Figures whose networks others use come first.
figures="figure2 figure7 figure1 figure3 figure8 figure14 figureA4 figure4 figure10 figure16 figure5"
known=" $figures "
while [ $# -gt 0 ]; do
  case $1 in
    --scale | --data | --format | --figures)
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
for figure in $figures; do
  [[ $known == *" $figure "* ]] || {
    echo "'--figures': there is no figure '$figure', only$known" >&2
    exit 64
  }
done

if [ -z "${GEED-}" ]; then
  root="$(cd "$(dirname "$0")/.." && pwd)"
  "$root/Scripts/setup.sh"
  . "$root/Scripts/environment.sh"
  swift build --package-path "$root" -c release --product geed --quiet
  swift build --package-path "$root" -c release --product geed-torch --quiet
  GEED="$(swift build --package-path "$root" -c release --show-bin-path)/geed"
  export GEED_VEGA="${GEED_VEGA-$root/.deps/vega}"
fi

# runs TAG KIND: the numbers of the store's finished runs of a figure; KIND is 'figure' for the one with
# its claims, and 'networks' for all others.
runs() {
  "$GEED" runs --store "$store" --tag "$1" | awk -v kind="$2" '
    $1 ~ /^[0-9]+$/ && $4 == "finished" && ($3 == "figure") == (kind == "figure") { print $1 }'
}

# select_runs FIGURE TAG…: sets the runs to draw, those of the networks with these tags, and the charts
# that there are of them.
select_runs() {
  figure=$1 selected=()
  for tag in "${@:2}"; do selected+=($(runs "$tag" networks)); done
  [ ${#selected[@]} -gt 0 ] || { echo "$figure: the store has no finished networks." >&2; return 1; }
  charts=$("$GEED" figure "${selected[@]}" --store "$store") || exit
}

# draw FILE CHART [OPTION…]: draws a chart of the selected runs, unless there is no such chart.
draw() {
  local file="$folder/$1.$format"
  grep -qx -- "$2" <<<"$charts" || { echo "$figure: there is no chart '$2'." >&2; return 0; }
  "$GEED" figure "${selected[@]}" --store "$store" --chart "${@:2}" -o "$file"
  echo "$file"
}

# draw_claims FIGURE: draws each claim of a figure, of the newest run if there are several.
draw_claims() {
  selected=($(runs "$1" figure | tail -n 1))
  [ ${#selected[@]} -gt 0 ] || return 0
  figure=$1 charts=$("$GEED" figure "${selected[@]}" --store "$store")
  for claim in $(grep '^claim-' <<<"$charts" || true); do draw "$1-$claim" "$claim"; done
}

# draw_figure FIGURE: draws the charts of a figure.
draw_figure() {
  local kind
  case $1 in
    figure1)
      figure=$1 selected=($(runs figure1 figure | tail -n 1))
      [ ${#selected[@]} -gt 0 ] || return 0
      charts=$("$GEED" figure "${selected[@]}" --store "$store")
      draw figure1 figure1 --wide
      ;;
    figure2)
      select_runs "$1" figure2 || return 0
      draw figure2 trajectories --wide
      ;;
    figure3)
      select_runs "$1" figure2 figure3 || return 0
      for kind in matrix intervals; do
        draw "figure3-softmax-$kind" "$kind-softmax-logits-nats"
        draw "figure3-latent-$kind" "$kind-latent-features"
      done
      ;;
    figure4)
      select_runs "$1" figure4 || return 0
      draw figure4 trajectory-latent-features-C8
      draw figure4-accuracy trajectory-accuracy
      ;;
    figure5)
      select_runs "$1" figure5 || return 0
      for kind in trajectory bars intervals; do
        draw_if_any "figure5-latent-$kind" "$kind-latent-features"
        draw_if_any "figure5-latent-cosine-$kind" "$kind-latent-cosine-features"
      done
      draw_if_any figure5-accuracy trajectory-linear-probe-accuracy
      ;;
    figure7)
      select_runs "$1" figure2 || return 0
      draw figure7-latent trajectory-latent-features
      draw figure7-latent-without-M trajectory-latent-features-not-divided-by-M
      draw figure7-latent-cosine trajectory-latent-cosine-features
      draw figure7-latent-cosine-without-M trajectory-latent-cosine-features-not-divided-by-M
      ;;
    figure8)
      select_runs "$1" figure2 figure3 || return 0
      for kind in matrix intervals; do
        draw "figure8-latent-cosine-$kind" "$kind-latent-cosine-features"
        draw "figure8-latent-cosine-without-M-$kind" \
          "$kind-latent-cosine-features-not-divided-by-M"
        draw "figure8-latent-without-M-$kind" "$kind-latent-features-not-divided-by-M"
      done
      ;;
    figure10)
      select_runs "$1" figure4 || return 0
      draw figure10 trajectory-latent-features
      ;;
    figure14)
      select_runs "$1" figure2 figure14 || return 0
      for kind in bars intervals; do
        draw_if_any "figure14-latent-$kind" "$kind-latent-features"
        draw_if_any "figure14-latent-without-M-$kind" "$kind-latent-features-not-divided-by-M"
        draw_if_any "figure14-latent-cosine-$kind" "$kind-latent-cosine-features"
        draw_if_any "figure14-latent-cosine-without-M-$kind" \
          "$kind-latent-cosine-features-not-divided-by-M"
        draw_if_any "figure14-softmax-$kind" "$kind-softmax-logits-nats"
      done
      ;;
    figure16)
      select_runs "$1" figure4 || return 0
      draw figure16 trajectory-softmax-logits-C8
      ;;
    figureA4) echo "figureA4: its numbers are tables, in $folder/figureA4.txt." >&2 ;;
  esac
}

# draw_if_any FILE CHART: draws one of several charts that show the same numbers, if it is there.
draw_if_any() {
  if grep -qx -- "$2" <<<"$charts"; then draw "$@"; fi
}

mkdir -p "$folder"
made=()
for figure in $figures; do
  text="$folder/$figure.txt"
  status=0
  "$GEED" reproduce "$figure" --scale "$scale" --data "$data" --store "$store" \
    --output "$folder/networks" --resume >"$text" 2>"$folder/error.txt" || status=$?
  # 64 is the status of wrong usage, such as of data that are missing.
  if [ "$status" -eq 64 ]; then
    echo "$figure: no picture: $(grep -m 1 '^Error' "$folder/error.txt" || cat "$folder/error.txt")" >&2
    rm -f "$text"
    continue
  fi
  [ "$status" -eq 0 ] || { cat "$folder/error.txt" >&2; exit "$status"; }
  echo "$text"
  made+=("$figure")
done
rm -f "$folder/error.txt"
[ ${#made[@]} -gt 0 ] || { echo "No figure could be made." >&2; exit 1; }

for name in "${made[@]}"; do
  draw_figure "$name"
  draw_claims "$name"
done
"$GEED" report --store "$store" -o "$folder/report.html"
