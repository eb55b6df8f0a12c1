// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Files that the tests give to the tool.
enum Fixtures {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A file or folder of the package.
  static func path(_ name: String) -> String { root.appending(path: name).path }

  /// One of the small networks that Scripts/fixtures/onnx_models.py makes.
  static func model(_ name: String) -> String {
    path("Tests/GEEDOnnxTests/Fixtures/\(name).onnx")
  }

  /// One of the files that Scripts/fixtures/make_data_fixtures.py makes.
  static func data(_ name: String) -> String { path("Tests/GEEDDataTests/Fixtures/\(name)") }
}

/// The conditions under which tests can run.
enum Available {
  /// Where real data are.
  static let data = ProcessInfo.processInfo.environment["GEED_DATA"]
  static let noData: Comment = "GEED_DATA does not name a folder with data and models."

  /// A file or folder of the real data.
  static func real(_ name: String) -> String { "\(data ?? "")/\(name)" }

  static let runtime: Bool = {
    let variable = ProcessInfo.processInfo.environment["GEED_ONNXRUNTIME"] ?? ""
    return !variable.isEmpty
      || FileManager.default.fileExists(atPath: Fixtures.path(".deps/onnxruntime"))
  }()
  static let noRuntime: Comment = "ONNX Runtime is missing: Scripts/install-onnxruntime.sh gets it."
}

/// Makes the bytes of a `.npy` file of random numbers in 0..<1 from a fixed seed.
func numPyFile(_ shape: [Int], value: ((Int) -> Float)? = nil) -> [UInt8] {
  var state: UInt64 = 1
  let scalars = (0..<shape.reduce(1, *)).map { index -> Float in
    if let value { return value(index) }
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 24)
  }
  return numPyFile(shape, type: "<f4", bytes: scalars.flatMap { littleEndian($0.bitPattern) })
}

/// Makes the bytes of a `.npy` file.
func numPyFile(_ shape: [Int], type: String, bytes: [UInt8]) -> [UInt8] {
  let lengths = shape.map { "\($0)," }.joined(separator: " ")
  let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(lengths)), }"
  let padding = String(repeating: " ", count: (64 - (10 + header.count + 1) % 64) % 64)
  let text = Array((header + padding + "\n").utf8)
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 0xFF), UInt8(text.count >> 8)]
    + text + bytes
}

private func littleEndian(_ number: UInt32) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}
