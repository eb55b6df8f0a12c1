// SPDX-License-Identifier: MIT
// B. M. Lake, R. Salakhutdinov and J. B. Tenenbaum, Human-level concept learning through probabilistic
// program induction, Science 350 (2015).

import GEED

/// Omniglot: the characters of many alphabets, each drawn by twenty people, 105 x 105 pixels.
package enum Omniglot {
  /// Opens a zip file as published, or the unpacked folder of alphabets.
  ///
  /// Labels are the characters of all alphabets, in byte order of "alphabet/character01".
  ///
  /// - Parameters:
  ///   - path: The zip file, such as `images_background_small1.zip`, or the folder.
  ///   - isInverted: Whether the black strokes on white become bright ones on black, as in MNIST.
  ///     If so, `preprocessing` must not have a mean or standard deviation; apply them afterwards
  ///     (``NormalizedDataset``).
  ///   - preprocessing: Applied to every picture.
  /// - Throws: The same errors as ``PictureTree``.
  package static func open(
    path: String, isInverted: Bool = true, preprocessing: Preprocessing = Preprocessing()
  ) throws(DataError) -> any Dataset {
    let drawings = try PictureTree(path: path, preprocessing: preprocessing)
    return isInverted ? InvertedDataset(drawings) : drawings
  }
}
