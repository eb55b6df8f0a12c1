// SPDX-License-Identifier: MIT

import Foundation
import GEEDData
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Writes what a server sends to the end of a file; URLSession wants an object for that.
final class FileReceiver: NSObject, URLSessionDataDelegate, Sendable {
  private struct State {
    var byteCount: Int
    /// How much has come, whether or not it was counted again from the start.
    var received = 0
    var total: Int?
    var failure: (any Error)?
    /// Whether what comes is the file, and no page about an error.
    var isAccepted = false
    /// Whether the server says that there is nothing more.
    var isComplete = false
  }

  private let url: String
  private let path: String
  private let offset: Int
  private let limit: Int
  private let file: FileHandle
  private let progress: @Sendable (Int, Int?) -> Void
  private let state: Mutex<State>
  private let isDone = DispatchSemaphore(value: 0)

  /// Opens the file at `path`, of which `offset` bytes are there, for at most `limit` bytes.
  init(
    url: String, path: String, offset: Int, limit: Int,
    progress: @escaping @Sendable (Int, Int?) -> Void
  ) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw DataError.system(
        path: path, operation: "write", reason: lastSystemError())
    }
    file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    self.url = url
    self.path = path
    self.offset = offset
    self.limit = limit
    self.progress = progress
    state = Mutex(State(byteCount: offset, total: nil, failure: nil))
  }

  /// Waits for the end.
  ///
  /// - Parameter stallLimit: After how many seconds with less than 1 KiB to give up.
  /// - Throws: What went wrong first.
  func wait(stallLimit: Double) throws {
    var count = state.withLock { $0.received }
    while isDone.wait(timeout: .now() + stallLimit) == .timedOut {
      let next = state.withLock { $0.received }
      if next - count < 1024 {
        fail(DownloadError.stalled(url: url, seconds: stallLimit))
        break
      }
      count = next
    }
    try? file.close()
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
  ) {
    let response = response as? HTTPURLResponse
    let isAccepted = accept(
      status: response?.statusCode ?? 0, length: response?.expectedContentLength ?? -1,
      range: response?.value(forHTTPHeaderField: "Content-Range"))
    state.withLock { $0.isAccepted = isAccepted }
    completionHandler(isAccepted ? .allow : .cancel)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    // Some of what was refused may be under way already.
    guard state.withLock({ $0.isAccepted }) else { return }
    guard state.withLock({ $0.byteCount + data.count <= limit }) else {
      fail(DownloadError.tooLong(url: url, limit: limit))
      return dataTask.cancel()
    }
    do {
      try file.write(contentsOf: data)
    } catch {
      fail(DataError.system(path: path, operation: "write", reason: Self.reason(of: error)))
      return dataTask.cancel()
    }
    let (count, total) = state.withLock {
      $0.byteCount += data.count
      $0.received += data.count
      return ($0.byteCount, $0.total)
    }
    progress(count, total)
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    if let error { fail(DownloadError.broken(url: url, reason: Self.reason(of: error))) }
    isDone.signal()
  }

  /// Puts the file's end where what comes belongs; `false` if nothing useful comes.
  private func accept(status: Int, length: Int64, range: String?) -> Bool {
    do {
      let before = status == 206 ? offset : 0
      if [200, 206].contains(status), length > Int64(limit - min(before, limit)) {
        throw DownloadError.tooLong(url: url, limit: limit)
      }
      switch status {
      case 206 where range?.hasPrefix("bytes \(offset)-") == true:
        try file.seek(toOffset: UInt64(offset))
        state.withLock { $0.total = length >= 0 ? offset + Int(length) : nil }
      case 200, 206:
        // Without ranges the file comes from its beginning.
        guard status == 200 else { throw DownloadError.refused(url: url, status: status) }
        try file.truncate(atOffset: 0)
        state.withLock {
          $0.byteCount = 0
          $0.total = length >= 0 ? Int(length) : nil
        }
      case 416 where offset > 0:
        // There is nothing after what is there; the checksum tells whether that is all.
        state.withLock { $0.isComplete = true }
        return false
      default:
        throw DownloadError.refused(url: url, status: status)
      }
      return true
    } catch {
      fail(error)
      return false
    }
  }

  private func fail(_ error: any Error) {
    state.withLock { if !$0.isComplete { $0.failure = $0.failure ?? error } }
  }

  private static func reason(of error: any Error) -> String {
    let text = (error as NSError).localizedDescription
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }
}
