// SPDX-License-Identifier: MIT

import GEED

/// The location of a data set, as given by a user.
public enum DatasetLocation {
  /// Opens the data set that `argument` names.
  ///
  /// - `glyphs` and `glyphs-sketched`: the embedded ``Glyphs`` (`./glyphs` is a folder of that name);
  /// - a file whose name ends in `.npy`: ``NumPyDataset``;
  /// - a file whose name ends in `.npz`, `.safetensors`, `.h5` or `.hdf5`, and the name of an array in
  ///   it, such as `file.npz:/x_test`, unless there is only one that can be examples;
  /// - a folder in the layout of MNIST;
  /// - a folder with one part of EMNIST, or `folder/emnist-letters`;
  /// - a folder with the binary version of CIFAR-10;
  /// - a `.geojson` file with xView's labels: the ships, with the scenes in `train_images` beside it;
  /// - a `.json` file in COCO's format: its boxes, with the scenes beside it;
  /// - a `.tar` file in the format of WebDataset, a folder of nothing but such files, and several named
  ///   like `shard-{000..003}.tar`: their images, with the classes of their `.cls` or `.json` files;
  /// - a `.parquet` file, a folder of nothing but such files, and several named like
  ///   `train-{00000..00001}-of-00002.parquet`: the images of a column, as Hugging Face stores them;
  /// - any other folder, and a `.zip`, `.tar`, `.tar.gz` or `.tar.zst` file: its images. The class of
  ///   an image is its folder.
  ///
  /// - Parameters:
  ///   - argument: A word or path as above.
  ///   - preprocessing: The preprocessing of every example.
  ///   - split: The part to open; `nil` for the held-out part, `test`, if the data are divided into
  ///     parts, or else for a part that exists.
  ///   - skipsUnreadable: Whether images that cannot be decoded are left out. If so, all images are
  ///     read once; otherwise reading such an example is an error.
  ///   - inputAxes: The axes of the model's input, which decide whether an array `[N, H, W]` is one of
  ///     images of one channel, and whether `[N, H, W, C]` has channels last; `nil` if they are unknown.
  /// - Throws: ``DataError`` that states what could have been given, or what is wrong with the
  ///   data; also if the requested part does not exist, with a list of those that do.
  public static func open(
    _ argument: String, preprocessing: Preprocessing = Preprocessing(), split: DataSplit? = nil,
    skipsUnreadable: Bool = false, inputAxes: InputAxes? = nil
  ) throws(DataError) -> any Dataset {
    let place = try place(of: argument, skipsUnreadable: skipsUnreadable)
    if let split, !place.splits.contains(split) {
      throw .noPart(split, path: argument, present: place.splits)
    }
    switch place {
    case .glyphs(let style):
      return try Glyphs(split: split ?? .test, style: style, preprocessing: preprocessing)
    case .emnist(let folder, let part, _):
      return try StoredImages.emnist(
        folder: folder, part: part, split: split ?? .test, preprocessing: preprocessing)
    case .mnist:
      return try StoredImages.mnist(
        folder: argument, split: split ?? .test, preprocessing: preprocessing)
    case .cifar10(let present):
      return try StoredImages.cifar10(
        folder: argument, split: split ?? present.last ?? .test, preprocessing: preprocessing)
    case .images(let source, let parts):
      return try ImageFolder(
        parts.selection(split), in: source, preprocessing: preprocessing,
        skipsUnreadable: skipsUnreadable)
    case .parquet(let paths, let column):
      return try EmbeddedImages(
        parquet: paths, path: argument, column: column, preprocessing: preprocessing,
        skipsUnreadable: skipsUnreadable)
    case .webDataset(let listing):
      return try EmbeddedImages(
        listing, path: argument, preprocessing: preprocessing, skipsUnreadable: skipsUnreadable)
    case .numPy:
      return try NumPyDataset(
        path: argument, preprocessing: preprocessing, inputAxes: inputAxes)
    case .array(let location):
      return try location.open(preprocessing: preprocessing, inputAxes: inputAxes)
    case .xView:
      return try XViewMaritime.open(
        labels: argument, split: split ?? .test, preprocessing: preprocessing)
    case .coco:
      return try ChipDataset(
        labels: SceneLabels(coco: argument), scenes: folder(of: argument),
        cache: ChipCache.defaultFolder, preprocessing: preprocessing,
        named: lastComponent(of: argument))
    }
  }

