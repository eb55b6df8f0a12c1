// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT

import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "GEED",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "GEED", targets: ["GEED"]),
    .library(name: "GEEDConformance", targets: ["GEEDConformance"]),
    .library(name: "GEEDData", targets: ["GEEDData"]),
    .library(name: "GEEDOnnx", targets: ["GEEDOnnx"]),
    .library(name: "GEEDProgram", targets: ["GEEDProgram"]),
    .library(name: "GEEDStore", targets: ["GEEDStore"]),
    .library(name: "GEEDTorch", targets: ["GEEDTorch"]),
    .library(name: "GEEDModels", targets: ["GEEDModels"]),
    .executable(name: "geed", targets: ["GEEDTool"]),
    .executable(name: "geed-torch", targets: ["GEEDTorchCommand"]),
  ],
  traits: [
    .default(enabledTraits: ["Torch"]),
    .trait(name: "Torch", description: "Training, and models in Swift, with libtorch."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    // MARK: Libraries

    .target(
      name: "GEED",
      dependencies: ["CGEEDMemory", .product(name: "RealModule", package: "swift-numerics")],
      swiftSettings: strict),
    .target(
      name: "GEEDConformance",
      dependencies: ["GEED", .product(name: "RealModule", package: "swift-numerics")],
      swiftSettings: strict),
    .target(
      name: "GEEDData",
      dependencies: [
        "CArchive", "CCrypto", "CGEEDDuckDB", "CGEEDHDF5", "CGEEDImage", "CZlib", "GEED",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: strict),
    .target(
      name: "GEEDOnnx",
      dependencies: [
        "GEED", "COnnxRuntime", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["Schema/onnx_subset.proto"],
      swiftSettings: strict),
    .target(
      name: "GEEDProgram", dependencies: ["CGEEDProcess", "GEED"], swiftSettings: strict),
    .target(
      name: "GEEDStore",
      dependencies: ["GEED", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),
    .target(
      name: "GEEDReport", dependencies: ["GEED", "GEEDData", "GEEDStore"],
      resources: [.embedInCode("Page/report.css"), .embedInCode("Page/report.js")],
      swiftSettings: strict),

    .target(
      name: "GEEDTorch",
      dependencies: [
        "GEED", "GEEDData", "CGEEDTorch", .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: strict),
    .target(
      name: "GEEDModels",
      dependencies: [
        "GEED", "GEEDData", "GEEDOnnx", "GEEDTorch",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: strict),
    .target(
      name: "GEEDExperiments",
      dependencies: [
        "GEED", "GEEDData", "GEEDModels", "GEEDReport", "GEEDStore", "GEEDTorch",
      ],
      swiftSettings: strict),

    // MARK: The tool

    .target(
      name: "GEEDCommand",
      dependencies: [
        "CGEEDMemory", "CGEEDProcess", "GEED", "GEEDConformance", "GEEDData", "GEEDOnnx",
        "GEEDProgram", "GEEDReport", "GEEDStore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .executableTarget(name: "GEEDTool", dependencies: ["GEEDCommand"], swiftSettings: strict),
    .executableTarget(
      name: "GEEDTorchCommand",
      dependencies: [
        "GEED", "GEEDCommand", "GEEDData", "GEEDOnnx", "GEEDReport", "GEEDStore",
        .target(name: "GEEDExperiments", condition: .when(traits: ["Torch"])),
        .target(name: "GEEDModels", condition: .when(traits: ["Torch"])),
        .target(name: "GEEDTorch", condition: .when(traits: ["Torch"])),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams", condition: .when(traits: ["Torch"])),
      ],
      swiftSettings: strict),

    // MARK: Implementation details

    .target(
      name: "COnnxRuntime", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    // Without the trait there is only the header: what needs libtorch compiles, and nothing links it.
    .target(
      name: "CGEEDTorch", dependencies: ["CLibTorch"],
      cxxSettings: [
        .headerSearchPath("declarations"), .define("GEED_TORCH", .when(traits: ["Torch"])),
      ]),
    .systemLibrary(name: "CLibTorch", pkgConfig: "libtorch"),
    .target(name: "CGEEDMemory"),
    .target(name: "CGEEDProcess"),
    .target(
      name: "CGEEDDuckDB", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "CGEEDHDF5", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(
      name: "CGEEDImage", dependencies: ["CGIF", "CJPEG", "COpenJPEG", "CPNG", "CTIFF", "CWebP"],
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive",
      providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]),
    .systemLibrary(
      name: "CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(
      name: "CGIF", pkgConfig: "libgif",
      providers: [.apt(["libgif-dev"]), .brew(["giflib"])]),
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg",
      providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(
      name: "COpenJPEG", pkgConfig: "libopenjp2",
      providers: [.apt(["libopenjp2-7-dev"]), .brew(["openjpeg"])]),
    .systemLibrary(
      name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CTIFF", pkgConfig: "libtiff-4", providers: [.apt(["libtiff-dev"]), .brew(["libtiff"])]),
    .systemLibrary(
      name: "CWebP", pkgConfig: "libwebpdemux",
      providers: [.apt(["libwebp-dev"]), .brew(["webp"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

    // MARK: Benchmarks and fuzzing

    .executableTarget(
      name: "CoverageSimulation", dependencies: ["GEED"],
      path: "Benchmarks/Sources/CoverageSimulation", swiftSettings: strict),
    .executableTarget(
      name: "RotateBenchmark", dependencies: ["GEED"], path: "Benchmarks/Sources/RotateBenchmark",
      swiftSettings: strict),
    .executableTarget(
      name: "PermutationCost", dependencies: ["GEED"], path: "Benchmarks/Sources/PermutationCost",
      swiftSettings: strict),
    .executableTarget(
      name: "StatisticsCost", dependencies: ["GEED", "GEEDData", "GEEDOnnx", "GEEDStore"],
      path: "Benchmarks/Sources/StatisticsCost", swiftSettings: strict),
    .executableTarget(
      name: "ModelOutputs",
      dependencies: [
        .target(name: "GEEDModels", condition: .when(traits: ["Torch"])), "_SteerableTestSupport",
      ],
      path: "Benchmarks/Sources/ModelOutputs", swiftSettings: strict),
    .executableTarget(
      name: "SteerableBenchmark",
      dependencies: [
        .target(name: "GEEDModels", condition: .when(traits: ["Torch"])), "_SteerableTestSupport",
      ],
      path: "Benchmarks/Sources/SteerableBenchmark", swiftSettings: strict),
    .executableTarget(
      name: "TrainingBenchmark",
      dependencies: [.target(name: "GEEDModels", condition: .when(traits: ["Torch"]))],
      path: "Benchmarks/Sources/TrainingBenchmark", swiftSettings: strict),
    .executableTarget(
      name: "FuzzReaders",
      dependencies: [
        "GEED", "GEEDData", "GEEDOnnx", "GEEDStore",
        .target(name: "GEEDTorch", condition: .when(traits: ["Torch"])),
      ],
      path: "Scripts/fuzz/Sources/FuzzReaders", swiftSettings: strict),

    // MARK: Tests

    .target(
      name: "_GEEDTestSupport", dependencies: ["GEED"], path: "Tests/_GEEDTestSupport",
      swiftSettings: strict),
    .target(
      name: "_SteerableTestSupport",
      dependencies: ["GEED", .target(name: "GEEDModels", condition: .when(traits: ["Torch"]))],
      path: "Tests/_SteerableTestSupport", swiftSettings: strict),
    .executableTarget(
      name: "_DistributedWorker",
      dependencies: [.target(name: "GEEDModels", condition: .when(traits: ["Torch"]))],
      path: "Tests/_DistributedWorker", swiftSettings: strict),
    .testTarget(
      name: "GEEDTests", dependencies: ["GEED", "GEEDConformance", "_GEEDTestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "GEEDDataTests", dependencies: ["CArchive", "GEED", "GEEDData"],
      resources: [.copy("Fixtures")],
      swiftSettings: strict),
    .testTarget(
      name: "GEEDCommandTests",
      dependencies: [
        "GEEDCommand", "GEEDData", "GEEDOnnx", "GEEDReport", "GEEDStore", "_GEEDTestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      exclude: ["Snapshots", "Zoo"], swiftSettings: strict),
    .testTarget(
      name: "GEEDOnnxTests", dependencies: ["GEED", "GEEDOnnx"], resources: [.copy("Fixtures")],
      swiftSettings: strict),
    .testTarget(
      name: "GEEDProgramTests", dependencies: ["GEED", "GEEDProgram"], exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "GEEDStoreTests",
      dependencies: [
        "GEED", "GEEDStore", "_GEEDTestSupport", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "GEEDReportTests", dependencies: ["GEED", "GEEDReport", "GEEDStore"],
      exclude: ["Snapshots"], resources: [.copy("Fixtures")],
      swiftSettings: strict),
    .testTarget(
      name: "GEEDTorchTests",
      dependencies: [
        "GEED", "_DistributedWorker", "_GEEDTestSupport",
        .target(name: "GEEDTorch", condition: .when(traits: ["Torch"])),
      ],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "GEEDModelsTests",
      dependencies: [
        "GEED", "GEEDData", "GEEDOnnx", "_GEEDTestSupport", "_SteerableTestSupport",
        .target(name: "GEEDModels", condition: .when(traits: ["Torch"])),
      ],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "GEEDExperimentsTests",
      dependencies: [
        "GEED", "GEEDReport",
        .target(name: "GEEDExperiments", condition: .when(traits: ["Torch"])),
      ],
      swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx20
)
