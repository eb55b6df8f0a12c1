// SPDX-License-Identifier: MIT

/// The inputs of a measurement in the order in which they go through the model.
///
/// They are grouped into *units*: the orbit of an example of *E*, element by element, or an unmoved
/// example of *M*. The orbits come first, then the examples of *M* that are not among them; if *M*
/// is measured first, all examples of *M* come first, then the orbits. The *position* of a unit is
/// its place among all units; shard *i* of *n* has the units at positions *i*, *i* + *n*, *i* +
/// 2*n*, …, which it numbers from 0.
struct InputPlan: Sendable {
  /// One input: an example moved by an element of the group.
  struct Input: Sendable, Hashable {
    let example: Int
    let element: FiniteGroup.Element
    let isFromScaleDataset: Bool
  }

  struct PlannedExample: Sendable, Hashable {
    let position: Int
    let example: Int
    /// The number of the orbit, in drawing order; `nil` for an example of *M* alone.
    let orbit: Int?
    /// Whether the first of its outputs enters *M*.
    let entersScale: Bool
  }

  /// The examples of *E* in drawing order, as indices of the data set.
  let examples: [Int]

  /// The examples of *M* in drawing order, as indices of their data set.
  let scaleExamples: [Int]
  let hasScaleDataset: Bool
  let measuresScaleFirst: Bool

  /// The number of transformations, for a group its order.
  let order: Int
  let shard: Shard

  init(_ measurement: DeviationMeasurement) {
    let needsScale = measurement.probes.contains { $0.metric.scaleMeasure != nil }
    let total = measurement.dataset.count
    let scaleTotal = measurement.scaleDataset?.count ?? total
    examples = randomExamples(
      min(measurement.exampleCount ?? total, total), of: total, seed: measurement.seed)
    let scaleCount = min(measurement.scaleExampleCount ?? scaleTotal, scaleTotal)
    scaleExamples =
      needsScale ? randomExamples(scaleCount, of: scaleTotal, seed: measurement.seed) : []
    hasScaleDataset = measurement.scaleDataset != nil
    measuresScaleFirst = measurement.measuresScaleFirst
    order = measurement.inputAction.transformations.count
    shard = measurement.shard
  }

  /// Creates the plan of the orbits of some examples, and nothing else.
  init(orbitsOf examples: [Int], order: Int) {
    self.examples = examples
    self.order = order
    scaleExamples = []
    hasScaleDataset = false
    measuresScaleFirst = false
    shard = .whole
  }

  /// Whether outputs of the orbits of *E* are reused for *M*.
  private var sharesOutputs: Bool { !hasScaleDataset && !measuresScaleFirst }

  /// The number of units that are examples of *M* alone, in all shards.
  private var scaleOnly: Int {
    max(0, scaleExamples.count - (sharesOutputs ? examples.count : 0))
  }

  /// The position of the first orbit, in all shards.
  private var firstOrbit: Int { measuresScaleFirst ? scaleOnly : 0 }

  var unitCount: Int { shard.positionCount(below: examples.count + scaleOnly) }

  var orbits: Range<Int> {
    shard.positionCount(
      below: firstOrbit)..<shard.positionCount(below: firstOrbit + examples.count)
  }

  /// Returns unit `number`, which is less than ``unitCount``.
  func unit(_ number: Int) -> PlannedExample {
    let position = shard.index + number * shard.count
    let orbit = position - firstOrbit
    if examples.indices.contains(orbit) {
      return PlannedExample(
        position: position, example: examples[orbit], orbit: orbit,
        entersScale: sharesOutputs && orbit < scaleExamples.count)
    }
    // Both random orders begin alike, so the remaining examples of M follow those of E.
    let first = measuresScaleFirst || !sharesOutputs ? 0 : examples.count
    let number = first + position - (measuresScaleFirst ? 0 : examples.count)
    return PlannedExample(
      position: position, example: scaleExamples[number], orbit: nil, entersScale: true)
  }

  /// Returns the inputs of a unit; for the unit after the last one, the empty range at the end.
  func inputs(ofUnit number: Int) -> Range<Int> {
    let orbitsBefore = min(max(number - orbits.lowerBound, 0), orbits.count)
    let first = number + orbitsBefore * (order - 1)
    guard number < unitCount else { return first..<first }
    return first..<first + (orbits.contains(number) ? order : 1)
  }

  var count: Int { inputs(ofUnit: unitCount).lowerBound }

  /// Returns the number of the unit that contains an input below ``count``.
  func unitNumber(ofInput position: Int) -> Int {
    let (first, end) = (orbits.lowerBound, inputs(ofUnit: orbits.upperBound).lowerBound)
    if position < first { return position }
    if position >= end { return orbits.upperBound + position - end }
    return first + (position - first) / order
  }

  /// Returns the number of whole orbits among the first `count` inputs.
  func completedExampleCount(afterInputs count: Int) -> Int {
    min(max(0, count - orbits.lowerBound) / order, orbits.count)
  }

  /// Returns the input at a position below ``count``.
  subscript(position: Int) -> Input {
    let number = unitNumber(ofInput: position)
    let unit = unit(number)
    return Input(
      example: unit.example, element: position - inputs(ofUnit: number).lowerBound,
      isFromScaleDataset: unit.orbit == nil && hasScaleDataset)
  }
}

extension DeviationMeasurement {
  /// Returns the data set of the orbits of *E*, or that of the examples of *M* alone.
  func dataset(ofOrbits isOrbit: Bool) -> any Dataset {
    isOrbit ? dataset : scaleDataset ?? dataset
  }
}

/// A part of a measurement, for several machines that share one measurement.
///
/// Shard *i* of *n* measures the units at positions *i*, *i* + *n*, *i* + 2*n*, … of the plan, so
/// that all shards take about the same time. The records of all shards together are those of the
/// whole measurement (``MeasurementRecord``), and so are the digits of the result.
public struct Shard: Sendable, Hashable, Codable {
  /// The number of the shard, from 0.
  public let index: Int

  /// The number of shards.
  public let count: Int

  /// The whole measurement.
  public static let whole = Shard(index: 0, of: 1)

  /// Creates shard `index`, from 0 and less than `count`.
  public init(index: Int, of count: Int) {
    precondition(
      count >= 1 && (0..<count).contains(index), "Expected a shard of \(count), but got \(index).")
    self.index = index
    self.count = count
  }

  /// Whether this is the whole measurement.
  package var isWhole: Bool { count == 1 }

  /// Returns the number of positions below `end` that belong to this shard.
  func positionCount(below end: Int) -> Int { end <= index ? 0 : (end - index - 1) / count + 1 }
}
