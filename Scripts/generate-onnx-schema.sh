#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Generates Sources/GEEDOnnx/Schema/onnx_subset.pb.swift from onnx_subset.proto. Needed only after a
# change to the schema. Requires protoc (Debian: protobuf-compiler); the Swift plug-in is built from
# the version of swift-protobuf that the package resolves to.

set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
checkout="$root/.build/checkouts/swift-protobuf"
scratch=${SCRATCH:-"$root/.build/protoc-gen-swift"}
schema="$root/Sources/GEEDOnnx/Schema"

command -v protoc >/dev/null || {
  echo "generate-onnx-schema: protoc is missing (apt-get install protobuf-compiler)" >&2
  exit 1
}
[ -d "$checkout" ] || swift package --package-path "$root" resolve
swift build -c debug --package-path "$checkout" --scratch-path "$scratch" \
  --product protoc-gen-swift

protoc --plugin="$scratch/debug/protoc-gen-swift" --proto_path="$schema" \
  --swift_opt=Visibility=Internal --swift_out="$schema" onnx_subset.proto
generated="$schema/onnx_subset.pb.swift"
{
  echo "// SPDX-License-Identifier: MIT"
  cat "$generated"
} >"$generated.new"
mv "$generated.new" "$generated"
swift format -i "$generated"
