// SPDX-License-Identifier: MIT

import GEED

/// Images in a folder, a zip file or a tar file, optionally divided into parts.
///
/// | images | class | order |
/// |---|---|---|
/// | directly in a folder | none | names |
/// | in subfolders | the subfolder's index among all, in byte order | subfolders, then names |
/// | in deeper folders, or an archive | the index of the path of their folder | paths |
///
/// An image is a file with a usual extension of JPEG, PNG, TIFF, WebP, GIF, BMP, PBM, PGM, PPM,
/// JPEG 2000, HEIC or AVIF, ignoring case, or any file that begins like one of these; everything else
/// is left out and reported by ``notes(on:)``. Only the names are held in memory.
///
/// If the data hold `train`, `val` and `test`, or some of them, one of these parts is read. The
/// classes are those of all parts together, so that a label means the same in each.
///
/// All examples have the shape of the first. Images with another number of channels are converted to
/// that of the first; images of another size need a resize and crop.
package struct ImageFolder: Dataset {
  package let name: String

  /// The names of the class folders, in the order of the labels; empty for a flat folder.
  package let classNames: [String]

  package let exampleShape: [Int]

  private let entries: [ImageArrangement.Entry]
  private let folders: [[FileName]]
  private let source: ImageSource
  private let preprocessing: Preprocessing

  /// The number of leading folders that example names leave out.
  private let depth: Int

  private let ownNotes: [String]

  /// Opens a folder or an archive and reads its first image.
  ///
  /// - Parameters:
  ///   - split: The part to read, if there are parts; `nil` for `test`, or else for a part that
  ///     exists.
  ///   - skipsUnreadable: Whether images that cannot be decoded are left out. If so, all images are
  ///     read once; otherwise reading such an example is an error.
  package init(
    path: String, preprocessing: Preprocessing = Preprocessing(), split: DataSplit? = nil,
    skipsUnreadable: Bool = false
  ) throws(DataError) {
    let source = try ImageSource(path: path, skipsUnreadable: skipsUnreadable)
    try self.init(
      ImageParts(source.listing(), path: path).selection(split), in: source,
      preprocessing: preprocessing, skipsUnreadable: skipsUnreadable)
  }

  init(
    _ selection: ImageSelection, in source: ImageSource, preprocessing: Preprocessing,
    skipsUnreadable: Bool
  ) throws(DataError) {
    let arrangement =
      source.isArchive || selection.isDeep
      ? ImageArrangement(ofTree: selection) : try ImageArrangement(ofClassFolders: selection)
    let folders = selection.listing.folders
    var (entries, leftOut) = (arrangement.entries, arrangement.leftOut)
    depth = arrangement.depth
    if skipsUnreadable {
      let unreadable = failures(of: entries) { entry throws(DataError) in
        _ = try source.image(entry.image, in: folders, orientation: preprocessing.orientation)
      }
      for index in unreadable.sorted() {
        leftOut.add(.unreadable, entries[index].image.path(in: folders, below: depth).pathText)
      }
      entries = entries.indices.filter { !unreadable.contains($0) }.map { entries[$0] }
    }
    guard let first = entries.first?.image else {
      throw .invalid(
        path: selection.path, expected: arrangement.expected,
        found: (["none"] + leftOut.notes.map { String($0.dropLast()) }).joined(separator: "; "))
    }
    var preprocessing = preprocessing
    let image = try source.image(first, in: folders, orientation: preprocessing.orientation)
    preprocessing.channels = preprocessing.channels ?? image.channels
    exampleShape = try preprocessing.tensor(of: image, from: source.path(of: first, in: folders))
      .shape
    self.preprocessing = preprocessing
    self.entries = entries
    self.folders = folders
    self.source = source
    classNames = arrangement.classNames
    name = lastComponent(of: selection.path) + (selection.part.map { " (\($0.rawValue))" } ?? "")
    ownNotes = selection.notes + leftOut.notes
  }

  package var count: Int { entries.count }

  package func example(at index: Int) throws(DataError) -> Tensor {
    precondition((0..<count).contains(index), "Example \(index) is outside \(count) examples.")
    let entry = entries[index].image
    let path = source.path(of: entry, in: folders)
    return try preprocessing.example(of: exampleShape, path: path) { () throws(DataError) in
      try source.image(entry, in: folders, orientation: preprocessing.orientation)
    }
  }

  package func label(at index: Int) -> Int? { entries[index].classIndex }

  /// Returns the path relative to the folders that all images share.
  package func exampleName(at index: Int) -> String? { ownPath(at: index) }

  private func ownPath(at index: Int) -> String {
    entries[index].image.path(in: folders, below: depth).pathText
  }

  /// The numbering of ImageNet, if all classes are named by its WordNet ids.
  package var classNumbering: ClassNumbering? { ImageNetClasses.numbering(of: classNames) }

  /// Returns notes on the choice of the part, on what was left out, and on content of `examples`
  /// that is not used. Their files are read for this.
  package func notes(on examples: [Int]) -> [String] {
    let indices = Set(examples).filter { (0..<count).contains($0) }
    return ownNotes + [preprocessing.scaleNote].compactMap(\.self)
      + UnreadContent.notes(on: indices, name: ownPath) {
        source.unread(of: entries[$0].image, in: folders)
      }
  }
}
