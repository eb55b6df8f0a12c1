// SPDX-License-Identifier: MIT

/// The batches of a measurement: each example is read once and moved through its orbit.
struct InputBatches: Sendable {
  private let measurement: DeviationMeasurement
  private let plan: InputPlan
  private let action: PreparedAction
  private var next: Int
  private var current: (input: InputPlan.Input, example: Tensor, source: ExampleFingerprint)?

  init(
    _ measurement: DeviationMeasurement, plan: InputPlan, action: PreparedAction, from first: Int
  ) {
    next = first
    self.measurement = measurement
    self.plan = plan
    self.action = action
  }

  /// Returns the next batch `[N, ...]`, or `nil` after the last one, which may be smaller.
  mutating func makeNext() throws -> ForwardPass? {
    let positions = next..<min(next + measurement.batchSize, plan.count)
    guard !positions.isEmpty else { return nil }
    next = positions.upperBound
    let size = Tensor.count(of: action.shape)
    var sources: [(example: Tensor, element: FiniteGroup.Element)] = []
    var fingerprints: [Int: ExampleFingerprint] = [:]
    for position in positions {
      let input = plan[position]
      let (example, source) = try example(for: input)
      sources.append((example, input.element))
      fingerprints[plan.unitNumber(ofInput: position)] = source
    }
    let scalars = [Float](unsafeUninitializedCapacity: positions.count * size) { result, count in
      count = positions.count * size
      inParallel(positions.count, grain: 1 + 524_288 / max(size, 1)) { row in
        let target = UnsafeMutableBufferPointer(rebasing: result[row * size..<(row + 1) * size])
        sources[row].example.scalars.withUnsafeBufferPointer {
          action.operators[sources[row].element].map.apply($0, to: target)
        }
      }
    }
    return ForwardPass(
      inputs: Tensor(shape: [positions.count] + action.shape, scalars: scalars),
      sources: fingerprints)
  }

  private mutating func example(
    for input: InputPlan.Input
  ) throws -> (Tensor, ExampleFingerprint) {
    if let current, current.input.example == input.example,
      current.input.isFromScaleDataset == input.isFromScaleDataset
    {
      return (current.example, current.source)
    }
    let source = measurement.dataset(ofOrbits: !input.isFromScaleDataset)
    let example = try source.example(at: input.example)
    guard example.shape == action.shape else {
      throw MeasurementError.exampleShape(
        dataset: source.name, example: input.example, shape: example.shape,
        expected: action.shape)
    }
    let fingerprint = ExampleFingerprint(example, at: input.example, of: source)
    current = (input, example, fingerprint)
    return (example, fingerprint)
  }
}
