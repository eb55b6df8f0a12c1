// SPDX-License-Identifier: MIT

import GEED

/// A folder of JPEG, PNG and TIFF pictures, flat or with one subfolder for each class.
///
/// The class of a picture is the place of its folder's name among all subfolders, in byte order;
/// a flat folder has no labels. Pictures come in byte order of the folders' names, then of their
/// own. Names end in .jpg, .jpeg, .png, .tif or .tiff, in any case; other files and hidden ones are
/// ignored. Only the names are held in memory.
///
/// All examples have one shape, that of the first. Pictures with other channels are converted to
/// those of the first; of another size they need a resize and crop.
public struct PictureFolder: Dataset {
  public let name: String
  public let exampleShape: [Int]

  /// The names of the subfolders, in the order of the labels; empty for a flat folder.
  public let classNames: [String]

  private struct Entry {
    let classIndex: Int?
    let name: String
  }

  private let path: String
  private let entries: [Entry]
  private let preprocessing: Preprocessing

  /// Lists a folder and reads its first picture.
  ///
  /// - Throws: ``DataError`` if the folder is missing, holds no pictures or pictures both beside
  ///   and in its subfolders, or its first picture cannot be read or preprocessed.
  public init(
    path: String, preprocessing: Preprocessing = Preprocessing()
  ) throws(DataError) {
    let listing = try Self.list(path)
    guard let first = listing.entries.first else {
      throw .invalid(
        path: path, expected: "pictures (.jpg, .jpeg, .png, .tif, .tiff) here or one folder down",
        found: "none")
    }
    let firstPath = Self.path(of: first, in: path, classNames: listing.classNames)
    let picture = try Picture(contentsOf: firstPath)
    var preprocessing = preprocessing
    preprocessing.channels = preprocessing.channels ?? picture.channels
    self.path = path
    self.preprocessing = preprocessing
    name = lastComponent(of: path)
    classNames = listing.classNames
    entries = listing.entries
    exampleShape = try preprocessing.tensor(of: picture, from: firstPath).shape
  }

  public var count: Int { entries.count }

  public func example(at index: Int) throws(DataError) -> Tensor {
    let picturePath = self.picturePath(at: index)
    let tensor = try preprocessing.tensor(
      of: Picture(contentsOf: picturePath), from: picturePath)
    return try tensor.requiring(exampleShape, path: picturePath)
  }

  public func label(at index: Int) -> Int? { entries[index].classIndex }

  /// The path below the folder: "class/file.png", or "file.png".
  public func exampleName(at index: Int) -> String? {
    let entry = entries[index]
    return entry.classIndex.map { "\(classNames[$0])/\(entry.name)" } ?? entry.name
  }

  private func picturePath(at index: Int) -> String {
    precondition((0..<count).contains(index), "Example \(index) is outside \(count) examples.")
    return Self.path(of: entries[index], in: path, classNames: classNames)
  }

  private static func path(of entry: Entry, in path: String, classNames: [String]) -> String {
    entry.classIndex.map { "\(path)/\(classNames[$0])/\(entry.name)" } ?? "\(path)/\(entry.name)"
  }
}

// MARK: - Listing

extension PictureFolder {
  private static func list(
    _ path: String
  ) throws(DataError) -> (classNames: [String], entries: [Entry]) {
    let folder = try Folder(listing: path, expected: "a folder of pictures")
    let ownEntries = folder.files.filter(isPictureName).map { Entry(classIndex: nil, name: $0) }
    var entries: [Entry] = []
    for (index, name) in folder.folders.enumerated() {
      let subfolder = try Folder(listing: "\(path)/\(name)", expected: "a folder of pictures")
      entries += subfolder.files.filter(isPictureName).map { Entry(classIndex: index, name: $0) }
    }
    guard ownEntries.isEmpty || entries.isEmpty else {
      throw .unsuitable(
        path: path, expected: "pictures either here or in class folders",
        found: "\(ownEntries.count) here and \(entries.count) in folders",
        fix: "move them or name a subfolder")
    }
    return ownEntries.isEmpty ? (folder.folders, entries) : ([], ownEntries)
  }

  private static let nameEndings = [".jpg", ".jpeg", ".png", ".tif", ".tiff"]

  /// Whether a file's name says that it is a picture.
  static func isPictureName(_ name: String) -> Bool {
    let lowercased = name.lowercased()
    return nameEndings.contains { lowercased.hasSuffix($0) }
  }
}

extension Tensor {
  /// This picture, if it has the shape that all of its data set have.
  ///
  /// - Throws: ``DataError/unsuitable(path:expected:found:fix:)`` with a way to make them alike.
  func requiring(_ shape: [Int], path: String) throws(DataError) -> Tensor {
    guard self.shape == shape else {
      throw .unsuitable(
        path: path, expected: "the shape \(shape) of the first picture", found: "\(self.shape)",
        fix: "bring all to one size with --resize and --crop")
    }
    return self
  }
}
