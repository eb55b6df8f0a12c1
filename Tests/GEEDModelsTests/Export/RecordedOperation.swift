// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDTorch

/// A small network for each operation of ``NetworkTensor``, or for one way in which it is exported.
enum RecordedOperation: String, CaseIterable {
  case sum, difference, product, adding, addingMask, multiplied, scaled, relu, relu6, elu, gelu
  case hardswish
  case linear, linearWithoutBias, linearOnTokens, linearOnTokensWithoutBias, matmul
  case convolution, convolutionWithoutBias, groupedConvolution, dilatedConvolution
  case unevenlyPaddedConvolution
  case batchNorm, batchNormWithoutWeights, batchNormOfFeatures, batchNormOfFields
  case groupNorm, groupNormWithoutWeights, groupNormWithBiasOnly
  case maxPool, maxPoolWithRemainder, averagePool, averagePoolCountingPadding
  case adaptiveToOne, adaptiveToDivisor, adaptiveToSame, adaptiveToUneven, adaptiveToMore
  case mean, meanKeepingAxes, maximum, maximumKeepingAxis, softmax, softmaxOfFirstOwnAxis
  case flattened, reshapedWithLength, reshapedIntoBatch, permuted
  case sliced, slicedFromEnd, slicedBeyondEnd, padded, concatenated, concatenatedFromEnd

  /// Makes of `[N, 6, 5, 7]` whatever it is.
  func callAsFunction<T: NetworkTensor>(_ x: T) throws -> T {
    switch self {
    case .sum, .difference, .product, .adding, .addingMask, .multiplied, .scaled, .relu, .relu6,
      .elu, .gelu, .hardswish:
      try elements(x)
    case .linear, .linearWithoutBias, .linearOnTokens, .linearOnTokensWithoutBias, .matmul:
      try matrices(x)
    case .convolution, .convolutionWithoutBias, .groupedConvolution, .dilatedConvolution,
      .unevenlyPaddedConvolution:
      try convolutions(x)
    case .batchNorm, .batchNormWithoutWeights, .batchNormOfFeatures, .batchNormOfFields,
      .groupNorm, .groupNormWithoutWeights, .groupNormWithBiasOnly:
      try normalizations(x)
    case .maxPool, .maxPoolWithRemainder, .averagePool, .averagePoolCountingPadding,
      .adaptiveToOne, .adaptiveToDivisor, .adaptiveToSame, .adaptiveToUneven, .adaptiveToMore:
      try poolings(x)
    case .mean, .meanKeepingAxes, .maximum, .maximumKeepingAxis, .softmax, .softmaxOfFirstOwnAxis:
      try reductions(x)
    case .flattened, .reshapedWithLength, .reshapedIntoBatch, .permuted, .sliced, .slicedFromEnd,
      .slicedBeyondEnd, .padded, .concatenated, .concatenatedFromEnd:
      try axes(x)
    }
  }

  private func elements<T: NetworkTensor>(_ x: T) throws -> T {
    switch self {
    case .sum: try x + x.mean(axes: [2, 3], keepingAxes: true)
    case .difference: try x - x.maximum(axis: 1, keepingAxis: true)
    case .product: try x * x.mean(axes: [1], keepingAxes: true)
    case .adding: try x.adding(numbers([6, 1, 1]))
    case .addingMask: try x.adding(numbers([1, 1, 5, 7]))
    case .multiplied: try x.multiplied(by: numbers([5, 1]))
    case .scaled: try x.scaled(by: -0.3)
    case .relu: try x.relu()
    case .relu6: try x.scaled(by: 10).relu6()
    case .elu: try x.elu()
    case .gelu: try x.scaled(by: 3).gelu()
    // Both bends, at -3 and at 3, lie inside.
    default: try x.scaled(by: 5).hardswish()
    }
  }

  private func matrices<T: NetworkTensor>(_ x: T) throws -> T {
    let tokens = try x.reshaped(to: [-1, 6, 35])
    return switch self {
    case .linear: try x.flattened().linear(weight: numbers([4, 210]), bias: numbers([4]))
    case .linearWithoutBias: try x.flattened().linear(weight: numbers([4, 210]), bias: nil)
    case .linearOnTokens: try tokens.linear(weight: numbers([4, 35]), bias: numbers([4]))
    case .linearOnTokensWithoutBias: try x.linear(weight: numbers([4, 7]), bias: nil)
    default: try tokens.matmul(tokens.permuted([0, 2, 1]))
    }
  }

  private func convolutions<T: NetworkTensor>(_ x: T) throws -> T {
    switch self {
    case .convolution:
      try x.conv2d(weight: numbers([4, 6, 3, 2]), bias: numbers([4]), stride: 2, padding: 1)
    case .convolutionWithoutBias: try x.conv2d(weight: numbers([4, 6, 1, 1]))
    case .groupedConvolution:
      try x.conv2d(weight: numbers([6, 2, 3, 3]), bias: numbers([6]), padding: 1, groups: 3)
    case .unevenlyPaddedConvolution:
      try x.conv2d(
        weight: numbers([4, 6, 3, 3]), bias: nil, stride: 2,
        padding: GridPadding(top: 0, left: 2, bottom: 1, right: 1), dilation: 1, groups: 1)
    default:
      try x.conv2d(
        weight: numbers([4, 6, 2, 2]), bias: nil, stride: 1, padding: 0, dilation: 3, groups: 1)
    }
  }

