// SPDX-License-Identifier: MIT

import GEED

/// A measurement whose result is known in advance.
///
/// Every case is small enough to be checked by hand and states the reason for its value. It can be
/// measured with this package, by ``measure()``, or with other tools, from the plain numbers of
/// `vectors()`.
public struct ConformanceCase: Sendable {
  /// A short name, such as `constant-map`.
  public let name: String

  /// The purpose of the case, in one sentence.
  public let purpose: String

  /// The map from inputs to outputs; its only output is named ``ConformanceSuite/output``.
  public let model: any MeasurableModel

  /// The examples; all of them enter *E* and *M*.
  public let examples: [Tensor]

  /// The action on inputs of the group, or of the part of it that was drawn.
  public let inputAction: any GroupAction

  /// The part of the group that the elements make up.
  public let extent: GroupExtent

  /// The metric and the tensor that are measured.
  public let probe: Probe

  /// The quantity of the result that is compared with ``expected``.
  public let quantity: ConformanceQuantity

  /// The correct value: *E*, divided by *M* for latent metrics, or the smallest acceptable upper
  /// end of its interval. `nil` if there is no value and none may be reported.
  public let expected: Double?

  /// The largest allowed difference from ``expected``.
  public let tolerance: Double

  /// The derivation of the value.
  public let reason: String

  /// Measures the case with this package.
  ///
  /// A model that mixes the examples of a batch gives a result without a value.
  ///
  /// - Throws: `MeasurementError` and `ActionError`; no case of the suite does.
  public func measure() throws -> ProbeResult {
    var measurement = DeviationMeasurement(
      of: model, on: ArrayDataset(examples, name: name), under: inputAction, probes: [probe])
    measurement.exampleCount = nil
    measurement.scaleExampleCount = nil
    do {
      return try measurement.run().results[0]
    } catch let error as MeasurementError {
      guard case .mixesExamples = error else { throw error }
      var result = ProbeResult(probe)
      result.notes = [.text("\(error)")]
      return result
    }
  }

  /// Returns the number that a result contains for ``quantity``.
  public func found(in result: ProbeResult) -> Double? {
    switch quantity {
    case .value: result.value
    case .upperEnd: result.confidenceInterval?.upperBound
    }
  }

  /// Whether a number, or `nil` for no value, is the expected result.
  public func accepts(_ found: Double?) -> Bool {
    guard let expected else { return found == nil }
    guard let found else { return false }
    // Not ">" in either case: NaN must fail.
    return switch quantity {
    case .value: abs(found - expected) <= tolerance
    case .upperEnd: found >= expected - tolerance
    }
  }
}

/// A quantity of a result that a conformance case compares.
public enum ConformanceQuantity: String, Sendable, Hashable, Codable {
  /// The value of the deviation.
  case value
  /// The upper end of the 95 % interval, which must be at least the expected number.
  case upperEnd = "upper-end"
}

/// The part of a group that the elements of a case make up.
public enum GroupExtent: Sendable, Hashable {
  /// All elements.
  case whole
  /// Some elements of a group of this order.
  case sample(ofOrder: Int)
  /// Some elements of an infinite group.
  case sampleOfInfinite
}
