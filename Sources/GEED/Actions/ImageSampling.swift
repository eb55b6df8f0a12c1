// SPDX-License-Identifier: MIT

/// A plan to draw random elements of a group, made before the shape of the pictures is known.
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

  /// The number of elements to draw, with replacement.
  public let count: Int

  /// Creates a plan to draw `count` elements.
  ///
  /// - Precondition: `count` is 2 or more: the mean of a single output is that output.
  public init(_ count: Int, of group: Group) {
    precondition(count >= 2, "Expected 2 draws or more, but got \(count).")
    self.group = group
    self.count = count
  }

  /// Creates the plan of a name such as `SO2:32:haar`, `O2:32:haar` or `T:100:haar`; `nil` for any
  /// other name.
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
  ///   - shape: The shape of the inputs, `[..., H, W]`, in whose pixels shifts are counted.
  ///   - seed: The seed of the random draws.
  ///   - interpolation: The interpolation of values between pixels.
  /// - Throws: ``ActionError`` if `shape` is not that of pictures.
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
