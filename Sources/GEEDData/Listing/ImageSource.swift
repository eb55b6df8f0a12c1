// SPDX-License-Identifier: MIT

import GEED

/// The folder or archive that images are read from.
enum ImageSource: Sendable {
  case folder(String)
  case archive(Archive)

  init(path: String, skipsUnreadable: Bool = false) throws(DataError) {
    self =
      Archive.isArchiveName(path) && Folder.isFolder(path) != true
      ? .archive(try Archive(path: path, skipsDamaged: skipsUnreadable)) : .folder(path)
  }

  var isArchive: Bool {
    if case .archive = self { true } else { false }
  }

  func listing() throws(DataError) -> ImageListing {
    switch self {
    case .folder(let path): try ImageListing(folder: path)
    case .archive(let archive): ImageListing(archive: archive)
    }
  }

  /// The path of an image, as given in errors.
  func path(of entry: ImageListing.Entry, in folders: [[FileName]]) -> String {
    let name = entry.path(in: folders).pathText
    return switch self {
    case .folder(let path): "\(path)/\(name)"
    case .archive(let archive): "\(archive.path)/\(name)"
    }
  }

  func image(
    _ entry: ImageListing.Entry, in folders: [[FileName]], orientation: Preprocessing.Orientation
  ) throws(DataError) -> DecodedImage {
    try DecodedImage(
      decoding: bytes(of: entry, in: folders), name: path(of: entry, in: folders),
      orientation: orientation)
  }

  /// Returns the content of an image's file that is not used; empty if the file cannot be read.
  func unread(of entry: ImageListing.Entry, in folders: [[FileName]]) -> Set<UnreadContent> {
    guard let beginning = try? bytes(of: entry, in: folders, atMost: 1 << 16),
      let format = ImageFormat(of: beginning)
    else { return [] }
    guard format.needsAllBytes else { return format.unread(of: beginning) }
    return (try? format.unread(of: bytes(of: entry, in: folders))) ?? []
  }

  private func bytes(
    of entry: ImageListing.Entry, in folders: [[FileName]], atMost limit: Int? = nil
  ) throws(DataError) -> [UInt8] {
    switch self {
    case .folder(let path):
      let file = try DataFile(
        opening: Array("\(path)/".utf8) + entry.path(in: folders).pathBytes,
        named: self.path(of: entry, in: folders), expected: "an image")
      guard let limit else { return try file.imageBytes() }
      return try file.bytes(at: 0, count: min(limit, file.byteCount))
    case .archive(let archive):
      let member = archive.members[entry.member]
      // A member that is not an image is not unpacked, because it may be large.
      let beginning = try archive.beginning(of: member, count: FileKind.beginningLength)
      guard ImageFormat(of: beginning) != nil else { return beginning }
      return try archive.bytes(of: member)
    }
  }
}
