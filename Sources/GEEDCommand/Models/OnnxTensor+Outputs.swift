// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDOnnx

extension OnnxTensor {
  /// Creates an output of a model without a graph: what it holds is found by its values for a few
  /// examples.
  ///
  /// - Parameter areWhole: Whether the outputs are integers by their type, which are labels.
  init(name: String, outputs: Tensor, areWhole: Bool) {
    self.init(
      output: name, rowShape: outputs.rowShape, elementType: areWhole ? .int64 : nil,
      scores: areWhole ? .refused("whole numbers, such as labels") : outputs.scores,
      layout: areWhole ? outputs.labelLayout : outputs.featureMapLayout)
  }
}

extension OnnxGraph {
  /// Creates the graph of a model of which a few outputs are known.
  ///
  /// - Parameter wholeNumbers: The names of outputs that are integers by their type.
  init(path: String, outputs: [String: Tensor], wholeNumbers: Set<String>) {
    self.init(
      path: path,
      outputs: outputs.sorted { $0.key < $1.key }.map {
        OnnxTensor(name: $0, outputs: $1, areWhole: wholeNumbers.contains($0))
      })
  }
}

extension Dataset {
  /// Returns the few examples by whose outputs the shapes and kinds of scores of a model without a graph
  /// are found.
  func trialBatch(seed: UInt64) throws -> Tensor {
    .stacking(try randomExamples(min(4, count), of: count, seed: seed).map(example(at:)))
  }
}

extension Tensor {
  /// The kind of scores that a batch of outputs holds by its values; `nil` if they may be logits.
  fileprivate var scores: OnnxScores? {
    guard shape.count == 2, let classCount = shape.last else { return nil }
    let rows = (0..<min(rowCount, 64)).map { row($0).scalars.map(Double.init) }
    func sumTo1(_ value: (Double) -> Double) -> Bool {
      classCount > 1 && rows.allSatisfy { abs($0.reduce(0) { $0 + value($1) } - 1) < 1e-3 }
    }
    if rows.joined().allSatisfy({ (0...1).contains($0) }) {
      return sumTo1(\.self)
        ? .kind(.probabilities)
        : .refused("only numbers between 0 and 1, which may be probabilities of single labels")
    }
    if rows.joined().allSatisfy({ $0 <= 0 }), sumTo1(exp) { return .kind(.logProbabilities) }
    return nil
  }

  /// The order of the axes of a batch of labels: a grid without channels, or with a single one.
  fileprivate var labelLayout: OnnxTensorLayout {
    let row = rowShape
    switch row.count {
    case 2: return .withoutChannels
    case 3 where row[0] == 1 && row[2] != 1: return .known(.nchw)
    case 3 where row[2] == 1 && row[0] != 1: return .known(.nhwc)
    default: return featureMapLayout
    }
  }

  /// The order of the axes of a batch of outputs: channels are on the axis whose length differs from
  /// the two others of a square grid.
  fileprivate var featureMapLayout: OnnxTensorLayout {
    let row = rowShape
    switch row.count {
    case ...1: return .known(.vector)
    case 3 where row[1] == row[2] && row[0] != row[1]: return .known(.nchw)
    case 3 where row[0] == row[1] && row[1] != row[2]: return .known(.nhwc)
    default: return .unknown("its rows have shape \(row)")
    }
  }
}
