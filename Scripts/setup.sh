#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs missing dependencies: the C libraries that read pictures and archives, ONNX Runtime,
# the script that draws charts, libtorch.
# Prints nothing if there is nothing to install. '--without-libtorch' leaves out libtorch, which only
# geed-torch needs.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v swift >/dev/null; then
  echo "Swift 6.2 or later is missing; see https://www.swift.org/install" >&2
  exit 1
fi

# The `pkg-config` name and the Debian package of each library.
libraries=(libarchive:libarchive-dev libjpeg:libjpeg-dev libpng:libpng-dev libtiff-4:libtiff-dev
  libwebpdemux:libwebp-dev libgif:libgif-dev libopenjp2:libopenjp2-7-dev
  zlib:zlib1g-dev libcrypto:libssl-dev sqlite3:libsqlite3-dev hdf5:libhdf5-dev)
missing=()
command -v pkg-config >/dev/null || missing+=(pkg-config)
command -v python3 >/dev/null || missing+=(python3)
python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)
if [ "$(uname -s)" = Linux ]; then
  command -v patchelf >/dev/null || missing+=(patchelf)
fi
for library in "${libraries[@]}"; do
  pkg-config --exists "${library%%:*}" 2>/dev/null || missing+=("${library##*:}")
done

if [ ${#missing[@]} -gt 0 ]; then
  if command -v apt-get >/dev/null; then
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
    echo "Installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq "${missing[@]}" >/dev/null
  elif command -v brew >/dev/null; then
    formulas=(giflib hdf5 jpeg-turbo libarchive libpng libtiff openjpeg openssl@3 pkgconf sqlite webp)
    echo "Installing ${formulas[*]}"
    brew install --quiet "${formulas[@]}"
  else
    echo "Please install: ${missing[*]}" >&2
    exit 1
  fi
fi

Scripts/install-onnxruntime.sh
Scripts/install-vega.sh
if [ "${1-}" != --without-libtorch ]; then Scripts/install-libtorch.sh; fi
