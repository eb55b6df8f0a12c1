// SPDX-License-Identifier: MIT

/// The reason that a file could not be downloaded.
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

  /// Whether the server or the connection is the cause, and not the received content.
  var isUnavailable: Bool {
    switch self {
    case .refused, .broken, .stalled: true
    case .otherContent, .occupied, .tooLong: false
    }
  }

  var description: String {
    switch self {
    case .refused(let url, 404):
      "'\(url)': the server has no such file (404); another address can be given with --mirror."
    case .refused(let url, let status):
      "'\(url)': expected the file, but the server answered with status \(status)."
    case .broken(let url, let reason):
      "Could not download '\(url)': \(reason); the same command goes on where it stopped."
    case .tooLong(let url, let limit):
      "'\(url)' is not the published file: it has more than \(limit) bytes."
    case .stalled(let url, let seconds):
      "Could not download '\(url)': less than 1 KiB came in \(seconds.short) s; the same command goes on "
        + "where it stopped."
    case .otherContent(let path, let kind, let expected, let found):
      "'\(path)' is not the published file and was removed: expected the \(kind) \(expected), "
        + "but found \(found)."
    case .occupied(let path, let kind, let expected, let found):
      "There is another file at '\(path)': expected the \(kind) \(expected), but found \(found); "
        + "move it away."
    }
  }
}
