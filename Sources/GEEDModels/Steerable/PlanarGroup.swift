// SPDX-License-Identifier: MIT

import GEED
import RealModule

/// A finite group of rotations of the plane, C*n*, or of rotations and reflections, D*n*.
///
/// Its elements are those of ``group`` in GEED's order and sense: `rk` turns by *k* · 360°/*n*
/// counter-clockwise as seen, `rks` swaps left and right first.
public struct PlanarGroup: Sendable, Hashable {
  /// How many rotations there are, *n*.
  public let rotationCount: Int
  /// Whether every rotation is there after a reflection, too.
  public let hasReflections: Bool

  /// C*n*, the rotations by multiples of 360°/*n*.
  ///
  /// - Precondition: `order` is positive.
  public static func cyclic(_ order: Int) -> PlanarGroup {
    PlanarGroup(rotationCount: order, hasReflections: false)
  }

  /// D*n*, of order 2*n*.
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

  /// The group that a name such as `C8`, `D4` or `flip` stands for, or `nil`.
  public init?(named name: String) {
    if name == "flip" {
      self.init(rotationCount: 1, hasReflections: true)
      return
    }
    let digits = name.dropFirst()
    guard let count = Int(digits), digits.allSatisfy(\.isNumber), count > 0 else { return nil }
    switch name.first {
    case "C" where count <= FiniteGroup.maximumOrder:
      self.init(rotationCount: count, hasReflections: false)
    case "D" where count <= FiniteGroup.maximumOrder / 2:
      self.init(rotationCount: count, hasReflections: true)
    default: return nil
    }
  }

  /// The number of elements.
  public var order: Int { hasReflections ? 2 * rotationCount : rotationCount }

  /// The elements and their products.
  public var group: FiniteGroup {
    hasReflections ? .dihedral(rotationCount: rotationCount) : .cyclic(rotationCount)
  }

  /// How the group moves pictures.
  public var imageAction: ImageAction {
    hasReflections ? .rotationsAndReflections(rotationCount) : .rotations(rotationCount)
  }

  /// How an element moves circular harmonics of one frequency.
  func harmonicTurn(of g: FiniteGroup.Element, frequency m: Int) -> HarmonicTurn {
    let reflects = g >= rotationCount
    // A reflection adds half a turn: θ becomes 180° − θ.
    let halves = 2 * m * (g % rotationCount) + (reflects ? m * rotationCount : 0)
    let (cosine, sine) = unitVector(halves, of: 2 * rotationCount)
    return HarmonicTurn(cosine: cosine, sine: sine, reflects: reflects)
  }
}

extension PlanarGroup: CustomStringConvertible {
  /// `C8`, `D4`.
  public var description: String { "\(hasReflections ? "D" : "C")\(rotationCount)" }
}

/// A rotation of the plane that cos(mθ) and sin(mθ) span, or a reflection of it.
struct HarmonicTurn {
  let cosine: Double
  let sine: Double
  let reflects: Bool

  /// Moves a·cos(mθ) + b·sin(mθ), which is f(x), to f(g⁻¹x).
  func callAsFunction(_ a: Double, _ b: Double) -> (Double, Double) {
    reflects
      ? (a * cosine + b * sine, a * sine - b * cosine)
      : (a * cosine - b * sine, a * sine + b * cosine)
  }
}

/// cos and sin of `turn / count` of a full turn; those of angles that differ by quarter turns have the
/// same digits.
func unitVector(_ turn: Int, of count: Int) -> (cosine: Double, sine: Double) {
  let (quarters, rest) = (4 * (turn % count)).quotientAndRemainder(dividingBy: count)
  let angle = Double.pi / 2 * Double(rest) / Double(count)
  let isDiagonal = 2 * rest == count
  let c = rest == 0 ? 1 : isDiagonal ? 0.5.squareRoot() : Double.cos(angle)
  let s = rest == 0 ? 0 : isDiagonal ? 0.5.squareRoot() : Double.sin(angle)
  switch quarters {
  case 0: return (c, s)
  case 1: return (-s, c)
  case 2: return (-c, -s)
  default: return (s, -c)
  }
}
