// SPDX-License-Identifier: MIT

import GEED

/// A folder of JPEG, PNG and TIFF pictures, flat or with one subfolder for each class, optionally
/// divided into parts.
///
/// The class of a picture is the index of its folder's name among all subfolders, in byte order; a
/// flat folder has no labels. Pictures are in byte order of their folders' names, then of their
/// own. A picture is a file with the extension .jpg, .jpeg, .png, .tif or .tiff, ignoring case, or
/// any file that begins like a JPEG, PNG or TIFF file; everything else is left out and reported by
/// `notes(on:)`. Only the names are held in memory.
///
/// If the folder holds `train`, `val` and `test`, or some of them, one of these parts is read. The
/// classes are then those of all parts together, so that a label means the same in each.
///
/// All examples have one shape, that of the first. Pictures with another number of channels are
/// converted to that of the first; pictures of another size need a resize and crop.
public struct PictureFolder: DatasetWrapper {
  /// The names of the subfolders, in the order of the labels; empty for a flat folder.
  public let classNames: [String]

  private let pictures: PictureCollection

  package var base: any Dataset { pictures }

  /// Lists a folder and reads its first picture.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - preprocessing: Applied to every picture.
  ///   - split: The part to read, if the folder has parts; `nil` for `test`, or else for a part
  ///     that exists.
  ///   - skipsUnreadable: Whether pictures that cannot be decoded are left out. If so, the
  ///     initializer reads all pictures once; otherwise reading such an example is an error.
  /// - Throws: ``DataError`` if the folder is missing, holds no pictures, holds pictures both
  ///   directly and in subfolders, or lacks the part, or if its first picture cannot be read or
  ///   preprocessed.
  public init(
    path: String, preprocessing: Preprocessing = Preprocessing(), split: DataSplit? = nil,
    skipsUnreadable: Bool = false
  ) throws(DataError) {
    let parts = try PictureParts(PictureListing(folder: path), path: path)
    try self.init(
      parts.selection(split), preprocessing: preprocessing, skipsUnreadable: skipsUnreadable)
  }

  init(
    _ selection: PictureSelection, preprocessing: Preprocessing, skipsUnreadable: Bool
  ) throws(DataError) {
    var selection = selection
    let folders = selection.classFolders
    let places = Dictionary(zip(folders, folders.indices)) { first, _ in first }
    var flat: [PictureCollection.Entry] = []
    var sorted: [PictureCollection.Entry] = []
    var used: Set<FileName> = []
    for entry in selection.pool {
      let above = selection.folders(above: entry)
      used.formUnion(above.prefix(1))
      guard selection.contains(entry) else { continue }
      switch above.count {
      case 0: flat.append(.init(picture: entry, classIndex: nil))
      case 1: sorted.append(.init(picture: entry, classIndex: above.first.flatMap { places[$0] }))
      default:
        selection.leftOut.add(.deeperPicture, (Array(above) + [entry.name]).pathText)
      }
    }
    guard flat.isEmpty || sorted.isEmpty else {
      throw .unsuitable(
        path: selection.path, expected: "pictures either here or in class folders",
        found: "\(flat.count) here and \(sorted.count) in folders",
        fix: "move them or name a subfolder")
    }
    if !sorted.isEmpty {
      for name in folders where !used.contains(name) {
        selection.leftOut.add(.emptyClass, name.text)
      }
    }
    let entries = (flat + sorted).sorted {
      ($0.classIndex ?? 0, $0.picture.name) < ($1.classIndex ?? 0, $1.picture.name)
    }
    classNames = sorted.isEmpty ? [] : folders.map(\.text)
    pictures = try PictureCollection(
      entries, classNames: classNames, of: selection, depth: selection.depth,
      in: .folder(selection.path), preprocessing: preprocessing, skipsUnreadable: skipsUnreadable,
      expected: "pictures (.jpg, .jpeg, .png, .tif, .tiff) here or one folder down")
  }

  /// The part that is read, if the folder has parts.
  public var split: DataSplit? { pictures.split }
}

extension Tensor {
  /// Returns this picture if it has the shape of its data set.
  ///
  /// - Throws: ``DataError/unsuitable(path:expected:found:fix:)`` with a way to give all pictures
  ///   one shape.
  func requiring(_ shape: [Int], path: String) throws(DataError) -> Tensor {
    guard self.shape == shape else {
      throw .unsuitable(
        path: path, expected: "the shape \(shape) of the first picture", found: "\(self.shape)",
        fix: "bring all to one size with --resize and --crop")
    }
    return self
  }
}
