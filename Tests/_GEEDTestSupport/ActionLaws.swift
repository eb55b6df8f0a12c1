// SPDX-License-Identifier: MIT

import GEED
import Testing

/// Tries the laws of a group action on random arrays: identity, composition, inverse, kernel.
///
/// - Parameter tolerance: By how much scalars may differ; 0 asks for the same bits.
package func checkActionLaws(
  of action: some TransformationAction, on shape: [Int], tolerance: Float = 0, seed: UInt64 = 1,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let group = try #require(action.transformations.group, sourceLocation: sourceLocation)
  let action = try action.prepared(for: shape)
  func check(_ a: Tensor, _ b: Tensor, _ law: @autoclosure () -> String) {
    guard !areEqual(a, b, tolerance: tolerance) else { return }
    Issue.record("\(group) on \(shape): \(law())", sourceLocation: sourceLocation)
  }
  var generator = SplitMix64(seed: seed)
  let x = Tensor.random(shape, using: &generator)
  check(action(group.identity, x), x, "identity")
  for g in group.elements {
    let name = group.elementNames[g]
    check(action(group.inverse(of: g), action(g, x)), x, "inverse of \(name)")
    if action.kernel.contains(g) { check(action(g, x), x, "\(name) of the kernel moves something") }
    for h in group.elements {
      check(
        action(g, action(h, x)), action(group.product(g, h), x),
        "composition of \(name) and \(group.elementNames[h])")
    }
  }
}

/// Whether two tensors have the same shape and scalars that differ by `tolerance` at most.
package func areEqual(_ a: Tensor, _ b: Tensor, tolerance: Float = 0) -> Bool {
  a.shape == b.shape && zip(a.scalars, b.scalars).allSatisfy { abs($0 - $1) <= tolerance }
}
