// SPDX-License-Identifier: MIT

import GEED

/// The pictures of another data set in grey, for models with one input channel.
///
/// A pixel becomes its luma by ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, with the weights of
/// Pillow's `convert("L")`, in units of 1/65536. Nothing is rounded to bytes: if the values are
/// bytes / 255, 255 times the result rounds to Pillow's byte. Grey pictures are unchanged.
public struct GreyDataset: DatasetWrapper {
  public let name: String
  public let exampleShape: [Int]

  package let base: any Dataset

  /// - Parameters:
  ///   - base: Pictures `[3, H, W]` or `[1, H, W]`, not yet normalized.
  ///   - name: The name of the data set; `nil` for the base's name and "grey".
  /// - Throws: ``DataError`` if the examples are not such pictures.
  public init(_ base: any Dataset, named name: String? = nil) throws(DataError) {
    let shape = base.exampleShape
    guard shape.count == 3, shape[0] == 1 || shape[0] == 3 else {
      throw .unsuitable(
        path: base.name, expected: "pictures of 1 or 3 channels", found: "shape \(shape)",
        fix: "only pictures can be made grey")
    }
    self.base = base
    self.name = name ?? "\(base.name), grey"
    exampleShape = [1] + shape.dropFirst()
  }

  public func example(at index: Int) throws -> Tensor {
    let example = try base.example(at: index)
    guard example.shape[0] == 3 else { return example }
    let area = example.shape[1] * example.shape[2]
    let values = example.scalars
    let luma = (0..<area).map { pixel in
      let luma = scaledLuma(
        Double(values[pixel]), Double(values[area + pixel]), Double(values[2 * area + pixel]))
      return Float(luma / 65_536)
    }
    return Tensor(shape: exampleShape, scalars: luma)
  }
}
