// SPDX-License-Identifier: MIT

/// The name of a group that acts on images or other arrays, or of transformations that are no group.
///
/// | name | transformations |
/// |---|---|
/// | `C8` | rotations by multiples of 360°/8 |
/// | `D4` | rotations by multiples of 360°/4, alone and after a reflection |
/// | `flip` | the reflection of left and right |
/// | `T4x4` | circular shifts by quarters of the height and the width |
/// | `D4xT4x4` | both together; also C1, C2, C4, D1, D2 with shifts |
/// | `SO2:32`, `O2:32` | equally spaced angles |
/// | `SO2:32:haar`, `O2:32:haar`, `T:100:haar` | so many random elements |
/// | `scale:0.5-1`, `blur:0-2:5` and the like | families of `ImageTransformations` |
/// | `sign`, `S5@1`, `shift:8@-1` and the like | groups on other arrays (`AxisGroup`) |
///
/// Orders are at least 1, and no set has more than ``FiniteGroup/maximumOrder`` elements. In JSON a
/// name is a string.
public struct GroupName: Sendable, Hashable {
  /// A group whose elements can be drawn at random.
  package enum SampledGroup: String, Sendable, Hashable, CaseIterable {
    /// All rotations.
    case rotations = "SO2"
    /// All rotations, alone and after a reflection.
    case rotationsAndReflections = "O2"
    /// All circular shifts by whole pixels.
    case translations = "T"
  }

  package enum Kind: Sendable, Hashable {
    /// C*n*, or D*n* with reflections.
    case planar(rotationCount: Int, hasReflections: Bool)
    case translations(rows: Int, columns: Int)
    case shifted(rotationCount: Int, hasReflections: Bool, rows: Int, columns: Int)
    case equispaced(SampledGroup, count: Int)
    case sample(SampledGroup, count: Int)
    case family(ImageTransformations.Kind, from: Double, to: Double, count: Int)
    case axis(AxisGroup)
  }

  /// Whether the group acts on images, and not on a numbered axis or on all numbers alike.
  package var isForImages: Bool { if case .axis = kind { false } else { true } }

  /// Whether the transformations have no inverse: scaling, blur, brightness and contrast.
  package var isFamily: Bool { if case .family = kind { true } else { false } }

  /// Whether elements change numbers, rather than moving or blending them.
  package var changesNumbers: Bool {
    switch kind {
    case .axis(let group): group.changesNumbers
    case .family(let kind, _, _, _): kind == .brightness || kind == .contrast
    case .planar, .translations, .shifted, .equispaced, .sample: false
    }
  }

  /// The name as given.
  package let text: String
  package let kind: Kind

  /// Creates a name; `nil` for a text that names no group.
  public init?(_ text: String) {
    guard let kind = Kind(text) else { return nil }
    self.init(text, kind)
  }

  private init(_ text: String, _ kind: Kind) {
    self.text = text
    self.kind = kind
  }

  /// Returns the name of C*n*, such as `C8`; *n* is from 1 to ``FiniteGroup/maximumOrder``.
  public static func cyclic(_ order: Int) -> GroupName {
    precondition((1...FiniteGroup.maximumOrder).contains(order), "Expected an order, got \(order).")
    return GroupName("C\(order)", .planar(rotationCount: order, hasReflections: false))
  }

  /// Returns the name of D*n*, such as `D4`; 2*n* is at most ``FiniteGroup/maximumOrder``.
  public static func dihedral(rotationCount n: Int) -> GroupName {
    precondition((1...FiniteGroup.maximumOrder / 2).contains(n), "Expected a count, got \(n).")
    return GroupName("D\(n)", .planar(rotationCount: n, hasReflections: true))
  }

  /// Returns the action of a finite group on images by one movement of the grid for each element; `nil`
  /// for samples, families, rotations with shifts, and groups on other arrays.
  package func action(interpolation: Interpolation = .bilinear) -> ImageAction? {
    switch kind {
    case .planar(1, true) where text == "flip": .reflection.interpolated(by: interpolation)
    case .planar(let n, false): .rotations(n, interpolation: interpolation)
    case .planar(let n, true): .rotationsAndReflections(n, interpolation: interpolation)
    case .translations(let rows, let columns):
      .translations(rows: rows, columns: columns, interpolation: interpolation)
    case .equispaced(.rotations, let count):
      .equispacedRotations(count).interpolated(by: interpolation)
    case .equispaced(_, let count):
      .equispacedRotationsAndReflections(count).interpolated(by: interpolation)
    case .shifted, .sample, .family, .axis: nil
    }
  }

