// SPDX-License-Identifier: MIT

import GEED
import GEEDTorch

/// An image classifier f = f₂ ∘ f₁: a chain of blocks, a summary of the last block, and a linear
/// head.
///
/// Conforming types define each part once, for any `NetworkTensor`; running, training, measuring
/// and exporting follow from these definitions.
public protocol FactoredClassifier: Sendable {
  /// The names of the blocks, in order, as in the names of their parameters: `stem`, `layer1`, ...
  var blockNames: [String] { get }

  /// The modules of f₂, as in the names of their parameters, such as `fc`: what a network for other
  /// classes replaces. By default empty, which means that they are not known.
  var headModules: [String] { get }

  /// Whether ``features(ofLastBlock:_:)`` keeps the positions of the last block's grid; by default it
  /// does not. If it does, the means of the last block's channels are a further output, `pooled`.
  var keepsPositionsInFeatures: Bool { get }

  /// Runs block `index`, counted from 0, on the output of the block before it, or on images
  /// `[N, C, H, W]`.
  func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T

  /// Summarizes the output of the last block: `[N, featureCount]`; by default the means of its
  /// channels over the grid.
  func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T

  /// f₂ in the paper, before the softmax: `[N, featureCount]` to `[N, classCount]`.
  func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T

  /// Returns the actions of a group on the outputs of blocks whose channels it permutes, by the
  /// names of the blocks; none by default.
  func outputActions(under group: FiniteGroup) -> [String: any GroupAction]
}

extension FactoredClassifier {
  public var headModules: [String] { [] }

  public var keepsPositionsInFeatures: Bool { false }

  public func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try x.mean(axes: [2, 3], keepingAxes: false)
  }

  public func outputActions(under group: FiniteGroup) -> [String: any GroupAction] { [:] }
}

/// The outputs of one forward pass.
package struct ClassifierOutputs<T: NetworkTensor> {
  /// The output of every block, in order.
  package let blocks: [T]
  /// The means of the last block's channels, `[N, C]`, if the features keep positions.
  package let pooled: T?
  /// f₁ of the images, `[N, featureCount]`.
  package let features: T
  /// f₂ of the features, before the softmax, `[N, classCount]`.
  package let logits: T

  /// All outputs in the order of ``FactoredClassifier/outputNames``.
  package var all: [T] { blocks + (pooled.map { [$0] } ?? []) + [features, logits] }
}

extension FactoredClassifier {
  /// Returns whether a parameter, or a tensor that is not trained, belongs to f₂.
  package func isHead(_ name: String) -> Bool {
    headModules.contains { name.hasPrefix("\($0).") }
  }

  /// The name of every output, in the order in which they are computed.
  package var outputNames: [String] {
    blockNames + (keepsPositionsInFeatures ? ["pooled"] : []) + ["features", "logits"]
  }

  /// f_1 ... f_k in the paper: the outputs of the first `k` blocks, each the input of the next.
  package func activations<T: NetworkTensor>(
    _ images: T, throughBlock k: Int, _ mode: ForwardMode = .evaluation
  ) throws(TorchError) -> [T] {
    precondition(
      (1...blockNames.count).contains(k),
      "Expected a block in 1...\(blockNames.count), but got \(k).")
    var outputs: [T] = []
    for index in 0..<k {
      outputs.append(try block(index, outputs.last ?? images, mode))
    }
    return outputs
  }

  /// f₁ in the paper: `[N, C, H, W]` to `[N, featureCount]`.
  public func features<T: NetworkTensor>(
    _ images: T, _ mode: ForwardMode = .evaluation
  ) throws(TorchError) -> T {
    var x = images
    for index in blockNames.indices { x = try block(index, x, mode) }
    return try features(ofLastBlock: x, mode)
  }

  /// f in the paper, before the softmax: `[N, C, H, W]` to `[N, classCount]`.
  public func callAsFunction<T: NetworkTensor>(
    _ images: T, _ mode: ForwardMode = .evaluation
  ) throws(TorchError) -> T {
    try logits(features(images, mode), mode)
  }

  /// Returns the outputs of all parts from one forward pass.
  package func outputs<T: NetworkTensor>(
    _ images: T, _ mode: ForwardMode = .evaluation
  ) throws(TorchError) -> ClassifierOutputs<T> {
    let blocks = try activations(images, throughBlock: blockNames.count, mode)
    let last = blocks.last ?? images
    let features = try features(ofLastBlock: last, mode)
    return ClassifierOutputs(
      blocks: blocks,
      pooled: keepsPositionsInFeatures ? try last.mean(axes: [2, 3], keepingAxes: false) : nil,
      features: features, logits: try logits(features, mode))
  }
}

/// A classifier as a model to measure, with every block's output, `features`, `logits` and, if there is
/// one, `pooled` by name.
///
/// Forward passes run in evaluation mode and record no gradients, so measuring during training does
/// not affect it.
public struct MeasurableClassifier: MeasurableModel {
  private let classifier: any FactoredClassifier
  private let device: TorchDevice

  /// - Parameters:
  ///   - classifier: A network in Swift.
  ///   - device: The device of the classifier's parameters.
  public init(_ classifier: any FactoredClassifier, on device: TorchDevice = .cpu) {
    self.classifier = classifier
    self.device = device
  }

  /// The name of every output, in the order in which they are computed.
  package var outputNames: [String] { classifier.outputNames }

  public func outputs(for batch: Tensor) throws -> [String: Tensor] {
    try withoutGradients {
      let images = try TorchTensor(batch, device: device)
      let tensors = try classifier.outputs(images).all
      var named: [String: Tensor] = [:]
      for (name, tensor) in zip(outputNames, tensors) { named[name] = try tensor.host() }
      return named
    }
  }
}
