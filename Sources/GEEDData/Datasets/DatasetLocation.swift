// SPDX-License-Identifier: MIT

import GEED

/// The location of a data set, as given by a user.
public enum DatasetLocation {
  /// Opens the data set that `argument` names.
  ///
  /// - `glyphs` and `glyphs-sketched`: the embedded ``Glyphs`` (`./glyphs` is a folder of that name);
  /// - a file whose name ends in `.npy`: ``NumPyDataset``;
  /// - a folder in MNIST's layout: `IDXDataset`;
  /// - a folder with one part of EMNIST, or `folder/emnist-letters`: `EMNISTDataset`;
  /// - a folder with the binary version of CIFAR-10: `CIFARDataset`;
  /// - a `.zip`, `.tar`, `.tar.gz` or `.tar.zst` file, or a folder of folders of folders with pictures: `PictureTree`;
  /// - a `.geojson` file with xView's labels: `XViewMaritime`, the scenes in `train_images`
  ///   beside it;
  /// - a `.json` file in COCO's format: `ChipDataset`, the scenes beside it;
  /// - any other folder: ``PictureFolder``.
  ///
  /// - Parameters:
  ///   - argument: A word or path as above.
  ///   - preprocessing: The preprocessing of every example.
  ///   - split: The part to open; `nil` for the held-out part, `test`, if the data are divided into
  ///     parts, or else for a part that exists.
  ///   - skipsUnreadable: Whether pictures that cannot be decoded are left out (``PictureFolder``).
  /// - Throws: ``DataError`` that states what could have been given, or what is wrong with the
  ///   data; also if the requested part does not exist, with a list of those that do.
  public static func open(
    _ argument: String, preprocessing: Preprocessing = Preprocessing(), split: DataSplit? = nil,
    skipsUnreadable: Bool = false
  ) throws(DataError) -> any Dataset {
    switch try place(of: argument) {
    case .glyphs(let style):
      try require(split, of: [.train, .test], path: argument)
      return try Glyphs(split: split ?? .test, style: style, preprocessing: preprocessing)
    case .emnist(let folder, let part):
      let present = EMNISTDataset.splits(of: part, in: folder)
      try require(split, of: present, path: argument)
      return try EMNISTDataset(
        folder: folder, part: part, split: split ?? .test, preprocessing: preprocessing)
    case .idx:
      try require(split, of: IDXLayout(folder: argument).splits, path: argument)
      return try IDXDataset(folder: argument, split: split ?? .test, preprocessing: preprocessing)
    case .cifar(let present):
      try require(split, of: present, path: argument)
      return try CIFARDataset(
        folder: argument, split: split ?? present[present.count - 1], preprocessing: preprocessing)
    case .pictures(let source, let parts):
      let selection = try parts.selection(split)
      if case .folder = source, !selection.isDeep {
        return try PictureFolder(
          selection, preprocessing: preprocessing, skipsUnreadable: skipsUnreadable)
      }
      return try PictureTree(
        selection, in: source, preprocessing: preprocessing, skipsUnreadable: skipsUnreadable)
    case .numPy:
      try require(split, of: [], path: argument)
      return try NumPyDataset(path: argument, preprocessing: preprocessing)
    case .xView:
      try require(split, of: [.train, .test], path: argument)
      return try XViewMaritime.open(
        labels: argument, split: split ?? .test, preprocessing: preprocessing)
    case .coco:
      try require(split, of: [], path: argument)
      return try openCOCO(argument, preprocessing: preprocessing)
    }
  }

  /// The parts of the data that `argument` names, in the order train, validation, test; empty if
  /// they are not divided into parts.
  ///
  /// - Throws: ``DataError`` if there are no data.
  /// - Complexity: That of listing the folder or archive, for pictures.
  public static func splits(of argument: String) throws(DataError) -> [DataSplit] {
    switch try place(of: argument) {
    case .glyphs, .xView: [.train, .test]
    case .emnist(let folder, let part): EMNISTDataset.splits(of: part, in: folder)
    case .idx: IDXLayout(folder: argument).splits
    case .cifar(let present): present
    case .pictures(_, let parts): parts.splits
    case .numPy, .coco: []
    }
  }

  /// The kind of data that a word or path names.
  private enum Place {
    case glyphs(Glyphs.Style)
    case emnist(folder: String, part: EMNISTDataset.Part)
    case idx
    case cifar([DataSplit])
    case pictures(PictureSource, PictureParts)
    case numPy
    case xView
    case coco
  }

  private static func place(of argument: String) throws(DataError) -> Place {
    if let style = Glyphs.Style(location: argument) { return .glyphs(style) }
    for split in [DataSplit.test, .train] {
      if let emnist = try EMNISTDataset.find(argument, split: split) {
        return .emnist(folder: emnist.folder, part: emnist.part)
      }
    }
    let name = argument.lowercased()
    switch Folder.isFolder(argument) {
    case nil:
      throw .missing(path: argument, expected: choices)
    case true?:
      if !IDXLayout(folder: argument).splits.isEmpty { return .idx }
      let present = [DataSplit.train, .test].filter {
        !CIFARDataset.paths(in: argument, split: $0).isEmpty
      }
      if !present.isEmpty { return .cifar(present) }
      return .pictures(
        .folder(argument), try PictureParts(PictureListing(folder: argument), path: argument))
    case false? where name.hasSuffix(".npy"):
      return .numPy
    case false? where Archive.isArchiveName(name):
      let archive = try Archive(path: argument)
      return .pictures(
        .archive(archive), try PictureParts(PictureListing(archive: archive), path: argument))
    case false? where name.hasSuffix(".geojson"):
      return .xView
    case false? where name.hasSuffix(".json"):
      return .coco
    case false?:
      throw .invalid(path: argument, expected: choices, found: "another file")
    }
  }

  /// Throws if the requested part does not exist.
  private static func require(
    _ split: DataSplit?, of present: [DataSplit], path: String
  ) throws(DataError) {
    if let split, !present.contains(split) {
      throw .noPart(split, path: path, present: present)
    }
  }

  /// Opens all objects of a COCO file, whose scenes are in the same folder.
  private static func openCOCO(
    _ path: String, preprocessing: Preprocessing
  ) throws(DataError) -> any Dataset {
    let labels = try SceneLabels(coco: path)
    return try ChipDataset(
      labels: labels, scenes: folder(of: path), cache: ChipCache.defaultFolder,
      preprocessing: preprocessing, named: lastComponent(of: path))
  }

  private static let choices =
    "a .npy file, a folder in the layout of MNIST, EMNIST or CIFAR-10, a folder, .zip or .tar "
    + "file of pictures, labels of scenes (.geojson as xView's, .json as COCO's), or 'glyphs' or "
    + "'glyphs-sketched'"
}

/// A part of a data set: for training, for choosing settings, or held out for testing.
public enum DataSplit: String, Sendable, Hashable, Codable, CaseIterable {
  case train
  case validation
  case test

  /// Creates the part for a folder name such as `val`, ignoring case; `nil` for other names.
  package init?(folderName: String) {
    switch folderName.lowercased() {
    case "train", "training": self = .train
    case "val", "valid", "validation", "dev": self = .validation
    case "test", "testing": self = .test
    default: return nil
    }
  }
}
