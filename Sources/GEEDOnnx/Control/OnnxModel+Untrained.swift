// SPDX-License-Identifier: MIT

import Foundation
import GEED
import SwiftProtobuf

extension OnnxModel {
  /// Loads the untrained twin of a model: the same graph, with the values of every weight tensor
  /// shuffled among themselves.
  ///
  /// Each tensor keeps its distribution, so activations stay about as large as they were, while all
  /// that was learned about *which* weight goes where is lost. A deviation that the twin shares
  /// with the model was not learned.
  ///
  /// - What is shuffled: tensors of floating-point numbers with more than one element, whether they
  ///   are initialisers, constants or weights in other files; and the 8-bit weights of quantised
  ///   models. A batch normalisation's scales and variances are shuffled among its channels, so
  ///   they stay positive.
  /// - What stays: single numbers, whole numbers such as shapes and zero points, what only steers
  ///   an operator (scales of `Resize`, values of `OneHot`), and tensors that hold infinities, which
  ///   are masks. Functions local to the model stay as they are.
  /// - Where it happens: in memory. The file is only read; one with more than 2 GiB of weights in
  ///   all cannot be held so.
  ///
  /// - Parameters:
  ///   - graph: The model's graph.
  ///   - tensors: The names of the tensors to return.
  ///   - options: How to run the model.
  ///   - seed: Where the shuffling starts. Each tensor has a generator of its own, made from seed and
  ///     name, so its order does not depend on the others.
  /// - Throws: ``OnnxControlError``, and what ``init(graph:probing:options:)`` throws.
  public convenience init(
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

/// Why a model has no untrained twin.
public enum OnnxControlError: Error, Hashable, CustomStringConvertible {
  /// There is nothing to shuffle.
  case noWeights(path: String)
  /// The weights cannot be read, or not all at once.
  case unreadable(path: String, reason: String)

  public var description: String {
    switch self {
    case .noWeights(let path):
      "The model \(path) has no weights to shuffle, so it has no untrained twin."
    case .unreadable(let path, let reason):
      "Cannot make the untrained twin of \(path): \(reason)."
    }
  }
}
