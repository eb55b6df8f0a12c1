// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct PreparedActionTests {
  @Test("Every rotation of a single pixel is in the kernel", arguments: ["C8", "D8", "T2x2"])
  func singlePixel(name: String) throws {
    let action = try #require(GroupName(name)?.action()).prepared(for: [3, 1, 1])
    #expect(action.kernel == Array(action.transformations.indices))
    #expect(action.isTrivial)
  }

  @Test("Rotations of larger grids are faithful", arguments: [2, 3, 5, 8], Interpolation.allCases)
  func faithful(size: Int, interpolation: Interpolation) throws {
    let action = try ImageAction.rotations(8, interpolation: interpolation)
      .prepared(for: [size, size])
    #expect(action.kernel == [0])
    #expect(action.isFaithful)
  }

  @Test("A flip of a picture one pixel wide moves nothing")
  func narrowFlip() throws {
    #expect(try ImageAction.reflection.prepared(for: [4, 5, 1]).kernel == [0, 1])
    #expect(try ImageAction.reflection.prepared(for: [4, 1, 2]).kernel == [0])
  }

  /// Turning by 22.5° and reading the nearest pixel leaves a 3 × 3 grid as it is, turning by 45°
  /// does not: the elements that happen to move nothing are no subgroup.
  @Test(
    "The kernel is a subgroup even where interpolation is no action",
    arguments: ["C16", "C32", "D16"], [2, 3, 4, 5])
  func kernelIsSubgroup(name: String, size: Int) throws {
    let action = try #require(GroupName(name)?.action(interpolation: .nearest))
      .prepared(for: [size, size])
    let generated = Subgroup(of: try #require(action.group), generatedBy: action.kernel)
    #expect(action.kernel == generated.elements)
    #expect(generated.isNormal)
  }

  @Test("Orbit and batch hold what single applications give", arguments: ["C8", "D4", "T2x5"])
  func orbitsAndBatches(name: String) throws {
    let action = try #require(GroupName(name)?.action()).prepared(for: [2, 10, 10])
    var generator = SplitMix64(seed: 4)
    let batch = Tensor.random([300, 2, 10, 10], using: &generator)  // enough for several threads
    let orbit = action.orbit(of: batch.row(7))
    #expect(orbit.shape == [action.transformations.count, 2, 10, 10])
    for g in action.transformations.indices {
      #expect(orbit.row(g) == action(g, batch.row(7)))
      let moved = action(g, batch: batch)
      #expect(moved.row(299) == action(g, batch.row(299)))
      #expect(moved.row(150) == action(g, batch.row(150)))
    }
  }

  @Test("The action of a subgroup is that of its elements")
  func restriction() throws {
    let d4 = try ImageAction.rotationsAndReflections(4).prepared(for: [3, 3])
    let subgroup = Subgroup(of: try #require(d4.group), generatedBy: [2, 5])
    let action = d4.restricted(to: subgroup)
    #expect(action.transformations.elementNames == ["r0", "r2", "r1s", "r3s"])
    let x = Tensor.counting([3, 3])
    for (i, g) in subgroup.elements.enumerated() { #expect(action(i, x) == d4(g, x)) }
  }

  @Test("A batch of no rows stays empty")
  func emptyBatch() throws {
    let action = try ImageAction.rotations(8).prepared(for: [3, 3])
    #expect(action(1, batch: Tensor(shape: [0, 3, 3], scalars: [])).rowCount == 0)
  }
}
