// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A URLSession delegate that appends what a server sends to a file.
final class FileReceiver: NSObject, URLSessionDataDelegate, Sendable {
  private struct State {
    var byteCount: Int
    /// The number of bytes received, including those before a restart from the beginning.
    var received = 0
    var total: Int?
    var failure: (any Error)?
    /// Whether the response is the file, and not an error page.
    var isAccepted = false
    /// Whether the server reports that there is nothing more.
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

  /// Opens the file at `path`, which has `offset` bytes already, for at most `limit` bytes.
  init(
    url: String, path: String, offset: Int, limit: Int,
    progress: @escaping @Sendable (Int, Int?) -> Void
  ) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw DataError.system(path: path, operation: "write", reason: lastSystemError())
    }
    file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    self.url = url
    self.path = path
    self.offset = offset
    self.limit = limit
    self.progress = progress
    state = Mutex(State(byteCount: offset))
  }

  /// Waits for the end of the transfer, until less than 1 KiB arrives in `stallLimit` seconds.
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
    // Some bytes of a refused response may still arrive.
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

  /// Moves the end of the file to where the response belongs; `false` if the response is not used.
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
        // Without ranges the file is sent from its beginning.
        guard status == 200 else { throw DownloadError.refused(url: url, status: status) }
        try file.truncate(atOffset: 0)
        state.withLock {
          $0.byteCount = 0
          $0.total = length >= 0 ? Int(length) : nil
        }
      case 416 where offset > 0:
        // The server has no further bytes; the checksum decides whether the file is complete.
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
