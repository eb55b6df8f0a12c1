// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import GEEDOnnx

/// The preprocessing that models contain.
@Suite struct InputScalingTests {
  /// Returns the scaling of a model of these operators, each with one constant, before a convolution.
  private func scaling(
    _ operators: [(operation: String, shape: [Int], values: [Float])],
    before: (inout OnnxGraphBuilder) -> String = { _ in "x" }, isFirst: Bool = true
  ) throws -> InputScaling? {
    var builder = OnnxGraphBuilder(name: "scaled")
    builder.addInput("x", shape: [.symbol("n"), .fixed(3), .fixed(8), .fixed(8)])
    var name = before(&builder)
    for (number, step) in operators.enumerated() {
      builder.addConstant("c\(number)", shape: step.shape, step.values)
      builder.addNode(
        step.operation, inputs: isFirst ? [name, "c\(number)"] : ["c\(number)", name],
        outputs: ["y\(number)"])
      name = "y\(number)"
    }
    builder.addConstant(
      "w", shape: [2, 3, 1, 1], [1, 2, 3, 4, 5, 6].map { Float($0) })
    builder.addNode("Conv", inputs: [name, "w"], outputs: ["c"])
    builder.addOutput("c", shape: [.symbol("n"), .fixed(2), .fixed(8), .fixed(8)])
    return try scaling(of: builder)
  }

  private func scaling(of builder: OnnxGraphBuilder) throws -> InputScaling? {
    let path = NSTemporaryDirectory() + "geed-\(UUID().uuidString).onnx"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try builder.write(to: path)
    return try OnnxGraph(contentsOf: path).inputScaling(of: "x")
  }

  private static let means: [Float] = [0.485, 0.456, 0.406]
  private static let deviations: [Float] = [0.229, 0.224, 0.225]
  private static let channels = [1, 3, 1, 1]

  @Test("A division by 255 takes pixels from 0 to 255, however it is written")
  func bytes() throws {
    let bytes: [[(String, [Int], [Float])]] = [
      [("Div", [], [255])], [("Mul", [1], [1 / 255])],
      [("Mul", Self.channels, [1, 1, 1].map { $0 / 255 })],
      [("Sub", [1], [127.5]), ("Div", [1], [127.5])], [("Div", [], [127.5]), ("Sub", [], [1])],
      [("Mul", [], [1 / 128]), ("Add", [], [-1])],
      [("Sub", Self.channels, [123.675, 116.28, 103.53])],
      [
        ("Sub", Self.channels, [123.675, 116.28, 103.53]),
        ("Div", Self.channels, [58.395, 57.12, 57.375]),
      ],
      [
        ("Div", [], [255]), ("Sub", Self.channels, Self.means),
        ("Div", Self.channels, Self.deviations),
      ],
    ]
    for steps in bytes {
      let found = try scaling(steps)
      #expect(found?.pixels == .bytes, "\(steps): \(String(describing: found))")
      #expect(found?.operations == steps.map(\.0))
    }
    #expect(try scaling([("Mul", [], [1 / 255])], isFirst: false)?.pixels == .bytes)
    let last = try #require(try scaling(bytes[8]))
    for (mean, expected) in zip(last.mean, [123.675, 116.28, 103.53] as [Float]) {
      // Three roundings of numbers near 100.
      #expect(abs(mean - expected) < 1e-3)
    }
  }

  @Test("The means of a data set are not subtracted twice, and multiplications are seen through")
  func unit() throws {
    let steps: [[(String, [Int], [Float])]] = [
      [("Sub", Self.channels, Self.means), ("Div", Self.channels, Self.deviations)],
      [
        ("Add", Self.channels, Self.means.map { -$0 }),
        ("Mul", Self.channels, Self.deviations.map { 1 / $0 }),
      ],
      [("Mul", [], [2]), ("Sub", [], [1])], [("Mul", [], [255])],
      [("Mul", [], [255]), ("Sub", Self.channels, [123.675, 116.28, 103.53])],
    ]
    for steps in steps { #expect(try scaling(steps)?.pixels == .unit, "\(steps)") }
    #expect(try scaling([("Add", [], [1]), ("Mul", [], [127.5])])?.pixels == .symmetric)
    #expect(try scaling([("Mul", [], [0.5]), ("Add", [], [0.5])])?.pixels == .symmetric)
  }

  @Test("Statistics of a batch count, and what they learned does not")
  func batchNormalization() throws {
    func found(_ means: [Float], _ variances: [Float]) throws -> InputScaling.Pixels? {
      try scaling(
        [],
        before: { builder in
          for (name, values) in [
            ("gain", [3, 2, 1] as [Float]), ("bias", [9, 8, 7]), ("mean", means),
            ("variance", variances),
          ] { builder.addConstant(name, shape: [3], values) }
          builder.addNode(
            "BatchNormalization", inputs: ["x", "gain", "bias", "mean", "variance"], outputs: ["b"])
          return "b"
        })?.pixels
    }
    #expect(try found(Self.means, Self.deviations.map { $0 * $0 }) == .unit)
    #expect(try found([124, 116, 104], [3_400, 3_300, 3_300]) == .bytes)
    #expect(try found([0.01, -0.02, 0], [1.02, 0.98, 1]) == nil)
  }

  @Test("Casts, transpositions and computed constants are followed")
  func around() throws {
    let found = try scaling(
      [],
      before: { builder in
        builder.addNode(
          "Transpose", inputs: ["x"], outputs: ["t"],
          attributes: ["perm": .integers([0, 2, 3, 1])])
        builder.addNode("Cast", inputs: ["t"], outputs: ["f"], attributes: ["to": .integer(1)])
        builder.addConstant("variances", shape: [3], [0.0524, 0.0502, 0.0506])
        builder.addNode("Sqrt", inputs: ["variances"], outputs: ["deviations"])
        builder.addConstant("means", shape: [3], Self.means)
        builder.addNode("Sub", inputs: ["f", "means"], outputs: ["s"])
        builder.addNode("Div", inputs: ["s", "deviations"], outputs: ["d"])
        builder.addNode(
          "Transpose", inputs: ["d"], outputs: ["back"],
          attributes: ["perm": .integers([0, 3, 1, 2])])
        return "back"
      })
    #expect(found?.pixels == .unit)
    #expect(found?.summary.hasPrefix("computes (x - (0.485, 0.456, 0.406)) / (0.228") == true)
  }

  @Test("Other beginnings are no scaling of pixels")
  func none() throws {
    #expect(try scaling([]) == nil)
    #expect(try scaling([("Add", [1, 3, 8, 8], (0..<192).map { Float($0 % 7) / 100 })]) == nil)
    #expect(
      try scaling([("Mul", Self.channels, [0.458, 0.448, 0.45]), ("Add", [], [-0.03])]) == nil)
    #expect(try scaling([("Sub", [], [255])], isFirst: false) == nil)
    #expect(try scaling([("Div", [], [-255])]) == nil)
    // Another operator reads the input as well.
    let shared = try scaling(
      [("Div", [], [255])],
      before: { builder in
        builder.addNode("Relu", inputs: ["x"], outputs: ["other"])
        return "x"
      })
    #expect(shared == nil)
  }
}
