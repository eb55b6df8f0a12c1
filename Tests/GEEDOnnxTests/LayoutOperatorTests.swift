// SPDX-License-Identifier: MIT

import Testing

@testable import GEEDOnnx

/// What operators make of the axes of a picture `x`, `[7, 5, 6, 8]`.
@Suite struct LayoutOperatorTests {
  private static let map: [TrackedAxis] = [
    TrackedAxis(.batch, 7), .features(5), .rows(6), .columns(8),
  ]

  /// A tracker that has followed operators, each with the shape of its output.
  private func tracker(
    _ nodes: [(ProtoNode, [Int])], integers: [String: [Int]] = [:], input: [Int] = [7, 5, 6, 8]
  ) -> LayoutTracker {
    var shapes = ["x": input]
    for (node, shape) in nodes { shapes[node.output[0]] = shape }
    var tracker = LayoutTracker(shapes: shapes, batchCount: 7) { integers[$0] }
    tracker.start(at: "x", channelsAreLast: false, rowShape: nil)
    for (node, _) in nodes { tracker.follow(node) }
    return tracker
  }

  private func node(
    _ operation: String, _ inputs: [String], _ output: String, domain: String = "",
    _ attributes: [String: [Int64]] = [:]
  ) -> ProtoNode {
    var node = ProtoNode()
    node.opType = operation
    node.input = inputs
    node.output = [output]
    node.domain = domain
    node.attribute = attributes.map { name, numbers in
      var attribute = ProtoAttribute()
      attribute.name = name
      (attribute.ints, attribute.i) = (numbers, numbers[0])
      return attribute
    }
    return node
  }

  @Test("Operators are known by their domain too")
  func domains() {
    for domain in ["", "ai.onnx"] {
      let known = tracker([(node("Relu", ["x"], "y", domain: domain), [7, 5, 6, 8])])
      #expect(known.axes(of: "y") == Self.map)
    }
    let gelu = tracker([(node("Gelu", ["x"], "y", domain: "com.microsoft"), [7, 5, 6, 8])])
    #expect(gelu.axes(of: "y") == Self.map)
    for domain in ["my", "com.microsoft", "com.microsoft.nchwc"] {
      let foreign = tracker([(node("Relu", ["x"], "y", domain: domain), [7, 5, 6, 8])])
      #expect(
        foreign.layout(of: "y")
          == .unknown("the way to it leads through the operator \(domain).Relu, 'y'"))
    }
    // Not even the shape of its input is what a foreign operator needs to return.
    let shape = tracker([(node("Shape", ["x"], "y", domain: "my"), [4])])
    #expect(shape.layout(of: "y").reason?.contains("my.Shape") == true)
  }
}
