// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDOnnx

/// The models and expected outputs that Scripts/fixtures/onnx_models.py makes.
enum Fixtures {
  static func path(_ name: String) -> String {
    Bundle.module.bundlePath + "/Fixtures/\(name)"
  }

  static func model(
    _ name: String, _ tensors: [String]? = nil,
    options change: (inout OnnxOptions) -> Void = { _ in }
  ) throws -> OnnxModel {
    var options = OnnxOptions()
    options.threadCount = 1
    change(&options)
    return try OnnxModel(contentsOf: path("\(name).onnx"), probing: tensors, options: options)
  }

  static func graph(_ name: String) throws -> OnnxGraph {
    try OnnxGraph(contentsOf: path("\(name).onnx"))
  }

  /// What Python's onnxruntime makes of the fixtures.
  static let golden = Result {
    try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: URL(fileURLWithPath: path("golden.json"))))
  }

  /// Five pictures of 3 × 8 × 8 in 0...1.
  static func pictures() throws -> Tensor { try input("rgb") }

  static func input(_ name: String) throws -> Tensor {
    let recorded = try #require(golden.get().inputs[name])
    return Tensor(shape: recorded.shape, scalars: recorded.scalars.map { $0 ?? .nan })
  }
}

struct Golden: Decodable {
  let inputs: [String: Recorded]
  let models: [String: Model]

  struct Model: Decodable {
    let input: String
    let outputs: [String: Recorded]
  }

  struct Recorded: Decodable {
    let shape: [Int]
    /// Only each so-manieth scalar is recorded.
    let every: Int
    let scalars: [Float?]
  }
}

/// The conditions under which tests can run.
enum Available {
  static let runtime: Bool = (try? OnnxRuntimeLibrary.shared()) != nil
  static let noRuntime: Comment = "ONNX Runtime is missing: Scripts/install-onnxruntime.sh gets it."

  static let data: String? = ProcessInfo.processInfo.environment["GEED_DATA"]
  static let noData: Comment = "GEED_DATA does not name a folder with models."

  static func realModel(_ name: String) -> String { "\(data ?? "")/models/\(name)" }
}

extension Tensor {
  /// The largest difference between two tensors of one shape, NaN where only one is NaN.
  func largestDifference(from other: Tensor) -> Float {
    guard shape == other.shape else { return .infinity }
    return zip(scalars, other.scalars).map { ($0 - $1).magnitude }.max() ?? 0
  }

  /// Rows `range` of a batch.
  func rows(_ range: Range<Int>) -> Tensor {
    .stacking(range.map { row($0) })
  }
}
