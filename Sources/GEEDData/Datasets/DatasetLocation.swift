// SPDX-License-Identifier: MIT

import GEED

/// Where data are, as a person names it.
public enum DatasetLocation {
  /// Opens the data set that `argument` stands for.
  ///
  /// - `glyphs`: the embedded ``Glyphs`` (`./glyphs` is a folder of that name);
  /// - a file whose name ends in `.npy`: ``NumPyDataset``;
  /// - a folder in MNIST's layout: ``IDXDataset``;
  /// - any other folder: ``PictureFolder``.
  ///
  /// - Parameters:
  ///   - argument: A word or path as above.
  ///   - preprocessing: What happens to every example.
  ///   - split: The wanted part, where the data come in parts.
  /// - Throws: ``DataError`` that says what could have been given, or what is wrong with the data.
  public static func open(
    _ argument: String, preprocessing: Preprocessing = Preprocessing(), split: DataSplit = .test
  ) throws(DataError) -> any Dataset {
    if argument == "glyphs" { return try Glyphs(split: split, preprocessing: preprocessing) }
    switch Folder.isFolder(argument) {
    case nil:
      throw .missing(path: argument, expected: choices)
    case true? where IDXLayout(folder: argument).split(preferring: split) != nil:
      return try IDXDataset(folder: argument, split: split, preprocessing: preprocessing)
    case true?:
      return try PictureFolder(path: argument, preprocessing: preprocessing)
    case false? where argument.lowercased().hasSuffix(".npy"):
      return try NumPyDataset(path: argument, preprocessing: preprocessing)
    case false?:
      throw .invalid(path: argument, expected: choices, found: "another file")
    }
  }

  private static let choices =
    "a .npy file, a folder in MNIST's layout, a folder of pictures, or the word 'glyphs'"
}
