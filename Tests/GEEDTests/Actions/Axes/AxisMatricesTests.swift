// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing
import _GEEDTestSupport

@Suite struct AxisMatricesTests {
  @Test("The symmetries of a polygon as matrices keep the laws", arguments: [3, 4, 8])
  func dihedral(n: Int) throws {
    let action = try polygon(n)
    // Products of single-precision numbers of size 3 and rounded sines.
    try checkActionLaws(of: action, on: [2], tolerance: 2e-6)
    try checkActionLaws(of: action, on: [5, 3, 2], tolerance: 2e-6)
    #expect(try action.prepared(for: [5, 2]).isFaithful)
  }

  @Test("Matrices of zeros and ones keep the laws to the bit")
  func square() throws {
    let exact = try polygon(4).operators(on: [2]).map { turn in
      let (x, y) = (turn([1, 0]), turn([0, 1]))
      return [[x[0].rounded(), y[0].rounded()], [x[1].rounded(), y[1].rounded()]]
    }
    let d4 = FiniteGroup.dihedral(rotationCount: 4)
    try checkActionLaws(of: AxisMatrices(group: d4, matrices: exact, axis: .last), on: [7, 2])
  }

  /// A quarter turn sends (1, 2) to (−2, 1).
  @Test("Vectors along the last axis are multiplied")
  func direction() throws {
    let turns: [[[Double]]] = [
      [[1, 0], [0, 1]], [[0, -1], [1, 0]], [[-1, 0], [0, -1]], [[0, 1], [-1, 0]],
    ]
    let pairs = Tensor(shape: [2, 2], scalars: [1, 2, 3, 4])
    let rows = try AxisMatrices(group: .cyclic(4), matrices: turns, axis: .last)
    #expect(try rows.prepared(for: [2, 2])(1, pairs).scalars == [-2, 1, -4, 3])
    let columns = try AxisMatrices(
      group: .cyclic(4), matrices: turns, axis: ArrayAxis(position: 0))
    #expect(try columns.prepared(for: [2, 2])(1, pairs).scalars == [-3, -4, 1, 2])
  }

  @Test("The kernel is found in spite of rounding")
  func kernel() throws {
    // C8 by turns of 90°: r4 is the identity but for rounding.
    let matrices = (0..<8).map { k -> [[Double]] in
      let angle = Double(k) * .pi / 2
      return [[cos(angle), -sin(angle)], [sin(angle), cos(angle)]]
    }
    let action = try AxisMatrices(group: .cyclic(8), matrices: matrices, axis: .last)
    #expect(try action.prepared(for: [3, 2]).kernel == [0, 4])
  }

  @Test("Matrices that do not multiply like the group are refused")
  func brokenMatrices() {
    #expect(throws: GroupLawViolation.notHomomorphic(g: 1, h: 1)) {
      try AxisMatrices(group: .cyclic(2), matrices: [[[1]], [[1.001]]], axis: .last)
    }
    #expect(throws: GroupLawViolation.notHomomorphic(g: 0, h: 0)) {
      try AxisMatrices(group: .cyclic(2), matrices: [[[2]], [[1]]], axis: .last)
    }
  }

  @Test("Vectors of another length are refused")
  func wrongShapes() throws {
    let action = try polygon(4)
    let missing = #expect(throws: ActionError.self) { try action.prepared(for: []) }
    #expect(
      missing?.description == "D4 acts on arrays with at least 1 axis, but got shape [].")
    let wrong = #expect(throws: ActionError.self) { try action.prepared(for: [2, 3]) }
    #expect(
      wrong?.description
        == "D4 needs length 2 on that axis, which has length 3 in arrays of shape [2, 3].")
  }

  /// Dₙ on the plane: `rk` turns by k/n of a circle, `rks` after swapping left and right.
  private func polygon(_ n: Int) throws -> AxisMatrices {
    let turns = (0..<n).map { k -> [[Double]] in
      let angle = 2 * Double.pi * Double(k) / Double(n)
      return [[cos(angle), -sin(angle)], [sin(angle), cos(angle)]]
    }
    let reflected = turns.map { $0.map { [-$0[0], $0[1]] } }
    return try AxisMatrices(
      group: .dihedral(rotationCount: n), matrices: turns + reflected, axis: .last)
  }
}
