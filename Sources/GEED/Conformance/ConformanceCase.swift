// SPDX-License-Identifier: MIT

/// A measurement whose result is known beforehand.
///
/// Every case is small enough to be checked by hand, and says why its value is what it is. It can be
/// measured here, with ``measure()``, or elsewhere, from the plain numbers of ``vectors()``.
public struct ConformanceCase: Sendable {
  /// A short name, such as `constant-map`.
  public let name: String

  /// What the case finds out, in one sentence.
  public let purpose: String

  /// The map from inputs to outputs; its one output is called ``ConformanceSuite/output``.
  public let model: any MeasurableModel

  /// All examples; each of them enters *E* and *M*.
  public let examples: [Tensor]

  /// How the group, or the part of it that was drawn, acts on inputs.
  public let inputAction: any GroupAction

  /// Where the elements come from.
  public let extent: GroupExtent

  /// What is measured.
  public let probe: Probe

  /// What of the result is compared with ``expected``.
  public let quantity: ConformanceQuantity

  /// The value that has to be found: *E*, divided by *M* for latent metrics, or the least upper end
  /// of its interval. `nil` where there is none and none may be reported.
  public let expected: Double?

  /// By how much a value may differ.
  public let tolerance: Double

  /// How the value follows.
  public let reason: String

  /// Measures the case with this package.
  ///
  /// A model that mixes the examples of a batch gives a result without a value.
  ///
  /// - Throws: ``MeasurementError`` and ``ActionError``; no case of the suite does.
  public func measure() throws -> ProbeResult {
    var measurement = DeviationMeasurement(
      of: model, on: ArrayDataset(examples, name: name), under: inputAction, probes: [probe])
    measurement.exampleCount = nil
    measurement.scaleExampleCount = nil
    do {
      return try measurement.run().results[0]
    } catch let error as MeasurementError {
      guard case .mixesExamples = error else { throw error }
      return ProbeResult(probe: probe, note: "\(error)")
    }
  }

  /// What a result has for ``quantity``.
  public func found(in result: ProbeResult) -> Double? {
    switch quantity {
    case .value: result.value
    case .upperEnd: result.confidenceInterval?.upperBound
    }
  }

  /// Whether a number, or that there is none, is what the case expects.
  public func accepts(_ found: Double?) -> Bool {
    guard let expected else { return found == nil }
    guard let found else { return false }
    // Not ">" in either: NaN must fail.
    return switch quantity {
    case .value: abs(found - expected) <= tolerance
    case .upperEnd: found >= expected - tolerance
    }
  }
}

/// What of a result a conformance case compares.
public enum ConformanceQuantity: String, Sendable, Hashable, Codable {
  /// The value itself.
  case value
  /// The upper end of the 95 % interval, which has to reach the expected number.
  case upperEnd = "upper-end"
}

/// Which part of a group the elements of a case are.
public enum GroupExtent: Sendable, Hashable {
  /// All elements.
  case whole
  /// Some elements of a group of this order.
  case sample(ofOrder: Int)
  /// Some elements of an infinite group.
  case sampleOfInfinite
}
