// SPDX-License-Identifier: MIT

import CGEEDTorch

extension TorchTensor: NetworkTensor {
  public func mapTorch(
    _ function: (TorchTensor) throws(TorchError) -> TorchTensor
  ) throws(TorchError) -> TorchTensor? { try function(self) }

  public static func + (a: TorchTensor, b: TorchTensor) throws(TorchError) -> TorchTensor {
    try a.combined(with: b, "add", gt_add)
  }

  public static func - (a: TorchTensor, b: TorchTensor) throws(TorchError) -> TorchTensor {
    try a.combined(with: b, "subtract", gt_subtract)
  }

  public static func * (a: TorchTensor, b: TorchTensor) throws(TorchError) -> TorchTensor {
    try a.combined(with: b, "multiply", gt_multiply)
  }

  public func adding(_ constant: TorchTensor) throws(TorchError) -> TorchTensor {
    try self + constant
  }

  public func multiplied(by constant: TorchTensor) throws(TorchError) -> TorchTensor {
    try self * constant
  }

  public func scaled(by factor: Double) throws(TorchError) -> TorchTensor {
    try makeTensor("scale") { gt_affine(&$0, handle, factor, 0) }
  }

  public func relu() throws(TorchError) -> TorchTensor { try mapped("relu", gt_relu) }

  public func relu6() throws(TorchError) -> TorchTensor { try mapped("relu6", gt_relu6) }

  public func elu() throws(TorchError) -> TorchTensor { try mapped("elu", gt_elu) }

  public func gelu() throws(TorchError) -> TorchTensor { try mapped("gelu", gt_gelu) }

  public func hardswish() throws(TorchError) -> TorchTensor {
    try mapped("hardswish", gt_hardswish)
  }

  public func linear(weight: TorchTensor, bias: TorchTensor?) throws(TorchError) -> TorchTensor {
    try makeTensor("linear") { gt_linear(&$0, handle, weight.handle, bias.handleOrNone) }
  }

  public func matmul(_ other: TorchTensor) throws(TorchError) -> TorchTensor {
    try combined(with: other, "matmul", gt_matmul)
  }

  public func conv2d(
    weight: TorchTensor, bias: TorchTensor?, stride: Int, padding: GridPadding, dilation: Int,
    groups: Int
  ) throws(TorchError) -> TorchTensor {
    let zeros = gt_padding(
      top: Int64(padding.top), left: Int64(padding.left), bottom: Int64(padding.bottom),
      right: Int64(padding.right))
    return try makeTensor("conv2d") {
      gt_conv2d(
        &$0, handle, weight.handle, bias.handleOrNone, Int64(stride), zeros, Int64(dilation),
        Int64(groups))
    }
  }

  public func batchNorm(
    _ parameters: BatchNormParameters, training: Bool, momentum: Double, epsilon: Double
  ) throws(TorchError) -> TorchTensor {
    try makeTensor("batch normalization") {
      gt_batch_norm(
        &$0, handle, parameters.weight.handleOrNone, parameters.bias.handleOrNone,
        parameters.mean.handle, parameters.variance.handle, training, momentum, epsilon)
    }
  }

  public func groupNorm(
    groupCount: Int, weight: TorchTensor?, bias: TorchTensor?, epsilon: Double
  ) throws(TorchError) -> TorchTensor {
    try makeTensor("group normalization") {
      gt_group_norm(
        &$0, handle, Int64(groupCount), weight.handleOrNone, bias.handleOrNone, epsilon)
    }
  }

  public func maxPool2d(
    size: Int, stride: Int, padding: Int, keepsRemainder: Bool
  ) throws(TorchError) -> TorchTensor {
    try makeTensor("max pooling") {
      gt_max_pool2d(&$0, handle, Int64(size), Int64(stride), Int64(padding), keepsRemainder)
    }
  }

  public func averagePool2d(
    size: Int, stride: Int, padding: Int, countsPadding: Bool
  ) throws(TorchError) -> TorchTensor {
    try makeTensor("average pooling") {
      gt_average_pool2d(
        &$0, handle, Int64(size), Int64(stride), Int64(padding), countsPadding)
    }
  }

  public func adaptiveAveragePool2d(
    height: Int, width: Int
  ) throws(TorchError) -> TorchTensor {
    try makeTensor("adaptive average pooling") {
      gt_adaptive_average_pool2d(&$0, handle, Int64(height), Int64(width))
    }
  }

  public func mean(axes: [Int], keepingAxes: Bool) throws(TorchError) -> TorchTensor {
    let axes = axes.map(Int64.init)
    return try makeTensor("mean") { gt_mean(&$0, handle, axes, axes.count, keepingAxes) }
  }

  public func maximum(axis: Int, keepingAxis: Bool) throws(TorchError) -> TorchTensor {
    try makeTensor("maximum") { gt_maximum(&$0, handle, [Int64(axis)], 1, keepingAxis) }
  }

  public func softmax(axis: Int) throws(TorchError) -> TorchTensor {
    try makeTensor("softmax") { gt_softmax(&$0, handle, Int64(axis)) }
  }

  public func reshaped(to shape: [Int]) throws(TorchError) -> TorchTensor {
    let shape = shape.map(Int64.init)
    return try makeTensor("reshape") { gt_reshape(&$0, handle, shape, shape.count) }
  }

  public func permuted(_ axes: [Int]) throws(TorchError) -> TorchTensor {
    let axes = axes.map(Int64.init)
    return try makeTensor("permute") { gt_permute(&$0, handle, axes, axes.count) }
  }

  public func sliced(
    axis: Int, from start: Int, to end: Int?, step: Int
  ) throws(TorchError) -> TorchTensor {
    try makeTensor("slice") {
      gt_slice(
        &$0, handle, Int64(axis), Int64(start), Int64(end ?? Int.max), Int64(step))
    }
  }

  public func padded(axis: Int, before: Int, after: Int) throws(TorchError) -> TorchTensor {
    let rank = shape.count
    let axesBehind = rank - 1 - (axis < 0 ? axis + rank : axis)
    precondition((0..<rank).contains(axesBehind), "Axis \(axis) is outside shape \(shape).")
    let amounts = [Int64](repeating: 0, count: 2 * axesBehind) + [Int64(before), Int64(after)]
    return try makeTensor("pad") { gt_pad(&$0, handle, amounts, amounts.count) }
  }

  public static func concatenating(
    _ tensors: [TorchTensor], axis: Int
  ) throws(TorchError) -> TorchTensor {
    try makeTensor("concatenate") {
      gt_concatenate(&$0, tensors.map(\.handle), tensors.count, Int64(axis))
    }
  }

  public func dropout(
    probability: Double, using generator: TorchGenerator
  ) throws(TorchError) -> TorchTensor {
    try makeTensor("dropout") { gt_dropout(&$0, handle, probability, generator.handle) }
  }
}

extension TorchTensor? {
  /// The handle of the tensor, or a null handle for `nil`.
  fileprivate var handleOrNone: gt_tensor { self?.handle ?? gt_tensor(impl: nil) }
}
