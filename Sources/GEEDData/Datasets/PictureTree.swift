// SPDX-License-Identifier: MIT

import GEED

/// Pictures in a zip file, read without unpacking it, or in folders within folders.
///
/// The class of a picture is the place of its folder among all folders that hold pictures, in byte
/// order of their paths; so a character of an alphabet is a class of Omniglot. Pictures come in byte
/// order of their paths. Folders that all pictures share, such as the one that most archives hold,
/// are no part of the names. All examples have the shape of the first, as in ``PictureFolder``.
public struct PictureTree: Dataset {
  public let name: String
  public let exampleShape: [Int]

  /// The paths of the folders that hold pictures, in the order of the labels.
  public let classNames: [String]

  private let source: Source
  private let entries: [Entry]
  private let preprocessing: Preprocessing

  private struct Entry: Sendable {
    let path: String
    let classIndex: Int
    let name: String
  }

  /// Lists the pictures and reads the first.
  ///
  /// - Parameters:
  ///   - path: A zip file, or a folder.
  ///   - preprocessing: Applied to every picture.
  /// - Throws: ``DataError`` if there are no pictures, or they or the archive are damaged.
  public init(path: String, preprocessing: Preprocessing = Preprocessing()) throws(DataError) {
    source = try Source(path: path)
    (classNames, entries) = Self.classes(of: source.picturePaths)
    guard let first = entries.first else {
      throw .invalid(
        path: path, expected: "pictures (.jpg, .jpeg, .png, .tif, .tiff)", found: "none")
    }
    var preprocessing = preprocessing
    let picture = try source.picture(at: first.path)
    preprocessing.channels = preprocessing.channels ?? picture.channels
    self.preprocessing = preprocessing
    name = lastComponent(of: path)
    exampleShape = try preprocessing.tensor(of: picture, from: "\(path)/\(first.path)").shape
  }

  public var count: Int { entries.count }

  public func example(at index: Int) throws(DataError) -> Tensor {
    precondition((0..<count).contains(index), "Example \(index) is outside \(count) examples.")
    let path = entries[index].path
    let tensor = try preprocessing.tensor(of: source.picture(at: path), from: path)
    return try tensor.requiring(exampleShape, path: "\(source.path)/\(path)")
  }

  public func label(at index: Int) -> Int? { entries[index].classIndex }

  public func exampleName(at index: Int) -> String? { entries[index].name }

  /// Whether the first subfolder that is not empty holds folders, and no pictures.
  static func isDeep(_ path: String) throws(DataError) -> Bool {
    let root = try Folder(listing: path, expected: "a folder of pictures")
    for name in root.folders {
      let folder = try Folder(listing: "\(path)/\(name)", expected: "a folder of pictures")
      if folder.files.contains(where: PictureFolder.isPictureName) { return false }
      if !folder.folders.isEmpty { return true }
    }
    return false
  }

  /// Sorts paths into classes and cuts off the folders that all of them share.
  private static func classes(of paths: [String]) -> (names: [String], entries: [Entry]) {
    let sorted = paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let components = sorted.map { $0.split(separator: "/").map(String.init) }
    var shared = components.first.map { Array($0.dropLast()) } ?? []
    for parts in components {
      let common = zip(shared, parts.dropLast()).prefix { $0.0 == $0.1 }.count
      shared = Array(shared.prefix(common))
    }
    var indices: [String: Int] = [:]
    let entries = zip(sorted, components).map { path, parts in
      let folder = parts.dropLast().dropFirst(shared.count).joined(separator: "/")
      let classIndex = indices[folder] ?? indices.count
      indices[folder] = classIndex
      return Entry(
        path: path, classIndex: classIndex,
        name: parts.dropFirst(shared.count).joined(separator: "/"))
    }
    return (indices.sorted { $0.value < $1.value }.map(\.key), entries)
  }
}

/// Where the pictures of a tree are.
private enum Source: Sendable {
  case folder(String, paths: [String])
  case archive(ZipArchive, members: [String: ZipArchive.Member])

  /// How deep folders may lie in each other: links may make circles.
  private static let greatestDepth = 8

  init(path: String) throws(DataError) {
    if Folder.isFolder(path) == true {
      self = .folder(path, paths: try Self.paths(in: path, prefix: "", depth: 0))
    } else {
      let archive = try ZipArchive(path: path)
      let pictures = archive.members.filter { PictureFolder.isPictureName($0.name) }
      self = .archive(
        archive, members: Dictionary(pictures.map { ($0.name, $0) }) { first, _ in first })
    }
  }

  var path: String {
    switch self {
    case .folder(let path, _): path
    case .archive(let archive, _): archive.path
    }
  }

  var picturePaths: [String] {
    switch self {
    case .folder(_, let paths): paths
    case .archive(_, let members): Array(members.keys)
    }
  }

  func picture(at member: String) throws(DataError) -> Picture {
    switch self {
    case .folder(let path, _):
      return try Picture(contentsOf: "\(path)/\(member)")
    case .archive(let archive, let members):
      guard let found = members[member] else {
        throw .missing(path: "\(archive.path)/\(member)", expected: "a picture")
      }
      return try Picture(
        decoding: archive.bytes(of: found), name: "\(archive.path)/\(member)")
    }
  }

  private static func paths(
    in root: String, prefix: String, depth: Int
  ) throws(DataError) -> [String] {
    guard depth < greatestDepth else { return [] }
    let folder = try Folder(listing: "\(root)/\(prefix)", expected: "a folder of pictures")
    var paths = folder.files.filter(PictureFolder.isPictureName).map { prefix + $0 }
    for name in folder.folders {
      paths += try self.paths(in: root, prefix: "\(prefix)\(name)/", depth: depth + 1)
    }
    return paths
  }
}
