// SPDX-License-Identifier: MIT

import GEEDOnnx
import GEEDTorch

/// A tensor of an example pass, with a record of how it was computed.
///
/// A network that is called with a recorded tensor runs as usual and records the equivalent
/// operators of ONNX, from which
/// ``GEEDOnnx/OnnxGraphBuilder/init(recording:from:named:parameters:name:)`` creates a graph:
///
///     let image = RecordedTensor(try .full(0, shape: [2, 3, 32, 32]))
///     let logits = try network(image)
///     let graph = try OnnxGraphBuilder(
///       recording: [("logits", logits)], from: image, named: "image", parameters: weights)
///
/// The first axis numbers the examples. The graph takes any number of them, so nothing may depend
/// on their number in the example pass, and no operation may mix or move them. A network that
/// violates this, or that uses the operations of training, stops with a message.
package struct RecordedTensor: NetworkTensor {
  /// The tensor that the example pass computed.
  package let value: TorchTensor
  let record: RecordedValue

  /// Starts a recording.
  ///
  /// - Parameter example: An input of the network, preferably with two examples. Its numbers do not
  ///   matter.
  package init(_ example: TorchTensor) {
    self.init(value: example, record: RecordedValue(nil, shape: example.shape))
  }

  init(value: TorchTensor, record: RecordedValue) {
    self.value = value
    self.record = record
  }

  package var shape: [Int] { record.shape }

  package func named(after parameter: TorchTensor) -> RecordedTensor {
    RecordedTensor(value: value, record: record.owned(by: parameter))
  }

  /// Records an operator that computes `value` from this tensor and constants.
  func noting(
    _ type: String, making value: TorchTensor, _ constants: [(RecordedConstant, String)] = [],
    attributes: KeyValuePairs<String, OnnxAttribute> = [:], owner: TorchTensor? = nil
  ) -> RecordedTensor {
    RecordedTensor(
      value: value,
      record: record.applying(
        type, constants, shape: value.shape, attributes: attributes, owner: owner))
  }

  /// Returns the index of an axis, counted from the first one.
  ///
  /// - Precondition: The axis is not the one that numbers the examples.
  func ownAxis(_ axis: Int) -> Int {
    let index = axis < 0 ? axis + shape.count : axis
    precondition(
      (1..<shape.count).contains(index),
      "Expected an axis after the one that numbers the examples, but got \(axis) of \(shape).")
    return index
  }
}
