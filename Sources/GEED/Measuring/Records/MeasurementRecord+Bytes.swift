// SPDX-License-Identifier: MIT

extension MeasurementRecord {
  /// The version of the format. Version 1 contained neither examples nor evidence about scores.
  private static let formatVersion: UInt8 = 2

  /// The record as bytes, which are the same on every machine: about 60, 8 for each comparison and
  /// each coordinate of an orbit's mean, and 4 for each coordinate of an example of *M*.
  package var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(Self.formatVersion)
    writer.write(Int64(position))
    writer.write(Int64(example))
    writer.write(UInt8(isOrbit ? 1 : 0))
    writer.write(source)
    writer.write(probes) { $0.write($1) }
    writer.write(floors) { $0.write($1) }
    return writer.bytes
  }

  package init(bytes: [UInt8]) throws {
    var reader = ByteReader(bytes)
    let version: UInt8 = try reader.read()
    guard version == Self.formatVersion else {
      throw RecordFormatError.version(found: Int(version), expected: Int(Self.formatVersion))
    }
    position = Int(try reader.read(as: Int64.self))
    example = Int(try reader.read(as: Int64.self))
    isOrbit = try reader.read(as: UInt8.self) == 1
    source = try reader.readFingerprint()
    probes = try reader.readArray(ofSize: 1) { try $0.readProbe() }
    floors = try reader.readArray(ofSize: 1) { try $0.readComparisons() }
    guard reader.isAtEnd else { throw RecordFormatError.tooLong(byteCount: bytes.count) }
  }
}

extension ByteWriter {
  /// The code for scores that were not examined.
  fileprivate static let noEvidence: UInt8 = 255

  fileprivate mutating func write(_ source: ExampleFingerprint) {
    write(source.sha256) { $0.write($1) }
    write(source.name.map { [$0] } ?? []) { $0.write(Array($1.utf8)) { $0.write($1) } }
    write(source.label.map { [$0] } ?? []) { $0.write(Int64($1)) }
  }

  fileprivate mutating func write(_ record: ProbeRecord) {
    write(record.rowShape) { $0.write(Int64($1)) }
    write(record.comparisons)
    write(record.subgroups) {
      $0.write($1.comparisons)
      $0.write($1.quotient)
    }
    write(record.spread.map { [$0] } ?? []) {
      $0.write($1.mean) { $0.write($1) }
      $0.write($1.withinSquares)
    }
    write(record.predictions) {
      $0.write(Int64($1.index))
      $0.write($1.confidence)
    }
    write(record.constantChannels) {
      $0.write(Int64($1.channel))
      $0.write($1.value.bitPattern)
    }
    write(record.features.map { [$0] } ?? []) { $0.write($1) { $0.write($1.bitPattern) } }
    write(record.evidence?.rawValue ?? Self.noEvidence)
  }

  /// Counts of zero vectors are written only if one is not 0, because zero vectors are rare.
  fileprivate mutating func write(_ comparisons: [Comparison]) {
    write(comparisons) { $0.write($1.distance) }
    let counts = comparisons.map(\.zeroVectorCount)
    write(counts.contains { $0 != 0 } ? counts : []) { $0.write(count: $1) }
  }
}

extension ByteReader {
  fileprivate mutating func readFingerprint() throws -> ExampleFingerprint {
    ExampleFingerprint(
      sha256: try readBytes(),
      name: try readArray(ofSize: 4) { String(decoding: try $0.readBytes(), as: UTF8.self) }.first,
      label: try readArray(ofSize: 8) { Int(try $0.read(as: Int64.self)) }.first)
  }

  fileprivate mutating func readBytes() throws -> [UInt8] {
    try readArray(ofSize: 1) { try $0.read() }
  }

  /// The largest number of scalars in a tensor.
  private static let largestRow = 1 << 31

  private mutating func readRowShape() throws -> [Int] {
    let shape = try readArray(ofSize: 8) { Int(try $0.read(as: Int64.self)) }
    var count = 1
    for side in shape {
      guard (0...Self.largestRow).contains(side), count <= Self.largestRow / max(side, 1) else {
        throw RecordFormatError.rowShape(shape)
      }
      count *= side
    }
    return shape
  }

  fileprivate mutating func readProbe() throws -> ProbeRecord {
    var record = ProbeRecord(rowShape: try readRowShape())
    record.comparisons = try readComparisons()
    record.subgroups = try readArray(ofSize: 1) {
      SubgroupRecord(comparisons: try $0.readComparisons(), quotient: try $0.readComparisons())
    }
    record.spread = try readArray(ofSize: 1) {
      OrbitSpread.Orbit(mean: try $0.readDoubles(), withinSquares: try $0.readDouble())
    }.first
    record.predictions = try readArray(ofSize: 16) {
      Prediction(index: Int(try $0.read(as: Int64.self)), confidence: try $0.readDouble())
    }
    record.constantChannels = try readArray(ofSize: 12) {
      ConstantChannel(
        channel: Int(try $0.read(as: Int64.self)), value: Float(bitPattern: try $0.read()))
    }
    record.features = try readArray(ofSize: 1) {
      try $0.readArray(ofSize: 4) { Float(bitPattern: try $0.read()) }
    }.first
    let evidence: UInt8 = try read()
    record.evidence = evidence == ByteWriter.noEvidence ? nil : ScoreEvidence(rawValue: evidence)
    return record
  }

  fileprivate mutating func readComparisons() throws -> [Comparison] {
    let distances = try readDoubles()
    let counts = try readArray(ofSize: 4) { Int(try $0.read(as: UInt32.self)) }
    return distances.indices.map {
      Comparison(distances[$0], zeroVectorCount: counts.indices.contains($0) ? counts[$0] : 0)
    }
  }

  fileprivate mutating func readDoubles() throws -> [Double] {
    try readArray(ofSize: 8) { try $0.readDouble() }
  }
}
