// SPDX-License-Identifier: MIT

import GEED
import GEEDTorch

/// A classifier as a model to measure, with every block's output, `features` and `logits` by name.
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
  public var outputNames: [String] { classifier.blockNames + ["features", "logits"] }

  public func outputs(for batch: Tensor) throws -> [String: Tensor] {
    try withoutGradients {
      let images = try TorchTensor(batch, device: device)
      let outputs = try classifier.outputs(images)
      let tensors = outputs.blocks + [outputs.features, outputs.logits]
      var named: [String: Tensor] = [:]
      for (name, tensor) in zip(outputNames, tensors) { named[name] = try tensor.host() }
      return named
    }
  }
}
