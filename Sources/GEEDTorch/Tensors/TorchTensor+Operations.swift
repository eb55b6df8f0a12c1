// SPDX-License-Identifier: MIT

import CGEEDTorch

// Operations for losses, weights and evaluation, which are not used as layers of networks.

extension TorchTensor {
  /// The sum over some axes, or over all of them.
  public func sum(axes: [Int] = [], keepingAxes: Bool = false) throws(TorchError) -> TorchTensor {
    let axes = axes.map(Int64.init)
    return try makeTensor("sum") { gt_sum(&$0, handle, axes, axes.count, keepingAxes) }
  }

  /// Elementwise quotients; axes of length 1 are broadcast.
  public static func / (a: TorchTensor, b: TorchTensor) throws(TorchError) -> TorchTensor {
    try makeTensor("divide") { gt_divide(&$0, a.handle, b.handle) }
  }

  /// Adds `offset` to every scalar.
  public func shifted(by offset: Double) throws(TorchError) -> TorchTensor {
    try makeTensor("shift") { gt_affine(&$0, handle, 1, offset) }
  }

  /// The square root of every scalar.
  public func squareRoot() throws(TorchError) -> TorchTensor {
    try makeTensor("square root") { gt_sqrt(&$0, handle) }
  }

  /// The index of the greatest scalar along `axis`, as `int64`; the axis is removed.
  public func argmax(axis: Int) throws(TorchError) -> TorchTensor {
    try makeTensor("argmax") { gt_argmax(&$0, handle, Int64(axis)) }
  }

  /// log(softmax(x)) over `axis`, without overflow.
  public func logSoftmax(axis: Int) throws(TorchError) -> TorchTensor {
    try makeTensor("log softmax") { gt_log_softmax(&$0, handle, Int64(axis)) }
  }

  /// The elements along `axis` at `indices`, an `int64` tensor of shape `[K]`; the axis then has
  /// length K.
  public func selecting(_ indices: TorchTensor, axis: Int) throws(TorchError) -> TorchTensor {
    try makeTensor("select") { gt_select_indices(&$0, handle, Int64(axis), indices.handle) }
  }

  /// Every element along `axis`, repeated `count` times: a, a, b, b, ...
  public func repeatingEach(_ count: Int, axis: Int) throws(TorchError) -> TorchTensor {
    try makeTensor("repeat") { gt_repeat_each(&$0, handle, Int64(axis), Int64(count)) }
  }

  /// Broadcasts axes of length 1 to the lengths of `shape`, without copying.
  public func expanded(to shape: [Int]) throws(TorchError) -> TorchTensor {
    let shape = shape.map(Int64.init)
    return try makeTensor("expand") { gt_expand(&$0, handle, shape, shape.count) }
  }

  /// The mean over the batch of the cross-entropy between softmax(x) and labels, in nats.
  ///
  /// - Parameters:
  ///   - labels: Classes from 0, `int64` of shape `[N]`, for logits of shape `[N, K]`.
  ///   - smoothing: The share of probability that the target spreads over all classes, in 0...1.
  public func crossEntropy(
    _ labels: TorchTensor, labelSmoothing smoothing: Double = 0
  ) throws(TorchError) -> TorchTensor {
    try makeTensor("cross-entropy") {
      gt_cross_entropy(&$0, handle, labels.handle, smoothing)
    }
  }
}
