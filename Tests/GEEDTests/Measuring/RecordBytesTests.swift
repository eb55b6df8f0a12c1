// SPDX-License-Identifier: MIT

import Testing

@testable import GEED

@Suite struct RecordBytesTests {
  @Test("Bytes keep every bit", arguments: RecordedKind.allCases)
  func bytes(kind: RecordedKind) throws {
    for record in try allRecords(of: try kind.measurement()).records {
      #expect(try MeasurementRecord(bytes: record.bytes) == record)
    }
  }

  @Test("Infinities, signed zeros and counts of zero vectors are kept")
  func oddNumbers() throws {
    var probe = ProbeRecord(rowShape: [3, 0])
    probe.comparisons = [Comparison(.infinity), Comparison(-0.0, zeroVectorCount: 3)]
    probe.features = [-0.0, .greatestFiniteMagnitude]
    let source = ExampleFingerprint(
      sha256: (0..<32).map { $0 }, name: "Zoë/a\nb.png", label: -1)
    let record = MeasurementRecord(
      position: 1 << 40, example: 7, isOrbit: true, source: source, probes: [probe])
    let copy = try MeasurementRecord(bytes: record.bytes)
    #expect(copy == record)
    #expect(copy.probes[0].comparisons[1].distance.sign == .minus)
  }

  @Test("Bytes that were cut off, prolonged or are of another version are an error")
  func damagedBytes() throws {
    let record = try #require(
      try allRecords(of: try RecordedKind.subgroups.measurement()).records.first)
    let bytes = record.bytes
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: RecordFormatError.self) {
        try MeasurementRecord(bytes: Array(bytes.prefix(count)))
      }
    }
    #expect(throws: RecordFormatError.tooLong(byteCount: bytes.count + 1)) {
      try MeasurementRecord(bytes: bytes + [0])
    }
    #expect(throws: RecordFormatError.version(found: 3, expected: 2)) {
      try MeasurementRecord(bytes: [3] + bytes.dropFirst())
    }
  }

  @Test(
    "A shape that no tensor has is an error", arguments: [[1 << 62, 1 << 62], [-3], [1 << 32]])
  func rowShape(shape: [Int]) {
    let record = MeasurementRecord(
      position: 0, example: 0, isOrbit: false,
      source: ExampleFingerprint(sha256: [], name: nil, label: nil),
      probes: [ProbeRecord(rowShape: shape)])
    #expect(throws: RecordFormatError.rowShape(shape)) {
      try MeasurementRecord(bytes: record.bytes)
    }
  }

  @Test("Whatever byte is changed, reading ends in a record or an error")
  func changedBytes() throws {
    let record = try #require(
      try allRecords(of: try RecordedKind.subgroups.measurement()).records.first)
    var generator = SplitMix64(seed: 1)
    for _ in 0..<3000 {
      var bytes = record.bytes
      bytes[generator.next(below: bytes.count)] = UInt8(generator.next(below: 256))
      _ = try? MeasurementRecord(bytes: bytes)
    }
  }
}
