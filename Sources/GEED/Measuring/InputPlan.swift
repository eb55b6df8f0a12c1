// SPDX-License-Identifier: MIT

/// The inputs of a measurement in the order in which they go through the model.
///
/// First the orbit of each example of *E*, element by element; then, as they are, the examples of
/// *M* that were not among those. Or, where *M* is measured first, all examples of *M* as they are,
/// then the orbits.
struct InputPlan: Sendable {
  /// One input: an example moved by an element of the group.
  struct Input: Sendable, Hashable {
    let example: Int
    let element: FiniteGroup.Element
    let isFromScaleDataset: Bool
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
  }

  /// The number of inputs.
  var count: Int { examples.count * order + scaleOnly }

  /// Whether examples of *M* take their outputs from the orbits of *E*.
  var sharesOutputs: Bool { !hasScaleDataset && !measuresScaleFirst }

  /// How many examples of *M* need a forward pass of their own.
  private var scaleOnly: Int {
    max(0, scaleExamples.count - (sharesOutputs ? examples.count : 0))
  }

  /// The position of the first orbit's first input.
  private var firstOrbit: Int { measuresScaleFirst ? scaleOnly : 0 }

  /// The position after the last orbit's last input.
  var endOfOrbits: Int { firstOrbit + examples.count * order }

  /// The example and the element at a position, both as numbers from 0; `nil` for an input that
  /// enters *M* alone.
  func orbitPosition(of position: Int) -> (example: Int, element: FiniteGroup.Element)? {
    guard position >= firstOrbit, position < endOfOrbits else { return nil }
    let (example, element) = (position - firstOrbit).quotientAndRemainder(dividingBy: order)
    return (example, element)
  }

  /// How many whole orbits are among the first so many inputs.
  func completedExampleCount(afterInputs count: Int) -> Int {
    min(max(0, count - firstOrbit) / order, examples.count)
  }

  /// The input at a position below ``count``.
  subscript(position: Int) -> Input {
    if let (example, element) = orbitPosition(of: position) {
      return Input(example: examples[example], element: element, isFromScaleDataset: false)
    }
    // Both choices begin alike, so what is left of M follows what E had.
    let first = measuresScaleFirst ? 0 : examples.count * order
    let position = position - first + (sharesOutputs ? examples.count : 0)
    return Input(
      example: scaleExamples[position], element: 0, isFromScaleDataset: hasScaleDataset)
  }
}
