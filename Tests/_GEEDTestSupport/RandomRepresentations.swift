// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// A random finite group of up to 18 elements: cyclic, dihedral, symmetric, or a product of two.
package func randomGroup(using generator: inout SplitMix64) -> FiniteGroup {
  switch generator.next(below: 4) {
  case 0: .cyclic(1 + generator.next(below: 8))
  case 1: .dihedral(rotationCount: 1 + generator.next(below: 6))
  case 2: .symmetric(2 + generator.next(below: 2))
  default:
    .product(
      .cyclic(2 + generator.next(below: 2)), .dihedral(rotationCount: 1 + generator.next(below: 3)))
  }
}

/// The matrices of a representation, one for each element of a group.
package struct MatrixRepresentation: Sendable {
  /// The group that is represented.
  package let group: FiniteGroup
  /// The side of the matrices.
  package let dimension: Int
  /// One matrix for each element, row-major.
  package let matrices: [[Double]]
  /// Whether every matrix moves coordinates without mixing or negating them.
  package let isPermutation: Bool

  /// The representation as an action that has been checked to be one.
  package func prepared() throws -> PreparedAction {
    let rows = matrices.map { matrix in
      stride(from: 0, to: matrix.count, by: dimension).map {
        Array(matrix[$0..<$0 + dimension])
      }
    }
    return try AxisMatrices(group: group, matrices: rows, axis: .last).prepared(for: [dimension])
  }

  init(group: FiniteGroup, dimension: Int, isPermutation: Bool, entry: (Int, Int, Int) -> Double) {
    self.group = group
    self.dimension = dimension
    self.isPermutation = isPermutation
    matrices = group.elements.map { g in
      (0..<dimension * dimension).map { entry(g, $0 / dimension, $0 % dimension) }
    }
  }

  /// Every element is 1.
  package static func trivial(_ group: FiniteGroup) -> Self {
    Self(group: group, dimension: 1, isPermutation: true) { _, _, _ in 1 }
  }

  /// The group permutes its own elements: *g* moves *h* to *gh*.
  package static func regular(_ group: FiniteGroup) -> Self {
    Self(group: group, dimension: group.order, isPermutation: true) { g, i, j in
      group.product(g, j) == i ? 1 : 0
    }
  }

  /// The group permutes the left cosets of a subgroup.
  package static func cosets(of subgroup: Subgroup) -> Self {
    let (group, cosets) = (subgroup.parent, subgroup.leftCosets)
    return Self(group: group, dimension: cosets.count, isPermutation: true) { g, i, j in
      cosets[i].contains(group.product(g, cosets[j][0])) ? 1 : 0
    }
  }

  /// 1 on a subgroup of index 2 and −1 elsewhere, such as the sign of a permutation.
  package static func sign(kernel: Subgroup) -> Self {
    let members = Set(kernel.elements)
    return Self(group: kernel.parent, dimension: 1, isPermutation: false) { g, _, _ in
      members.contains(g) ? 1 : -1
    }
  }

  /// Turns and reflections of the plane, for cyclic and dihedral groups whose element *k* below
  /// `turnCount` is the *k*-th turn and whose others reflect first.
  package static func plane(_ group: FiniteGroup, turnCount: Int) -> Self {
    Self(group: group, dimension: 2, isPermutation: false) { g, i, j in
      let angle = 2 * Double.pi * Double(g % turnCount) / Double(turnCount)
      let flip: Double = g < turnCount ? 1 : -1
      return [[cos(angle), -sin(angle) * flip], [sin(angle), cos(angle) * flip]][i][j]
    }
  }

  /// The block-diagonal sum of representations of one group.
  package static func sum(_ parts: [Self]) -> Self {
    let offsets = parts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.dimension) }
    let owner = parts.indices.flatMap { Array(repeating: $0, count: parts[$0].dimension) }
    return Self(
      group: parts[0].group, dimension: offsets[parts.count],
      isPermutation: parts.allSatisfy(\.isPermutation)
    ) { g, i, j in
      guard owner[i] == owner[j] else { return 0 }
      let part = parts[owner[i]]
      let start = offsets[owner[i]]
      return part.matrices[g][(i - start) * part.dimension + j - start]
    }
  }

  /// A sum of one to three random representations: trivial, regular, on cosets, a sign, turns of
  /// the plane.
  package static func random(
    _ group: FiniteGroup, permutationsOnly: Bool = false, using generator: inout SplitMix64
  ) -> Self {
    let subgroups = group.subgroups()
    let signs = subgroups.filter { $0.index == 2 }
    let parts = (0..<1 + generator.next(below: 3)).map { _ -> Self in
      switch generator.next(below: permutationsOnly ? 3 : 5) {
      case 0: return .trivial(group)
      case 1: return group.order <= 6 ? .regular(group) : .trivial(group)
      case 2:
        let subgroup = subgroups[generator.next(below: subgroups.count)]
        return subgroup.index <= 6 ? .cosets(of: subgroup) : .trivial(group)
      case 3:
        return signs.isEmpty
          ? .trivial(group) : .sign(kernel: signs[generator.next(below: signs.count)])
      default:
        switch group.name.first {
        case "C" where !group.name.contains("×"): return .plane(group, turnCount: group.order)
        case "D": return .plane(group, turnCount: group.order / 2)
        default: return .trivial(group)
        }
      }
    }
    return .sum(parts)
  }
}

extension LinearMap {
  /// A map with normally distributed entries.
  package static func random(
    _ inputShape: [Int], to outputShape: [Int], using generator: inout SplitMix64
  ) -> LinearMap {
    let count = Tensor.count(of: inputShape) * Tensor.count(of: outputShape)
    return LinearMap(
      inputShape: inputShape, outputShape: outputShape,
      entries: randomVector(count, using: &generator))
  }
}
