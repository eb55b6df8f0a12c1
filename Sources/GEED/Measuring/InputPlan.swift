// SPDX-License-Identifier: MIT

/// The inputs of a measurement in the order in which they go through the model.
///
/// They come in *units*: the orbit of an example of *E*, element by element, or an example of *M* as
/// it is. First come the orbits; then the examples of *M* that were not among those. Or, where *M* is
/// measured first, all examples of *M*, then the orbits. A unit's place among all of them is its
/// *position*; a shard has the units at every so many positions, numbered from 0 on.
struct InputPlan: Sendable {
  /// One input: an example moved by an element of the group.
  struct Input: Sendable, Hashable {
    let example: Int
    let element: FiniteGroup.Element
    let isFromScaleDataset: Bool
  }

  /// What is measured of an example in one piece.
  struct Unit: Sendable, Hashable {
    /// The place among the units of all shards.
    let position: Int
    /// The index of the example in the data set that it comes from.
    let example: Int
    /// The number of the orbit among those of *E*, in drawing order; `nil` for an example of *M* alone.
    let orbit: Int?
    /// Whether the first of its outputs enters *M*.
    let entersScale: Bool
  }

  /// The examples of *E* in drawing order, as indices of the data set.
  let examples: [Int]

  /// The examples of *M* in drawing order, as indices of the data set that they come from.
  let scaleExamples: [Int]

  /// Whether *M* has a data set of its own.
  let hasScaleDataset: Bool

  /// Whether the examples of *M* come before those of *E*.
  let measuresScaleFirst: Bool

  /// The number of transformations, for a group its order.
  let order: Int

  /// Which of the units are measured.
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

  /// Whether examples of *M* take their outputs from the orbits of *E*.
  private var sharesOutputs: Bool { !hasScaleDataset && !measuresScaleFirst }

  /// How many examples of *M* are units of their own, in all shards.
  private var scaleOnly: Int {
    max(0, scaleExamples.count - (sharesOutputs ? examples.count : 0))
  }

  /// The position of the first orbit, in all shards.
  private var firstOrbit: Int { measuresScaleFirst ? scaleOnly : 0 }

  /// The number of units.
  var unitCount: Int { shard.positionCount(below: examples.count + scaleOnly) }

  /// The units that are orbits.
  var orbits: Range<Int> {
    shard.positionCount(
      below: firstOrbit)..<shard.positionCount(below: firstOrbit + examples.count)
  }

  /// Unit `number`, below ``unitCount``.
  func unit(_ number: Int) -> Unit {
    let position = shard.index + number * shard.count
    let orbit = position - firstOrbit
    if examples.indices.contains(orbit) {
      return Unit(
        position: position, example: examples[orbit], orbit: orbit,
        entersScale: sharesOutputs && orbit < scaleExamples.count)
    }
    // Both choices begin alike, so what is left of M follows what E had.
    let first = measuresScaleFirst || !sharesOutputs ? 0 : examples.count
    let number = first + position - (measuresScaleFirst ? 0 : examples.count)
    return Unit(
      position: position, example: scaleExamples[number], orbit: nil, entersScale: true)
  }

  /// The inputs of unit `number`; those of the unit after the last one are empty, behind all others.
  func inputs(ofUnit number: Int) -> Range<Int> {
    let orbitsBefore = min(max(number - orbits.lowerBound, 0), orbits.count)
    let first = number + orbitsBefore * (order - 1)
    guard number < unitCount else { return first..<first }
    return first..<first + (orbits.contains(number) ? order : 1)
  }

  /// The number of inputs.
  var count: Int { inputs(ofUnit: unitCount).lowerBound }

  /// The unit that an input below ``count`` belongs to.
  func unitNumber(ofInput position: Int) -> Int {
    let (first, end) = (orbits.lowerBound, inputs(ofUnit: orbits.upperBound).lowerBound)
    if position < first { return position }
    if position >= end { return orbits.upperBound + position - end }
    return first + (position - first) / order
  }

  /// How many whole orbits are among the first so many inputs.
  func completedExampleCount(afterInputs count: Int) -> Int {
    min(max(0, count - orbits.lowerBound) / order, orbits.count)
  }

  /// The input at a position below ``count``.
  subscript(position: Int) -> Input {
    let number = unitNumber(ofInput: position)
    let unit = unit(number)
    return Input(
      example: unit.example, element: position - inputs(ofUnit: number).lowerBound,
      isFromScaleDataset: unit.orbit == nil && hasScaleDataset)
  }
}
