// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import GEEDData

/// Files made by `Scripts/fixtures/make_data_fixtures.py`, and scratch space.
enum Fixture {
  static func path(_ name: String) -> String {
    (Bundle.module.resourceURL ?? URL(filePath: "."))
      .appending(path: "Fixtures/\(name)").path
  }

  static func bytes(_ name: String) throws -> [UInt8] { try contents(of: path(name)) }

  /// The bytes of any file.
  static func contents(of path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
  }

  static func floats(_ name: String) throws -> [Float] {
    let words = try bytes(name).chunks(of: 4).map { chunk in
      chunk.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    return words.map(Float.init(bitPattern:))
  }

  static func json<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(bytes(name)))
  }

  static func image(_ name: String) throws -> Image {
    try Image(contentsOf: path("pictures/\(name)"))
  }
}

/// A folder that lives as long as the closure runs.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let url = FileManager.default.temporaryDirectory.appending(path: "geed-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}

/// Writes a file and the folders above it.
func write(_ bytes: [UInt8], to path: String) throws {
  let url = URL(filePath: path)
  try FileManager.default.createDirectory(
    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
  try Data(bytes).write(to: url)
}

/// The error that `body` throws; records a failure if it throws none.
func dataError(
  _ location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) throws -> DataError {
  try #require(throws: DataError.self, sourceLocation: location) { try body() }
}

extension [UInt8] {
  func chunks(of length: Int) -> [ArraySlice<UInt8>] {
    stride(from: 0, to: count, by: length).map { self[$0..<Swift.min($0 + length, count)] }
  }

  /// The four bytes of a number, big endian.
  init(bigEndian number: Int) {
    self = (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
  }
}

/// Where the real data are, if anywhere.
let realData = ProcessInfo.processInfo.environment["GEED_DATA"]
