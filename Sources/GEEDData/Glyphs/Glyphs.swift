// SPDX-License-Identifier: MIT

import GEED

/// The embedded data set: ten classes of drawn figures, 28 x 28, grey, as many as one likes.
///
/// Light strokes on black, like handwriting: each figure is bent, sheared, turned a little, and
/// drawn with a pen of its own width. None of the ten looks like itself after a turn, and none like
/// another after a turn or reflection, so the classes are fair to an invariant model, and a model
/// that needs upright figures shows it. The figures stay inside the circle that survives rotation.
///
/// In the style ``Style/sketched`` the classes are the same and the pictures out of distribution for a
/// model that has learnt the plain ones.
///
/// Example *i* has class *i* mod 10 and depends on the split, the style and *i* alone. Pixels are computed
/// with operations that IEEE 754 rounds exactly, so they are the same on every machine.
public struct Glyphs: Dataset {
  /// How the figures are drawn.
  public enum Style: String, Sendable, Hashable, Codable, CaseIterable {
    /// Light strokes on black.
    case plain
    /// The same figures out of distribution: hollow strokes, some scratches beside them, and paper
    /// that is brighter to one side.
    case sketched

    /// The style that a location such as "glyphs-sketched" names.
    init?(location: String) {
      guard let style = Self.allCases.first(where: { $0.location == location }) else { return nil }
      self = style
    }

    /// The word that stands for the data set in this style.
    var location: String { self == .plain ? "glyphs" : "glyphs-\(rawValue)" }
  }

  public let name: String
  public let count: Int
  public let exampleShape: [Int]

  /// The names of the ten classes, in the order of the labels.
  public static let classNames = GlyphFigure.all.map(\.name)

  /// The split that the examples belong to; the two share no example.
  public let split: DataSplit

  /// How the figures are drawn.
  public let style: Style

  private let preprocessing: Preprocessing

  /// Creates the data set; nothing is drawn before it is asked for.
  ///
  /// - Parameters:
  ///   - split: The split that the examples belong to.
  ///   - count: How many examples; more only adds to those there were.
  ///   - style: How the figures are drawn.
  ///   - preprocessing: Applied to every picture; by default values in 0...1 come out.
  /// - Precondition: `count` is positive.
  /// - Throws: ``DataError`` if `preprocessing` does not fit.
  public init(
    split: DataSplit = .test, count: Int = 10_000, style: Style = .plain,
    preprocessing: Preprocessing = Preprocessing()
  ) throws(DataError) {
    precondition(count > 0, "Expected at least one example, but got \(count).")
    self.split = split
    self.count = count
    self.style = style
    self.preprocessing = preprocessing
    name = "\(style.location) (\(split.rawValue))"
    exampleShape = try preprocessing.tensor(
      of: Self.picture(at: 0, split: split, style: style), from: "glyphs"
    ).shape
  }

  public func example(at index: Int) throws(DataError) -> Tensor {
    precondition((0..<count).contains(index), "Example \(index) is outside \(count) examples.")
    return try preprocessing.tensor(
      of: Self.picture(at: index, split: split, style: style), from: "glyphs")
  }

  public func label(at index: Int) -> Int? { index % GlyphFigure.all.count }

  public func exampleName(at index: Int) -> String? {
    Self.classNames[index % GlyphFigure.all.count]
  }

  /// Draws one example as a picture of 28 x 28 pixels.
  ///
  /// - Parameters:
  ///   - index: 0 or more.
  ///   - split: The split that it belongs to.
  ///   - style: How it is drawn; the same number gives another drawing in another style.
  public static func picture(
    at index: Int, split: DataSplit, style: Style = .plain
  ) -> Picture {
    // Any constants do; changing them would change the data set.
    let constant: UInt64 =
      (split == .test ? 0x676C_7970_6873_0001 : 0x676C_7970_6873_0002)
      + (style == .plain ? 0 : 0x10)
    var seeds = SplitMix64(seed: constant)
    var generator = SplitMix64(seed: seeds.next() ^ UInt64(index))
    let figure = GlyphFigure.all[index % GlyphFigure.all.count]
    return GlyphPen(using: &generator).draw(figure, style: style, using: &generator)
  }
}
