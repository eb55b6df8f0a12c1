// SPDX-License-Identifier: MIT

import Foundation
import GEEDOnnx

extension LayoutModels {
  /// A network whose last operator, `my.Relu` or whatever its name is, is a softmax over columns that
  /// the file itself defines: `c` of `[N, 1, 6, 6]`, `y` of it, and `z` of a vector.
  static func foreign(_ operation: String, domain: String = "my") throws -> Data {
    var builder = OnnxGraphBuilder(name: "foreign")
    builder.addInput("x", shape: [.symbol("batch"), .fixed(1), .fixed(6), .fixed(6)])
    // The same under quarter turns and reflections.
    builder.addConstant("w", shape: [1, 1, 3, 3], [1, 2, 1, 2, 3, 2, 1, 2, 1] as [Float])
    builder.addNode(
      "Conv", inputs: ["x", "w"], outputs: ["c"], attributes: ["pads": .integers([1, 1, 1, 1])])
    reshape("c", [0, 36], "vector", &builder)
    builder.addOutput("c", shape: [.symbol("batch"), .fixed(1), .fixed(6), .fixed(6)])
    let scratch = try Scratch()
    try builder.write(to: scratch.path("plain.onnx"))
    // Messages that follow each other are one, and the last version counts.
    let nodes = [("c", "y"), ("vector", "z")].flatMap { source, name in
      field(
        7,
        field(1, field(1, source) + field(2, name) + field(4, operation) + field(7, domain))
          + field(12, field(1, name)))
    }
    let body = field(1, "a") + field(2, "b") + field(4, "Softmax")
    let function =
      field(1, operation) + field(4, "a") + field(5, "b") + field(7, body)
      + field(9, field(1, "") + [16, 17]) + field(10, domain)
    let other = field(8, field(1, domain) + [16, 1])
    return try Data(contentsOf: URL(fileURLWithPath: scratch.path("plain.onnx")))
      + Data([8, 8] + nodes + field(25, function) + other)
  }

  /// A field of a message, shorter than 2^14 bytes.
  private static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(bytes.count) + bytes
  }

  private static func field(_ number: Int, _ text: String) -> [UInt8] {
    field(number, Array(text.utf8))
  }

  private static func varint(_ number: Int) -> [UInt8] {
    number < 128 ? [UInt8(number)] : [UInt8(number & 127 | 128), UInt8(number >> 7)]
  }
}
