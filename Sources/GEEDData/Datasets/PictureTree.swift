// SPDX-License-Identifier: MIT
// B. M. Lake, R. Salakhutdinov and J. B. Tenenbaum, Human-level concept learning through probabilistic
// program induction, Science 350 (2015).

import GEED

/// Pictures in a zip or tar file, read without unpacking it, or in nested folders, optionally
/// divided into parts.
///
/// The class of a picture is the index of its folder among all folders that hold pictures, in byte
/// order of their paths; in Omniglot, for example, each character of an alphabet is a class.
/// Pictures are in byte order of their paths. Folders that all pictures share, such as the
/// top-level folder of most archives, are not part of the names. The rules for what counts as a
/// picture, for what is left out, for parts and for the shape are those of ``PictureFolder``.
package struct PictureTree: DatasetWrapper {
  /// The paths of the folders that hold pictures, in the order of the labels.
  package let classNames: [String]

  private let pictures: PictureCollection

  package var base: any Dataset { pictures }

  /// Lists the pictures and reads the first.
  ///
  /// - Parameters:
  ///   - path: A zip or tar file, or a folder. A tar file may be compressed (`.tar.gz`, `.tar.zst`)
  ///     and is then unpacked to a temporary file.
  ///   - preprocessing: Applied to every picture.
  ///   - split: The part to read, if there are parts; `nil` for `test`, or else for a part that
  ///     exists.
  ///   - skipsUnreadable: Whether pictures that cannot be decoded are left out, as in
  ///     ``PictureFolder``.
  /// - Throws: ``DataError`` if there are no pictures, or they or the archive are damaged.
  package init(
    path: String, preprocessing: Preprocessing = Preprocessing(), split: DataSplit? = nil,
    skipsUnreadable: Bool = false
  ) throws(DataError) {
    if Folder.isFolder(path) == true {
      let parts = try PictureParts(PictureListing(folder: path), path: path)
      try self.init(
        parts.selection(split), in: .folder(path), preprocessing: preprocessing,
        skipsUnreadable: skipsUnreadable)
    } else {
      let archive = try Archive(path: path)
      let parts = try PictureParts(PictureListing(archive: archive), path: path)
      try self.init(
        parts.selection(split), in: .archive(archive), preprocessing: preprocessing,
        skipsUnreadable: skipsUnreadable)
    }
  }

  init(
    _ selection: PictureSelection, in source: PictureSource, preprocessing: Preprocessing,
    skipsUnreadable: Bool
  ) throws(DataError) {
    let all = selection.pool.map { entry in
      (entry: entry, folders: Array(selection.folders(above: entry)))
    }
    let shared = Self.sharedCount(of: all.map(\.folders))
    let sorted = all.map {
      (entry: $0.entry, folders: $0.folders, path: ($0.folders + [$0.entry.name]).pathBytes)
    }
    .sorted { $0.path.lexicographicallyPrecedes($1.path) }
    var places: [String: Int] = [:]
    var entries: [PictureCollection.Entry] = []
    for (entry, folders, _) in sorted {
      let name = Array(folders.dropFirst(shared)).pathText
      let place = places[name] ?? places.count
      places[name] = place
      if selection.contains(entry) { entries.append(.init(picture: entry, classIndex: place)) }
    }
    classNames = places.sorted { $0.value < $1.value }.map(\.key)
    pictures = try PictureCollection(
      entries, classNames: classNames, of: selection, depth: selection.depth + shared, in: source,
      preprocessing: preprocessing, skipsUnreadable: skipsUnreadable,
      expected: "pictures (.jpg, .jpeg, .png, .tif, .tiff)")
  }

  /// The part that is read, if there are parts.
  package var split: DataSplit? { pictures.split }

  /// The number of leading folders that all pictures share.
  private static func sharedCount(of folders: [[FileName]]) -> Int {
    var shared = folders.first ?? []
    for names in folders {
      shared = Array(shared.prefix(zip(shared, names).prefix { $0.0 == $0.1 }.count))
    }
    return shared.count
  }
}

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
