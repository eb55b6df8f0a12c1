// SPDX-License-Identifier: MIT

import GEED
import Testing

/// Tries every law of a group on all of its elements.
package func checkGroupLaws(
  of group: FiniteGroup, sourceLocation: SourceLocation = #_sourceLocation
) {
  func check(_ holds: Bool, _ law: @autoclosure () -> String) {
    guard !holds else { return }
    Issue.record("\(group): \(law())", sourceLocation: sourceLocation)
  }
  let e = group.identity
  check(group.elements.first == e, "the identity is not the first element")
  check(Set(group.elementNames).count == group.order, "names are not unique")
  for g in group.elements {
    let inverse = group.inverse(of: g)
    check(group.product(g, e) == g && group.product(e, g) == g, "identity, \(g)")
    check(group.product(g, inverse) == e && group.product(inverse, g) == e, "inverse, \(g)")
    check(group.order.isMultiple(of: group.order(of: g)), "Lagrange, \(g)")
    for h in group.elements {
      let gh = group.product(g, h)
      check(group.elements.contains(gh), "closed, \(g) \(h)")
      for k in group.elements
      where group.product(gh, k) != group.product(g, group.product(h, k)) {
        check(false, "associativity, \(g) \(h) \(k)")
      }
    }
  }
}

extension FiniteGroup {
  /// Whether all elements commute.
  package var isAbelian: Bool {
    elements.allSatisfy { g in elements.allSatisfy { product(g, $0) == product($0, g) } }
  }
}

extension PreparedAction {
  /// Whether every element but the identity changes some array.
  package var isFaithful: Bool { kernel.count == 1 }
}
