// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing
import _GEEDTestSupport

@Suite struct LinearRepresentationTests {
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
      return [x[0], y[0], x[1], y[1]].map { $0.rounded() }
    }
    let d4 = FiniteGroup.dihedral(rotationCount: 4)
    try checkActionLaws(of: LinearRepresentation(group: d4, matrices: exact), on: [7, 2])
  }

  /// A quarter turn sends (1, 2) to (−2, 1).
  @Test("Vectors along the last axis are multiplied")
  func direction() throws {
    let action = try LinearRepresentation(
      group: .cyclic(4),
      matrices: [[1, 0, 0, 1], [0, -1, 1, 0], [-1, 0, 0, -1], [0, 1, -1, 0]])
    let moved = try action.prepared(for: [2, 2])(1, Tensor(shape: [2, 2], scalars: [1, 2, 3, 4]))
    #expect(moved.scalars == [-2, 1, -4, 3])
  }

  @Test("The kernel is found in spite of rounding")
  func kernel() throws {
    // C8 by turns of 90°: r4 is the identity but for rounding.
    let matrices = (0..<8).map { k -> [Double] in
      let angle = Double(k) * .pi / 2
      return [cos(angle), -sin(angle), sin(angle), cos(angle)]
    }
    let action = try LinearRepresentation(group: .cyclic(8), matrices: matrices)
    #expect(try action.prepared(for: [3, 2]).kernel == [0, 4])
  }

  @Test("Matrices that do not multiply like the group are refused")
  func brokenMatrices() {
    #expect(throws: GroupLawViolation.notHomomorphic(g: 1, h: 1)) {
      try LinearRepresentation(group: .cyclic(2), matrices: [[1], [1.001]])
    }
    #expect(throws: GroupLawViolation.notHomomorphic(g: 0, h: 0)) {
      try LinearRepresentation(group: .cyclic(2), matrices: [[2], [1]])
    }
  }

  @Test("Vectors of another length are refused")
  func wrongShapes() throws {
    let action = try polygon(4)
    let missing = #expect(throws: ActionError.self) { try action.prepared(for: []) }
    #expect(
      missing?.description == "D4 acts on arrays of shape [..., 2], but got shape [].")
    let wrong = #expect(throws: ActionError.self) { try action.prepared(for: [2, 3]) }
    #expect(wrong?.description == "D4 cannot act on axis 1 of shape [2, 3]: expected length 2.")
  }

  /// Dₙ on the plane: `rk` turns by k/n of a circle, `rks` after swapping left and right.
  private func polygon(_ n: Int) throws -> LinearRepresentation {
    let turns = (0..<n).map { k -> [Double] in
      let angle = 2 * Double.pi * Double(k) / Double(n)
      return [cos(angle), -sin(angle), sin(angle), cos(angle)]
    }
    let reflected = turns.map { [-$0[0], $0[1], -$0[2], $0[3]] }
    return try LinearRepresentation(
      group: .dihedral(rotationCount: n), matrices: turns + reflected)
  }
}