  /// Returns the transformations of arrays of `shape`, such as images `[..., H, W]`, in whose pixels
  /// random shifts are counted.
  ///
  /// - Throws: ``ActionError`` if random elements are to be drawn and `shape` is not that of images,
  ///   and if matrices generate no finite group.
  public func transformations(
    on shape: [Int], seed: UInt64 = 0, interpolation: Interpolation = .bilinear
  ) throws(ActionError) -> any TransformationAction {
    if let action = action(interpolation: interpolation) { return action }
    switch kind {
    case .shifted(let n, let hasReflections, let rows, let columns):
      return ShiftedImageAction(
        rotationCount: n, hasReflections: hasReflections, rows: rows, columns: columns,
        interpolation: interpolation)
    case .axis(let group): return try group.action(named: text, seed: seed)
    case .family(let kind, let lowest, let highest, let count):
      return ImageTransformations(
        kind, from: lowest, to: highest, count: count, interpolation: interpolation)
    case .planar, .translations, .equispaced: preconditionFailure("\(text) is a finite group.")
    case .sample(let group, let count):
      guard shape.count >= 2, shape.allSatisfy({ $0 > 0 }) else {
        throw .missingAxes(group: group.rawValue, shape: shape, expected: ActionError.imageShape)
      }
      return switch group {
      case .rotations: SampledImageAction.rotations(count, seed: seed, interpolation: interpolation)
      case .rotationsAndReflections:
        SampledImageAction.rotationsAndReflections(
          count, seed: seed, interpolation: interpolation)
      case .translations:
        SampledImageAction.translations(
          count, on: shape, seed: seed, interpolation: interpolation)
      }
    }
  }
}

extension GroupName.Kind {
  fileprivate init?(_ text: String) {
    if text == "flip" {
      self = .planar(rotationCount: 1, hasReflections: true)
      return
    }
    if let group = AxisGroup(text) {
      self = .axis(group)
      return
    }
    let words = text.split(separator: ":", omittingEmptySubsequences: false)
    if let separator = text.firstRange(of: "xT") {
      self.init(
        planar: text[..<separator.lowerBound], shifts: text[separator.lowerBound...].dropFirst())
    } else if words.count == 1 {
      self.init(finite: text)
    } else if let kind = ImageTransformations.Kind(rawValue: String(words[0])) {
      self.init(family: kind, words.dropFirst())
    } else {
      self.init(continuous: words)
    }
  }

  /// Reads `C8`, `D4` or `T4x4`.
  private init?(finite text: String) {
    let limit = FiniteGroup.maximumOrder
    let orders = text.dropFirst().split(separator: "x", omittingEmptySubsequences: false)
      .map { $0.allSatisfy(\.isNumber) ? Int($0) : nil }
    switch (text.first, orders.count) {
    case ("C", 1):
      guard let n = orders[0], (1...limit).contains(n) else { return nil }
      self = .planar(rotationCount: n, hasReflections: false)
    case ("D", 1):
      guard let n = orders[0], (1...limit / 2).contains(n) else { return nil }
      self = .planar(rotationCount: n, hasReflections: true)
    case ("T", 2):
      guard let a = orders[0], let b = orders[1], (1...limit).contains(a),
        (1...limit / a).contains(b)
      else { return nil }
      self = .translations(rows: a, columns: b)
    default:
      return nil
    }
  }

  /// Reads the parts of `D4xT4x4`.
  private init?(planar: Substring, shifts: Substring) {
    guard case .planar(let n, let hasReflections)? = Self(String(planar)),
      case .translations(let rows, let columns)? = Self(finite: String(shifts)),
      ShiftedImageAction.isGroup(
        rotationCount: n, hasReflections: hasReflections, rows: rows, columns: columns)
    else { return nil }
    self = .shifted(
      rotationCount: n, hasReflections: hasReflections, rows: rows, columns: columns)
  }

  /// Reads `SO2:32` or `SO2:32:haar`.
  private init?(continuous words: [Substring]) {
    let limit = FiniteGroup.maximumOrder
    guard let group = GroupName.SampledGroup(rawValue: String(words[0])),
      let count = Int(words[1])
    else { return nil }
    switch (words.count, group) {
    case (2, .rotations) where (2...limit).contains(count),
      (2, .rotationsAndReflections) where (2...limit / 2).contains(count):
      self = .equispaced(group, count: count)
    case (3, _) where words[2] == "haar" && (2..<limit).contains(count):
      self = .sample(group, count: count)
    default:
      return nil
    }
  }

  /// Reads the range of `scale:0.5-1`, and the number of parameters unless it is 8.
  private init?(family kind: ImageTransformations.Kind, _ words: ArraySlice<Substring>) {
    guard let range = words.first?.wholeMatch(of: /(-?[0-9.]+)-(-?[0-9.]+)/), words.count <= 2,
      let lowest = Double(range.1)?.toFourDecimals, let highest = Double(range.2)?.toFourDecimals,
      lowest < highest, kind.allows(lowest), kind.allows(highest),
      let count = words.count == 2 ? words.last.flatMap({ Int($0) }) : 8,
      (2..<FiniteGroup.maximumOrder).contains(count)
    else { return nil }
    self = .family(kind, from: lowest, to: highest, count: count)
  }
}

extension GroupName: StringCodable {
  package static var expectation: String { "C8, D4 or the like" }

  /// The name as given.
  public var description: String { text }
}
