// SPDX-License-Identifier: MIT

import GEED

/// The scaling with which a model begins: (x - mean) / deviation for each channel of its input.
///
/// Models are exported with or without the preprocessing of images. One that divides by 255 takes pixels
/// from 0 to 255, and one that subtracts the means of a data set takes pixels from which they were not
/// subtracted.
package struct InputScaling: Sendable, Hashable {
  /// The pixels that a model takes.
  package enum Pixels: Sendable, Hashable {
    /// From 0 to 255.
    case bytes
    /// From 0 to 1.
    case unit
    /// From -1 to 1.
    case symmetric

    /// The range in words.
    package var text: String {
      switch self {
      case .bytes: "0 to 255"
      case .unit: "0 to 1"
      case .symmetric: "-1 to 1"
      }
    }
  }

  /// What is subtracted from each channel, or from all.
  package let mean: [Float]

  /// By what each channel, or all, is then divided.
  package let deviation: [Float]

  /// The operators that do so, in order.
  package let operations: [String]

  /// The pixels for which such a scaling is made; `nil` if it is none of the usual ones.
  package let pixels: Pixels

  /// - Returns: `nil` if the numbers are not those of a usual scaling of pixels.
  init?(mean: [Float], deviation: [Float], operations: [String]) {
    (self.mean, self.deviation, self.operations) = (mean, deviation, operations)
    guard let pixels = Self.pixels(mean: mean, deviation: deviation) else { return nil }
    self.pixels = pixels
  }

  private static func pixels(mean: [Float], deviation: [Float]) -> Pixels? {
    func allMeans(_ range: ClosedRange<Float>) -> Bool { mean.allSatisfy(range.contains) }
    func allDeviations(_ range: ClosedRange<Float>) -> Bool {
      deviation.allSatisfy(range.contains)
    }
    // Also 127.5, 128 and 256, and the statistics of data sets times 255, or the mean alone.
    if allDeviations(25...300), allMeans(-1...200) { return .bytes }
    if allDeviations(0.9...300), allMeans(50...200) { return .bytes }
    // x · 0.5 + 0.5, or (x + 1) · 127.5
    if allMeans(-1.01 ... -0.99), allDeviations(0.003...0.01) || allDeviations(1.9...2.1) {
      return .symmetric
    }
    // The statistics of a data set, or 2 · x - 1.
    if allDeviations(0.08...0.62), allMeans(0.05...0.7) { return .unit }
    if allDeviations(0.99...1.01), allMeans(0.25...0.7) { return .unit }
    // x · 255, with or without the mean of a data set.
    return allDeviations(0.0035...0.0045) && allMeans(-0.01...0.7) ? .unit : nil
  }

  /// What the model computes of its input, as the end of a sentence.
  package var summary: String {
    func list(_ numbers: [Float]) -> String {
      Set(numbers).count == 1
        ? numbers[0].described : "(\(numbers.map(\.described).joined(separator: ", ")))"
    }
    let isPlain = mean.allSatisfy { $0.magnitude < 1e-6 }
    let names = operations.joined(separator: ", ")
    return isPlain
      ? "divides its input by \(list(deviation)) (\(names))"
      : "computes (x - \(list(mean))) / \(list(deviation)) of its input (\(names))"
  }
}

extension Float {
  /// The number with four digits.
  fileprivate var described: String {
    let size = 1e4 / max(Double(magnitude), 1e-9)
    var scale = 1.0
    while scale * 10 <= size { scale *= 10 }
    let rounded = (Double(self) * scale).rounded() / scale
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(Float(rounded))"
  }
}

extension OnnxGraph {
  /// Operators before a scaling that leave the values of pixels, or blend them.
  private static let keepingPixels: Set = [
    "Cast", "CenterCropPad", "Gather", "Identity", "Pad", "Reshape", "Resize", "Slice", "Squeeze",
    "Transpose", "Unsqueeze", "Upsample",
  ]

  private static let scaling: Set = ["Add", "BatchNormalization", "Div", "Mul", "Sub"]

