#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Lets writes of 'geed measure --store' and 'geed train' fail in 100 places: on a file system that fills
# up, beyond a limit of file sizes, and on descriptors that are closed or full. Every run must end with
# one sentence and no signal, keep what it has measured, and go on to the bytes of a run that nothing
# happened to. The full file system needs the right to mount one; without it those places are left out.
#
#   Scripts/check-writes.sh [TOOL]
set -euo pipefail
cd "$(dirname "$0")/.."
. Scripts/environment.sh
tool=${1:-.build/debug/geed}
[ -x "$tool" ] || swift build --product geed
exec python3 Scripts/check_writes.py "$(realpath "$tool")"
