// SPDX-License-Identifier: MIT

import GEED

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// All images below a folder or in an archive, and a count of everything else.
///
/// An image is a file with one of ``ImageFormat/extensions``, or one that begins like a file of an
/// ``ImageFormat``; only files with other extensions are opened for this. Everything else is counted
/// by kind, and only regular files are opened. A file that is reachable by several paths
/// counts once, by a path without links if there is one.
struct ImageListing: Sendable {
  struct Entry: Sendable {
    /// Index into ``folders``.
    let folder: Int
    let name: FileName
    /// The member of an archive, or 0.
    let member: Int

    /// The path components of the image, without the first `depth`.
    func path(in folders: [[FileName]], below depth: Int = 0) -> [FileName] {
      folders[folder].dropFirst(depth) + [name]
    }
  }

  /// Every folder that was listed, as its path components; the first is the root, `[]`.
  private(set) var folders: [[FileName]] = [[]]

  private(set) var entries: [Entry] = []

  private(set) var leftOut = LeftOut()
}

extension [FileName] {
  /// The names as a path for display.
  var pathText: String { map(\.text).joined(separator: "/") }

  /// The names as a path for system calls.
  var pathBytes: [UInt8] { [UInt8](map(\.bytes).joined(separator: [UInt8(ascii: "/")])) }
}

// MARK: - Folders

extension ImageListing {
  /// Lists a folder and everything below it; subfolders that cannot be listed are left out.
  init(folder path: String) throws(DataError) {
    let root = Array(path.utf8)
    guard let status = FileStatus(of: root) else {
      throw errno == ENOENT || errno == ENOTDIR
        ? .missing(path: path, expected: "a folder of images")
        : .system(path: path, operation: "open", reason: lastSystemError())
    }
    guard status.kind == .folder else {
      throw .invalid(path: path, expected: "a folder of images", found: "a file")
    }
    guard let names = Folder.names(in: root) else {
      throw .system(path: path, operation: "list", reason: lastSystemError())
    }
    var walk = Walk(root: root)
    walk.seenFolders.insert(status.identity)
    look(at: names, in: 0, walk: &walk)
    followLinks(&walk)
  }

  /// The state of a traversal of the folders.
  private struct Walk {
    let root: [UInt8]
    var seenFolders: Set<FileStatus.Identity> = []
    var seenFiles: Set<FileStatus.Identity> = []
    /// The symbolic links to files and folders, which are followed after everything else.
    var links: [(folder: Int, name: FileName, target: FileStatus)] = []

    func path(_ components: [FileName]) -> [UInt8] {
      components.isEmpty ? root : root + [UInt8(ascii: "/")] + components.pathBytes
    }
  }

  private mutating func look(at names: [FileName], in folder: Int, walk: inout Walk) {
    for name in names {
      let components = folders[folder] + [name]
      let path = walk.path(components)
      guard let status = FileStatus(of: path, followingLinks: false) else {
        leftOut.add(.unreadable, components.pathText)
        continue
      }
      if name.isHidden || name == FileName("__MACOSX") {
        leftOut.add(
          status.kind == .folder ? .hiddenFolder : .hiddenFile, components.pathText)
        continue
      }
      switch status.kind {
      case .file: add(name, in: folder, status: status, walk: &walk)
      case .folder: enter(name, in: folder, status: status, walk: &walk)
      case .other: leftOut.add(.special, components.pathText)
      case .link:
        if let target = FileStatus(of: path) {
          walk.links.append((folder, name, target))
        } else {
          leftOut.add(errno == ELOOP ? .circularLink : .brokenLink, components.pathText)
        }
      }
    }
  }

  private mutating func enter(
    _ name: FileName, in folder: Int, status: FileStatus, walk: inout Walk
  ) {
    let components = folders[folder] + [name]
    guard walk.seenFolders.insert(status.identity).inserted else {
      leftOut.add(.repeatedFolder, components.pathText)
      return
    }
    folders.append(components)
    guard let names = Folder.names(in: walk.path(components)) else {
      leftOut.add(.unreadableFolder, components.pathText)
      return
    }
    look(at: names, in: folders.count - 1, walk: &walk)
  }

