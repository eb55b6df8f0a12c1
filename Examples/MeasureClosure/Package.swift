// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT

import PackageDescription

let package = Package(
  name: "MeasureClosure",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "GEED", path: "../..")],
  targets: [
    .executableTarget(
      name: "MeasureClosure",
      dependencies: [
        .product(name: "GEED", package: "GEED"), .product(name: "GEEDData", package: "GEED"),
      ])
  ]
)
