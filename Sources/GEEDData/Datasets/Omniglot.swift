// SPDX-License-Identifier: MIT
// B. M. Lake, R. Salakhutdinov and J. B. Tenenbaum, Human-level concept learning through probabilistic
// program induction, Science 350 (2015).

import GEED

/// Omniglot: the characters of many alphabets, each drawn by twenty people, 105 x 105 pixels.
public enum Omniglot {
  /// Opens a zip file as it is published, or the unpacked folder of alphabets.
  ///
  /// Labels are the characters of all alphabets, in byte order of "alphabet/character01".
  ///
  /// - Parameters:
  ///   - path: Such as `images_background_small1.zip`.
  ///   - isInverted: Whether the black strokes on white become bright ones on black, as in MNIST. Then
  ///     `preprocessing` may have no mean and no standard deviation; apply them afterwards
  ///     (``NormalizedDataset``).
  ///   - preprocessing: Applied to every picture.
  /// - Throws: ``DataError`` as ``PictureTree``.
  public static func open(
    path: String, isInverted: Bool = true, preprocessing: Preprocessing = Preprocessing()
  ) throws(DataError) -> any Dataset {
    let drawings = try PictureTree(path: path, preprocessing: preprocessing)
    return isInverted ? InvertedDataset(drawings) : drawings
  }
}
