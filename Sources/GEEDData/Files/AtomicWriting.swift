// SPDX-License-Identifier: MIT

import GEED

/// Writes a file atomically: readers see the old file or the new one, never a part.
///
/// - Throws: ``DataError`` if the folder is missing or the file cannot be written.
package func writeAtomically(_ bytes: [UInt8], to path: String) throws(DataError) {
  do {
    try writeAtomically(to: path) { try $0.write(bytes) }
  } catch let error as DataError {
    throw error
  } catch {
    throw .system(path: path, operation: "write", reason: "\(error)")
  }
}

/// Writes a file in pieces, atomically: readers see the old file or the new one, never a part.
///
/// - Parameter body: Writes the pieces, in order.
/// - Throws: ``DataError`` if the folder is missing or the file cannot be written, and any error of
///   `body`.
func writeAtomically(to path: String, _ body: (FileWriter) throws -> Void) throws {
  do {
    try writeFile(at: path, body)
  } catch let error as FileWritingError {
    throw error.isMissingFolder
      ? DataError.missing(path: folder(of: path), expected: "a folder to write to")
      : DataError.system(path: path, operation: "write", reason: error.reason)
  }
}
