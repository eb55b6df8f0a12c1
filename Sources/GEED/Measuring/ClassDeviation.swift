// SPDX-License-Identifier: MIT

/// The deviation of the measured examples of one class.
public struct ClassDeviation: Sendable, Hashable, Codable {
  /// The class in the numbering of the data set, from 0.
  public let label: Int
  /// The number of measured examples of the class.
  public let exampleCount: Int
  /// The mean over these examples, in the units of ``ProbeResult/value``.
  public let value: Double
  /// The interval that contains the mean over all examples of the class; `nil` if it is unknown. The
  /// intervals of several classes do not hold simultaneously.
  @Nullable public var confidenceInterval: ClosedRange<Double>?
}

extension ProbeResult {
  /// The deviation of each class: ``perClass``, or the means without intervals for a result of an
  /// older version.
  package var classDeviations: [ClassDeviation] {
    if let perClass { return perClass }
    let classes = Dictionary(grouping: perExample.filter { $0.label != nil }) { $0.label ?? 0 }
    return classes.sorted { $0.key < $1.key }.map { label, examples in
      ClassDeviation(
        label: label, exampleCount: examples.count,
        value: examples.reduce(0) { $0 + $1.value } / Double(examples.count))
    }
  }
}
