// SPDX-License-Identifier: MIT
// Robust inference with multiway clustering, Cameron, Gelbach and Miller 2011,
// https://doi.org/10.1198/jbes.2010.07136
// Approximate Confidence Limits on the Mean of X + Y Where X and Y Are Two Tabled Independent
// Random Variables, Howe 1974, Journal of the American Statistical Association 69

/// The mean of a statistic over several trained models, with an error that accounts for the choice
/// of models and for the choice of examples, which are crossed: yₘᵢ = μ + aₘ + bᵢ + eₘᵢ.
///
///     V = Vₘ + Vᵢ − Vₑ
///     Vₘ = Σₘ (ȳₘ − ȳ)² / (R (R − 1))     over R models
///     Vᵢ = Σᵢ s̄ᵢ²,                        s̄ᵢ the mean over models of example i's error share
///     Vₑ = Σₘᵢ (sₘᵢ − s̄ᵢ)² / (R (R − 1))
///
/// This interval holds for another training run on other examples.
package struct ReplicateMean: Sendable, Hashable {
  package let models: [Estimate]
  package let value: Double

  /// The variance of the mean that is due to the choice of models, with their noise, Vₘ.
  package let modelVariance: Double

  /// The variance of the mean that is due to the choice of examples, with their noise, Vᵢ.
  package let exampleVariance: Double

  /// The variance of the mean that is due to neither alone, Vₑ.
  package let residualVariance: Double

  package init(_ models: [Estimate]) {
    precondition(models.count >= 2, "Expected at least 2 models, but got \(models.count).")
    precondition(
      models.allSatisfy { $0.strata == models[0].strata },
      "Expected statistics of the same examples.")
    let count = Double(models.count)
    let value = models.reduce(0) { $0 + $1.value } / count
    let pairs = count * (count - 1)
    var (exampleVariance, residualVariance) = (0.0, 0.0)
    for i in models[0].errorShares.indices {
      let mean = models.reduce(0) { $0 + $1.errorShares[i] } / count
      exampleVariance += mean * mean
      residualVariance += models.reduce(0) {
        $0 + ($1.errorShares[i] - mean) * ($1.errorShares[i] - mean)
      }
    }
    self.models = models
    self.value = value
    self.exampleVariance = exampleVariance
    self.residualVariance = residualVariance / pairs
    modelVariance = models.reduce(0) { $0 + ($1.value - value) * ($1.value - value) } / pairs
  }

  /// The standard error, never less than that over models or examples alone; `nil` for one example.
  package var standardError: Double? {
    models[0].degreesOfFreedom > 0 ? variance.squareRoot() : nil
  }

  /// Returns the interval of the mean over all models and examples, within the possible values.
  ///
  /// Each part of the variance has its own Student quantile (Howe 1974): the few degrees of freedom
  /// of a few models do not reduce those of the examples.
  package func confidenceInterval(
    level: Double = 0.95, in range: ClosedRange<Double> = -.infinity...(.infinity)
  ) -> ClosedRange<Double>? {
    guard let error = standardError, error.isFinite, value.isFinite else { return nil }
    let p = (1 + level) / 2
    let t = studentQuantile(p, degreesOfFreedom: Double(models.count - 1))
    let u = studentQuantile(p, degreesOfFreedom: Double(models[0].degreesOfFreedom))
    let both = t * t * modelVariance + u * u * (exampleVariance - residualVariance)
    let halfWidth = max(both, t * t * modelVariance, u * u * exampleVariance).squareRoot()
    guard halfWidth > 0 else {
      let examples = Estimate(
        value: value, errorShares: Array(repeating: 0, count: models[0].exampleCount))
      return IntervalRule(.betting, level: level).interval(of: examples, in: range)
    }
    return (value - halfWidth...value + halfWidth).clamped(to: range)
  }

  private var variance: Double {
    max(modelVariance + exampleVariance - residualVariance, modelVariance, exampleVariance)
  }
}
