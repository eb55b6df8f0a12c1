# SPDX-License-Identifier: MIT
# Sourced by the other scripts, from the root of the repository: where SwiftPM finds libtorch.
# Also of use by hand: `. Scripts/environment.sh && swift build`.
export PKG_CONFIG_PATH="$PWD/.deps/libtorch/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
