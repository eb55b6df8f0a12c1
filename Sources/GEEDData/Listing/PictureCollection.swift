// SPDX-License-Identifier: MIT

import Dispatch
import GEED
import Synchronization

/// Pictures of one shape in a folder or an archive, each with an optional class.
struct PictureCollection: Dataset {
  struct Entry: Sendable {
    let picture: PictureListing.Entry
    let classIndex: Int?
  }

  let name: String
  let classNames: [String]
  let exampleShape: [Int]

  /// The chosen part, if the pictures are divided into parts.
  let split: DataSplit?

  private let entries: [Entry]
  private let folders: [[FileName]]
  private let source: PictureSource
  private let preprocessing: Preprocessing

  /// The number of leading folders that example names leave out.
  private let depth: Int

  private let ownNotes: [String]

  /// Reads the first picture, or all pictures if unreadable ones have to be left out.
  ///
  /// - Parameters:
  ///   - selection: The listing of the pictures, and the notes on what was left out.
  ///   - depth: The number of leading folders that all pictures share.
  ///   - expected: The expected content, for the error if there are no pictures.
  /// - Throws: ``DataError`` if there are no pictures, or the first cannot be read or preprocessed.
  init(
    _ entries: [Entry], classNames: [String], of selection: PictureSelection, depth: Int,
    in source: PictureSource, preprocessing: Preprocessing, skipsUnreadable: Bool, expected: String
  ) throws(DataError) {
    var leftOut = selection.leftOut
    self.source = source
    self.depth = depth
    folders = selection.listing.folders
    let folders = self.folders
    var failures: [Int: String] = [:]
    if skipsUnreadable {
      failures = Self.failures(of: entries) { entry throws(DataError) in
        _ = try source.picture(entry.picture, in: folders, orientation: preprocessing.orientation)
      }
      for index in failures.keys.sorted() {
        let entry = entries[index].picture
        leftOut.add(
          .unreadable,
          (folders[entry.folder].dropFirst(depth) + [entry.name]).map(\.text).joined(separator: "/")
        )
      }
    }
    let kept = entries.indices.filter { failures[$0] == nil }.map { entries[$0] }
    guard let first = kept.first else {
      throw .invalid(
        path: selection.path, expected: expected,
        found: (["none"] + leftOut.notes.map { String($0.dropLast()) }).joined(separator: "; "))
    }
    var preprocessing = preprocessing
    let picture = try source.picture(
      first.picture, in: folders, orientation: preprocessing.orientation)
    preprocessing.channels = preprocessing.channels ?? picture.channels
    self.preprocessing = preprocessing
    self.entries = kept
    self.classNames = classNames
    split = selection.part
    name =
      lastComponent(of: selection.path) + (selection.part.map { " (\($0.rawValue))" } ?? "")
    exampleShape = try preprocessing.tensor(
      of: picture, from: source.path(of: first.picture, in: folders)
    ).shape
    ownNotes = selection.notes + leftOut.notes
  }

  var count: Int { entries.count }

  func example(at index: Int) throws(DataError) -> Tensor {
    precondition((0..<count).contains(index), "Example \(index) is outside \(count) examples.")
    let entry = entries[index].picture
    let path = source.path(of: entry, in: folders)
    do {
      let picture = try source.picture(entry, in: folders, orientation: preprocessing.orientation)
      return try preprocessing.tensor(of: picture, from: path).requiring(exampleShape, path: path)
    } catch .undecodable(let path, let format, let reason) {
      throw .undecodable(
        path: path, format: format,
        reason: reason.trimmingFullStop + "; --skip-unreadable leaves such pictures out")
    }
  }

  func label(at index: Int) -> Int? { entries[index].classIndex }

  /// Returns the path relative to the folders that all pictures share.
  func exampleName(at index: Int) -> String? { sharedPath(at: index) }

