// SPDX-License-Identifier: MIT

import RealModule

extension TransformationSet {
  /// Returns the notes that are necessary for interpreting a mean over these transformations.
  ///
  /// A confidence interval is over examples. If the transformations are a sample as well, another
  /// sample would have given another mean; the spread over the sampled transformations shows by
  /// about how much.
  ///
  /// - Parameter deviations: The deviation under each transformation of non-zero weight.
  func notes(on deviations: [Double]) -> [MeasurementNote] {
    guard origin == .sample, let error = Estimate(deviations).standardError else { return [] }
    let scale = error > 0 ? Double.exp10(2 - Double.log10(error).rounded(.down)) : 1
    return [
      .sampledTransformations(
        count: deviations.count, standardError: (error * scale).rounded() / scale)
    ]
  }
}
