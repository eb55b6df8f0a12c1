#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Mutates files at random and reads them with all readers: images, arrays, archives, labels, ONNX
# models, weights, stores, and the documents and settings of the tool. Inputs that end a process, or
# take longer than 10 s or more than 1 GiB, are kept and listed, and the exit status is 1.
#
#   Scripts/fuzz/run.sh [MINUTES] [SEED] [READER…]     # 30 minutes, seed 1, all readers
set -euo pipefail
cd "$(dirname "$0")/../.."
Scripts/setup.sh
. Scripts/environment.sh
swift build -c release --product geed --quiet
swift build -c release --product FuzzReaders --quiet
geed="$(swift build -c release --show-bin-path)/geed"
driver="$(swift build -c release --show-bin-path)/FuzzReaders"
scratch="$(mktemp -d)"
python3 Scripts/fuzz/make_seeds.py "$geed" "$scratch/seeds"
minutes="${1:-30}" seed="${2:-1}"
shift $(($# < 2 ? $# : 2))
echo "Inputs are in $scratch."
"$driver" "$scratch/seeds" "$scratch" "$geed" "$seed" "$minutes" "$@"
rm -rf "$scratch"
