// SPDX-License-Identifier: MIT

import GEED

/// The pictures of another data set, each rotated by its own fixed angle.
///
/// The angle of picture *i* depends only on the seed and *i*; all angles are equally likely.
public struct RotatedDataset: DatasetWrapper {
  public let name: String

  /// The seed of the angles.
  public let seed: UInt64

  package let base: any Dataset
  private let rotation: RandomRotation

  /// - Parameters:
  ///   - base: Square pictures, `[..., H, H]`.
  ///   - seed: The seed of the angles.
  ///   - interpolation: The interpolation between pixels.
  ///   - name: The name of the data set; `nil` for "rotated" and the base's name.
  /// - Throws: ``DataError`` if the pictures are not square.
  public init(
    _ base: any Dataset, seed: UInt64, interpolation: Interpolation = .bilinear,
    named name: String? = nil
  ) throws(DataError) {
    let size = base.exampleShape.suffix(2)
    guard size.count == 2, size.first == size.last else {
      throw .unsuitable(
        path: base.name, expected: "square pictures", found: "shape \(base.exampleShape)",
        fix: "crop them")
    }
    self.base = base
    self.seed = seed
    self.name = name ?? "rotated \(base.name)"
    rotation = RandomRotation(interpolation: interpolation)
  }

  public func example(at index: Int) throws -> Tensor {
    var generator = SplitMix64(seed: seed, for: .item(index))
    return rotation(try base.example(at: index), using: &generator)
  }
}

/// Rotated MNIST as in § 4.1 of the paper: the digits 0 to 8, each rotated by its own fixed angle.
///
/// The digit 9 is left out because a rotation makes it a 6.
public enum RotatedMNIST {
  /// The number of classes.
  public static let classCount = 9

  /// Opens a folder in MNIST's layout.
  ///
  /// - Parameters:
  ///   - folder: The folder that holds the files.
  ///   - split: The split to open.
  ///   - seed: The seed of the angles; the two splits draw different ones.
  ///   - preprocessing: Applied to every picture before it is rotated; the rotation then fills the
  ///     corners with 0.
  /// - Throws: The same errors as `IDXDataset`.
  public static func open(
    folder: String, split: DataSplit, seed: UInt64 = 0,
    preprocessing: Preprocessing = Preprocessing()
  ) throws(DataError) -> RotatedDataset {
    let digits = try ChosenExamples(
      of: IDXDataset(folder: folder, split: split, preprocessing: preprocessing),
      classes: 0..<classCount)
    return try RotatedDataset(
      digits, seed: split == .train ? seed : ~seed, named: "rotated \(digits.name)")
  }
}
