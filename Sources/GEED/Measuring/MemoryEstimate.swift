// SPDX-License-Identifier: MIT

extension DeviationMeasurement {
  /// Returns an estimate of the bytes that a measurement keeps at a time, without what the model computes
  /// in between: its weights, six batches of inputs and outputs, of which two are computed at a time, two
  /// orbits, and for latent metrics the outputs of the examples of *M*.
  package func memoryEstimate(rowShapes: [String: [Int]]) -> Int {
    let order = inputAction.transformations.count
    let rows = 6 * max(batchSize, 4) + 2 * order
    var bytes = Double(Tensor.count(of: dataset.exampleShape)) * Double(rows) * 4
    for shape in rowShapes.values { bytes += size(shape) * Double(rows) }
    let scaleTotal = (scaleDataset ?? dataset).count
    let scaleCount = min(scaleExampleCount ?? scaleTotal, scaleTotal)
    for probe in probes where probe.metric.scaleMeasure != nil {
      bytes += 2 * size(rowShapes[probe.tensor] ?? []) * Double(scaleCount)
    }
    bytes += Double(weightByteCount)
    return bytes < 0x1p62 ? Int(bytes) : 1 << 62
  }

  private func size(_ shape: [Int]) -> Double { 4 * shape.reduce(1) { $0 * Double($1) } }

  /// Throws an error if a measurement needs more than ``memoryLimit``.
  package func requireMemory(rowShapes: [String: [Int]]) throws {
    guard let memoryLimit else { return }
    let needed = memoryEstimate(rowShapes: rowShapes)
    guard needed > memoryLimit else { return }
    let largest = rowShapes.max { (size($0.value), $1.key) < (size($1.value), $0.key) }
    throw MeasurementError.memory(
      needed: needed, limit: memoryLimit, tensor: largest?.key ?? "", shape: largest?.value ?? [])
  }
}

/// Returns a number of bytes as text, such as `1.5 GB`.
package func byteText(_ count: Int) -> String {
  let units = [(1 << 60, "EB"), (1 << 50, "PB"), (1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB")]
  guard let (size, unit) = units.first(where: { count >= $0.0 }) else { return "\(count >> 10) kB" }
  let tenths = (Double(count) / Double(size) * 10).rounded()
  return tenths < 100 ? "\(tenths / 10) \(unit)" : "\(Int(tenths / 10)) \(unit)"
}
