// SPDX-License-Identifier: MIT

/// The deviations of a prepared action from the laws of a group action, relative to the norm of the
/// array.
public struct ActionLawDefects: Sendable, Hashable, Codable {
  /// The largest ‖φ(g, φ(h, x)) − φ(gh, x)‖ / ‖x‖ over all g and h; 0 for an exact action.
  public let composition: Double

  /// The mean of ‖φ(g, φ(h, x)) − φ(gh, x)‖ / ‖x‖ over all g and h.
  public let meanComposition: Double

  /// The largest ‖φ(g⁻¹, φ(g, x)) − x‖ / ‖x‖ over all g: the error of a round trip.
  public let roundTrip: Double

  /// The elements g and h of the largest composition defect.
  public let worstPair: [String]
}

extension PreparedAction {
  /// Measures the composition defect of the action on an array.
  ///
  /// Rotating a grid twice by 45° differs from rotating it once by 90°, because interpolation
  /// blurs. On exact actions (permutations, quarter turns) all defects are 0.
  ///
  /// - Parameter x: An array of this action's ``shape``, such as an example.
  /// - Returns: The defects, or `nil` if `x` is zero everywhere or if no finite group acts: the
  ///   product of two sampled elements is not in the sample.
  /// - Complexity: |G|² applications.
  public func lawDefects(on x: Tensor) -> ActionLawDefects? {
    let norm = distance(x, Tensor(repeating: 0, shape: x.shape))
    guard let group, norm > 0 else { return nil }
    let images = group.elements.map { self($0, x) }
    var worst = (defect: 0.0, g: group.identity, h: group.identity)
    var total = 0.0
    var roundTrip = 0.0
    for g in group.elements {
      for h in group.elements {
        let gh = group.product(g, h)
        let defect = distance(self(g, images[h]), images[gh]) / norm
        total += defect
        if defect > worst.defect { worst = (defect, g, h) }
        if gh == group.identity { roundTrip = max(roundTrip, defect) }
      }
    }
    return ActionLawDefects(
      composition: worst.defect, meanComposition: total / Double(group.order * group.order),
      roundTrip: roundTrip,
      worstPair: [group.elementNames[worst.g], group.elementNames[worst.h]])
  }
}

private func distance(_ a: Tensor, _ b: Tensor) -> Double {
  zip(a.scalars, b.scalars).reduce(0.0) { sum, pair in
    let difference = Double(pair.0) - Double(pair.1)
    return sum + difference * difference
  }.squareRoot()
}
