// SPDX-License-Identifier: MIT

import CGEEDTorch

// Operations for losses, weights and evaluation, which are not used as layers of networks.

extension TorchTensor {
  /// The sum over some axes, or over all of them.
  package func sum(axes: [Int] = [], keepingAxes: Bool = false) throws(TorchError) -> TorchTensor {
    let axes = axes.map(Int64.init)
    return try makeTensor("sum") { gt_sum(&$0, handle, axes, axes.count, keepingAxes) }
  }

  /// Elementwise quotients; axes of length 1 are broadcast.
  package static func / (a: TorchTensor, b: TorchTensor) throws(TorchError) -> TorchTensor {
    try a.combined(with: b, "divide", gt_divide)
  }

  /// Adds `offset` to every scalar.
  package func shifted(by offset: Double) throws(TorchError) -> TorchTensor {
    try makeTensor("shift") { gt_affine(&$0, handle, 1, offset) }
  }

  /// The square root of every scalar.
  package func squareRoot() throws(TorchError) -> TorchTensor {
    try mapped("square root", gt_sqrt)
  }

  /// The index of the greatest scalar along `axis`, as `int64`; the axis is removed.
  package func argmax(axis: Int) throws(TorchError) -> TorchTensor {
    try makeTensor("argmax") { gt_argmax(&$0, handle, Int64(axis)) }
  }

  /// log(softmax(x)) over `axis`, without overflow.
  package func logSoftmax(axis: Int) throws(TorchError) -> TorchTensor {
    try makeTensor("log softmax") { gt_log_softmax(&$0, handle, Int64(axis)) }
  }

  /// The elements along `axis` at `indices`, an `int64` tensor of shape `[K]`.
  package func selecting(_ indices: TorchTensor, axis: Int) throws(TorchError) -> TorchTensor {
    try makeTensor("select") { gt_select_indices(&$0, handle, Int64(axis), indices.handle) }
  }

  /// Every element along `axis`, repeated `count` times: a, a, b, b, ...
  package func repeatingEach(_ count: Int, axis: Int) throws(TorchError) -> TorchTensor {
    try makeTensor("repeat") { gt_repeat_each(&$0, handle, Int64(axis), Int64(count)) }
  }

  /// Broadcasts axes of length 1 to the lengths of `shape`, without copying.
  package func expanded(to shape: [Int]) throws(TorchError) -> TorchTensor {
    let shape = shape.map(Int64.init)
    return try makeTensor("expand") { gt_expand(&$0, handle, shape, shape.count) }
  }

  /// The mean over the batch of the cross-entropy between softmax(x), x of shape `[N, K]`, and
  /// classes from 0, `int64` of shape `[N]`, in nats. The target spreads the share `smoothing` of
  /// its probability over all classes.
  package func crossEntropy(
    _ labels: TorchTensor, labelSmoothing smoothing: Double = 0
  ) throws(TorchError) -> TorchTensor {
    try makeTensor("cross-entropy") {
      gt_cross_entropy(&$0, handle, labels.handle, smoothing)
    }
  }
}
