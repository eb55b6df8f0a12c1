// SPDX-License-Identifier: MIT

/// The parts of a folder or archive of images, as torchvision's `ImageFolder` expects them:
/// folders `train`, `val` and `test`, or some of them, each with its class folders.
///
/// Folders are parts if there are no images outside them, or if `train` and another part exist;
/// everything else is then left out. Folders that all images share, such as the top-level folder
/// of most archives, may be above the parts.
struct ImageParts: Sendable {
  let listing: ImageListing

  /// The path of the folder or archive, as given in errors.
  let path: String

  /// The folder of each part.
  private let folderNames: [DataSplit: FileName]

  /// The number of folders above the parts.
  private let depth: Int

  /// The existing parts; empty if the images are not divided.
  var splits: [DataSplit] { DataSplit.allCases.filter { folderNames[$0] != nil } }

  init(_ listing: ImageListing, path: String) throws(DataError) {
    let places = Set(listing.entries.map(\.folder)).map { listing.folders[$0] }
    // A shared folder may be a part itself.
    let shared = sharedFolders(of: places).prefix { DataSplit(folderName: $0.text) == nil }
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

  /// Returns the images of a part; `nil` means the first of test, validation and train that exists.
  func selection(_ split: DataSplit?) throws(DataError) -> ImageSelection {
    var result = ImageSelection(listing, path: path)
    guard !folderNames.isEmpty else {
      if let split { throw .noPart(split, path: path, present: []) }
      return result
    }
    let preferred = [DataSplit.test, .validation, .train].first { folderNames[$0] != nil }
    guard let wanted = split ?? preferred, let name = folderNames[wanted] else {
      throw .noPart(split ?? .test, path: path, present: splits)
    }
    result.part = wanted
    result.depth = depth + 1
    result.folderOfPart = name
    let partNames = Set(folderNames.values)
    result.pool = []
    for entry in listing.entries {
      if listing.folders[entry.folder].dropFirst(depth).first.map(partNames.contains) == true {
        result.pool.append(entry)
      } else {
        result.leftOut.add(.imageBesideParts, entry.path(in: listing.folders).pathText)
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

/// The images of one part, or all images if there are no parts.
struct ImageSelection: Sendable {
  let listing: ImageListing

  /// The path of the folder or archive, as given in errors.
  let path: String

  fileprivate(set) var part: DataSplit?

  /// The number of folders above the classes.
  fileprivate(set) var depth = 0

  /// The images of all parts. Their folders are the classes, whichever part is read.
  fileprivate(set) var pool: [ImageListing.Entry]

  fileprivate(set) var leftOut: LeftOut

  /// Notes on the choice of the part.
  fileprivate(set) var notes: [String] = []

  fileprivate var folderOfPart: FileName?

  fileprivate init(_ listing: ImageListing, path: String) {
    self.listing = listing
    self.path = path
    pool = listing.entries
    leftOut = listing.leftOut
  }

  /// Returns whether an image of the pool belongs to the part.
  func contains(_ entry: ImageListing.Entry) -> Bool {
    folderOfPart == nil || listing.folders[entry.folder][depth - 1] == folderOfPart
  }

  /// Returns the folders between the part and an image.
  func folders(above entry: ImageListing.Entry) -> ArraySlice<FileName> {
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

  /// Whether the first class folder that is not empty holds folders but no images.
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
