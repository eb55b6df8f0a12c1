// SPDX-License-Identifier: MIT

import GEED

/// The pictures of another data set in grey, for models with one input channel.
///
/// A pixel becomes its luma by ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, with the weights of
/// Pillow's `convert("L")`, in units of 1/65536. Nothing is rounded to bytes: if the values are
/// bytes / 255, 255 times the result rounds to Pillow's byte. Grey pictures are unchanged.
package struct GreyDataset: DatasetWrapper {
  package let name: String
  package let exampleShape: [Int]

  package let base: any Dataset

  /// - Parameters:
  ///   - base: Pictures `[3, H, W]` or `[1, H, W]`, not yet normalized.
  ///   - name: The name of the data set; `nil` for the base's name and "grey".
  /// - Throws: ``DataError`` if the examples are not such pictures.
  package init(_ base: any Dataset, named name: String? = nil) throws(DataError) {
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

  package func example(at index: Int) throws -> Tensor {
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

/// The pictures of another data set with black and white exchanged: every value *v* becomes 1 - *v*.
///
/// Dark ink on paper, as in Omniglot, becomes bright strokes on black, as in MNIST, and the
/// background of the drawing becomes 0, the value that a rotation fills in.
package struct InvertedDataset: DatasetWrapper {
  package let name: String

  package let base: any Dataset

  /// - Parameters:
  ///   - base: Examples with values in 0...1, not yet normalized.
  ///   - name: The name of the data set; `nil` for the base's name and "inverted".
  package init(_ base: any Dataset, named name: String? = nil) {
    self.base = base
    self.name = name ?? "\(base.name), inverted"
  }

  package func example(at index: Int) throws -> Tensor {
    var example = try base.example(at: index)
    example.scalars = example.scalars.map { 1 - $0 }
    return example
  }
}

/// The pictures of another data set, resized by antialiased bilinear interpolation.
///
/// The weights are those of ``Picture/resized(width:height:)``, which resizes bytes from files;
/// here any values are allowed, and nothing is rounded between or after the passes. If the values
/// are bytes / 255, the result differs from that of bytes by one grey level at most.
package struct ResizedDataset: DatasetWrapper {
  package let name: String
  package let exampleShape: [Int]

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
  package init(
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
  package func example(at index: Int) throws -> Tensor {
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

/// The pictures of another data set, normalized to (value - mean) / standard deviation per channel.
package struct NormalizedDataset: DatasetWrapper {
  package let base: any Dataset
  private let mean: [Float]
  private let standardDeviation: [Float]

  /// - Throws: ``DataError`` unless there is one mean and one standard deviation for each channel.
  /// - Precondition: Standard deviations are positive.
  package init(
    _ base: any Dataset, mean: [Float], standardDeviation: [Float]
  ) throws(DataError) {
    precondition(
      standardDeviation.allSatisfy { $0 > 0 }, "Expected positive standard deviations.")
    let channels = base.exampleShape.first ?? 0
    guard mean.count == channels, standardDeviation.count == channels else {
      throw .unsuitable(
        path: base.name, expected: "\(channels) means and standard deviations",
        found: "\(mean.count) and \(standardDeviation.count)", fix: "give one for each channel")
    }
    self.base = base
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  package func example(at index: Int) throws -> Tensor {
    var example = try base.example(at: index)
    let size = example.scalars.count / mean.count
    for i in example.scalars.indices {
      example.scalars[i] = (example.scalars[i] - mean[i / size]) / standardDeviation[i / size]
    }
    return example
  }
}
