// SPDX-License-Identifier: MIT

/// The inputs of a measurement in the order in which they go through the model.
///
/// First the orbit of each example of *E*, element by element; then, as they are, the examples of
/// *M* that were not among those.
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
    order = measurement.inputAction.transformations.count
  }

  /// The number of inputs.
  var count: Int { examples.count * order + scaleOnly }

  /// How many examples of *M* need a forward pass of their own.
  private var scaleOnly: Int {
    hasScaleDataset ? scaleExamples.count : max(0, scaleExamples.count - examples.count)
  }

  /// The input at a position below ``count``.
  subscript(position: Int) -> Input {
    let (example, element) = position.quotientAndRemainder(dividingBy: order)
    if example < examples.count {
      return Input(example: examples[example], element: element, isFromScaleDataset: false)
    }
    // Both choices begin alike, so what is left of M follows what E had.
    let position = position - examples.count * order + (hasScaleDataset ? 0 : examples.count)
    return Input(
      example: scaleExamples[position], element: 0, isFromScaleDataset: hasScaleDataset)
  }
}
