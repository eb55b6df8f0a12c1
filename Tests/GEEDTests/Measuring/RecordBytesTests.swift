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
    let record = MeasurementRecord(position: 1 << 40, example: 7, isOrbit: true, probes: [probe])
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
}