  private func normalizations<T: NetworkTensor>(_ x: T) throws -> T {
    switch self {
    case .batchNorm: try normalized(x, channels: 6)
    case .batchNormWithoutWeights: try normalized(x, channels: 6, hasWeights: false)
    case .batchNormOfFeatures: try normalized(x.flattened(), channels: 210)
    case .batchNormOfFields: try normalized(x.reshaped(to: [-1, 3, 2, 5, 7]), channels: 3)
    case .groupNorm:
      try x.groupNorm(groupCount: 3, weight: numbers([6]), bias: numbers([6]), epsilon: 1e-3)
    case .groupNormWithoutWeights:
      try x.groupNorm(groupCount: 2, weight: nil, bias: nil, epsilon: 1e-5)
    default: try x.groupNorm(groupCount: 1, weight: nil, bias: numbers([6]), epsilon: 1e-5)
    }
  }

  private func normalized<T: NetworkTensor>(
    _ x: T, channels: Int, hasWeights: Bool = true
  ) throws -> T {
    try x.batchNorm(
      BatchNormParameters(
        weight: hasWeights ? numbers([channels]) : nil,
        bias: hasWeights ? numbers([channels]) : nil,
        mean: numbers([channels]), variance: numbers([channels]) * numbers([channels])),
      training: false, momentum: 0.1, epsilon: 0.25)
  }

  private func poolings<T: NetworkTensor>(_ x: T) throws -> T {
    switch self {
    // Negative everywhere: padding with zeros would show.
    case .maxPool: try x.adding(numbers([1], offset: -9)).maxPool2d(size: 3, stride: 2, padding: 1)
    case .maxPoolWithRemainder:
      // Rows are 5 and columns 7, of which 4 windows of 2 leave one.
      try x.maxPool2d(size: 2, stride: 2, padding: 0, keepsRemainder: true)
    case .averagePool: try x.averagePool2d(size: 3, stride: 2, padding: 1, countsPadding: false)
    case .averagePoolCountingPadding:
      try x.averagePool2d(size: 2, stride: 1, padding: 1, countsPadding: true)
    case .adaptiveToOne: try x.adaptiveAveragePool2d(height: 1, width: 1)
    case .adaptiveToDivisor: try x.adaptiveAveragePool2d(height: 5, width: 1)
    case .adaptiveToSame: try x.adaptiveAveragePool2d(height: 5, width: 7)
    case .adaptiveToUneven: try x.adaptiveAveragePool2d(height: 2, width: 3)
    default: try x.adaptiveAveragePool2d(height: 6, width: 6)
    }
  }

  private func reductions<T: NetworkTensor>(_ x: T) throws -> T {
    switch self {
    case .mean: try x.mean(axes: [-1, 2], keepingAxes: false)
    case .meanKeepingAxes: try x.mean(axes: [1, 3], keepingAxes: true)
    case .maximum: try x.maximum(axis: 2, keepingAxis: false)
    case .maximumKeepingAxis: try x.maximum(axis: -1, keepingAxis: true)
    case .softmax: try x.softmax(axis: -1)
    default: try x.softmax(axis: 1)
    }
  }

  private func axes<T: NetworkTensor>(_ x: T) throws -> T {
    switch self {
    case .flattened: try x.flattened()
    case .reshapedWithLength: try x.reshaped(to: [x.shape[0], 3, -1])
    case .reshapedIntoBatch:
      try x.reshaped(to: [-1, 35]).scaled(by: 2).reshaped(to: [-1, 6, 35]).reshaped(to: [-1, 7, 30])
    case .permuted: try x.permuted([0, -1, 1, 2])
    case .sliced: try x.sliced(axis: 3, from: 1, to: 6, step: 2)
    case .slicedFromEnd: try x.sliced(axis: -1, from: -4, to: -1, step: 1)
    case .slicedBeyondEnd: try x.sliced(axis: 1, from: 2, to: nil, step: 3)
    case .padded: try x.padded(axis: 2, before: 1, after: 2).padded(axis: -1, before: 0, after: 3)
    case .concatenated: try .concatenating([x, x.relu(), x], axis: 1)
    default: try .concatenating([x, x.sliced(axis: 3, from: 0, to: 2, step: 1)], axis: -1)
    }
  }
}

/// Some numbers between -1 and 1 that look random.
private func numbers(_ shape: [Int], offset: Float = 0) throws -> TorchTensor {
  var generator = SplitMix64(seed: UInt64(Tensor.count(of: shape)))
  let scalars = (0..<Tensor.count(of: shape)).map { _ in
    Float.random(in: -1...1, using: &generator) + offset
  }
  return try TorchTensor(scalars, shape: shape)
}
#endif
