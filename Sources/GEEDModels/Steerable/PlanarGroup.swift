// SPDX-License-Identifier: MIT

import GEED

/// A finite group of rotations of the plane, C*n*, or of rotations and reflections, D*n*.
///
/// Its elements are in GEED's order and sense: `rk` rotates by *k* · 360°/*n*
/// counter-clockwise as seen, and `rks` first swaps left and right.
public struct PlanarGroup: Sendable, Hashable {
  /// The number of rotations, *n*.
  package let rotationCount: Int
  /// Whether the group also has every rotation combined with a reflection.
  package let hasReflections: Bool

  /// Returns C*n*, the rotations by multiples of 360°/*n*.
  ///
  /// - Precondition: `order` is positive.
  public static func cyclic(_ order: Int) -> PlanarGroup {
    PlanarGroup(rotationCount: order, hasReflections: false)
  }

  /// Returns D*n*, of order 2*n*.
  ///
  /// - Precondition: `rotationCount` is positive.
  public static func dihedral(rotationCount: Int) -> PlanarGroup {
    PlanarGroup(rotationCount: rotationCount, hasReflections: true)
  }

  private init(rotationCount: Int, hasReflections: Bool) {
    precondition(rotationCount > 0, "Expected a positive count, but got \(rotationCount).")
    self.rotationCount = rotationCount
    self.hasReflections = hasReflections
  }

  /// Creates the group of a name such as `C8`, `D4` or `flip`; `nil` for other names.
  public init?(_ name: String) {
    guard case .planar(let count, let hasReflections)? = GroupName(name)?.kind else { return nil }
    self.init(rotationCount: count, hasReflections: hasReflections)
  }

  /// The number of elements.
  package var order: Int { hasReflections ? 2 * rotationCount : rotationCount }

  /// The elements and their products.
  package var group: FiniteGroup {
    hasReflections ? .dihedral(rotationCount: rotationCount) : .cyclic(rotationCount)
  }

  /// The action of the group on images.
  package var imageAction: ImageAction {
    hasReflections ? .rotationsAndReflections(rotationCount) : .rotations(rotationCount)
  }

  /// The action of an element on circular harmonics of one frequency.
  func harmonicTurn(of g: FiniteGroup.Element, frequency m: Int) -> HarmonicTurn {
    let reflects = g >= rotationCount
    // A reflection adds half a turn: θ becomes 180° − θ.
    let halves = 2 * m * (g % rotationCount) + (reflects ? m * rotationCount : 0)
    let (cosine, sine) = GridTransform.turn(halves, of: 2 * rotationCount).cosineAndSine
    return HarmonicTurn(cosine: cosine, sine: sine, reflects: reflects)
  }
}

extension PlanarGroup: StringCodable {
  public static var expectation: String { "C8, D4 or the like" }

  /// The name, such as `C8` or `D4`.
  public var description: String { "\(hasReflections ? "D" : "C")\(rotationCount)" }
}

/// A rotation of the plane spanned by cos(mθ) and sin(mθ), or a reflection of it.
struct HarmonicTurn {
  let cosine: Double
  let sine: Double
  let reflects: Bool

  /// Maps the factors of f(x) = a·cos(mθ) + b·sin(mθ) to those of f(g⁻¹x).
  func callAsFunction(_ a: Double, _ b: Double) -> (Double, Double) {
    reflects
      ? (a * cosine + b * sine, a * sine - b * cosine)
      : (a * cosine - b * sine, a * sine + b * cosine)
  }
}
