// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT

import PackageDescription

/// Returns a program that uses products of GEED.
func example(_ name: String, _ products: String...) -> Target {
  .executableTarget(
    name: name, dependencies: products.map { .product(name: $0, package: "GEED") })
}

let package = Package(
  name: "Examples",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "GEED", path: "..")],
  targets: [
    example("MeasureClosure", "GEED", "GEEDData"),
    example("MeasureOnnxModel", "GEED", "GEEDData", "GEEDOnnx"),
    example("OwnGroup", "GEED", "GEEDData"),
    example("OwnDistance", "GEED", "GEEDData"),
    example("TrainSteerable", "GEED", "GEEDModels"),
  ]
)
