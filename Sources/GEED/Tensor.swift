// SPDX-License-Identifier: MIT

/// A dense array of `Float` in host memory: the inputs and outputs of a model.
///
/// Scalars are stored row-major, the last axis varying fastest. Images are `[C, H, W]`, batches of
/// them `[N, C, H, W]`; rows grow downwards. A tensor is a value: copying it is cheap, changing a
/// copy leaves the original as it was.
public struct Tensor: Sendable, Hashable {
  /// The length of every axis, outermost first. Empty for a single number.
  public let shape: [Int]

  /// All scalars, row-major; their number is the product of ``shape``.
  public var scalars: [Float] {
    didSet {
      precondition(
        scalars.count == oldValue.count,
        "Expected \(oldValue.count) scalars for shape \(shape), but got \(scalars.count).")
    }
  }

  /// Creates a tensor from as many scalars as the product of `shape`.
  public init(shape: [Int], scalars: [Float]) {
    precondition(
      scalars.count == Self.count(of: shape),
      "Expected \(Self.count(of: shape)) scalars for shape \(shape), but got \(scalars.count).")
    self.shape = shape
    self.scalars = scalars
  }

  /// Creates a tensor that holds `value` everywhere.
  public init(repeating value: Float, shape: [Int]) {
    self.init(shape: shape, scalars: Array(repeating: value, count: Self.count(of: shape)))
  }

  /// The product of the axes of `shape`, which must fit in an `Int`; 1 if there are none.
  public static func count(of shape: [Int]) -> Int {
    shape.reduce(1, *)
  }

  /// The number of scalars in an array whose shape comes from an untrusted source.
  package static func checkedCount(of shape: [Int]) throws(ShapeError) -> Int {
    guard shape.allSatisfy({ $0 >= 0 }) else { throw ShapeError(shape: shape) }
    if shape.contains(0) { return 0 }
    var count = 1
    for axis in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: axis)
      guard !overflow, product <= Int.max / 16 else { throw ShapeError(shape: shape) }
      count = product
    }
    return count
  }
}

/// A shape that no array can have.
package struct ShapeError: Error, Hashable, CustomStringConvertible {
  /// The axes that were given.
  package let shape: [Int]

  package var description: String { "No array can have the shape \(shape)." }
}

extension Tensor {
  /// The shape of one row of a batch: ``shape`` without its first axis.
  public var rowShape: [Int] { Array(shape.dropFirst()) }

  /// The number of rows of a batch, which has at least one axis: the length of the first axis.
  public var rowCount: Int {
    precondition(!shape.isEmpty, "A tensor without axes has no rows.")
    return shape[0]
  }

  /// Returns a part of the scalars of each row of a batch, as rows of another shape.
  package func columns(_ part: Range<Int>, shapedAs shape: [Int]) -> Tensor {
    Tensor(
      shape: [rowCount] + shape,
      scalars: (0..<rowCount).flatMap { row in
        let start = scalarRange(ofRow: row).lowerBound
        return scalars[start + part.lowerBound..<start + part.upperBound]
      })
  }

  /// Returns row `index` of a batch `[N, ...]` as a separate tensor, without the first axis.
  public func row(_ index: Int) -> Tensor {
    Tensor(shape: rowShape, scalars: Array(scalars[scalarRange(ofRow: index)]))
  }

  /// The positions in ``scalars`` that row `index` of a batch `[N, ...]` occupies.
  package func scalarRange(ofRow index: Int) -> Range<Int> {
    precondition(
      (0..<rowCount).contains(index), "Row \(index) is outside a batch of \(rowCount).")
    let stride = Self.count(of: rowShape)
    return index * stride..<(index + 1) * stride
  }

  /// Stacks one or more tensors of the same shape along a new first axis.
  public static func stacking(_ tensors: [Tensor]) -> Tensor {
    precondition(!tensors.isEmpty, "Expected at least one tensor to stack.")
    let shape = tensors[0].shape
    var scalars: [Float] = []
    scalars.reserveCapacity(tensors.count * count(of: shape))
    for tensor in tensors {
      precondition(
        tensor.shape == shape,
        "Expected tensors of one shape, but got \(shape) and \(tensor.shape).")
      scalars.append(contentsOf: tensor.scalars)
    }
    return Tensor(shape: [tensors.count] + shape, scalars: scalars)
  }

  /// Returns the same scalars under another shape of the same size.
  public func reshaped(to shape: [Int]) -> Tensor {
    Tensor(shape: shape, scalars: scalars)
  }
}
