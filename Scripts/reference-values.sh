#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Measures the values of the article "Is 0.31 large?" and writes its tables:
#
#     GEED_DATA=data Scripts/reference-values.sh [FOLDER]
#
# Trains five small networks on each of five data sets and measures them, and networks that others
# have trained, under C4, C8, flip and D8. Trainings, measurements and their JSON are kept in FOLDER,
# by default .build/reference-values; what is there is not made again. The tool is a release build, or
# that of the variable GEED. Takes about half an hour of processor time.
set -euo pipefail
cd "$(dirname "$0")/.."
. Scripts/environment.sh
: "${GEED_DATA:?Set GEED_DATA to the folder of the data sets.}"
folder="${1-.build/reference-values}"
if [ -z "${GEED-}" ]; then
  swift build -c release --product geed --quiet
  swift build -c release --product geed-torch --quiet
  GEED="$(swift build -c release --show-bin-path)/geed"
fi
geed="$GEED"
mkdir -p "$folder"

# Only the test parts of Fashion-MNIST and KMNIST are needed: four fifths of them for training.
for data in fashion-mnist kmnist; do
  python3 Scripts/reference_values.py split "$GEED_DATA/$data" "$folder/data/$data" --train 8000
done

# train NAME SOURCE KIND [SETTING…]: trains one network, unless it is there.
train() {
  local output="$folder/networks/$1-$3" network="conventional-cnn, width: 0.25"
  if [ -f "$output/model.onnx" ]; then return; fi
  mkdir -p "$folder/networks"
  case $3 in *C8*) network="steerable-cnn, group: C8, width: 0.0833" ;; esac
  {
    echo "network: {name: $network, classes: 10}"
    echo "data: {source: $2, resize: 29${4-}}"
    case $3 in
      untrained*)
        echo "iterations: 1"
        echo "optimizer: {kind: sgd, rate: 1.0e-12, decay: constant}"
        ;;
      *)
        echo "iterations: 400"
        echo "optimizer: {kind: adamw, rate: 0.003, decay: cosine, warm-up: 20}"
        ;;
    esac
    case $3 in *rotated) echo "augmentation: rotation" ;; esac
    echo "evaluation: {every: 400, count: 1000}"
  } >"$output.yaml"
  "$geed" train "$output.yaml" -o "$output" --overwrite --threads 1 >"$output.txt"
}

# measure NAME GROUP MODEL OPTION…: measures one network under one group, unless it is there.
measure() {
  local json="$folder/json/$1.$2.json"
  if [ -f "$json" ]; then return; fi
  mkdir -p "$folder/json"
  "$geed" measure "$3" --group "$2" --json "${@:4}" >"$json.part"
  mv "$json.part" "$json"
}

# trained NAME DATA OPTION…: measures the five networks of a data set.
trained() {
  local kind group model fields
  for kind in untrained trained rotated untrained-C8 trained-C8; do
    model="$folder/networks/$1-$kind/model.onnx"
    for group in C4 C8 flip D8; do
      # The fields of C8 are defined under C8, whose subgroups include C4, and not under reflections.
      case $kind.$group in
        *-C8.C4) continue ;;
        *-C8.C8) fields=(--channelwise block1 --channelwise block6 --fields 'block?=regular' --subgroups) ;;
        *-C8.*) fields=() ;;
        *) fields=(--channelwise block1 --channelwise block6) ;;
      esac
      measure "$1-$kind" "$group" "$model" --data "$2" "${@:3}" --resize 29 --samples 200 "${fields[@]}" \
        --latent features --latent-cosine features --softmax logits
    done
  done
}

# published NAME FIRST LAST FEATURES OPTION…: measures a network that others have trained; FIRST and LAST
# are feature maps.
published() {
  local group
  for group in C4 C8 flip D8; do
    measure "$1" "$group" "$GEED_DATA/models/$1.onnx" --channelwise "$2" --channelwise "$3" --latent "$4" \
      --latent-cosine "$4" --softmax "${logits-logits}" "${@:5}"
  done
}

for kind in untrained trained rotated untrained-C8 trained-C8; do
  train glyphs glyphs "$kind"
  train mnist "$GEED_DATA/mnist" "$kind"
  train fashion-mnist "$folder/data/fashion-mnist" "$kind"
  train kmnist "$folder/data/kmnist" "$kind"
  train cifar10 "$GEED_DATA/cifar10-train.zip" "$kind" ", test: $GEED_DATA/cifar10-test"
done
trained glyphs glyphs
trained mnist "$GEED_DATA/mnist"
trained fashion-mnist "$folder/data/fashion-mnist"
trained kmnist "$folder/data/kmnist"
trained cifar10 "$GEED_DATA/cifar10-test"

logits=Plus214_Output_0 published mnist-8 ReLU32_Output_0 ReLU114_Output_0 Pooling160_Output_0_reshape0 \
  --data "$GEED_DATA/mnist" --pixel-max 255 --samples 200
published cifar10-resnet20 /m/layer1/layer1.2/Relu_1_output_0 /m/layer3/layer3.2/Relu_1_output_0 \
  /m/ReduceMean_output_0 --data "$GEED_DATA/cifar10-test" --preset cifar10 --samples 200
imagenet=(--data "$GEED_DATA/imagenet-sample" --preset imagenet --samples all --scale-samples all)
published imagenet-squeezenet1.1 /features/features.5/MaxPool_output_0 \
  /features/features.12/Concat_output_0 /classifier/classifier.3/GlobalAveragePool_output_0 "${imagenet[@]}"
published imagenet-mobilenetv1-0.25 '/m/blocks/blocks.1/blocks.1.1/bn2/act/Clip_output_0' \
  '/m/blocks/blocks.4/blocks.4.1/bn2/act/Clip_output_0' /m/global_pool/flatten/Flatten_output_0 \
  "${imagenet[@]}" --mean .5,.5,.5 --std .5,.5,.5

python3 Scripts/reference_values.py tables "$folder/json" Sources/GEED/GEED.docc/Learning/ReferenceValues.md
