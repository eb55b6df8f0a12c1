// SPDX-License-Identifier: MIT

import GEEDOnnx
import GEEDTorch

// Matrices, convolutions and normalizations.

extension RecordedTensor {
  package func linear(
    weight: TorchTensor, bias: TorchTensor?
  ) throws(TorchError) -> RecordedTensor {
    let result = try value.linear(weight: weight, bias: bias)
    guard shape.count > 2 else {
      return noting(
        "Gemm", making: result, [(.tensor(weight), "weight")] + bias.operand("bias"),
        attributes: ["transB": .integer(1)], owner: weight)
    }
    let matrix: [(RecordedConstant, String)] = [(.transposed(weight), "weight")]
    guard let bias else { return noting("MatMul", making: result, matrix, owner: weight) }
    let product = record.applying(
      "MatMul", matrix, shape: result.shape, owner: weight, isPartial: true)
    return RecordedTensor(
      value: result,
      record: product.applying("Add", [(.tensor(bias), "bias")], owner: weight))
  }

  package func matmul(_ other: RecordedTensor) throws(TorchError) -> RecordedTensor {
    precondition(
      shape.count == other.shape.count && shape.count > 2,
      "Expected a matrix for each example on both sides, but got \(shape) and \(other.shape).")
    let result = try value.matmul(other.value)
    return RecordedTensor(
      value: result,
      record: record.combined(by: "MatMul", with: other.record, shape: result.shape))
  }

  package func conv2d(
    weight: TorchTensor, bias: TorchTensor?, stride: Int, padding: GridPadding, dilation: Int,
    groups: Int
  ) throws(TorchError) -> RecordedTensor {
    noting(
      "Conv",
      making: try value.conv2d(
        weight: weight, bias: bias, stride: stride, padding: padding, dilation: dilation,
        groups: groups),
      [(.tensor(weight), "weight")] + bias.operand("bias"),
      attributes: [
        "dilations": .integers([dilation, dilation]), "group": .integer(groups),
        "kernel_shape": .integers(Array(weight.shape.suffix(2))),
        "pads": .integers([padding.top, padding.left, padding.bottom, padding.right]),
        "strides": .integers([stride, stride]),
      ],
      owner: weight)
  }

  package func batchNorm(
    _ parameters: BatchNormParameters, training: Bool, momentum: Double, epsilon: Double
  ) throws(TorchError) -> RecordedTensor {
    precondition(
      !training, "Expected a pass in evaluation to be recorded, but got one in training.")
    let channels = shape[1]
    return noting(
      "BatchNormalization",
      making: try value.batchNorm(
        parameters, training: false, momentum: momentum, epsilon: epsilon),
      [
        (parameters.weight.constant(1, count: channels), "weight"),
        (parameters.bias.constant(0, count: channels), "bias"),
        (.tensor(parameters.mean), "mean"), (.tensor(parameters.variance), "variance"),
      ],
      attributes: ["epsilon": .float(Float(epsilon))], owner: parameters.mean)
  }

  /// Opset 17 has no group normalization: groups are reshaped to channels, normalized separately,
  /// and reshaped back.
  package func groupNorm(
    groupCount: Int, weight: TorchTensor?, bias: TorchTensor?, epsilon: Double
  ) throws(TorchError) -> RecordedTensor {
    let result = try value.groupNorm(
      groupCount: groupCount, weight: weight, bias: bias, epsilon: epsilon)
    let owner = weight ?? bias
    let size = shape.dropFirst().reduce(1, *) / groupCount
    let ones: RecordedConstant = .numbers(
      Array(repeating: 1, count: groupCount), shape: [groupCount])
    let zeros: RecordedConstant = .numbers(
      Array(repeating: 0, count: groupCount), shape: [groupCount])
    var record =
      record
      .reshaped(to: [shape[0], groupCount, size], owner: owner, isPartial: true)
      .applying(
        "InstanceNormalization", [(ones, "ones"), (zeros, "zeros")],
        attributes: ["epsilon": .float(Float(epsilon))], owner: owner, isPartial: true
      )
      .reshaped(to: shape, owner: owner, isPartial: owner != nil)
    // One number for each channel, at all of its positions.
    let perChannel = [-1] + Array(repeating: 1, count: shape.count - 2)
    if let weight {
      record = record.applying(
        "Mul", [(.tensor(try weight.reshaped(to: perChannel)), "scale")], owner: owner,
        isPartial: bias != nil)
    }
    if let bias {
      record = record.applying(
        "Add", [(.tensor(try bias.reshaped(to: perChannel)), "shift")], owner: owner)
    }
    return RecordedTensor(value: result, record: record)
  }
}

extension TorchTensor? {
  /// An optional operand.
  fileprivate func operand(_ part: String) -> [(RecordedConstant, String)] {
    map { [(.tensor($0), part)] } ?? []
  }

  /// A required operand; the constant `substitute` if it is missing.
  fileprivate func constant(_ substitute: Float, count: Int) -> RecordedConstant {
    map { .tensor($0) } ?? .numbers(Array(repeating: substitute, count: count), shape: [count])
  }
}
