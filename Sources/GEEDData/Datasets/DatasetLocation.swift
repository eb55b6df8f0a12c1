// SPDX-License-Identifier: MIT

import GEED

/// Where data are, as a person names it.
public enum DatasetLocation {
  /// Opens the data set that `argument` stands for.
  ///
  /// - `glyphs` and `glyphs-sketched`: the embedded ``Glyphs`` (`./glyphs` is a folder of that name);
  /// - a file whose name ends in `.npy`: ``NumPyDataset``;
  /// - a folder in MNIST's layout: ``IDXDataset``;
  /// - a folder with one part of EMNIST, or `folder/emnist-letters`: ``EMNISTDataset``;
  /// - a folder with the binary version of CIFAR-10: ``CIFARDataset``;
  /// - a `.zip` file, or a folder of folders of folders with pictures: ``PictureTree``;
  /// - a `.geojson` file with xView's labels: ``XViewMaritime``, the scenes in `train_images` beside it;
  /// - a `.json` file in COCO's format: ``ChipDataset``, the scenes beside it;
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
    if let style = Glyphs.Style(location: argument) {
      return try Glyphs(split: split, style: style, preprocessing: preprocessing)
    }
    if let emnist = try EMNISTDataset.find(argument, split: split) {
      return try EMNISTDataset(
        folder: emnist.folder, part: emnist.part, split: split, preprocessing: preprocessing)
    }
    let name = argument.lowercased()
    switch Folder.isFolder(argument) {
    case nil:
      throw .missing(path: argument, expected: choices)
    case true?:
      return try openFolder(argument, preprocessing: preprocessing, split: split)
    case false? where name.hasSuffix(".npy"):
      return try NumPyDataset(path: argument, preprocessing: preprocessing)
    case false? where name.hasSuffix(".zip"):
      return try PictureTree(path: argument, preprocessing: preprocessing)
    case false? where name.hasSuffix(".geojson"):
      return try XViewMaritime.open(
        labels: argument, split: split, preprocessing: preprocessing)
    case false? where name.hasSuffix(".json"):
      return try openCOCO(argument, preprocessing: preprocessing)
    case false?:
      throw .invalid(path: argument, expected: choices, found: "another file")
    }
  }

  private static func openFolder(
    _ path: String, preprocessing: Preprocessing, split: DataSplit
  ) throws(DataError) -> any Dataset {
    if IDXLayout(folder: path).split(preferring: split) != nil {
      return try IDXDataset(folder: path, split: split, preprocessing: preprocessing)
    }
    if !CIFARDataset.paths(in: path, split: split).isEmpty {
      return try CIFARDataset(folder: path, split: split, preprocessing: preprocessing)
    }
    return try PictureTree.isDeep(path)
      ? PictureTree(path: path, preprocessing: preprocessing)
      : PictureFolder(path: path, preprocessing: preprocessing)
  }

  /// All objects of a COCO file, whose scenes lie beside it.
  private static func openCOCO(
    _ path: String, preprocessing: Preprocessing
  ) throws(DataError) -> any Dataset {
    let labels = try SceneLabels(coco: path)
    return try ChipDataset(
      labels: labels, scenes: folder(of: path), cache: ChipCache.defaultFolder,
      preprocessing: preprocessing, named: lastComponent(of: path))
  }

  private static let choices =
    "a .npy file, a folder in the layout of MNIST, EMNIST or CIFAR-10, a folder or .zip file of "
    + "pictures, labels of scenes (.geojson as xView's, .json as COCO's), or 'glyphs' or 'glyphs-sketched'"
}
