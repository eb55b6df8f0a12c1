// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT

import PackageDescription

let package = Package(
  name: "Fuzz",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "GEED", path: "../..")],
  targets: [
    .executableTarget(
      name: "FuzzReaders",
      dependencies: [
        .product(name: "GEED", package: "GEED"), .product(name: "GEEDData", package: "GEED"),
        .product(name: "GEEDOnnx", package: "GEED"), .product(name: "GEEDStore", package: "GEED"),
        .product(name: "GEEDTorch", package: "GEED"),
      ])
  ]
)
