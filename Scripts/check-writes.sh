#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes writes of 'geed measure --store' and 'geed train' fail at 100 points: on a file system that
# fills up, beyond a limit of file sizes, and on descriptors that are closed or full. Every run must
# end with one sentence and without a signal, keep its measured results, and resume to the same
# bytes as an undisturbed run. The full file system needs the permission to mount one; without it
# those points are skipped.
#
#   Scripts/check-writes.sh [TOOL]
set -euo pipefail
cd "$(dirname "$0")/.."
. Scripts/environment.sh
tool=${1:-.build/debug/geed}
[ -x "$tool" ] || swift build --product geed
exec python3 Scripts/check_writes.py "$(realpath "$tool")"
