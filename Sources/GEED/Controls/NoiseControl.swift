// SPDX-License-Identifier: MIT

/// How a model answers to noise of the orbit's own energy, probe by probe.
///
/// For each example of *E* white Gaussian noise n is scaled to ‖n‖² = mean over g of ‖gx − x‖², and
/// m(f(x + n), f(x)) is averaged over examples, *m* being the probe's own distance; for softmax it
/// is the Jensen-Shannon divergence, the mean KL to the middle of the two, which is never infinite.
/// A model that the group hardly moves, but noise of the same energy does, is invariant; one that
/// neither moves may be insensitive to everything.
///
/// Read the response as an order of magnitude. Latent and softmax deviations are taken from the mean
/// over the orbit, and f(x + n) is compared with f(x): for a response as strong as that to a large
/// group's movement, an ℓ₂ distance comes out √2 times as large and a divergence half as large.
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

  /// Prepares the control of a measurement.
  ///
  /// - Parameters:
  ///   - measurement: What was measured: the same model, examples, group and probes.
  ///   - seed: Where the noise starts; each example has noise of its own.
  /// - Throws: ``ActionError`` if the group cannot act on the examples.
  public init(_ measurement: DeviationMeasurement, seed: UInt64) throws {
    self.measurement = measurement
    self.seed = seed
    action = try measurement.inputAction.prepared(for: measurement.dataset.exampleShape)
    examples = InputPlan(measurement).examples
    sums = Array(repeating: 0, count: measurement.probes.count)
  }

  /// How far the control is: two inputs for each example, x and x + n.
  public var progress: MeasurementProgress {
    MeasurementProgress(completedInputs: 2 * completed, totalInputs: 2 * examples.count)
  }

  /// Sends one more batch through the model.
  ///
  /// - Returns: Whether there is more to do.
  /// - Throws: ``MeasurementError``, and what the model or the data set throw.
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
      guard let output = outputs[probe.tensor] else {
        throw MeasurementError.missingTensor(probe.tensor, available: Array(outputs.keys))
      }
      for pair in 0..<positions.count {
        sums[index] += compare(output, row: 2 * pair, probe)
      }
    }
    completed += positions.count
    return completed < examples.count
  }

  /// The mean of m(f(x + n), f(x)) so far for each probe, before it is divided by M; `nil` where
  /// there is none or it is not finite.
  public var responses: [Double?] {
    sums.map { sum in
      guard completed > 0, sum.isFinite else { return nil }
      return sum / Double(completed)
    }
  }

  /// x + n.
  private func noisy(_ x: Tensor, example: Int) -> Tensor {
    var generator = SplitMix64(seed: seed ^ UInt64(example) &* 0xD134_2543_DE82_EF95)
    var noise = Tensor(
      shape: x.shape, scalars: x.scalars.map { _ in Float(generator.nextGaussian()) })
    if measurement.dataset is MaskedDataset {
      noise = DiscMask(height: x.shape[x.shape.count - 2], width: x.shape[x.shape.count - 1])(noise)
    }
    let norm = noise.norm
    guard norm > 0 else { return x }
    let scale = Float(displacement(of: x) / norm)
    return Tensor(shape: x.shape, scalars: zip(x.scalars, noise.scalars).map { $0 + scale * $1 })
  }

  /// The root of the mean over g of ‖gx − x‖².
  private func displacement(of x: Tensor) -> Double {
    let squares = action.transformations.weightedIndices.map { g in
      let distance = action(g, x).distance(to: x)
      return distance * distance
    }
    return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }

  /// m(f(x + n), f(x)), with f(x) in row `row` and f(x + n) in the next.
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
  /// The same results with the responses of a ``NoiseControl``, divided by M where the metric is.
  ///
  /// - Precondition: There is one response for each result.
  public func adding(noiseResponses responses: [Double?]) -> MeasurementResult {
    precondition(
      responses.count == results.count,
      "Expected \(results.count) responses, but got \(responses.count).")
    return replacingResults(
      zip(results, responses).map { result, response in
        var result = result
        result.noiseResponse = result.value == nil ? nil : response.map { $0 / (result.scale ?? 1) }
        return result
      })
  }

  /// Everything the same but the results.
  func replacingResults(_ results: [ProbeResult]) -> MeasurementResult {
    MeasurementResult(
      group: group, transformations: transformations, quantity: quantity, seed: seed,
      confidenceLevel: confidenceLevel, examples: examples, results: results)
  }
}
