// SPDX-License-Identifier: MIT

import GEEDOnnx
import GEEDTorch

// Operations on windows, and reductions of whole axes.

extension RecordedTensor {
  package func maxPool2d(
    size: Int, stride: Int, padding: Int, keepsRemainder: Bool
  ) throws(TorchError) -> RecordedTensor {
    noting(
      "MaxPool",
      making: try value.maxPool2d(
        size: size, stride: stride, padding: padding, keepsRemainder: keepsRemainder),
      attributes: [
        "ceil_mode": .integer(keepsRemainder ? 1 : 0),
        "kernel_shape": .integers([size, size]),
        "pads": .integers(Array(repeating: padding, count: 4)),
        "strides": .integers([stride, stride]),
      ])
  }

  package func averagePool2d(
    size: Int, stride: Int, padding: Int, countsPadding: Bool
  ) throws(TorchError) -> RecordedTensor {
    noting(
      "AveragePool",
      making: try value.averagePool2d(
        size: size, stride: stride, padding: padding, countsPadding: countsPadding),
      attributes: [
        "count_include_pad": .integer(countsPadding ? 1 : 0),
        "kernel_shape": .integers([size, size]),
        "pads": .integers(Array(repeating: padding, count: 4)),
        "strides": .integers([stride, stride]),
      ])
  }

  /// If there are as many parts as elements, nothing changes. One part is a global mean, and parts
  /// of equal length are windows. Otherwise two matrices of weights take the means, one for the
  /// rows and one for the columns.
  package func adaptiveAveragePool2d(
    height: Int, width: Int
  ) throws(TorchError) -> RecordedTensor {
    let result = try value.adaptiveAveragePool2d(height: height, width: width)
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    if height == rows && width == columns { return RecordedTensor(value: result, record: record) }
    if height == 1 && width == 1 { return noting("GlobalAveragePool", making: result) }
    if rows.isMultiple(of: height) && columns.isMultiple(of: width) {
      let window = [rows / height, columns / width]
      return noting(
        "AveragePool", making: result,
        attributes: ["kernel_shape": .integers(window), "strides": .integers(window)])
    }
    let overColumns = record.applying(
      "MatMul", [(.partMeans(width, of: columns, isTransposed: true), "columns")],
      shape: Array(result.shape.prefix(2)) + [rows, width], isPartial: true)
    let overRows = RecordedValue(
      RecordedValue.Operation(
        type: "MatMul",
        operands: [.constant(.partMeans(height, of: rows), "rows"), .value(overColumns)]),
      shape: result.shape)
    return RecordedTensor(value: result, record: overRows)
  }

  package func mean(axes: [Int], keepingAxes: Bool) throws(TorchError) -> RecordedTensor {
    noting(
      "ReduceMean", making: try value.mean(axes: axes, keepingAxes: keepingAxes),
      attributes: [
        "axes": .integers(axes.map(ownAxis)), "keepdims": .integer(keepingAxes ? 1 : 0),
      ])
  }

  package func maximum(axis: Int, keepingAxis: Bool) throws(TorchError) -> RecordedTensor {
    noting(
      "ReduceMax", making: try value.maximum(axis: axis, keepingAxis: keepingAxis),
      attributes: [
        "axes": .integers([ownAxis(axis)]), "keepdims": .integer(keepingAxis ? 1 : 0),
      ])
  }

  package func softmax(axis: Int) throws(TorchError) -> RecordedTensor {
    noting(
      "Softmax", making: try value.softmax(axis: axis),
      attributes: ["axis": .integer(ownAxis(axis))])
  }
}
