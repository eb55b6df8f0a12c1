// SPDX-License-Identifier: MIT

/// The identity of an example: a hash of the values that the model receives, its name and its
/// class. It is stored with every record, so that a later change of the example is detected.
package struct ExampleFingerprint: Sendable, Hashable {
  /// The SHA-256 of the example before it is transformed, 32 bytes (``Tensor/sha256``).
  package let sha256: [UInt8]
  package let name: String?
  package let label: Int?

  package init(_ example: Tensor, at index: Int, of dataset: any Dataset) {
    sha256 = example.sha256
    name = dataset.exampleName(at: index)
    label = dataset.label(at: index)
  }

  init(sha256: [UInt8], name: String?, label: Int?) {
    self.sha256 = sha256
    self.name = name
    self.label = label
  }

  /// Returns the property in which another fingerprint of the same example differs.
  func difference(from other: ExampleFingerprint) -> String? {
    if sha256 != other.sha256 { return "its values are others" }
    if name != other.name {
      return "it is called '\(other.name ?? "")' and was called '\(name ?? "")'"
    }
    if label != other.label { return "its class is \(other.label.text) and was \(label.text)" }
    return nil
  }
}

extension Tensor {
  /// The SHA-256 of the scalars in order, each a little-endian 32-bit float.
  package var sha256: [UInt8] {
    var hash = SHA256()
    #if _endian(little)
    scalars.withUnsafeBytes { hash.add($0) }
    #else
    for scalar in scalars {
      withUnsafeBytes(of: scalar.bitPattern.littleEndian) { hash.add($0) }
    }
    #endif
    return hash.finish()
  }
}

extension Int? {
  fileprivate var text: String { map(String.init) ?? "unknown" }
}

extension InputPlan {
  /// Throws an error if an example has changed since its record was made.
  func requireSameExamples(
    _ records: [MeasurementRecord], in measurement: DeviationMeasurement
  ) throws {
    // Each call has its own slot, so the calls share no state.
    var flaws = [(any Error)?](repeating: nil, count: records.count)
    flaws.withUnsafeMutableBufferPointer { flaws in
      inParallel(records.count) { number in
        do {
          try requireSameExample(records[number], in: measurement)
        } catch {
          flaws[number] = error
        }
      }
    }
    if let validationError = flaws.lazy.compactMap(\.self).first { throw validationError }
  }

  private func requireSameExample(
    _ record: MeasurementRecord, in measurement: DeviationMeasurement
  ) throws {
    let dataset = measurement.dataset(ofOrbits: record.isOrbit)
    let example = try dataset.example(at: record.example)
    let now = ExampleFingerprint(example, at: record.example, of: dataset)
    guard let difference = record.source.difference(from: now) else { return }
    throw MeasurementError.changedExample(
      dataset: dataset.name, example: record.example, name: record.source.name,
      difference: difference)
  }
}
