// SPDX-License-Identifier: MIT

import GEED

/// The rows of an array `[N, …]` as examples, with labels where there are any.
///
/// | shape of the array | shape of an example |
/// |---|---|
/// | `[N, C, H, W]` | `[C, H, W]` |
/// | `[N, H, W, C]` | `[C, H, W]` if that is the shape of the model's input; otherwise an error |
/// | `[N, H, W]` | `[1, H, W]`; `[H, W]` if the model's input is known to have three axes |
/// | `[N, D]`, and more than four axes | as they are, without N |
///
/// Floating-point numbers, and integers and truth values, are used as they are; a crop, mean and
/// standard deviation apply where given. Bytes (`uint8`) are scaled to 0...1 and preprocessed like
/// images; with other than 1 or 3 channels they cannot be resized. An example that is no
/// `[C, H, W]` counts as one channel.
package struct ArrayExamples: Dataset {
  package let name: String
  package let exampleShape: [Int]

  private let rows: ArrayRows
  private let rowShape: [Int]
  private let isChannelsLast: Bool
  private let preprocessing: Preprocessing
  private let labels: [Int]?
  private let ownNotes: [String]

  /// - Parameters:
  ///   - inputAxes: The axes of the model's input; `nil` if they are unknown.
  ///   - labels: The class of each row; `nil` if they are unknown.
  ///   - notes: Sentences on where the labels are from.
  /// - Throws: ``DataError`` if the array is none of examples, or does not suit `preprocessing`.
  init(
    _ rows: ArrayRows, named name: String, preprocessing: Preprocessing,
    inputAxes: InputAxes? = nil, labels: [Int]? = nil, notes: [String] = []
  ) throws(DataError) {
    precondition(
      labels == nil || labels?.count == rows.count,
      "Expected \(rows.count) labels, but got \(labels?.count ?? 0).")
    let reading = inputAxes?.reading(ofRows: rows.rowShape) ?? .usual
    isChannelsLast = reading == .channelsLast
    try Self.requireExamples(rows.shape, path: rows.path, inputAxes: inputAxes)
    (self.name, self.rows, self.preprocessing) = (name, rows, preprocessing)
    self.labels = labels
    let isOnePlane = rows.rowShape.count == 2 && inputAxes?.count != 3
    let row = rows.rowShape
    rowShape =
      row.isEmpty ? [1] : isOnePlane ? [1] + row : isChannelsLast ? [row[2], row[0], row[1]] : row
    ownNotes =
      notes + Self.notes(on: rows.element, rowShape: rowShape, name: name)
      + Self.notes(on: reading, rowShape: rowShape, name: name)
    // `example(at:)` cannot run before all properties have values.
    exampleShape = try Self.example(
      0, of: rows, shape: rowShape, isChannelsLast: isChannelsLast, preprocessing: preprocessing
    ).shape
  }

  package var count: Int { rows.count }

  package func example(at index: Int) throws(DataError) -> Tensor {
    precondition((0..<count).contains(index), "Example \(index) is outside \(count) examples.")
    return try Self.example(
      index, of: rows, shape: rowShape, isChannelsLast: isChannelsLast,
      preprocessing: preprocessing)
  }

  package func label(at index: Int) -> Int? { labels?[index] }

  package func notes(on examples: [Int]) -> [String] {
    if rows.element.kind == .uint8 {
      return ownNotes + [preprocessing.scaleNote].compactMap(\.self)
    }
    guard rowShape.isOfImage,
      let range = NumberRange(of: examples, in: rows)
    else { return ownNotes }
    return ownNotes + [range.note(on: name, preprocessing)].compactMap(\.self)
  }
}

extension ArrayExamples {
  private static func example(
    _ index: Int, of rows: ArrayRows, shape: [Int], isChannelsLast: Bool,
    preprocessing: Preprocessing
  ) throws(DataError) -> Tensor {
    if rows.element.kind == .uint8 {
      let bytes = try rows.bytes(ofRow: index)
      return try preprocessing.tensor(
        ofPlanes: isChannelsLast ? planes(of: bytes, channels: shape[0]) : bytes, shape: shape,
        from: rows.path)
    }
    let scalars = try rows.floats(ofRow: index)
    return try preprocessing.tensor(
      of: Tensor(
        shape: shape,
        scalars: isChannelsLast ? planes(of: scalars, channels: shape[0]) : scalars),
      from: rows.path)
  }

  /// Returns pixels whose channels are adjacent as one channel after the other.
  private static func planes<Scalar>(of pixels: [Scalar], channels: Int) -> [Scalar] {
    (0..<channels).flatMap { channel in
      stride(from: channel, to: pixels.count, by: channels).map { pixels[$0] }
    }
  }

  /// Says which axis is taken as the channels where that is not the first.
  private static func notes(
    on reading: InputAxes.Reading, rowShape: [Int], name: String
  ) -> [String] {
    if rowShape.count == 2 {
      return [
        "The examples of '\(name)' have no axis of channels, as the model's input has three axes."
      ]
    }
    return switch reading {
    case .usual: []
    case .channelsLast:
      [
        "The examples of '\(name)' are taken channels last, [N, H, W, C], as the model's input has that "
          + "shape."
      ]
    case .both:
      [
        "The examples of '\(name)' are taken channels first, [N, C, H, W]; channels last would fit as "
          + "well. If they are, save array.transpose(0, 3, 1, 2).copy()."
      ]
    }
  }

  /// Says what the numbers mean where it may surprise: bytes that are no image are scaled like one,
  /// and wider integers are not.
  private static func notes(
    on element: ArrayElement, rowShape: [Int], name: String
  ) -> [String] {
    let isImage = rowShape.count == 3 && [1, 3].contains(rowShape[0])
    if element.kind == .uint16, rowShape.isOfImage {
      return [
        "The numbers of '\(name)' (uint16) are used as they are, unlike the words of images of 16 bits, "
          + "which are divided by 65535."
      ]
    }
    if element.kind == .uint8 {
      return isImage
        ? []
        : [
          "The bytes of '\(name)' are scaled like those of images, by 1 / 255; numbers of another "
            + "type would be used as they are."
        ]
    }
    return element.kind.isFloating
      ? [] : ["The numbers of '\(name)' (\(element.kind.rawValue)) are used as they are."]
  }

  private static func requireExamples(
    _ shape: [Int], path: String, inputAxes: InputAxes?
  ) throws(DataError) {
    // One number for each example, where the model's input is a list of them.
    let isList = shape.count == 1 && inputAxes?.count == 1
    guard shape.count >= 2 || isList, shape.allSatisfy({ $0 > 0 }) else {
      throw .invalid(
        path: path,
        expected: "a shape of two axes or more without zeros, such as [N, C, H, W] or [N, D]",
        found: "\(shape)")
    }
    try requireReadableExample(Array(shape.dropFirst()), path: path)
    let looksChannelsLast =
      inputAxes?.reading(ofRows: Array(shape.dropFirst())) ?? .usual == .usual && shape.count == 4
      && shape[1] == shape[2] && shape[1] > 4 && [1, 3, 4].contains(shape[3])
    guard !looksChannelsLast else {
      throw .unsuitable(
        path: path, expected: "a shape [N, C, H, W]",
        found: "\(shape), which looks like [N, H, W, C]",
        fix: "save array.transpose(0, 3, 1, 2).copy()")
    }
  }
}
