// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A download of a file that continues where an earlier attempt stopped.
///
/// It uses Foundation's URLSession, which comes with the toolchain, so that building the tool needs
/// no further package, follows redirects, and uses the proxies of the environment.
struct FileTransfer {
  let file: PublicDataset.File

  /// The path of the file; until the file is complete and verified, it has the suffix `.part`.
  let path: String

  /// The number of seconds after which a transfer is given up if less than 1 KiB arrived; the
  /// environment variable `GEED_DOWNLOAD_STALL` shortens it.
  var stallLimit =
    ProcessInfo.processInfo.environment["GEED_DOWNLOAD_STALL"].flatMap(Double.init)
    .flatMap { $0 > 0 && $0 <= 60 ? $0 : nil } ?? 60

  private var partPath: String { "\(path).part" }

  /// Downloads the file, unless it exists.
  ///
  /// - Parameter progress: Called with the number of bytes received and the total number of bytes,
  ///   if the server reports it.
  /// - Returns: Whether the file was downloaded.
  /// - Throws: ``DownloadError``, or ``DataError`` if the disk is the cause.
  func run(progress: @escaping @Sendable (Int, Int?) -> Void) throws -> Bool {
    if FileManager.default.fileExists(atPath: path) {
      let found = try file.checksum.value(ofFile: path)
      guard found == file.checksum.value else {
        throw DownloadError.occupied(
          path: path, kind: file.checksum.kind, expected: file.checksum.value, found: found)
      }
      return false
    }
    // A part that is longer than the file belongs to a different one.
    if let byteCount = file.byteCount, partSize > byteCount { try remove(partPath) }
    let resumes = partSize > 0
    try receive(progress)
    var found = try file.checksum.value(ofFile: partPath)
    if found != file.checksum.value, resumes {
      // The beginning may be of another version: try once more, from the start.
      try remove(partPath)
      try receive(progress)
      found = try file.checksum.value(ofFile: partPath)
    }
    guard found == file.checksum.value else {
      try remove(partPath)
      throw DownloadError.otherContent(
        path: path, kind: file.checksum.kind, expected: file.checksum.value, found: found)
    }
    guard rename(partPath, path) == 0 else {
      throw DataError.system(
        path: path, operation: "write", reason: lastSystemError())
    }
    return true
  }

  private var partSize: Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: partPath)
    return attributes?[.size] as? Int ?? 0
  }

  private func remove(_ path: String) throws {
    guard unlink(path) == 0 || errno == ENOENT else {
      throw DataError.system(
        path: path, operation: "remove", reason: lastSystemError())
    }
  }

  /// Fetches the bytes that the part lacks.
  private func receive(_ progress: @escaping @Sendable (Int, Int?) -> Void) throws {
    guard let url = URL(string: file.url), ["http", "https"].contains(url.scheme) else {
      throw DownloadError.broken(url: file.url, reason: "it is no http or https address")
    }
    let offset = partSize
    var request = URLRequest(url: url)
    // Otherwise a server might compress the file, and the bytes would be counted uncompressed.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    if offset > 0 { request.setValue("bytes=\(offset)-", forHTTPHeaderField: "Range") }
    let receiver = try FileReceiver(
      url: file.url, path: partPath, offset: offset, limit: file.greatestByteCount,
      progress: progress)
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = 60
    let session = URLSession(configuration: configuration, delegate: receiver, delegateQueue: nil)
    defer { session.invalidateAndCancel() }
    session.dataTask(with: request).resume()
    do {
      try receiver.wait(stallLimit: stallLimit)
    } catch DownloadError.tooLong(let url, let limit) {
      try remove(partPath)
      throw DownloadError.tooLong(url: url, limit: limit)
    } catch {
      if partSize == 0 { try remove(partPath) }
      throw error
    }
  }
}
