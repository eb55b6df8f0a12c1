// SPDX-License-Identifier: MIT

/// The response of a model to noise with the energy of the orbit, for each probe.
///
/// For each example of *E* white Gaussian noise n is scaled to ‖n‖² = mean over g of ‖gx − x‖², and
/// m(f(x + n), f(x)) is averaged over examples. Here *m* is the probe's own distance; for softmax
/// it is the Jensen-Shannon divergence, which is always finite. A model that responds little to the
/// group, but clearly to noise of the same energy, is invariant; one that responds to neither may
/// be insensitive to everything.
///
/// The response is an order of magnitude: for one as strong as that to a large group, an ℓ₂
/// distance is √2 times as large as the deviation from the mean over the orbit, and a divergence
/// half as large.
///
///     var control = try NoiseControl(measurement, seed: 0)
///     while try control.advance() {}
///     let result = result.adding(noiseResponses: control.responses)
public struct NoiseControl {
  private let measurement: DeviationMeasurement
  private let action: PreparedAction
  private let examples: [Int]
  private let seed: UInt64
  private var completed = 0
  private var sums: [Double]

  /// Prepares the control of a measurement, with noise that is different for each example.
  ///
  /// - Throws: ``ActionError`` if the group cannot act on the examples.
  public init(_ measurement: DeviationMeasurement, seed: UInt64) throws {
    self.measurement = measurement
    self.seed = seed
    action = try measurement.inputAction.prepared(for: measurement.dataset.exampleShape)
    examples = InputPlan(measurement).examples
    sums = Array(repeating: 0, count: measurement.probes.count)
  }

  /// The progress of the control, with two inputs for each example: x and x + n.
  public var progress: MeasurementProgress {
    MeasurementProgress(completedInputs: 2 * completed, totalInputs: 2 * examples.count)
  }

  /// Sends one more batch through the model.
  ///
  /// - Returns: Whether inputs remain.
  /// - Throws: ``MeasurementError``, and errors of the model or the data set.
  public mutating func advance() throws -> Bool {
    let positions = completed..<min(completed + max(measurement.batchSize / 2, 1), examples.count)
    guard !positions.isEmpty else { return false }
    var inputs: [Tensor] = []
    for position in positions {
      let x = try measurement.dataset.example(at: examples[position])
      inputs += [x, noisy(x, example: examples[position])]
    }
    let outputs = try measurement.model.outputs(for: .stacking(inputs))
    for (index, probe) in measurement.probes.enumerated() {
      let output = try outputs.output(probe.tensor)
      for pair in 0..<positions.count {
        sums[index] += compare(output, row: 2 * pair, probe)
      }
    }
    completed += positions.count
    return completed < examples.count
  }

  /// The mean of m(f(x + n), f(x)) so far for each probe, before division by M; `nil` if undefined.
  public var responses: [Double?] {
    sums.map { sum in
      guard completed > 0, sum.isFinite else { return nil }
      return sum / Double(completed)
    }
  }

  private func noisy(_ x: Tensor, example: Int) -> Tensor {
    var generator = SplitMix64(seed: seed, for: .noise(example: example))
    var noise = Tensor(
      shape: x.shape, scalars: x.scalars.map { _ in Float(generator.nextGaussian()) })
    if measurement.mask != nil {
      noise = DiscMask(height: x.shape[x.shape.count - 2], width: x.shape[x.shape.count - 1])(noise)
    }
    let norm = noise.norm
    guard norm > 0 else { return x }
    let scale = Float(displacement(of: x) / norm)
    return Tensor(shape: x.shape, scalars: zip(x.scalars, noise.scalars).map { $0 + scale * $1 })
  }

  /// Returns the square root of the mean over g of ‖gx − x‖².
  private func displacement(of x: Tensor) -> Double {
    let squares = action.transformations.weightedIndices.map { g in
      let distance = action(g, x).distance(to: x)
      return distance * distance
    }
    return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }

  /// Returns m(f(x + n), f(x)), with f(x) in row `row` and f(x + n) in the next.
  private func compare(_ output: Tensor, row: Int, _ probe: Probe) -> Double {
    let (output, row) =
      probe.layout?.rearranged(output, rows: row..<row + 2) ?? (output, row)
    let reader = OutputReader(
      probe.scores, shape: output.rowShape, isPerPixel: probe.isPerPixel)
    let clean = reader.read(output, row: row)
    let noisy = reader.read(output, row: row + 1)
    let distance = probe.metric == .softmax ? JensenShannon() : probe.distance
    return reader.comparing(by: distance)
      .compare(noisy.span, clean.span, shape: reader.readShape).distance
  }
}

extension MeasurementResult {
  /// Returns the same results with the responses of a ``NoiseControl``, divided by M if the metric
  /// is.
  ///
  /// - Precondition: There is one response for each result.
  public func adding(noiseResponses responses: [Double?]) -> MeasurementResult {
    setting(\.noiseResponse, to: responses)
  }

  /// Returns the same results with a number of each, in the units of the value, from deviations before
  /// division by M.
  func setting(
    _ number: WritableKeyPath<ProbeResult, Double?>, to deviations: [Double?]
  ) -> MeasurementResult {
    precondition(
      deviations.count == results.count,
      "Expected \(results.count) deviations, but got \(deviations.count).")
    return changingResults { index, result in
      guard result.value != nil else { return }
      result[keyPath: number] = deviations[index].map { $0 / (result.scale ?? 1) }
    }
  }
}
