// SPDX-License-Identifier: MIT

import Foundation

/// How much memory this process holds.
enum ResidentMemory {
  static var isKnown: Bool { FileManager.default.fileExists(atPath: "/proc/self/statm") }

  /// - Precondition: The system has `/proc`.
  static func bytes() -> Int {
    // Total and resident size in pages, then others.
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
      .split(separator: " ")
    guard let fields, fields.count > 1, let pages = Int(fields[1]) else {
      preconditionFailure("Expected numbers in /proc/self/statm.")
    }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
