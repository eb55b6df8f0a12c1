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

  @Test(
    "Lines added at the borders are a grid if they are as many on both sides, but for one",
    arguments: [
      ([0, 0, 2, 3, 0, 0, 2, 3], true), ([0, 0, 0, 1, 0, 0, 1, 0], true),
      ([0, 0, 0, 0, 0, 0, 2, 0], false), ([0, 0, 3, 0, 0, 0, -3, 0], false),
      ([0, 0, 0, 0, 0, 0, 0, -4], false), ([0, 0, -1, -1, 0, 0, -1, -2], true),
      ([1, 0, 0, 0, -1, 0, 0, 0], false), ([0, 0, 0, 0, 0, 0, 0, -7], false),
    ])
  func padding(pads: [Int], isMap: Bool) {
    let shape = zip([7, 5, 6, 8], zip(pads, pads[4...])).map { $0 + $1.0 + $1.1 }
    let padded = tracker([(node("Pad", ["x", "pads"], "y"), shape)], integers: ["pads": pads])
    #expect((padded.layout(of: "y") == .known(.nchw)) == isMap)
    #expect(tracker([(node("Pad", ["x", "pads"], "y"), shape)]).layout(of: "y").known == nil)
  }

  @Test("Padding of named axes, and numbers that no grid has")
  func paddedAxes() {
    let numbers = ["pads": [0, 2], "axes": [-1]]
    let named = node("Pad", ["x", "pads", "", "axes"], "y")
    let padded = tracker([(named, [7, 5, 6, 10])], integers: numbers)
    #expect(
      padded.layout(of: "y")
        == .noFeatureMap("has 2 more columns added or cut off at one border than at the other"))
    let absurd = tracker([(named, [7, 5, 6, 10])], integers: ["pads": [.max, .min], "axes": [3]])
    #expect(absurd.layout(of: "y").known == nil)
  }

  @Test("Values written over a map leave its places if they are constant, or channels")
  func scattered() {
    func layout(_ operation: String, updates: String, axis: Int64) -> OnnxTensorLayout {
      tracker([
        (node("Relu", ["x"], "r"), [7, 5, 6, 8]),
        (node(operation, ["x", "indices", updates], "y", ["axis": [axis]]), [7, 5, 6, 8]),
      ]).layout(of: "y")
    }
    #expect(layout("ScatterElements", updates: "constant", axis: 3) == .known(.nchw))
    #expect(layout("ScatterElements", updates: "r", axis: 1) == .known(.nchw))
    #expect(layout("ScatterElements", updates: "r", axis: 3).known == nil)
    #expect(layout("ScatterND", updates: "constant", axis: 0) == .known(.nchw))
    #expect(layout("ScatterND", updates: "r", axis: 0).known == nil)
  }

  @Test("A pooling is undone on the lines that it was made of")
  func unpooled() {
    func layout(_ inputs: [String]) -> OnnxTensorLayout {
      tracker([
        (node("MaxPool", ["x"], "p"), [7, 5, 3, 4]), (node("MaxPool", ["x"], "i"), [7, 5, 3, 4]),
        (node("MaxUnpool", inputs, "y"), [7, 5, 6, 8]),
      ]).layout(of: "y")
    }
    #expect(layout(["p", "i"]) == .known(.nchw))
    #expect(layout(["p", "i", "size"]).known == nil)
    #expect(layout(["p", "constant"]).known == nil)
  }

  @Test("A grid that is sampled at other places is not known")
  func sampled() {
    let grid = tracker([(node("GridSample", ["x", "places"], "y"), [7, 5, 6, 8])])
    #expect(grid.layout(of: "y").reason?.contains("GridSample") == true)
  }

  @Test("A convolution finds rows and columns in an input that is no picture, and nowhere else")
  func openAxes() {
    let reshape = (node("Reshape", ["x", "shape"], "r"), [7, 1, 6, 8])
    let convolution = (node("Conv", ["r", "w"], "y", ["kernel_shape": [3, 3]]), [7, 2, 6, 8])
    #expect(tracker([reshape, convolution], input: [7, 48]).layout(of: "y") == .known(.nchw))
    let mixing = (node("MatMul", ["x", "m"], "x2"), [7, 48])
    let mixed = (node("Reshape", ["x2", "shape"], "r"), [7, 1, 6, 8])
    #expect(tracker([mixing, mixed, convolution], input: [7, 48]).layout(of: "y").known == nil)
    // The products of all pairs of channels.
    let products = tracker([
      (node("Reshape", ["x", "shape"], "f"), [7, 5, 48]),
      (node("Transpose", ["f"], "t", ["perm": [0, 2, 1]]), [7, 48, 5]),
      (node("MatMul", ["f", "t"], "g"), [7, 5, 5]),
      (node("Reshape", ["g", "shape"], "r"), [7, 1, 5, 5]),
      (node("Conv", ["r", "w"], "y", ["kernel_shape": [3, 3]]), [7, 2, 5, 5]),
    ])
    #expect(products.axes(of: "y")?[2].isMixed == true)
    #expect(products.layout(of: "y").known == nil)
  }
}
