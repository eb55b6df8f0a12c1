// SPDX-License-Identifier: MIT

import Foundation

/// What a folder holds, in byte order of the names, without hidden entries.
struct Folder {
  let path: String

  /// Names of files, links to files included.
  let files: [String]

  /// Names of folders, links to folders included.
  let folders: [String]

  /// Lists the folder at `path`.
  ///
  /// - Parameter expected: What should be there, as an error says it.
  init(listing path: String, expected: String) throws(DataError) {
    guard let isFolder = Self.isFolder(path) else {
      throw .missing(path: path, expected: expected)
    }
    guard isFolder else {
      throw .invalid(path: path, expected: expected, found: "a file")
    }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw .system(path: path, operation: "list", reason: "\(error.localizedDescription)")
    }
    let visibleNames = names.filter { !$0.hasPrefix(".") }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let kinds = visibleNames.map { Self.isFolder("\(path)/\($0)") }
    self.path = path
    files = zip(visibleNames, kinds).filter { $0.1 == false }.map(\.0)
    folders = zip(visibleNames, kinds).filter { $0.1 == true }.map(\.0)
  }

  /// Whether there is a folder at `path` as opposed to a file; `nil` if there is nothing.
  static func isFolder(_ path: String) -> Bool? {
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    return exists ? isDirectory.boolValue : nil
  }
}
