// SPDX-License-Identifier: MIT

import GEEDOnnx
import GEEDTorch

// Operations that move numbers without changing them.

extension RecordedTensor {
  package func reshaped(to shape: [Int]) throws(TorchError) -> RecordedTensor {
    let result = try value.reshaped(to: shape)
    return RecordedTensor(value: result, record: record.reshaped(to: result.shape))
  }

  package func permuted(_ axes: [Int]) throws(TorchError) -> RecordedTensor {
    let order = axes.map { $0 < 0 ? $0 + shape.count : $0 }
    precondition(
      order.first == 0, "Expected the axis that numbers the examples to stay, but got \(axes).")
    return noting(
      "Transpose", making: try value.permuted(axes), attributes: ["perm": .integers(order)])
  }

  package func sliced(
    axis: Int, from start: Int, to end: Int?, step: Int
  ) throws(TorchError) -> RecordedTensor {
    let axis = ownAxis(axis)
    let result = try value.sliced(axis: axis, from: start, to: end, step: step)
    return noting(
      "Slice", making: result,
      [
        (.integers([start]), "starts"), (.integers([min(end ?? shape[axis], shape[axis])]), "ends"),
        (.integers([axis]), "axes"), (.integers([step]), "steps"),
      ])
  }

  package func padded(axis: Int, before: Int, after: Int) throws(TorchError) -> RecordedTensor {
    let axis = ownAxis(axis)
    var pads = Array(repeating: 0, count: 2 * shape.count)
    (pads[axis], pads[axis + shape.count]) = (before, after)
    return noting(
      "Pad", making: try value.padded(axis: axis, before: before, after: after),
      [(.integers(pads), "pads")])
  }

  package static func concatenating(
    _ tensors: [RecordedTensor], axis: Int
  ) throws(TorchError) -> RecordedTensor {
    precondition(!tensors.isEmpty, "Expected at least one tensor to concatenate.")
    let axis = tensors[0].ownAxis(axis)
    let result = try TorchTensor.concatenating(tensors.map(\.value), axis: axis)
    return RecordedTensor(
      value: result,
      record: RecordedValue(
        RecordedValue.Operation(
          type: "Concat", operands: tensors.map { .value($0.record) },
          attributes: ["axis": .integer(axis)]),
        shape: result.shape))
  }
}

extension RecordedValue {
  /// The same numbers in another shape, for any number of examples. The first length is 0, which
  /// keeps the length of the first axis, or -1, which computes it, if that axis also numbers parts
  /// of examples.
  func reshaped(
    to shape: [Int], owner: TorchTensor? = nil, isPartial: Bool = false
  ) -> RecordedValue {
    let first = shape[0] == self.shape[0] ? 0 : -1
    return applying(
      "Reshape", [(.integers([first] + shape.dropFirst()), "shape")], shape: shape, owner: owner,
      isPartial: isPartial)
  }
}
