// SPDX-License-Identifier: MIT

extension DeviationMeasurement {
  /// Throws unless a model whose mean output over several runs is measured (``MeanOfDraws``) computes
  /// each row of an output from the same row of the input.
  ///
  /// A model that gives equal outputs for equal inputs is tested as any other
  /// (``requireIndependentExamples()``). Of a random one the means over 32 runs of two batches
  /// are compared, of which the odd rows are the same: they may differ by their noise, not by more
  /// (a permutation test). A dependence that is much smaller than the noise of one run is not detected.
  ///
  /// - Returns: Whether the model is random.
  /// - Throws: ``MeasurementError``, and errors of the model or the data set.
  /// - Complexity: 64 batches of ``batchSize``, at least 4, for a random model; 128 for one that fails.
  public func requireIndependentDraws() throws -> Bool {
    guard let draws = model as? MeanOfDraws else {
      try requireIndependentExamples()
      return false
    }
    var single = self
    single.model = draws.base
    do {
      try single.requireIndependentExamples()
      return false
    } catch MeasurementError.notDeterministic {
      // A model that takes one input at a time cannot mix any.
      guard batchSize > 1 else { return true }
      // Noise alone fails once in 1,000 times; twice in a row hardly ever.
      var suspects = try single.tensorsThatMixDraws(unique(probes.map(\.tensor)))
      if !suspects.isEmpty { suspects = try single.tensorsThatMixDraws(suspects) }
      guard suspects.isEmpty else { throw MeasurementError.mixesExamples(tensors: suspects) }
      return true
    }
  }

  /// The number of runs of each batch.
  private static let drawCount = 32

  /// The number of numbers of an output that are compared, evenly spaced.
  private static let comparedCount = 16_384

  /// Returns the tensors whose rows depend on the other rows of a batch by more than noise.
  private func tensorsThatMixDraws(_ tensors: [String]) throws -> [String] {
    let batches = try testBatches()
    var runs = Dictionary(uniqueKeysWithValues: tensors.map { ($0, [[Float]]()) })
    for batch in batches {
      for _ in 0..<Self.drawCount {
        let outputs = try model.outputs(of: tensors, for: batch)
        for tensor in tensors {
          let output = try outputs.output(tensor)
          let scalars = stride(from: 1, to: batch.rowCount, by: 2)
            .flatMap { output.scalars(ofRows: $0..<$0 + 1) }
          let step = 1 + scalars.count / Self.comparedCount
          runs[tensor]?.append(stride(from: 0, to: scalars.count, by: step).map { scalars[$0] })
        }
      }
    }
    return tensors.filter { GroupedRuns(runs[$0] ?? []).differ }
  }
}

/// The numbers of several runs of a model on one batch, and of equally many on another, of which the
/// compared rows are the same.
private struct GroupedRuns {
  /// The inner products of all pairs of runs, from their mean.
  private let products: [[Double]]
  /// The square of the length of the mean.
  private let squaredNorm: Double

  /// - Parameter runs: The runs on the first batch, then those on the second.
  init(_ runs: [[Float]]) {
    let size = runs.map(\.count).min() ?? 0
    let mean = (0..<size).map { place in
      runs.reduce(0.0) { $0 + Self.finite($1[place]) } / Double(runs.count)
    }
    squaredNorm = mean.reduce(0) { $0 + $1 * $1 }
    let centered = runs.map { run in (0..<size).map { Self.finite(run[$0]) - mean[$0] } }
    products = centered.map { a in
      centered.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    }
  }

  /// The number itself, or 0 if it is not finite.
  private static func finite(_ scalar: Float) -> Double { scalar.isFinite ? Double(scalar) : 0 }

  /// Whether the means of the two halves differ by more than those of 999 random halves, and by more
  /// than an engine's kernels for different batches round.
  var differ: Bool {
    var order = Array(products.indices)
    let distance = squaredDistance(order)
    guard distance > 1e-8 * squaredNorm else { return false }
    var generator = SplitMix64(seed: 0)
    for _ in 0..<999 {
      order.shuffle(using: &generator)
      if squaredDistance(order) >= distance { return false }
    }
    return true
  }

  /// The squared distance of the mean of the first half of the runs, in an order, to that of the others.
  private func squaredDistance(_ order: [Int]) -> Double {
    let half = order.count / 2
    var signs = [Double](repeating: 0, count: order.count)
    for (place, run) in order.enumerated() { signs[run] = place < half ? 1 : -1 }
    let sum = products.indices.reduce(0.0) { sum, a in
      sum + signs[a] * zip(products[a], signs).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return sum / Double(max(half * half, 1))
  }
}
