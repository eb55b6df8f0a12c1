// SPDX-License-Identifier: MIT

import GEED

/// The embedded data set: ten classes of drawn figures, 28 x 28 pixels, grey, in any number.
///
/// Light strokes on black, like handwriting: each figure is bent, sheared, turned a little, and
/// drawn with a pen of its own width. None of the ten resembles itself after a rotation, and none
/// resembles another after a rotation or reflection. The classes are therefore fair to an invariant
/// model, and they reveal a model that needs upright figures. The figures stay inside the circle
/// that is preserved by rotation.
///
/// In the style ``Style/sketched`` the classes are the same, and the images are out of
/// distribution for a model trained on the plain ones.
///
/// Example *i* has class *i* mod 10 and depends only on the split, the style and *i*. Pixels are
/// computed with operations that IEEE 754 rounds exactly, so they are the same on every machine.
public struct Glyphs: Dataset {
  /// The style of the drawings.
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

    /// The location that names the data set in this style.
    var location: String { self == .plain ? "glyphs" : "glyphs-\(rawValue)" }
  }

  public let name: String
  public let count: Int
  public let exampleShape: [Int]

  /// The names of the ten classes, in the order of the labels.
  public static let classNames = GlyphFigure.all.map(\.name)

  /// The split that the examples belong to; the two share no example.
  public let split: DataSplit

  /// The style of the drawings.
  public let style: Style

  private let preprocessing: Preprocessing

  /// Creates the data set; images are drawn on demand.
  ///
  /// - Parameters:
  ///   - split: The split that the examples belong to.
  ///   - count: The number of examples; a larger number adds examples and keeps the others.
  ///   - style: The style of the drawings.
  ///   - preprocessing: Applied to every image; by default, values are in 0...1.
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
      of: Self.image(at: 0, split: split, style: style), from: "glyphs"
    ).shape
  }

  public func example(at index: Int) throws(DataError) -> Tensor {
    precondition((0..<count).contains(index), "Example \(index) is outside \(count) examples.")
    return try preprocessing.tensor(
      of: Self.image(at: index, split: split, style: style), from: "glyphs")
  }

  public func label(at index: Int) -> Int? { index % GlyphFigure.all.count }

  public func exampleName(at index: Int) -> String? {
    Self.classNames[index % GlyphFigure.all.count]
  }

  /// Draws one example as an image of 28 x 28 pixels.
  package static func image(
    at index: Int, split: DataSplit, style: Style = .plain
  ) -> Image {
    // The constants are arbitrary, but changing them would change the data set.
    let constant: UInt64 =
      (split == .test ? 0x676C_7970_6873_0001 : 0x676C_7970_6873_0002)
      + (style == .plain ? 0 : 0x10)
    var generator = SplitMix64(seed: constant, for: .item(index))
    let figure = GlyphFigure.all[index % GlyphFigure.all.count]
    return GlyphPen(using: &generator).draw(figure, style: style, using: &generator)
  }
}
