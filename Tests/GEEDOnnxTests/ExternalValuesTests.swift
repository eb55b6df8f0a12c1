// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import GEEDOnnx

@Suite struct ExternalValuesTests {
  private func withFile<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("geed-external-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(0..<10).write(to: folder.appendingPathComponent("w.bin"))
    return try body(folder.appendingPathComponent("model.onnx").path)
  }

  private func values(_ entries: [String: String], of model: String) -> ExternalValues {
    ExternalValues(
      entries.map { key, value in
        var entry = ProtoExternalEntry()
        (entry.key, entry.value) = (key, value)
        return entry
      }, ofModelAt: model)
  }

  @Test("Values begin at the offset and have the length that the model says")
  func pieces() throws {
    try withFile { model in
      let all = values(["location": "w.bin"], of: model)
      let (whole, beginning) = (try all.bytes(10), try all.bytes(4))
      #expect(whole == Data(0..<10) && beginning == Data(0..<4))
      let piece = values(["location": "w.bin", "offset": "2", "length": "3"], of: model)
      let bytes = try piece.bytes(3)
      #expect(bytes == Data(2..<5))
      // More or fewer than the shape takes are a contradiction.
      #expect(throws: UnreadableConstant.self) { try piece.bytes(4) }
      #expect(piece.location == "w.bin" && piece.path.hasSuffix("/w.bin"))
    }
  }

  @Test("A file that is missing or too short is named")
  func mistakes() throws {
    try withFile { model in
      let short = values(["location": "w.bin", "offset": "8"], of: model)
      #expect(throws: UnreadableConstant.self) { try short.bytes(3) }
      let end = try short.bytes(2)
      #expect(end == Data(8..<10))
      let missing = values(["location": "none.bin"], of: model)
      let error = try #require(throws: UnreadableConstant.self) { try missing.bytes(1) }
      #expect(error.reason == "the file 'none.bin' is missing")
      #expect(error.isMissing)
    }
  }

  @Test("A graph names the files of its weights")
  func files() throws {
    let path = Fixtures.path("external-data.onnx")
    let graph = try OnnxGraph(contentsOf: path)
    #expect(
      graph.weightFiles
        == ["external-data.bin": String(path.dropLast(".onnx".count)) + ".bin"])
    #expect(try OnnxGraph(contentsOf: Fixtures.path("dynamic-batch.onnx")).weightFiles.isEmpty)
  }
}
