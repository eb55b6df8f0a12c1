// SPDX-License-Identifier: MIT

/// The parts of a folder or archive of pictures, as torchvision's `ImageFolder` expects them:
/// folders `train`, `val` and `test`, or some of them, each with its class folders.
///
/// Folders are parts if there are no pictures outside them, or if `train` and another part exist;
/// everything else is then left out. Folders that all pictures share, such as the top-level folder
/// of most archives, may be above the parts.
struct PictureParts: Sendable {
  let listing: PictureListing

  /// The path of the folder or archive, as given in errors.
  let path: String

  /// The folder of each part.
  private let folderNames: [DataSplit: FileName]

  /// The number of folders above the parts.
  private let depth: Int

  /// The existing parts; empty if the pictures are not divided.
  var splits: [DataSplit] { DataSplit.allCases.filter { folderNames[$0] != nil } }

  /// - Throws: ``DataError`` if two folders are the same part, such as `val` and `validation`.
  init(_ listing: PictureListing, path: String) throws(DataError) {
    let shared = Self.sharedFolders(of: listing)
    let places = Set(listing.entries.map(\.folder)).map { listing.folders[$0] }
    let names = Set(places.compactMap { $0.dropFirst(shared.count).first })
    var parts: [DataSplit: FileName] = [:]
    for name in names.sorted() {
      guard let split = DataSplit(folderName: name.text) else { continue }
      if let other = parts[split] {
        throw .unsuitable(
          path: path, expected: "one folder for each part",
          found: "'\(other.text)' and '\(name.text)'", fix: "name one of them as the data")
      }
      parts[split] = name
    }
    let hasOthers = parts.count < names.count || places.contains { $0.count == shared.count }
    let areParts = !hasOthers || parts.count >= 2 && parts[.train] != nil
    self.listing = listing
    self.path = path
    folderNames = areParts ? parts : [:]
    depth = areParts ? shared.count : 0
  }

  /// Returns the pictures of a part.
  ///
  /// - Parameter split: The part to read; `nil` for the first of test, validation and train that
  ///   exists. It must be `nil` if the pictures are not divided.
  /// - Throws: ``DataError`` if there is no such part; the error lists the existing ones.
  func selection(_ split: DataSplit?) throws(DataError) -> PictureSelection {
    guard !folderNames.isEmpty else {
      if let split {
        throw .noPart(split, path: path, present: [])
      }
      return PictureSelection(listing, path: path)
    }
    let preferred = [DataSplit.test, .validation, .train].first { folderNames[$0] != nil }
    guard let wanted = split ?? preferred, let name = folderNames[wanted] else {
      throw .noPart(split ?? .test, path: path, present: splits)
    }
    var result = PictureSelection(listing, path: path)
    result.part = wanted
    result.depth = depth + 1
    result.folderOfPart = name
    let partNames = Set(folderNames.values)
    result.pool = []
    for entry in listing.entries {
      if listing.folders[entry.folder].dropFirst(depth).first.map(partNames.contains) == true {
        result.pool.append(entry)
      } else {
        result.leftOut.add(.pictureBesideParts, listing.components(of: entry).pathText)
      }
    }
    let others = splits.filter { $0 != wanted }.map(\.rawValue)
    if split == nil, wanted != .test || !others.isEmpty {
      let rest =
        others.isEmpty ? "has no other part" : "also has \(others.joined(separator: " and "))"
      result.notes.append(
        "The part '\(name.text)' is taken; '\(lastComponent(of: path))' \(rest) (--split).")
    }
    return result
  }

  /// Returns the leading folders that all pictures share, up to the first that may be a part.
  private static func sharedFolders(of listing: PictureListing) -> [FileName] {
    let places = Set(listing.entries.map(\.folder)).map { listing.folders[$0] }
    var shared = places.first ?? []
    for place in places {
      let count = zip(shared, place).prefix { $0.0 == $0.1 }.count
      shared = Array(shared.prefix(count))
    }
    return Array(shared.prefix { DataSplit(folderName: $0.text) == nil })
  }
}

extension DataError {
  /// Returns the error for a requested part that does not exist.
  static func noPart(_ split: DataSplit, path: String, present: [DataSplit]) -> DataError {
    let names = present.map(\.rawValue).joined(separator: " and ")
    return .unsuitable(
      path: path, expected: "the part '\(split.rawValue)'",
      found: present.isEmpty ? "data that do not come in parts" : "only \(names)",
      fix: present.isEmpty
        ? "leave --split out, or name the folder of the part" : "choose one of them with --split")
  }
}

/// The pictures of one part, or all pictures if there are no parts.
struct PictureSelection: Sendable {
  let listing: PictureListing

  /// The path of the folder or archive, as given in errors.
  let path: String

  fileprivate(set) var part: DataSplit?

  /// The number of folders above the classes.
  fileprivate(set) var depth = 0

  /// The pictures of all parts. Their folders are the classes, whichever part is read.
  fileprivate(set) var pool: [PictureListing.Entry]

  var leftOut: LeftOut

  /// Notes on the choice of the part.
  fileprivate(set) var notes: [String] = []

  fileprivate var folderOfPart: FileName?

  fileprivate init(_ listing: PictureListing, path: String) {
    self.listing = listing
    self.path = path
    pool = listing.entries
    leftOut = listing.leftOut
  }

  /// Returns whether a picture of the pool belongs to the part.
  func contains(_ entry: PictureListing.Entry) -> Bool {
    folderOfPart == nil || listing.folders[entry.folder][depth - 1] == folderOfPart
  }

  /// Returns the folders between the part and a picture.
  func folders(above entry: PictureListing.Entry) -> ArraySlice<FileName> {
    listing.folders[entry.folder].dropFirst(depth)
  }

  /// The names of the folders directly below the parts, in byte order.
  var classFolders: [FileName] {
    let names = listing.folders.compactMap { folder -> FileName? in
      guard folder.count > depth else { return nil }
      // Folders beside the parts are not classes.
      guard depth == 0 || DataSplit(folderName: folder[depth - 1].text) != nil else { return nil }
      return folder[depth]
    }
    return Set(names).sorted()
  }

  /// Whether the first class folder that is not empty holds folders but no pictures.
  var isDeep: Bool {
    let own = pool.filter(contains).map { Array(folders(above: $0)) }
    for name in classFolders {
      if own.contains([name]) { return false }
      let isParent = listing.folders.contains {
        $0.count > depth + 1 && $0[depth] == name
          && (depth == 0 || $0[depth - 1] == folderOfPart)
      }
      if isParent { return true }
    }
    return false
  }
}
