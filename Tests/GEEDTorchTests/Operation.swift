// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing

/// One way to call an operation, named as in `Scripts/fixtures/torch_golden.py`.
struct Operation: Sendable, CustomTestStringConvertible {
  typealias Body = @Sendable ([TorchTensor]) throws -> TorchTensor

  let name: String
  let run: Body

  init(_ name: String, _ run: @escaping Body) {
    self.name = name
    self.run = run
  }

  var testDescription: String { name }

  /// What PyTorch gives for it.
  func golden() throws -> TorchGolden.OperationCase {
    try #require(TorchGolden.values.operations.first { $0.name == name })
  }

  static let all: [Operation] =
    arithmetic + products + norms + pooling + reductions + places + losses + mobile

  static let arithmetic = [
    Operation("add") { try $0[0] + $0[1] },
    Operation("subtract") { try $0[0] - $0[1] },
    Operation("multiply") { try $0[0] * $0[1] },
    Operation("divide") { try $0[0] / $0[1] },
    Operation("scaled") { try $0[0].scaled(by: -1.5) },
    Operation("shifted") { try $0[0].shifted(by: 0.25) },
    Operation("relu") { try $0[0].relu() },
    Operation("elu") { try $0[0].elu() },
    Operation("gelu") { try $0[0].gelu() },
    Operation("hardswish") { try $0[0].scaled(by: 3).hardswish() },
    Operation("square root") { try ($0[0] * $0[0]).shifted(by: 0.5).squareRoot() },
  ]

  static let products = [
    Operation("linear") { try $0[0].linear(weight: $0[1], bias: $0[2]) },
    Operation("linear without bias") { try $0[0].linear(weight: $0[1], bias: nil) },
    Operation("matmul") { try $0[0].matmul($0[1]) },
    Operation("matmul, one matrix for all") { try $0[0].matmul($0[1]) },
    Operation("conv2d") { try $0[0].conv2d(weight: $0[1], bias: $0[2]) },
    Operation("conv2d, strided") { try $0[0].conv2d(weight: $0[1], stride: 2, padding: 1) },
    Operation("conv2d, grouped") {
      try $0[0].conv2d(weight: $0[1], bias: $0[2], padding: 1, groups: 2)
    },
    Operation("conv2d, dilated") {
      try $0[0].conv2d(weight: $0[1], bias: nil, stride: 1, padding: 2, dilation: 2, groups: 1)
    },
    Operation("conv2d, depthwise") {
      try $0[0].conv2d(weight: $0[1], stride: 2, padding: 2, groups: 3)
    },
  ]

  /// What networks for small devices use.
  static let mobile = [
    Operation("relu6") { try $0[0].scaled(by: 4).relu6() },
    Operation("conv2d, padded unevenly") {
      try $0[0].conv2d(
        weight: $0[1], bias: $0[2], stride: 2,
        padding: GridPadding(top: 2, left: 0, bottom: 1, right: 1), dilation: 1, groups: 1)
    },
    Operation("max pooling with remainder") {
      try $0[0].maxPool2d(size: 3, stride: 2, padding: 0, keepsRemainder: true)
    },
  ]

  static let norms = [
    Operation("batch norm in training") {
      try $0[0].batchNorm(
        statistics($0[1], $0[2], mean: [0, 0], variance: [1, 1]), training: true, momentum: 0.1,
        epsilon: 1e-5)
    },
    Operation("batch norm in evaluation") {
      try $0[0].batchNorm(
        statistics($0[1], $0[2], mean: [0.5, -1], variance: [2, 0.5]), training: false,
        momentum: 0.1, epsilon: 1e-3)
    },
    Operation("batch norm of features") {
      try $0[0].batchNorm(
        statistics($0[1], $0[2], mean: [0, 0, 0], variance: [1, 1, 1]), training: true,
        momentum: 0.1, epsilon: 1e-5)
    },
    Operation("group norm") {
      try $0[0].groupNorm(groupCount: 2, weight: $0[1], bias: $0[2], epsilon: 1e-5)
    },
  ]

  static let pooling = [
    Operation("max pooling") { try $0[0].maxPool2d(size: 3, stride: 2, padding: 1) },
    Operation("average pooling") {
      try $0[0].averagePool2d(size: 3, stride: 2, padding: 1, countsPadding: true)
    },
    Operation("average pooling of pixels alone") {
      try $0[0].averagePool2d(size: 3, stride: 2, padding: 1, countsPadding: false)
    },
    Operation("adaptive average pooling") {
      try $0[0].adaptiveAveragePool2d(height: 3, width: 2)
    },
  ]

  static let reductions = [
    Operation("mean") { try $0[0].mean(axes: [2, 3], keepingAxes: false) },
    Operation("mean, keeping axes") { try $0[0].mean(axes: [0, -1], keepingAxes: true) },
    Operation("mean of all") { try $0[0].mean(axes: [], keepingAxes: false) },
    Operation("sum") { try $0[0].sum(axes: [0, 2]) },
    Operation("sum of all") { try $0[0].sum() },
    Operation("maximum") { try $0[0].maximum(axis: 1, keepingAxis: false) },
    Operation("maximum, keeping the axis") { try $0[0].maximum(axis: -1, keepingAxis: true) },
    Operation("softmax") { try $0[0].softmax(axis: -1) },
    Operation("log softmax") { try $0[0].logSoftmax(axis: 1) },
  ]

  static let places = [
    Operation("reshaped") { try $0[0].reshaped(to: [2, -1]) },
    Operation("permuted") { try $0[0].permuted([2, 0, 1]) },
    Operation("expanded") { try $0[0].expanded(to: [2, 4, 3]) },
    Operation("sliced") { try $0[0].sliced(axis: 1, from: 1, to: 6, step: 2) },
    Operation("sliced to the end") { try $0[0].sliced(axis: 0, from: 1, to: nil, step: 1) },
    Operation("selected") {
      try $0[0].selecting(TorchTensor([2, 0, 2] as [Int64], shape: [3]), axis: 1)
    },
    Operation("repeated") { try $0[0].repeatingEach(2, axis: 1) },
    Operation("concatenated") { try TorchTensor.concatenating($0, axis: 1) },
    Operation("padded") { try $0[0].padded(axis: 1, before: 1, after: 2) },
  ]

  static let losses = [
    Operation("cross-entropy") { try $0[0].crossEntropy(labels()) },
    Operation("smoothed cross-entropy") {
      try $0[0].crossEntropy(labels(), labelSmoothing: 0.1)
    },
  ]

  private static func statistics(
    _ weight: TorchTensor, _ bias: TorchTensor, mean: [Double], variance: [Double]
  ) throws -> BatchNormParameters {
    try BatchNormParameters(
      weight: weight, bias: bias, mean: TorchTensor(mean, shape: [mean.count]),
      variance: TorchTensor(variance, shape: [mean.count]))
  }

  private static func labels() throws -> TorchTensor {
    try TorchTensor([2, 0, 1, 1] as [Int64], shape: [4])
  }
}

extension TorchTensor {
  /// sum(this · cos(0, 1, 2, ...)): a single number that depends on every scalar in its own way.
  func contracted() throws -> TorchTensor {
    let weights = (0..<count).map { Double($0) }.map(cosine)
    let factors = try TorchTensor(weights, shape: shape)
      .converted(to: elementType(), on: device())
    return try (self * factors).sum()
  }
}
#endif
