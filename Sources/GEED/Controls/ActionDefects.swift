// SPDX-License-Identifier: MIT

/// The deviation of the action on the inputs from a group action, on examples of a measurement.
///
/// Rotating an image twice by 45° differs from rotating it once by 90°, because interpolation
/// blurs. The model is not responsible for its response to that difference.
public struct ActionDefects: Sendable, Hashable, Codable {
  /// The mean over examples of the largest ‖g(hx) − (gh)x‖ / ‖x‖; 0 for an exact action.
  public let compositionDefect: Double

  /// The mean of ‖g(hx) − (gh)x‖ / ‖x‖ over examples and all pairs g, h.
  public let meanCompositionDefect: Double

  /// The mean over examples of the largest ‖g⁻¹(gx) − x‖ / ‖x‖.
  public let roundTrip: Double

  /// The elements g and h of the largest composition defect.
  public let worstPair: [String]

  /// The number of examples that were used.
  public let exampleCount: Int

  /// The number of pairs g, h that were used for each example; |G|², except for large groups.
  public let pairCount: Int
}

extension DeviationMeasurement {
  /// Measures the defects of ``inputAction`` on the first `count` examples of *E*.
  ///
  /// For a group with more than `pairLimit` pairs of elements, this many seeded random pairs are
  /// used, a quarter of them inverse to each other.
  ///
  /// - Returns: `nil` if the examples are zero everywhere, or if the transformations are not all
  ///   elements of a finite group, so that they do not contain their products.
  /// - Throws: ``ActionError``, and errors of the data set.
  /// - Complexity: Two applications of the action for each example and pair.
  public func actionDefects(
    exampleCount count: Int = 3, pairLimit: Int = 256
  ) throws -> ActionDefects? {
    let action = try inputAction.prepared(for: dataset.exampleShape)
    guard let group = action.group else { return nil }
    var defects = DefectSums(of: group, pairs: pairs(of: group, limit: pairLimit))
    for index in InputPlan(self).examples.prefix(count) {
      defects.add(try dataset.example(at: index), under: action)
    }
    return defects.means
  }

  private func pairs(of group: FiniteGroup, limit: Int) -> [ElementPair] {
    if group.order * group.order <= limit { return ElementPair.all(of: group) }
    var generator = SplitMix64(seed: seed, for: .elementPairs)
    return (0..<max(limit, 4)).map { number in
      let g = generator.next(below: group.order)
      let h = generator.next(below: group.order)
      return ElementPair(g: g, h: number.isMultiple(of: 4) ? group.inverse(of: g) : h)
    }
  }
}

/// Two elements that act one after the other, first h, then g.
private struct ElementPair {
  let g: FiniteGroup.Element
  let h: FiniteGroup.Element

  static func all(of group: FiniteGroup) -> [ElementPair] {
    group.elements.flatMap { g in group.elements.map { ElementPair(g: g, h: $0) } }
  }
}

/// The sums of the defects on several arrays.
private struct DefectSums {
  private let group: FiniteGroup
  private let pairs: [ElementPair]
  private var (composition, mean, roundTrip) = (0.0, 0.0, 0.0)
  private var worst: (defect: Double, pair: ElementPair)
  private var count = 0

  init(of group: FiniteGroup, pairs: [ElementPair]) {
    self.group = group
    self.pairs = pairs
    worst = (0, pairs[0])
  }

  /// Adds the defects on an array, unless it is zero everywhere.
  mutating func add(_ x: Tensor, under action: PreparedAction) {
    guard let defects = action.defects(on: x, pairs: pairs, of: group) else { return }
    let largest = zip(defects, pairs).max { $0.0 < $1.0 } ?? (0, pairs[0])
    if count == 0 || largest.0 > worst.defect { worst = largest }
    composition += largest.0
    mean += defects.reduce(0, +) / Double(defects.count)
    roundTrip +=
      zip(defects, pairs).filter { $1.h == group.inverse(of: $1.g) }.map(\.0).max() ?? 0
    count += 1
  }

  /// The means over all arrays; `nil` if there are none.
  var means: ActionDefects? {
    guard count > 0 else { return nil }
    let names = group.elementNames
    return ActionDefects(
      compositionDefect: composition / Double(count), meanCompositionDefect: mean / Double(count),
      roundTrip: roundTrip / Double(count), worstPair: [names[worst.pair.g], names[worst.pair.h]],
      exampleCount: count, pairCount: pairs.count)
  }
}

extension PreparedAction {
  /// Measures the defects of the action on one array of its ``shape``.
  ///
  /// - Returns: `nil` if `x` is zero everywhere or if no finite group acts.
  /// - Complexity: Two applications of the action for each pair of elements.
  public func lawDefects(on x: Tensor) -> ActionDefects? {
    guard let group else { return nil }
    var defects = DefectSums(of: group, pairs: ElementPair.all(of: group))
    defects.add(x, under: self)
    return defects.means
  }

  /// Returns ‖g(hx) − (gh)x‖ / ‖x‖ for each pair, or `nil` if `x` is zero.
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
