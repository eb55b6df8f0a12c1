// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A download of a file that continues where an earlier attempt stopped.
struct FileTransfer {
  let file: PublicDataset.File

  /// The path of the file; until the file is complete and verified, it has the suffix `.part`.
  let path: String

  /// The seconds for at least 1 KiB to arrive; `GEED_DOWNLOAD_STALL` shortens them.
  var stallLimit =
    ProcessInfo.processInfo.environment["GEED_DOWNLOAD_STALL"].flatMap(Double.init)
    .flatMap { $0 > 0 && $0 <= 60 ? $0 : nil } ?? 60

  private var partPath: String { "\(path).part" }

  /// Downloads the file, unless it exists; `progress` receives the bytes so far and, if known, in all.
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
      throw DataError.system(path: path, operation: "write", reason: lastSystemError())
    }
    return true
  }

  private var partSize: Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: partPath)
    return attributes?[.size] as? Int ?? 0
  }

  private func remove(_ path: String) throws {
    guard unlink(path) == 0 || errno == ENOENT else {
      throw DataError.system(path: path, operation: "remove", reason: lastSystemError())
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

enum DownloadError: Error, Hashable, CustomStringConvertible {
  /// The server responds, but not with the file.
  case refused(url: String, status: Int)
  /// The connection failed or broke; the received part is kept.
  case broken(url: String, reason: String)
  /// The server sends more bytes than the published file has; nothing is kept.
  case tooLong(url: String, limit: Int)
  /// The transfer has stalled; the received part is kept.
  case stalled(url: String, seconds: Double)
  /// The file differs from the published one.
  case otherContent(path: String, kind: String, expected: String, found: String)
  /// A different file already exists at the path.
  case occupied(path: String, kind: String, expected: String, found: String)

  var description: String {
    switch self {
    case .refused(let url, 404):
      "'\(url)': the server has no such file (404); another address can be given with --mirror."
    case .refused(let url, let status):
      "'\(url)': expected the file, but the server answered with status \(status)."
    case .broken(let url, let reason):
      "Could not download '\(url)': \(reason); the same command continues where it stopped."
    case .tooLong(let url, let limit):
      "'\(url)' is not the published file: it has more than \(limit) bytes."
    case .stalled(let url, let seconds):
      "Could not download '\(url)': less than 1 KiB came in \(seconds.short) s; the same command "
        + "continues where it stopped."
    case .otherContent(let path, let kind, let expected, let found):
      "'\(path)' is not the published file and was removed: expected the \(kind) \(expected), "
        + "but found \(found)."
    case .occupied(let path, let kind, let expected, let found):
      "There is another file at '\(path)': expected the \(kind) \(expected), but found \(found); "
        + "move it away."
    }
  }
}
