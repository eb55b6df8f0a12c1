// SPDX-License-Identifier: MIT

import GEED
import GEEDTorch

/// A classifier as the metric sees it: every block's output, `features` and `logits` by name.
///
/// Forward passes are those of evaluation and record no gradients, so measuring in the middle of
/// training changes nothing about it.
public struct MeasurableClassifier: MeasurableModel {
  private let classifier: any FactoredClassifier
  private let device: TorchDevice

  /// - Parameters:
  ///   - classifier: A network in Swift.
  ///   - device: Where the classifier's parameters are.
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
