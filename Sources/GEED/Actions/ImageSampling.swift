// SPDX-License-Identifier: MIT

/// Which random elements of which group are to be drawn, before the pictures are known.
public struct ImageSampling: Sendable, Hashable {
  /// A group that can be sampled.
  public enum Group: String, Sendable, Hashable, CaseIterable {
    /// All rotations.
    case rotations = "SO2"
    /// All rotations, alone and after a reflection.
    case rotationsAndReflections = "O2"
    /// All circular shifts by whole pixels.
    case translations = "T"
  }

  /// The group.
  public let group: Group

  /// How many elements are drawn, with replacement.
  public let count: Int

  /// Creates a plan to draw `count` elements.
  ///
  /// - Precondition: `count` is 2 or more: a single output has no mean but itself.
  public init(_ count: Int, of group: Group) {
    precondition(count >= 2, "Expected 2 draws or more, but got \(count).")
    self.group = group
    self.count = count
  }

  /// What a name such as `SO2:32:haar`, `O2:32:haar` or `T:100:haar` stands for, or `nil`.
  public init?(named name: String) {
    let words = name.split(separator: ":", omittingEmptySubsequences: false)
    guard words.count == 3, words[2] == "haar", let group = Group(rawValue: String(words[0])),
      let count = Int(words[1]), (2..<FiniteGroup.maximumOrder).contains(count)
    else { return nil }
    self.init(count, of: group)
  }

  /// Draws the elements.
  ///
  /// - Parameters:
  ///   - shape: The shape of the inputs, `[..., H, W]`, whose pixels shifts are counted in.
  ///   - seed: Where the drawing starts.
  ///   - interpolation: How values between pixels are made.
  /// - Throws: ``ActionError`` where `shape` is not that of pictures.
  public func drawn(
    on shape: [Int], seed: UInt64, interpolation: Interpolation = .bilinear
  ) throws(ActionError) -> SampledImageAction {
    guard shape.count >= 2, shape.allSatisfy({ $0 > 0 }) else {
      throw .missingAxes(group: group.rawValue, shape: shape, expected: "[..., H, W]")
    }
    return switch group {
    case .rotations: .rotations(count, seed: seed, interpolation: interpolation)
    case .rotationsAndReflections:
      .rotationsAndReflections(count, seed: seed, interpolation: interpolation)
    case .translations:
      .translations(count, on: shape, seed: seed, interpolation: interpolation)
    }
  }
}
