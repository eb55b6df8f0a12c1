// SPDX-License-Identifier: MIT

import GEEDOnnx
import GEEDTorch

/// A tensor of an example pass, with a record of how it was computed.
///
/// A network that is called with a recorded tensor runs as usual and records the equivalent
/// operators of ONNX, of which an `OnnxGraphBuilder` is made.
///
/// The first axis numbers the examples. The graph takes any number of them, so nothing may depend
/// on their number in the example pass, and no operation may mix or move them. A network that
/// violates this, or that uses the operations of training, stops with a message.
package struct RecordedTensor: NetworkTensor {
  /// The tensor that the example pass computed.
  package let value: TorchTensor
  let record: RecordedValue

  /// Starts a recording.
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
  func ownAxis(_ axis: Int) -> Int {
    let index = axis < 0 ? axis + shape.count : axis
    precondition(
      (1..<shape.count).contains(index),
      "Expected an axis after the one that numbers the examples, but got \(axis) of \(shape).")
    return index
  }
}

extension RecordedConstant {
  /// The matrix `[count, length]` that takes means over `count` nearly equal parts of `length`
  /// elements. As in libtorch, part i reaches from ⌊i · length / count⌋ to ⌈(i + 1) · length /
  /// count⌉.
  static func partMeans(
    _ count: Int, of length: Int, isTransposed: Bool = false
  ) -> RecordedConstant {
    var matrix = [Float](repeating: 0, count: count * length)
    for part in 0..<count {
      let places = part * length / count..<((part + 1) * length + count - 1) / count
      for place in places {
        matrix[isTransposed ? place * count + part : part * length + place] =
          1 / Float(places.count)
      }
    }
    return .numbers(matrix, shape: isTransposed ? [length, count] : [count, length])
  }
}

extension OnnxGraphBuilder {
  /// Creates a graph of the operations that a network applied to an example.
  ///
  /// Constants are stored as `float32`, each once, under their names in `parameters`.
  package init(
    recording outputs: [(name: String, tensor: RecordedTensor)], from input: RecordedTensor,
    named inputName: String = "image", parameters: ParameterStore? = nil, name: String = "network"
  ) throws(TorchError) {
    let names = outputs.map(\.name) + [inputName]
    precondition(!outputs.isEmpty, "Expected at least one output.")
    precondition(
      Set(names).count == names.count, "Expected different names for all tensors, but got \(names)."
    )
    let values = outputs.map { (name: $0.name, value: $0.tensor.record) }
    var writer = RecordedGraphWriter(
      builder: OnnxGraphBuilder(name: name), input: input.record, named: inputName,
      outputs: values, parameters: parameters?.all ?? [])
    for (name, value) in values { try writer.addOutput(name, value) }
    self = writer.builder
  }
}