  private func sharedPath(at index: Int) -> String {
    let entry = entries[index].picture
    return Array(folders[entry.folder].dropFirst(depth) + [entry.name]).pathText
  }

  /// The numbering of ImageNet, if all classes are named by its WordNet ids.
  var classNumbering: ClassNumbering? { ImageNetClasses.numbering(of: classNames) }

  /// Returns notes on the choice of the part, on what was left out, and on content of `examples`
  /// that is not used. Their files are read for this.
  func notes(on examples: [Int]) -> [String] {
    var concerned: [UnreadContent: [Int]] = [:]
    for index in Set(examples).sorted() where (0..<count).contains(index) {
      for content in source.unread(of: entries[index].picture, in: folders) {
        concerned[content, default: []].append(index)
      }
    }
    return ownNotes
      + UnreadContent.allCases.compactMap { content in
        guard let indices = concerned[content], let first = indices.first else { return nil }
        // A property of all examples is no difference between them.
        if content == .floatingPoint, indices.count == Set(examples).count { return nil }
        let others = indices.count == 1 ? "" : " and \(indices.count - 1) more"
        return "\(content.note): \(sharedPath(at: first))\(others)."
      }
  }

  /// Reads all entries, on all processors, and returns the errors of those that fail by index.
  private static func failures(
    of entries: [Entry], _ read: @Sendable (Entry) throws(DataError) -> Void
  ) -> [Int: String] {
    let failures = Mutex<[Int: String]>([:])
    DispatchQueue.concurrentPerform(iterations: entries.count) { index in
      do {
        try read(entries[index])
      } catch {
        failures.withLock { $0[index] = "\(error)" }
      }
    }
    return failures.withLock { $0 }
  }
}

extension String {
  fileprivate var trimmingFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}

/// The source that pictures are read from.
enum PictureSource: Sendable {
  case folder(String)
  case archive(Archive)

  /// The path of a picture, as given in errors.
  func path(of entry: PictureListing.Entry, in folders: [[FileName]]) -> String {
    let name = (folders[entry.folder] + [entry.name]).pathText
    switch self {
    case .folder(let path): return "\(path)/\(name)"
    case .archive(let archive): return "\(archive.path)/\(name)"
    }
  }

  func picture(
    _ entry: PictureListing.Entry, in folders: [[FileName]],
    orientation: Preprocessing.Orientation
  ) throws(DataError) -> DecodedPicture {
    try DecodedPicture(
      decoding: bytes(of: entry, in: folders), name: path(of: entry, in: folders),
      orientation: orientation)
  }

  /// Returns the content of a picture's file that is not used; empty if the file cannot be read at
  /// all.
  func unread(of entry: PictureListing.Entry, in folders: [[FileName]]) -> Set<UnreadContent> {
    guard let beginning = try? bytes(of: entry, in: folders, atMost: 1 << 16),
      let format = PictureFormat(of: beginning)
    else { return [] }
    // The directory of a TIFF file may be anywhere in it.
    guard format == .tiff else { return format.unread(of: beginning) }
    return (try? format.unread(of: bytes(of: entry, in: folders))) ?? []
  }

  private func bytes(
    of entry: PictureListing.Entry, in folders: [[FileName]], atMost limit: Int? = nil
  ) throws(DataError) -> [UInt8] {
    switch self {
    case .folder(let path):
      let bytes = (folders[entry.folder] + [entry.name]).pathBytes
      let file = try DataFile(
        opening: Array("\(path)/".utf8) + bytes, named: self.path(of: entry, in: folders),
        expected: "a picture")
      guard let limit else { return try file.pictureBytes() }
      return try file.bytes(at: 0, count: min(limit, file.byteCount))
    case .archive(let archive):
      let member = archive.members[entry.member]
      // A member that is not a picture is not unpacked, because it may be large.
      let beginning = try archive.beginning(of: member, count: 64)
      guard PictureFormat(of: beginning) != nil else { return beginning }
      return try archive.bytes(of: member)
    }
  }
}