  /// Follows symbolic links, including those found on the way. Everything that is reachable without
  /// links has been listed before.
  private mutating func followLinks(_ walk: inout Walk) {
    var next = 0
    while next < walk.links.count {
      let link = walk.links[next]
      next += 1
      switch link.target.kind {
      case .file: add(link.name, in: link.folder, status: link.target, walk: &walk)
      case .folder: enter(link.name, in: link.folder, status: link.target, walk: &walk)
      case .link, .other:
        leftOut.add(.special, (folders[link.folder] + [link.name]).pathText)
      }
    }
  }

  private mutating func add(
    _ name: FileName, in folder: Int, status: FileStatus, walk: inout Walk
  ) {
    let components = folders[folder] + [name]
    let kind = Self.kind(of: name, size: status.size) {
      let path = walk.path(components)
      return try? DataFile(opening: path, named: components.pathText, expected: "a file")
        .bytes(at: 0, count: min(status.size, FileKind.beginningLength))
    }
    if let kind {
      leftOut.add(kind, components.pathText)
    } else if walk.seenFiles.insert(status.identity).inserted {
      entries.append(Entry(folder: folder, name: name, member: 0))
    } else {
      leftOut.add(.repeatedFile, components.pathText)
    }
  }

  /// Returns the reason for leaving a file out, `nil` for an image. If the name is not enough,
  /// `beginning` reads the first bytes, or returns `nil` on failure.
  private static func kind(
    of name: FileName, size: Int, beginning: () -> [UInt8]?
  ) -> LeftOut.Kind? {
    if size == 0 { return .empty }
    if name.isImageName { return nil }
    guard let bytes = beginning() else { return .unreadable }
    if ImageFormat(of: bytes) != nil {
      return name.fileExtension.map(rawEndings.contains) == true ? .raw : nil
    }
    if let kind = FileKind(of: bytes) { return .format(kind.name) }
    return name.fileExtension.map { .ending($0) } ?? .unknown
  }

  /// The extensions of camera raw files, which begin like TIFF files.
  private static let rawEndings: Set<String> = [
    "dng", "nef", "nrw", "cr2", "arw", "srf", "sr2", "orf", "rw2", "pef", "srw", "3fr", "iiq",
    "dcr", "kdc", "erf", "mef", "mos",
  ]
}

// MARK: - Archives

extension ImageListing {
  /// Lists a zip or tar file.
  init(archive: Archive) {
    var indices: [[FileName]: Int] = [[]: 0]
    var seen: Set<[FileName]> = []
    for (index, member) in archive.members.enumerated() {
      let parts = member.rawName
        .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        .map { FileName($0) }
      let components = parts.filter { !$0.bytes.isEmpty && $0 != FileName(".") }
      guard let name = components.last else { continue }
      if let kind = Self.kind(of: member, components: components, in: archive) {
        leftOut.add(kind, components.pathText)
      } else if parts.first?.bytes.isEmpty == true || components.contains(FileName("..")) {
        leftOut.add(.unsafeName, FileName(member.rawName).text)
      } else if seen.insert(components).inserted {
        let folder = Array(components.dropLast())
        let known = indices[folder] ?? folders.count
        if known == folders.count {
          folders.append(folder)
          indices[folder] = known
        }
        entries.append(Entry(folder: known, name: name, member: index))
      } else {
        leftOut.add(.repeatedName, components.pathText)
      }
    }
  }

  private static func kind(
    of member: Archive.Member, components: [FileName], in archive: Archive
  ) -> LeftOut.Kind? {
    if components.contains(where: {
      $0.isHidden && $0 != FileName("..") || $0 == FileName("__MACOSX")
    }) {
      return .hiddenFile
    }
    if member.kind != .file { return member.kind == .link ? .archivedLink : .special }
    if member.isDamaged { return .unreadable }
    return components.last.flatMap { name in
      kind(of: name, size: member.size) {
        try? archive.beginning(of: member, count: FileKind.beginningLength)
      }
    }
  }
}
