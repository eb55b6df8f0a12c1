// SPDX-License-Identifier: MIT

import Foundation
import GEED
import SwiftProtobuf

extension OnnxModel {
  /// Loads the untrained twin of a model: the same graph, with the values within each weight tensor
  /// shuffled.
  ///
  /// Activations keep about the same magnitude, while everything that was learned about *which*
  /// weight belongs where is lost. A deviation that the twin shares with the model was not learned.
  ///
  /// - Shuffled: tensors of floating-point numbers with more than one element, whether they are
  ///   initializers, constants or weights in other files; and the 8-bit weights of quantized
  ///   models. The scales and variances of a batch normalization are shuffled among its channels,
  ///   so they stay positive.
  /// - Unchanged: single numbers, integers such as shapes and zero points, tensors that only
  ///   configure an operator (scales of `Resize`, values of `OneHot`), and tensors that hold
  ///   infinities, which are masks. Functions local to the model also stay unchanged.
  /// - Memory: the shuffling happens in memory, and the file is only read. A model with more than 2
  ///   GiB of weights in total cannot be shuffled.
  ///
  /// Each tensor has its own generator, seeded with seed and name, so its order does not depend on
  /// the other tensors.
  ///
  /// - Throws: ``OnnxControlError``, and what ``init(graph:probing:options:)`` throws.
  package convenience init(
    untrainedTwinOf graph: OnnxGraph, probing tensors: [String],
    options: OnnxOptions = OnnxOptions(), seed: UInt64
  ) throws {
    try graph.requireWeightFiles()
    try graph.requireMemory(options.memoryLimit)
    let bytes = try OnnxGraph.bytes(ofFile: graph.path)
    try self.init(
      graph: graph, probing: tensors, options: options,
      bytes: shuffledWeights(of: bytes, path: graph.path, seed: seed))
  }
}

/// The bytes of a model with shuffled weights.
func shuffledWeights(of bytes: Data, path: String, seed: UInt64) throws(OnnxControlError) -> Data {
  let model: ProtoWeightModel
  do {
    model = try ProtoWeightModel(serializedBytes: bytes)
  } catch {
    throw .unreadable(path: path, reason: "its weights are not as ONNX has them")
  }
  var shuffled = model
  var shuffle = WeightShuffle(model.graph, path: path, seed: seed)
  try shuffle.apply(to: &shuffled.graph)
  guard shuffle.tensorCount > 0 else { throw .noWeights(path: path) }
  do {
    return try shuffled.serializedData()
  } catch {
    throw .unreadable(path: path, reason: "its weights take more than 2 GiB")
  }
}

/// The reason that a model has no untrained twin.
package enum OnnxControlError: Error, Hashable, CustomStringConvertible {
  /// The model has no weights to shuffle.
  case noWeights(path: String)
  /// The weights cannot be read, or take more than 2 GiB in total.
  case unreadable(path: String, reason: String)

  package var description: String {
    switch self {
    case .noWeights(let path):
      "The model \(path) has no weights to shuffle, so it has no untrained twin."
    case .unreadable(let path, let reason):
      "Cannot make the untrained twin of \(path): \(reason)."
    }
  }
}
