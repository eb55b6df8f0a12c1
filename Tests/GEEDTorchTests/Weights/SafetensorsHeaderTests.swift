// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDTorch
import Testing

@Suite struct SafetensorsHeaderTests {
  struct Broken: Sendable, CustomTestStringConvertible {
    let header: String
    var dataLength = 8
    /// What the error says was expected, and what was found.
    let expected, found: String

    var testDescription: String { "\(expected): \(found)" }
  }

  private static func entry(
    _ type: String = "F32", _ shape: String = "2", _ offsets: String = "0,8"
  ) -> String {
    "{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offsets)]}"
  }

  @Test(
    "Broken headers are refused, with the reason",
    arguments: [
      Broken(header: "", expected: "'{'", found: "its end"),
      Broken(header: " {}", expected: "'{'", found: "the byte 0x20"),
      Broken(header: "{", expected: "'\"'", found: "its end"),
      Broken(header: "{}x", expected: "the end of the header", found: "'x'"),
      Broken(header: "{\"a\":\(entry())", expected: "'}'", found: "its end"),
      Broken(header: "{\"a\":\(entry()),}", expected: "'\"'", found: "'}'"),
      Broken(
        header: "{\"a\":\(entry()),\"a\":\(entry("F32", "0", "8,8"))}",
        expected: "names that differ", found: "'a' twice"),
      Broken(
        header: "{\"__metadata__\":{},\"__metadata__\":{}}", expected: "names that differ",
        found: "'__metadata__' twice"),
      Broken(
        header: #"{"__metadata__":{"k":"1","k":"2"}}"#, expected: "keys of metadata that differ",
        found: "'k' twice"),
      Broken(header: #"{"__metadata__":{"k":1}}"#, expected: "'\"'", found: "'1'"),
      Broken(
        header: #"{"a":{"dtype":"F32","shape":[2]}}"#,
        expected: "'dtype', 'shape' and 'data_offsets' of 'a'", found: "not all of them"),
      Broken(
        header: #"{"a":{"dtype":"F32","dtype":"F32"}}"#,
        expected: "'dtype', 'shape' and 'data_offsets' once", found: "'dtype'"),
      Broken(
        header: #"{"a":{"kind":"F32"}}"#,
        expected: "'dtype', 'shape' and 'data_offsets' once", found: "'kind'"),
      Broken(
        header: "{\"a\":\(entry("F33"))}", expected: "a known dtype of 'a'", found: "'F33'"),
      Broken(header: "{\"a\":\(entry("F32", "-2"))}", expected: "a whole number", found: "'-'"),
      Broken(header: "{\"a\":\(entry("F32", "02"))}", expected: "a whole number", found: "'0'"),
      Broken(header: "{\"a\":\(entry("F32", "2.0"))}", expected: "']'", found: "'.'"),
      Broken(header: "{\"a\":\(entry("F32", "2e0"))}", expected: "']'", found: "'e'"),
      Broken(
        header: "{\"a\":\(entry("F32", "9223372036854775808"))}",
        expected: "a number below 2^63", found: "19 digits"),
      Broken(
        header: "{\"a\":\(entry("F32", "2", "0"))}",
        expected: "two 'data_offsets' of 'a' in order", found: "[0]"),
      Broken(
        header: "{\"a\":\(entry("F32", "2", "8,0"))}",
        expected: "two 'data_offsets' of 'a' in order", found: "[8, 0]"),
      Broken(
        header: "{\"a\":\(entry("F32", "3", "0,8"))}",
        expected: "12 bytes for F32 of shape [3]", found: "8"),
      Broken(
        header: "{\"a\":\(entry("F32", "4294967296,4294967296", "0,8"))}",
        expected: "a size that fits 63 bits", found: "shape [4294967296, 4294967296]"),
      Broken(
        header: "{\"a\":\(entry("F32", "0,4294967296,4294967296", "0,0"))}", dataLength: 0,
        expected: "a size that fits 63 bits", found: "shape [0, 4294967296, 4294967296]"),
      Broken(
        header: "{\"a\":\(entry("F32", Array(repeating: "1", count: 65).joined(separator: ",")))}",
        expected: "64 axes of 'a' at most", found: "65"),
      Broken(
        header: "{\"a\":\(entry()),\"b\":\(entry("F32", "2", "4,12"))}", dataLength: 12,
        expected: "data from byte 8 on", found: "an overlap from byte 4 on"),
      Broken(
        header: "{\"a\":\(entry()),\"b\":\(entry("F32", "2", "0,8"))}",
        expected: "data from byte 8 on", found: "an overlap from byte 0 on"),
      Broken(
        header: "{\"a\":\(entry()),\"b\":\(entry("F32", "2", "12,20"))}", dataLength: 20,
        expected: "data from byte 8 on", found: "a hole before byte 12"),
      Broken(
        header: "{\"a\":\(entry("F32", "2", "4,12"))}", dataLength: 12,
        expected: "data from byte 0 on", found: "a hole before byte 4"),
      Broken(
        header: "{\"a\":\(entry())}", dataLength: 9, expected: "8 bytes as in the header",
        found: "9"),
      Broken(
        header: "{\"a\":\(entry())}", dataLength: 7, expected: "8 bytes as in the header",
        found: "7"),
      Broken(header: "{\"a\u{1}\":\(entry())}", expected: "a string", found: "the byte 0x1"),
      Broken(header: #"{"a\x":1}"#, expected: "an escape", found: "'x'"),
      Broken(header: #"{"a\u12g4":1}"#, expected: "a hexadecimal digit", found: "'g'"),
      Broken(header: #"{"\ud800":1}"#, expected: "a pair of surrogates", found: "one of them"),
      Broken(
        header: #"{"\ud800\u0000":1}"#, expected: "a pair of surrogates", found: "one of them"),
      Broken(header: #"{"\udc00":1}"#, expected: "a pair of surrogates", found: "one of them"),
    ])
  func refusal(_ broken: Broken) throws {
    let error = try #require(throws: WeightsError.self) {
      try openAndRead(safetensors(broken.header, dataLength: broken.dataLength))
    }
    guard case .invalid(_, _, let expected, let found) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(expected == broken.expected)
    #expect(found == broken.found)
  }

  @Test func textIsUTF8() throws {
    let bytes = safetensors("{\"?\":\(Self.entry())}", dataLength: 8)
    let error = try #require(throws: WeightsError.self) {
      try openAndRead(bytes.map { $0 == UInt8(ascii: "?") ? 0xFF : $0 })
    }
    #expect("\(error)".hasSuffix("header byte 4: expected UTF-8, but found other bytes."))
  }

  @Test func lengthOfTheHeaderIsWithinTheFile() throws {
    for length in [UInt64(11), .max, 1 << 63, 100_000_001] {
      let bytes = withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array("{}        ".utf8)
      let error = try #require(throws: WeightsError.self) { try openAndRead(bytes) }
      #expect("\(error)".hasSuffix("expected a header of 10 bytes at most, but found \(length)."))
    }
    #expect(throws: WeightsError.self) { try openAndRead([1, 2, 3]) }
  }

  @Test func spacesAndEscapesAreJSON() throws {
    let header = """
      { "\\u00e9\\ud83d\\ude00\\/\\b\\f" : { "shape" : [ ] ,
        "data_offsets":[0 , 4],\t"dtype" : "F32" } }   \n
      """
    let file = try openAndRead(safetensors(header, dataLength: 4))
    #expect(file.entries.map(\.name) == ["é😀/\u{8}\u{C}"])
  }

  @Test("Every part of a file is refused", arguments: [0, 1, 2])
  func truncation(seed: UInt64) throws {
    let whole = try bytes(of: pythonFile())
    var generator = SplitMix64(seed: seed)
    for _ in 0..<100 {
      let count = generator.next(below: whole.count)
      #expect(throws: WeightsError.self, "\(count) bytes") {
        try openAndRead(Array(whole.prefix(count)))
      }
    }
  }

  @Test("Flipped bits give an error or a file that can be read, never a crash", arguments: 0..<4)
  func flips(seed: UInt64) throws {
    let whole = try bytes(of: pythonFile())
    var generator = SplitMix64(seed: seed)
    var refused = 0
    for _ in 0..<250 {
      var flipped = whole
      // Mostly in the header: flips of numbers give other numbers.
      let range = generator.next(below: 8) == 0 ? whole.count : 712
      for _ in 0...generator.next(below: 3) {
        flipped[generator.next(below: range)] ^= 1 << UInt8(generator.next(below: 8))
      }
      do {
        try openAndRead(flipped)
      } catch is WeightsError {
        refused += 1
      }
    }
    #expect(refused > 125)
  }
}
#endif
