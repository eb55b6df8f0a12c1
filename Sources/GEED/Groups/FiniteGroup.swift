// SPDX-License-Identifier: MIT

/// A finite set of symmetries, closed under composition and inversion.
///
/// Elements are numbered from 0; number 0 is the ``identity``. The numbering is part of a group's
/// contract: orbits, per-element results and regular channels are stored in this order. For all
/// elements `g`, `h`, `k`
///
///     product(g, product(h, k)) == product(product(g, h), k)
///     product(g, identity) == g == product(identity, g)
///     product(g, inverse(of: g)) == identity
///
/// ``init(name:elementNames:cayleyTable:)`` checks these laws for any table; the families
/// (``cyclic(_:)``, ``dihedral(rotationCount:)``, ``symmetric(_:)``, …) satisfy them by
/// construction.
///
/// - Note: The whole Cayley table is stored, so a group of order *n* takes 2*n*² bytes and *n* is
///   at most ``maximumOrder``.
public struct FiniteGroup: Sendable, Hashable {
  /// An element, identified by its position in ``elements``.
  public typealias Element = Int

  /// The largest order of a group.
  public static let maximumOrder = 4096

  /// The name of the group, such as `C8`.
  public let name: String

  /// The names of the elements, in order, such as `r0`, `r1`, ….
  public let elementNames: [String]

  private let products: [UInt16]
  private let inverses: [UInt16]

  init(
    name: String, elementNames: [String],
    knownProduct product: (Element, Element) -> Element
  ) {
    let order = elementNames.count
    precondition(
      (1...Self.maximumOrder).contains(order),
      "Expected a group of 1 to \(Self.maximumOrder) elements, but got \(order).")
    var products = [UInt16](repeating: 0, count: order * order)
    var inverses = [UInt16](repeating: 0, count: order)
    for g in 0..<order {
      for h in 0..<order {
        let gh = product(g, h)
        products[g * order + h] = UInt16(gh)
        if gh == 0 { inverses[g] = UInt16(h) }
      }
    }
    self.name = name
    self.elementNames = elementNames
    self.products = products
    self.inverses = inverses
  }

  /// The number of elements, |G|.
  public var order: Int { elementNames.count }

  /// All elements, ``identity`` first.
  public var elements: Range<Element> { 0..<order }

  /// The neutral element, which changes nothing.
  public var identity: Element { 0 }

  /// Returns the product "first `h`, then `g`", written *gh* in the paper.
  public func product(_ g: Element, _ h: Element) -> Element {
    Element(products[g * order + h])
  }

  /// Returns the inverse of `g`.
  public func inverse(of g: Element) -> Element {
    Element(inverses[g])
  }

  /// Returns the number of times that `g` must be applied to give the identity.
  public func order(of g: Element) -> Int {
    var power = g
    var count = 1
    while power != identity {
      power = product(power, g)
      count += 1
    }
    return count
  }

  /// Returns the same group under another name.
  package func named(_ name: String) -> FiniteGroup {
    FiniteGroup(name: name, elementNames: elementNames, knownProduct: product)
  }
}

extension FiniteGroup: CustomStringConvertible {
  /// The group's name.
  public var description: String { name }
}
