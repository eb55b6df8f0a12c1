// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT

import PackageDescription

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "GEED", path: "..")],
  targets: [
    .executableTarget(
      name: "CoverageSimulation", dependencies: [.product(name: "GEED", package: "GEED")]),
    .executableTarget(
      name: "ModelOutputs",
      dependencies: [
        .product(name: "GEEDModels", package: "GEED"), .product(name: "GEEDTorch", package: "GEED"),
      ]),
    .executableTarget(
      name: "RotateBenchmark", dependencies: [.product(name: "GEED", package: "GEED")]),
    .executableTarget(
      name: "SteerableBenchmark",
      dependencies: [
        .product(name: "GEED", package: "GEED"), .product(name: "GEEDModels", package: "GEED"),
        .product(name: "GEEDTorch", package: "GEED"),
      ]),
    .executableTarget(
      name: "TrainingBenchmark",
      dependencies: [
        .product(name: "GEEDModels", package: "GEED"), .product(name: "GEEDTorch", package: "GEED"),
      ]),
    .executableTarget(
      name: "StatisticsCost",
      dependencies: [
        .product(name: "GEED", package: "GEED"), .product(name: "GEEDData", package: "GEED"),
        .product(name: "GEEDOnnx", package: "GEED"), .product(name: "GEEDStore", package: "GEED"),
      ]),
  ]
)
