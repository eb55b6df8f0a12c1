// SPDX-License-Identifier: MIT

import GEED

/// The pictures of another data set, resized by antialiased bilinear interpolation.
///
/// The weights are those of ``Picture/resized(width:height:)``, which resizes bytes from files;
/// here any values are allowed, and nothing is rounded between or after the passes. If the values
/// are bytes / 255, the result differs from that of bytes by one grey level at most.
public struct ResizedDataset: DatasetWrapper {
  public let name: String
  public let exampleShape: [Int]

  package let base: any Dataset
  private let horizontal: TriangleFilter
  private let vertical: TriangleFilter

  /// - Parameters:
  ///   - base: Pictures `[C, H, W]`.
  ///   - width: The new width, at least 1.
  ///   - height: The new height, at least 1.
  ///   - name: The name of the data set; `nil` for the base's name and the size.
  /// - Precondition: Both sides are positive.
  /// - Throws: ``DataError`` if the examples are not pictures.
  public init(
    _ base: any Dataset, width: Int, height: Int, named name: String? = nil
  ) throws(DataError) {
    precondition(width > 0 && height > 0, "Expected a size, but got \(width) x \(height).")
    let shape = base.exampleShape
    guard shape.count == 3, shape.allSatisfy({ $0 > 0 }) else {
      throw .unsuitable(
        path: base.name, expected: "pictures [C, H, W]", found: "shape \(shape)",
        fix: "only pictures can be resized")
    }
    self.base = base
    self.name = name ?? "\(base.name), \(width) x \(height)"
    exampleShape = [shape[0], height, width]
    horizontal = TriangleFilter(from: shape[2], to: width)
    vertical = TriangleFilter(from: shape[1], to: height)
  }

  /// - Complexity: O(old pixels + new pixels) for a fixed ratio.
  public func example(at index: Int) throws -> Tensor {
    let example = try base.example(at: index)
    guard example.shape != exampleShape else { return example }
    let (channels, height, width) = (example.shape[0], example.shape[1], example.shape[2])
    let (newHeight, newWidth) = (exampleShape[1], exampleShape[2])
    let rows = horizontal.applied(
      to: example.scalars, outer: channels * height, length: width, inner: 1)
    let columns = vertical.applied(to: rows, outer: channels, length: height, inner: newWidth)
    precondition(columns.count == channels * newHeight * newWidth)
    return Tensor(shape: exampleShape, scalars: columns)
  }
}
