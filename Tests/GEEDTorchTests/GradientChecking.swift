// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEEDTorch
import Testing
import _GEEDTestSupport

func cosine(_ x: Double) -> Double { cos(x) }

/// Expects the derivatives of `loss` by every scalar of `leaves`, in double precision, to be central
/// differences.
///
/// With steps of h = 1e-5 a difference is off by h² = 1e-10 of the third derivative, and by rounding of
/// 1e-16 / h = 1e-11 of the loss. Losses here are up to some hundred and derivatives about 1, so that
/// 1e-7 leaves room, while a wrong term shows from 1e-2 on.
func expectGradients(
  of leaves: [(name: String, tensor: TorchTensor)], loss: () throws -> TorchTensor,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let step = 1e-5
  try TorchTensor.clearGradients(of: leaves.map(\.tensor))
  try loss().backward()
  for (name, tensor) in leaves {
    let gradient = try #require(try tensor.gradient(), "\(name)", sourceLocation: sourceLocation)
    let derivatives = try gradient.doubles()
    let center = try tensor.doubles()
    for index in center.indices {
      let losses = try [step, -step].map { change in
        var moved = center
        moved[index] += change
        try tensor.assign(TorchTensor(moved, shape: tensor.shape))
        return try withoutGradients { try loss().item() }
      }
      expectClose(
        derivatives[index], (losses[0] - losses[1]) / (2 * step),
        tolerance: 1e-7 * max(1, abs(derivatives[index])), "scalar \(index) of \(name)",
        sourceLocation: sourceLocation)
    }
    try tensor.assign(TorchTensor(center, shape: tensor.shape))
  }
}

/// Normal numbers in double precision, where gradients are collected.
func randomLeaf(_ shape: [Int], seed: UInt64) throws -> TorchTensor {
  let leaf = try TorchTensor.normal(
    deviation: 1, shape: shape, type: .float64, using: TorchGenerator(seed: seed))
  try leaf.setRequiresGradient()
  return leaf
}
#endif
