// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEEDTorch
import Testing

/// What `Scripts/fixtures/safetensors_fixture.py` wrote.
func pythonFile() throws -> String {
  try #require(
    Bundle.module.url(
      forResource: "python", withExtension: "safetensors", subdirectory: "Fixtures")
  ).path
}

/// A folder that lives as long as the closure runs.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let url = FileManager.default.temporaryDirectory.appending(path: "geed-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}

func bytes(of path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(filePath: path)))
}

/// A file of a header and `dataLength` zeros.
func safetensors(_ header: String, dataLength: Int) -> [UInt8] {
  withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
    + Array(repeating: 0, count: dataLength)
}

/// Opens a file of these bytes, and reads all tensors whose type can be read.
@discardableResult
func openAndRead(_ bytes: [UInt8]) throws -> SafetensorsFile {
  try withTemporaryFolder { folder in
    let path = "\(folder)/file.safetensors"
    try Data(bytes).write(to: URL(filePath: path))
    let file = try SafetensorsFile(opening: path)
    for entry in file.entries where entry.elementType != nil {
      #expect(try file.tensor(entry).shape == entry.shape)
    }
    return file
  }
}
#endif
