// SPDX-License-Identifier: MIT

import CGEEDTorch
import GEED

// Transfer of numbers from the host and to it.

extension TorchTensor {
  /// Copies an array of the host.
  public convenience init(
    _ tensor: Tensor, device: TorchDevice = .cpu
  ) throws(TorchError) {
    try self.init(tensor.scalars, shape: tensor.shape, device: device)
  }

  /// Copies row-major `Float` scalars.
  ///
  /// - Throws: ``TorchError`` if their number is not the product of `shape`.
  public convenience init(
    _ scalars: [Float], shape: [Int], device: TorchDevice = .cpu
  ) throws(TorchError) {
    try self.init(copying: scalars, as: .float32, shape: shape, device: device)
  }

  /// Copies row-major `Double` scalars.
  package convenience init(
    _ scalars: [Double], shape: [Int], device: TorchDevice = .cpu
  ) throws(TorchError) {
    try self.init(copying: scalars, as: .float64, shape: shape, device: device)
  }

  /// Copies row-major integers, such as labels.
  package convenience init(
    _ scalars: [Int64], shape: [Int], device: TorchDevice = .cpu
  ) throws(TorchError) {
    try self.init(copying: scalars, as: .int64, shape: shape, device: device)
  }

  /// Copies row-major scalars, or their bytes.
  package convenience init<Scalar: BitwiseCopyable>(
    copying scalars: [Scalar], as type: TorchElementType, shape: [Int], device: TorchDevice = .cpu
  ) throws(TorchError) {
    var result = gt_tensor(impl: nil)
    let shape = shape.map(Int64.init)
    let status = scalars.withUnsafeBytes { bytes in
      gt_tensor_from_host(
        &result, bytes.baseAddress, bytes.count, type.handle, shape, shape.count, device.handle)
    }
    try check("a tensor from the host", status)
    self.init(owning: result)
  }

  /// Creates a tensor filled with `value`.
  public static func full(
    _ value: Double, shape: [Int], type: TorchElementType = .float32, device: TorchDevice = .cpu
  ) throws(TorchError) -> TorchTensor {
    let shape = shape.map(Int64.init)
    return try makeTensor("full") {
      gt_tensor_full(&$0, value, type.handle, shape, shape.count, device.handle)
    }
  }

  /// All scalars as `Float`, row-major, as an array of the host.
  public func host() throws(TorchError) -> Tensor {
    Tensor(shape: shape, scalars: try scalars(as: .float32, repeating: Float(0)))
  }

  /// All scalars as `Double`, row-major.
  package func doubles() throws(TorchError) -> [Double] {
    try scalars(as: .float64, repeating: Double(0))
  }

  /// All scalars as integers, row-major.
  package func integers() throws(TorchError) -> [Int64] {
    try scalars(as: .int64, repeating: Int64(0))
  }

  /// The only scalar.
  ///
  /// - Precondition: The tensor has exactly one scalar.
  public func item() throws(TorchError) -> Double {
    precondition(count == 1, "Expected a single number, but got shape \(shape).")
    return try doubles()[0]
  }

  private func scalars<Scalar: BitwiseCopyable>(
    as type: TorchElementType, repeating zero: Scalar
  ) throws(TorchError) -> [Scalar] {
    var scalars = [Scalar](repeating: zero, count: count)
    let status = scalars.withUnsafeMutableBytes {
      gt_tensor_to_host(handle, type.handle, $0.baseAddress, $0.count)
    }
    try check("copying to the host", status)
    return scalars
  }
}
