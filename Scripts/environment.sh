# SPDX-License-Identifier: MIT
# Sourced by the other scripts, and useful interactively: sets the path where SwiftPM finds
# libtorch.
#
#   . Scripts/environment.sh && swift build
geed_root="$(cd "$(dirname "${BASH_SOURCE[0]:-$0}")/.." && pwd)"
export PKG_CONFIG_PATH="$geed_root/.deps/libtorch/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
unset geed_root
