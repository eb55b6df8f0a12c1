// SPDX-License-Identifier: MIT

/// Why a file could not be downloaded.
enum DownloadError: Error, Hashable, CustomStringConvertible {
  /// The server answers, but not with the file.
  case refused(url: String, status: Int)

  /// The connection failed or broke; what has come is kept.
  case broken(url: String, reason: String)

  /// More comes than the published file has; nothing of it is kept.
  case tooLong(url: String, limit: Int)

  /// Nothing comes any more; what has come is kept.
  case stalled(url: String, seconds: Double)

  /// The file is not what was published.
  case otherContent(path: String, kind: String, expected: String, found: String)

  /// There is another file in the place already.
  case occupied(path: String, kind: String, expected: String, found: String)

  /// Whether the server or the way to it is to blame, as opposed to what came.
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
