// SPDX-License-Identifier: MIT

/// The mean output of several runs of a random model, such as one with active dropout.
///
/// The mean is of the outputs as they are, so that of logits is one of logits. It is random itself, with
/// 1/√n of the noise; ``DrawNoise`` measures how much deviation that noise makes.
public struct MeanOfDraws: MeasurableModel {
  /// The random model.
  public let base: any MeasurableModel

  /// The number of runs, *n*.
  public let drawCount: Int

  /// Creates the mean of `drawCount` runs, at least 1.
  public init(_ base: any MeasurableModel, drawCount: Int) {
    precondition(drawCount >= 1, "Expected at least one draw, but got \(drawCount).")
    self.base = base
    self.drawCount = drawCount
  }

  public func outputs(for batch: Tensor) throws -> [String: Tensor] {
    let first = try base.outputs(for: batch)
    guard drawCount > 1 else { return first }
    var sums = first.mapValues { $0.scalars.map(Double.init) }
    for _ in 1..<drawCount {
      for (name, output) in try base.outputs(for: batch) {
        guard let expected = first[name]?.shape, expected == output.shape else {
          throw MeasurementError.shapeChanged(
            tensor: name, from: first[name]?.shape ?? [], to: output.shape)
        }
        guard var sum = sums.removeValue(forKey: name) else { continue }
        for (i, scalar) in output.scalars.enumerated() { sum[i] += Double(scalar) }
        sums[name] = sum
      }
    }
    return first.reduce(into: [:]) { means, output in
      let count = Double(drawCount)
      means[output.key] = Tensor(
        shape: output.value.shape,
        scalars: (sums[output.key] ?? []).map { Float($0 / count) })
    }
  }
}