  /// Returns the scaling with which the model begins; `nil` if it has none that is usual for pixels.
  ///
  /// The constants are read from the file, also if they are computed from others by a few operators.
  package func inputScaling(of input: String) -> InputScaling? {
    let consumers = self.consumers
    var name = input
    var constants: ScalingConstants?
    var affine: AffineMap?
    var operations: [String] = []
    // A graph of a file may have a loop.
    for _ in 0..<64 {
      guard let node = consumers[name], node.isStandard, let output = node.output.first else {
        break
      }
      if Self.keepingPixels.contains(node.opType), node.input(at: 0) == name {
        name = output
        continue
      }
      guard Self.scaling.contains(node.opType) else { break }
      constants = constants ?? ScalingConstants(of: self)
      guard let constants,
        let next = (affine ?? AffineMap()).followed(by: node, of: name, constants)
      else { break }
      affine = next
      operations.append(node.opType)
      name = output
      // What follows the statistics of a batch are learned numbers.
      if node.opType == "BatchNormalization" { break }
    }
    guard let affine else { return nil }
    return InputScaling(
      mean: zip(affine.factors, affine.offsets).map { -$1 / $0 },
      deviation: affine.factors.map { 1 / $0 }, operations: operations)
  }

  /// The only operator that computes with each tensor, where there is one.
  private var consumers: [String: ProtoNode] {
    var found: [String: [ProtoNode]] = [:]
    for node in nodes where !["Shape", "Size"].contains(node.opType) {
      for name in Set(node.dependencies) { found[name, default: []].append(node) }
    }
    return found.compactMapValues { $0.count == 1 ? $0[0] : nil }
  }
}

/// The map x · factor + offset of each channel, or of all.
private struct AffineMap {
  var factors: [Float] = [1]
  var offsets: [Float] = [0]

  /// Returns the map with another operator after it; `nil` if that is no such map.
  func followed(by node: ProtoNode, of name: String, _ constants: ScalingConstants) -> AffineMap? {
    if node.opType == "BatchNormalization" {
      guard node.input(at: 0) == name, let mean = constants.channels(node.input(at: 3)),
        let variance = constants.channels(node.input(at: 4)), variance.allSatisfy({ $0 > 0 })
      else { return nil }
      // Scale and bias are learned; mean and variance are those of the data.
      return combined(with: mean) { ($0, $1 - $2) }?
        .combined(with: variance) { ($0 / $2.squareRoot(), $1 / $2.squareRoot()) }
    }
    let isFirst = node.input(at: 0) == name
    guard isFirst || ["Add", "Mul"].contains(node.opType),
      let values = constants.channels(node.input(at: isFirst ? 1 : 0))
    else { return nil }
    switch node.opType {
    case "Add": return combined(with: values) { ($0, $1 + $2) }
    case "Sub": return combined(with: values) { ($0, $1 - $2) }
    case "Mul" where values.allSatisfy { $0 > 0 }:
      return combined(with: values) { ($0 * $2, $1 * $2) }
    case "Div" where values.allSatisfy { $0 > 0 }:
      return combined(with: values) { ($0 / $2, $1 / $2) }
    default: return nil
    }
  }

  private func combined(
    with values: [Float],
    _ change: (_ factor: Float, _ offset: Float, _ value: Float) -> (
      Float, Float
    )
  ) -> AffineMap? {
    let count = max(factors.count, values.count)
    guard [1, count].contains(factors.count), [1, count].contains(values.count) else { return nil }
    var result = AffineMap(factors: [], offsets: [])
    for channel in 0..<count {
      let own = factors.count == 1 ? 0 : channel
      let (factor, offset) = change(
        factors[own], offsets[own], values[values.count == 1 ? 0 : channel])
      result.factors.append(factor)
      result.offsets.append(offset)
    }
    return result
  }
}

/// The constants of a graph that may be those of a scaling.
private struct ScalingConstants {
  private let constants: OnnxConstants
  private let makers: [String: ProtoNode]

  /// - Returns: `nil` if the file cannot be read again.
  init?(of graph: OnnxGraph) {
    guard let constants = try? OnnxConstants(contentsOf: graph.path) else { return nil }
    self.constants = constants
    makers = Dictionary(
      graph.nodes.compactMap { node in node.output.first.map { ($0, node) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// Returns one number for all channels or one for each, the means of a whole image; `nil` for a tensor
  /// that is no constant.
  func channels(_ name: String?) -> [Float]? {
    guard let name, let values = values(name, depth: 0), !values.isEmpty else { return nil }
    if values.count <= 4 { return values }
    return [values.reduce(0, +) / Float(values.count)]
  }

  private func values(_ name: String, depth: Int) -> [Float]? {
    if constants.contains(name) { return (try? constants.tensor(name))?.scalars }
    guard depth < 8, let node = makers[name], node.isStandard, let input = node.input(at: 0),
      let values = values(input, depth: depth + 1)
    else { return nil }
    switch node.opType {
    case "Cast", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze": return values
    case "Sqrt": return values.map { $0.squareRoot() }
    case "Reciprocal": return values.map { 1 / $0 }
    case "Neg": return values.map { -$0 }
    default: return nil
    }
  }
}