  /// The parts of the data that `argument` names, in the order train, validation, test; empty if
  /// they are not divided into parts.
  ///
  /// - Throws: ``DataError`` if there are no data.
  /// - Complexity: That of listing the folder or archive, for images.
  public static func splits(of argument: String) throws(DataError) -> [DataSplit] {
    try place(of: argument, skipsUnreadable: false).splits
  }

  /// Whether `argument` names a folder or an archive that is read as one of image files; whether it
  /// has any is not looked at.
  package static func isOfImages(_ argument: String) -> Bool {
    do {
      return try placeWithoutImages(of: argument) == nil
    } catch {
      return false
    }
  }

  /// Whether `argument` names the embedded data set.
  package static func isEmbedded(_ argument: String) -> Bool {
    Glyphs.Style(location: argument) != nil
  }

  /// The kind of data that a word or path names.
  private enum Place {
    case glyphs(Glyphs.Style)
    case emnist(folder: String, part: EMNISTPart, splits: [DataSplit])
    case mnist(splits: [DataSplit])
    case cifar10(splits: [DataSplit])
    case images(ImageSource, ImageParts)
    case webDataset(WebDatasetListing)
    case parquet([String], column: String?)
    case numPy
    case array(ArrayLocation)
    case xView
    case coco

    var splits: [DataSplit] {
      switch self {
      case .glyphs, .xView: [.train, .test]
      case .emnist(_, _, let splits), .mnist(let splits), .cifar10(let splits): splits
      case .images(_, let parts): parts.splits
      case .webDataset, .parquet, .numPy, .array, .coco: []
      }
    }
  }

  private static func place(
    of argument: String, skipsUnreadable: Bool
  ) throws(DataError) -> Place {
    if let place = try placeWithoutImages(of: argument) { return place }
    if let (path, column) = namedPart(of: argument, inFilesEndingIn: parquetEndings) {
      return .parquet([path], column: column)
    }
    if let shards = try ShardNames(argument) {
      if shards.format == .parquet { return .parquet(shards.paths, column: nil) }
      var archives: [Archive] = []
      for path in shards.paths { archives.append(try Archive(path: path)) }
      // Without labels they are images all the same.
      if let listing = try WebDatasetListing(archives, needsLabels: false) {
        return .webDataset(listing)
      }
    }
    let source = try ImageSource(path: argument, skipsUnreadable: skipsUnreadable)
    if case .archive(let archive) = source, archive.isTar,
      let listing = try WebDatasetListing([archive], needsLabels: true)
    {
      return .webDataset(listing)
    }
    return .images(source, try ImageParts(source.listing(), path: argument))
  }

  /// Returns data that are not image files; `nil` for a folder or archives of these.
  private static func placeWithoutImages(of argument: String) throws(DataError) -> Place? {
    if let style = Glyphs.Style(location: argument) { return .glyphs(style) }
    if let (folder, part) = try EMNISTPart.find(argument) {
      return .emnist(folder: folder, part: part, splits: part.splits(in: folder))
    }
    if let location = ArrayLocation(argument) { return .array(location) }
    if namedPart(of: argument, inFilesEndingIn: parquetEndings) != nil { return nil }
    let name = argument.lowercased()
    switch Folder.isFolder(argument) {
    case nil:
      if try ShardNames(argument) != nil { return nil }
      throw .missing(path: argument, expected: choices)
    case true?:
      let mnist = StoredImages.mnistSplits(in: argument)
      if !mnist.isEmpty { return .mnist(splits: mnist) }
      let cifar10 = [DataSplit.train, .test].filter {
        !StoredImages.cifar10Paths(in: argument, $0).isEmpty
      }
      if !cifar10.isEmpty { return .cifar10(splits: cifar10) }
    case false? where name.hasSuffix(".npy"): return .numPy
    case false? where name.hasSuffix(".geojson"): return .xView
    case false? where name.hasSuffix(".json"): return .coco
    case false? where Archive.isArchiveName(name): break
    case false?: throw .invalid(path: argument, expected: choices, found: "another file")
    }
    return nil
  }

  private static let parquetEndings = [".parquet"]

  private static let choices =
    "a .npy file, an array of a .npz, .safetensors or .h5 file, a folder in the layout of MNIST, EMNIST "
    + "or CIFAR-10, a folder, .zip or .tar file of images, a .parquet file, labels of scenes (.geojson "
    + "as xView's, .json as COCO's), or 'glyphs' or 'glyphs-sketched'"
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
