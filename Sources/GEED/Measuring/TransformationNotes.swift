// SPDX-License-Identifier: MIT

extension Transformations {
  /// What a reader of a mean over these has to know.
  ///
  /// A confidence interval is over examples. Where the transformations are a sample as well, others
  /// would have given another mean; the spread over those that were drawn says how different.
  ///
  /// - Parameter deviations: The deviation under each transformation that counts.
  func notes(on deviations: [Double]) -> [String] {
    var notes = summary.map { [$0] } ?? []
    if origin == .sample, let error = SampleMean(deviations).standardError {
      notes.append(
        "The interval is over examples alone; over the transformations that were drawn, the "
          + "standard error of the value is \(error).")
    }
    return notes
  }
}
