// SPDX-License-Identifier: MIT

import Foundation
import Synchronization

/// A server on this machine that hands out some files, as badly as it is told to.
final class LocalServer: Sendable {
  struct Behavior: Sendable {
    /// The files by their paths, such as "/a.gz".
    var files: [String: [UInt8]]
    /// Whether a part can be asked for.
    var hasRanges = true
    /// After how many bytes of a file the connection of the first request breaks.
    var breaksAfter: Int?
    /// After how many bytes of a file nothing comes any more, while the connection stays open.
    var stallsAfter: Int?
    /// Whether the length of a file is told before it.
    var tellsLength = true
  }

  let port: UInt16
  private let descriptor: Int32
  private let behavior: Mutex<Behavior>
  private let requestLines = Mutex<[String]>([])

  init(_ behavior: Behavior) throws {
    self.behavior = Mutex(behavior)
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = self.descriptor
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else { throw CocoaError(.fileReadUnknown) }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in while serve() {} }
  }

  var address: String { "http://127.0.0.1:\(port)" }

  /// What was asked for: the paths, with the part where one was.
  var requests: [String] { requestLines.withLock { $0 } }

  /// Stops the server.
  func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  private func serve() -> Bool {
    let connection = accept(descriptor, nil, nil)
    guard connection >= 0 else { return false }
    defer { close(connection) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let length = max(read(connection, &buffer, buffer.count), 0)
    let lines = String(decoding: buffer[..<length], as: UTF8.self).split(separator: "\r\n")
    guard let path = lines.first?.split(separator: " ").dropFirst().first else { return true }
    let range = lines.first { $0.lowercased().hasPrefix("range: bytes=") }
      .flatMap { Int($0.filter(\.isNumber)) }
    requestLines.withLock { $0.append("\(path)" + (range.map { " from \($0)" } ?? "")) }
    let (head, body, stalls) = answer(String(path), from: range)
    send(Array(head.utf8) + body, to: connection)
    // Until the other side gives up.
    if stalls { _ = read(connection, &buffer, buffer.count) }
    return true
  }

  private func answer(
    _ path: String, from range: Int?
  ) -> (head: String, body: [UInt8], stalls: Bool) {
    behavior.withLock { behavior in
      let close = "Connection: close\r\n"
      guard let file = behavior.files[path] else {
        return (
          "HTTP/1.1 404 Not Found\r\n\(close)Content-Length: 4\r\n\r\n", Array("none".utf8), false
        )
      }
      let start = behavior.hasRanges ? range ?? 0 : 0
      guard start == 0 || start < file.count else {
        return ("HTTP/1.1 416 No\r\n\(close)Content-Length: 4\r\n\r\n", Array("none".utf8), false)
      }
      let status =
        start > 0
        ? "206 Partial Content\r\nContent-Range: bytes \(start)-\(file.count - 1)/\(file.count)"
        : "200 OK"
      let length = behavior.tellsLength ? "Content-Length: \(file.count - start)\r\n" : ""
      let head = "HTTP/1.1 \(status)\r\n\(close)\(length)\r\n"
      let last = behavior.stallsAfter ?? behavior.breaksAfter ?? file.count
      let end = min(start + last, file.count)
      let stalls = behavior.stallsAfter != nil
      (behavior.breaksAfter, behavior.stallsAfter) = (nil, nil)
      return (head, Array(file[start..<end]), stalls)
    }
  }

  private func send(_ bytes: [UInt8], to connection: Int32) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }
}
