// SPDX-License-Identifier: MIT

import RealModule

extension Transformations {
  /// What a reader of a mean over these has to know.
  ///
  /// A confidence interval is over examples. Where the transformations are a sample as well, others
  /// would have given another mean; the spread over those that were drawn says by about how much.
  ///
  /// - Parameter deviations: The deviation under each transformation that counts.
  func notes(on deviations: [Double]) -> [String] {
    guard origin == .sample, let error = SampleMean(deviations).standardError else { return [] }
    let scale = error > 0 ? Double.exp10(2 - Double.log10(error).rounded(.down)) : 1
    return [
      "The interval is over examples alone; other draws of \(deviations.count) transformations "
        + "change the value by about \((error * scale).rounded() / scale) (standard error)."
    ]
  }
}
