// SPDX-License-Identifier: MIT

/// How far the action on the inputs is from a group action, on the very examples of a measurement.
///
/// Turning a picture by 45° twice is not turning it by 90°, because interpolation blurs. What a
/// model makes of that difference is no fault of the model.
public struct ActionDefects: Sendable, Hashable, Codable {
  /// The mean over examples of the largest ‖g(hx) − (gh)x‖ / ‖x‖; 0 for an exact action.
  public let compositionDefect: Double

  /// The mean of the same over examples and all pairs g, h.
  public let meanCompositionDefect: Double

  /// The mean over examples of the largest ‖g⁻¹(gx) − x‖ / ‖x‖.
  public let roundTrip: Double

  /// The elements g and h of the largest composition defect.
  public let worstPair: [String]

  /// How many examples were tried.
  public let exampleCount: Int

  /// How many pairs g, h were tried on each; |G|² but for large groups.
  public let pairCount: Int
}

extension DeviationMeasurement {
  /// Measures the defects of ``inputAction`` on the first examples of *E*.
  ///
  /// - Parameters:
  ///   - count: How many examples are tried; a few are enough, for the defect hardly depends on the
  ///     picture.
  ///   - pairLimit: How many pairs of elements are tried at most. A group with more gets as many
  ///     seeded random ones, a quarter of them inverse to each other.
  /// - Returns: The defects, or `nil` if the examples are zero everywhere or what acts are not all
  ///   elements of a finite group, so that products are not among them.
  /// - Throws: ``ActionError``, and what the data set throws.
  /// - Complexity: Two applications of the action for each example and pair.
  public func actionDefects(
    exampleCount count: Int = 3, pairLimit: Int = 256
  ) throws -> ActionDefects? {
    let action = try inputAction.prepared(for: dataset.exampleShape)
    guard let group = action.group else { return nil }
    let pairs = pairs(of: group, limit: pairLimit)
    var (composition, mean, roundTrip) = (0.0, 0.0, 0.0)
    var worst = (defect: 0.0, pair: pairs[0])
    var tried = 0
    for index in InputPlan(self).examples.prefix(count) {
      let x = try dataset.example(at: index)
      guard let defects = action.defects(on: x, pairs: pairs, of: group) else { continue }
      let largest = zip(defects, pairs).max { $0.0 < $1.0 } ?? (0, pairs[0])
      if tried == 0 || largest.0 > worst.defect { worst = largest }
      composition += largest.0
      mean += defects.reduce(0, +) / Double(defects.count)
      roundTrip +=
        zip(defects, pairs).filter { $1.h == group.inverse(of: $1.g) }.map(\.0).max() ?? 0
      tried += 1
    }
    guard tried > 0 else { return nil }
    let names = group.elementNames
    return ActionDefects(
      compositionDefect: composition / Double(tried), meanCompositionDefect: mean / Double(tried),
      roundTrip: roundTrip / Double(tried), worstPair: [names[worst.pair.g], names[worst.pair.h]],
      exampleCount: tried, pairCount: pairs.count)
  }

  private func pairs(of group: FiniteGroup, limit: Int) -> [ElementPair] {
    if group.order * group.order <= limit {
      return group.elements.flatMap { g in group.elements.map { ElementPair(g: g, h: $0) } }
    }
    // A tag of its own keeps pairs apart from the choice of examples, which uses the seed.
    var generator = SplitMix64(seed: seed ^ 0x6465_6665_6374_7321)  // "defects!"
    return (0..<max(limit, 4)).map { number in
      let g = generator.next(below: group.order)
      let h = generator.next(below: group.order)
      return ElementPair(g: g, h: number.isMultiple(of: 4) ? group.inverse(of: g) : h)
    }
  }
}

/// Two elements that act one after the other, h first.
private struct ElementPair {
  let g: FiniteGroup.Element
  let h: FiniteGroup.Element
}

extension PreparedAction {
  /// ‖g(hx) − (gh)x‖ / ‖x‖ for each pair, or `nil` where `x` is zero.
  fileprivate func defects(
    on x: Tensor, pairs: [ElementPair], of group: FiniteGroup
  ) -> [Double]? {
    let norm = x.norm
    guard norm > 0 else { return nil }
    var defects = [Double](repeating: 0, count: pairs.count)
    defects.withUnsafeMutableBufferPointer { defects in
      inParallel(pairs.count) { i in
        let (g, h) = (pairs[i].g, pairs[i].h)
        let gh = group.product(g, h)
        defects[i] = self(g, self(h, x)).distance(to: self(gh, x)) / norm
      }
    }
    return defects
  }
}

extension Tensor {
  /// ‖x‖, the root of the sum of squares.
  var norm: Double {
    scalars.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  /// ‖x − y‖.
  ///
  /// - Precondition: Both have the same shape.
  func distance(to other: Tensor) -> Double {
    precondition(shape == other.shape, "Expected \(shape), but got \(other.shape).")
    var total = 0.0
    for i in scalars.indices {
      let difference = Double(scalars[i]) - Double(other.scalars[i])
      total += difference * difference
    }
    return total.squareRoot()
  }
}
